"""What a profile starts, and what it makes of what went wrong."""

from pathlib import Path

from emulators.demo_profiles import PROFILES, SERVER_LOG, SPEECH_LOG
from emulators.speech_script import ScriptedSpeechToText


async def test_local_starts_nothing(tmp_path: Path) -> None:
    """All is in the server."""
    async with PROFILES["local"](tmp_path, ScriptedSpeechToText([])) as services:
        assert dict(services.environment) == {}
        assert services.problems() == ()


async def test_azure_starts_both_services_and_reads_what_was_written(tmp_path: Path) -> None:
    """The server is told where they are; unused, they have proved nothing, and a warning is a problem."""
    async with PROFILES["azure"](tmp_path, ScriptedSpeechToText([])) as services:
        told = services.environment
        assert told["SPEECH__MODE"] == "azure"
        assert told["SPEECH__AZURE__HOST"].startswith("ws://127.0.0.1:")
        assert told["LLM__BASE_URL"].startswith("http://127.0.0.1:")
        assert services.problems() == (
            "an SDK was not used at all",
            "speech-sdk.log: the Speech SDK has written none",
        )
        (tmp_path / SERVER_LOG).write_text("2026-11-20T11:10:33.518Z WARNING azure.core Retrying\n", encoding="utf-8")
        (tmp_path / SPEECH_LOG).write_text("[1]: 2ms SPX_TRACE_WARNING: slow\n", encoding="utf-8")
        assert services.problems() == (
            "an SDK was not used at all",
            "server.log: 2026-11-20T11:10:33.518Z WARNING azure.core Retrying",
            "speech-sdk.log: [1]: 2ms SPX_TRACE_WARNING: slow",
        )
