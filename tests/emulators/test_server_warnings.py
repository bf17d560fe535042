"""What counts as a warning of a server or its SDKs."""

import pytest

from emulators.server_warnings import server_warnings, speech_sdk_warnings

QUIET = """\
2026-11-20T11:10:33.518Z INFO    antiphon.server event=engines_ready seconds=1.5
2026-11-20T11:10:36.555Z DEBUG   antiphon.call event=call_answered

"""


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-20T11:10:33.518Z WARNING azure.core.pipeline.policies Retrying",
        "2026-11-20T11:10:33.518Z ERROR   asyncio Task was destroyed but it is pending!",
        "2026-11-20T11:10:33.518Z WARNING antiphon.server event=voice_failed error=SynthesisError",
        "/site-packages/openai/_client.py:12: DeprecationWarning: this is old",
        "[CALL_STACK BEGIN]",
    ],
)
def test_whatever_is_no_quiet_line_is_a_warning(line: str) -> None:
    """Of which logger or library soever, also what is only printed."""
    assert server_warnings(QUIET) == ()
    assert server_warnings(f"{QUIET}{line}\n{QUIET}") == (line,)


def test_a_long_line_is_cut() -> None:
    """A warning is shown in a table."""
    assert server_warnings("x" * 1_000) == ("x" * 240,)


def test_a_voice_that_was_stopped_is_no_warning() -> None:
    """The Speech SDK calls an error what we asked for; all else in its log counts."""
    stopped = (
        "[380360]: 1976ms SPX_TRACE_ERROR:  usp_tts_engine_adapter.cpp:140 Synthesis cancelled by user, won't retry."
    )
    other = "[380360]: 1977ms SPX_TRACE_WARNING:  usp_connection.cpp:90 No audio."
    assert speech_sdk_warnings("") == ()
    assert speech_sdk_warnings(f"{stopped}\n{other}\n") == (other,)
