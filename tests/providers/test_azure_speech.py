import asyncio
import threading
from pathlib import Path

import azure.cognitiveservices.speech as speechsdk
import pytest
from azure.cognitiveservices.speech.diagnostics.logging import FileLogger, SpxTrace

from providers.azure_speech import AzureSpeechAccount, LoopPost, NativeThreads, Tokens, log_warnings
from providers.errors import SpeechServiceFailed


def endpoint_of(config: speechsdk.SpeechConfig) -> str:
    return str(config.get_property(speechsdk.PropertyId.SpeechServiceConnection_Endpoint))


def test_the_stream_of_text_has_an_address_of_its_own() -> None:
    """In a region and at a host, text that is streamed goes to v2."""
    region = AzureSpeechAccount(region="westeurope", key="k")
    assert endpoint_of(region.new_config("", synthesis_stream=True)) == (
        "wss://westeurope.tts.speech.microsoft.com/cognitiveservices/websocket/v2"
    )
    host = AzureSpeechAccount(host="ws://127.0.0.1:1/")
    assert endpoint_of(host.new_config("", synthesis_stream=True)) == "ws://127.0.0.1:1/cognitiveservices/websocket/v2"


def test_an_account_is_a_region_an_endpoint_or_a_host() -> None:
    """With a key or with a token."""
    assert AzureSpeechAccount(region="westeurope", key="k").new_config("").region == "westeurope"
    assert AzureSpeechAccount(region="westeurope").new_config("token").authorization_token == "token"
    resource = AzureSpeechAccount(endpoint="https://name.cognitiveservices.azure.com", key="k")
    assert endpoint_of(resource.new_config("")).startswith("https://name.")


def test_an_account_does_not_show_its_key() -> None:
    """However it comes into a log."""
    assert "secret" not in repr(AzureSpeechAccount(region="westeurope", key="secret"))


async def test_a_token_is_asked_for_once_until_it_is_old() -> None:
    """Many calls at once ask once; after nine minutes once more."""
    asked = 0
    clock = 0.0

    async def ask() -> str:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0)
        return f"token {asked}"

    tokens = Tokens(ask, now=lambda: clock)
    async with asyncio.TaskGroup() as tasks:
        got = [tasks.create_task(tokens.current()) for _ in range(5)]
    assert {task.result() for task in got} == {"token 1"}
    assert tokens.due_at == 540.0
    clock = 540.0
    assert await tokens.current() == "token 2"


async def test_an_old_token_does_while_there_is_no_new_one() -> None:
    """The first one must be had; a later failure is tried again in half a minute."""
    is_down = True
    clock = 0.0

    async def ask() -> str:
        if is_down:
            raise OSError("no network")
        return "token"

    tokens = Tokens(ask, now=lambda: clock)
    with pytest.raises(SpeechServiceFailed, match="NoToken"):
        await tokens.current()
    is_down = False
    assert await tokens.current() == "token"
    is_down = True
    clock = 540.0
    assert await tokens.current() == "token"
    assert tokens.due_at == 570.0


async def test_a_key_needs_no_token() -> None:
    """Nothing is ever due."""
    tokens = Tokens(None)
    assert await tokens.current() == ""
    assert tokens.due_at is None


async def test_native_calls_run_off_the_loop_and_end_with_the_engine() -> None:
    """Their threads are named, and refuse work when they are closed."""
    threads = NativeThreads()
    assert (await threads.run(lambda: threading.current_thread().name)).startswith("azure-speech")
    await threads.close()
    await threads.close()
    with pytest.raises(SpeechServiceFailed):
        threads.submit(int)


async def test_what_a_thread_tells_arrives_in_the_loop_until_it_is_closed() -> None:
    """In order, and on the loop's own thread."""
    told: list[tuple[int, int]] = []
    post = LoopPost()

    def tell() -> None:
        for number in range(3):
            post.post(lambda at: told.append((at, threading.get_ident())), number)

    await asyncio.to_thread(tell)
    await asyncio.sleep(0)
    assert told == [(number, threading.get_ident()) for number in range(3)]
    post.close()
    await asyncio.to_thread(tell)
    await asyncio.sleep(0)
    assert len(told) == 3


def test_a_loop_that_has_ended_is_no_error() -> None:
    """Native threads outlive loops."""

    async def make() -> LoopPost:
        return LoopPost()

    post = asyncio.run(make())
    post.post(print, "never")
    post.post(print, "never")


def test_the_sdk_writes_its_warnings_to_a_file(tmp_path: Path) -> None:
    """Warnings and errors, and nothing of its everyday."""
    log_warnings(tmp_path / "sdk.log")
    try:
        SpxTrace.trace_info("as usual")
        SpxTrace.trace_warning("strange")
        SpxTrace.trace_error("wrong")
    finally:
        FileLogger.stop()
    lines = (tmp_path / "sdk.log").read_text(encoding="utf-8").split("\n")
    assert [line.split()[-1] for line in lines if line.strip()] == ["strange", "wrong"]


def test_a_log_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """At the start, not silently."""
    with pytest.raises(SpeechServiceFailed, match="LogPath"):
        log_warnings(tmp_path / "nowhere" / "sdk.log")
