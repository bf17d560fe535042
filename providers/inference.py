"""Running models off the event loop.

A run takes tens of milliseconds and releases the interpreter while it computes, so a
few threads of our own are the right place for it. One run uses one core: many calls
at once make better use of the cores than one run that is split over them.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TypeVar, TypeVarTuple

import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from providers.errors import InferenceClosed, InferenceFailed

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")

# They share no base below Exception.
_RUNTIME_ERRORS = (
    ort_errors.EPFail,
    ort_errors.EngineError,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoModel,
    ort_errors.NoSuchFile,
    ort_errors.NotFound,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
)

_ERRORS_ONLY = 3
"""Severity of ONNX Runtime's log: its warnings speak of graph details that nobody can act on."""


def open_session(model: Path | bytes) -> ort.InferenceSession:
    """Load a model for single-threaded runs on the CPU. Blocks for up to a second.

    Raises:
        InferenceFailed: The file is not a model that this runtime can read.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    ort.disable_telemetry_events()
    source = model if isinstance(model, bytes) else str(model)
    try:
        return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except _RUNTIME_ERRORS as error:
        raise InferenceFailed(f"the model cannot be loaded: {error}") from error


class InferenceThreads:
    """A bounded number of threads for blocking model runs.

    What waits for a thread is bounded by the callers: each awaits its own run, and
    whoever can do without asks ``is_free`` first.
    """

    def __init__(self, threads: int = 1, *, name: str = "inference") -> None:
        """Start no thread yet.

        Args:
            threads: Runs at the same time, at least 1.
            name: Beginning of the threads' names.
        """
        self._threads = threads
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._lock = Lock()
        self._unfinished = 0

    @property
    def is_free(self) -> bool:
        """Whether a run that is submitted now would start at once."""
        return self._unfinished < self._threads

    async def run(self, function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
        """Run a blocking function on one of the threads and return what it returns.

        Cancelling takes the run off the queue; one that has begun goes on to its end
        unheard, and the thread is then free for the next.

        Raises:
            InferenceFailed: ONNX Runtime failed. Other errors of ``function`` pass as they are.
            InferenceClosed: ``close`` was called, before or while this run waited.
        """
        try:
            future = self._pool.submit(function, *arguments)
        except RuntimeError as error:
            raise InferenceClosed from error
        with self._lock:
            self._unfinished += 1
        future.add_done_callback(self._count_finished)
        try:
            return await asyncio.wrap_future(future)
        except _RUNTIME_ERRORS as error:
            raise InferenceFailed(str(error)) from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if future.cancelled() and task is not None and not task.cancelling():
                raise InferenceClosed from error
            raise

    async def close(self) -> None:
        """Drop what waits, let what runs finish, end the threads. Idempotent."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    def _count_finished(self, _: "Future[Result]") -> None:
        with self._lock:
            self._unfinished -= 1
