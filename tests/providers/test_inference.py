import asyncio
from threading import Event, current_thread, main_thread

import pytest

from providers.errors import InferenceClosed, InferenceFailed
from providers.inference import InferenceThreads, open_session
from providers.weights import find_weights


async def test_runs_off_the_loop() -> None:
    """A run happens on another thread and gives its result back."""
    threads = InferenceThreads(1)
    assert await threads.run(current_thread) is not main_thread()
    assert await threads.run(divmod, 7, 3) == (2, 1)
    await threads.close()


async def test_passes_errors() -> None:
    """An error of the function arrives where it was awaited."""
    threads = InferenceThreads(1)
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 1, 0)
    await threads.close()


async def test_is_free_until_all_threads_work() -> None:
    """Two threads are free with one run, not with two, and free again after."""
    threads, go = InferenceThreads(2), Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(threads.run(go.wait))
        await asyncio.sleep(0)
        assert threads.is_free
        tasks.create_task(threads.run(go.wait))
        await asyncio.sleep(0)
        assert not threads.is_free
        go.set()
    await threads.run(int)
    await threads.close()
    assert threads.is_free


async def test_cancelled_runs_leave_it_working() -> None:
    """One run is cancelled at work and one in the queue; the next is served, the queued one never ran."""
    threads, go, ran = InferenceThreads(1), Event(), Event()
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(threads.run(go.wait))
        queued = tasks.create_task(threads.run(ran.set))
        await asyncio.sleep(0)
        working.cancel()
        queued.cancel()
    go.set()
    assert await threads.run(int, "5") == 5
    assert not ran.is_set()
    await threads.close()


async def test_refuses_work_when_closed() -> None:
    """After closing, which may be done twice, a run is refused; one that waited is told."""
    threads, go = InferenceThreads(1), Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(threads.run(go.wait))
        waiting = tasks.create_task(_refused(threads))
        await asyncio.sleep(0)
        closing = tasks.create_task(threads.close())
        await waiting
        go.set()
        await closing
    await threads.close()
    with pytest.raises(InferenceClosed):
        await threads.run(int)


async def _refused(threads: InferenceThreads) -> None:
    with pytest.raises(InferenceClosed):
        await threads.run(int)


async def test_failed_run_is_told_as_ours() -> None:
    """What ONNX Runtime raises comes as ``InferenceFailed``."""
    session = open_session(find_weights("moonshine-voice", "tiny-en/encoder_model.ort"))
    threads = InferenceThreads(1)
    with pytest.raises(InferenceFailed):
        await threads.run(session.run, None, {"input_values": [[1]], "attention_mask": [[1]]})
    await threads.close()


def test_refuses_what_is_no_model() -> None:
    """Bytes that are no model are refused with our own error."""
    with pytest.raises(InferenceFailed, match="cannot be loaded"):
        open_session(b"no model")
