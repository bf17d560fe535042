"""The same number calls again: the conversation goes on where it stopped, or it does not, as configured."""

from functools import partial
from pathlib import Path

from assembly.engines import Engines
from emulators.scenario import HangUp, Line, Scenario
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED, whole

CLAIM = [
    {"name": "incident_location", "description": "Where did it happen?"},
    {"name": "caller_name", "description": "What is your name?"},
]
FIRST = Scenario("first", (Line("It happened in Boston."), HangUp()), patience=UNHURRIED)
SECOND = Scenario("second", (Line("My name is Robert Miller."), Line("Yes, that is right.")), patience=UNHURRIED)


async def twice(engines: Engines, voice: PiperTextToSpeech, folder: Path, hours: float) -> list[CallHistory]:
    """Two calls of one number; the first one ends before its time. The histories, in order."""
    flags = {"callback_timeout_hour": hours, "recording_enabled": False}
    async with whole(engines, folder, conversation={"claim": CLAIM}, features=flags) as server:
        for scenario in (FIRST, SECOND):
            result = await server.network.call(scenario, voice=voice, webhook_url=server.webhook_url)
            assert result.protocol_errors == ()
            await server.built.journal.drained()
        return list(reversed(await server.built.store.latest_calls()))


async def test_a_call_is_resumed_within_its_hours(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """On one server the caller goes on where they were; on another, at the same time, hours of zero mean a new call."""
    await side_by_side(tmp_path, {"resumed": partial(resumed, engines, voice), "anew": partial(anew, engines, voice)})


async def resumed(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """The caller is greeted as one who was here, is not asked again, and the second record holds everything."""
    first, second = await twice(engines, voice, folder, 24)
    assert "Boston" in first.claim["incident_location"]
    assert second.call.resumes_call_id == first.call.call_id
    assert second.messages[0].text.startswith("Hello again")
    assert "What is your name?" in second.messages[0].text
    assert second.claim["incident_location"] == first.claim["incident_location"]
    assert "Miller" in second.claim["caller_name"]
    assert second.call.end_reason == "assistant_hung_up"


async def anew(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """Whoever calls again is asked from the beginning."""
    first, second = await twice(engines, voice, folder, 0)
    assert "Boston" in first.claim["incident_location"]
    assert second.call.resumes_call_id == ""
    assert second.messages[0].text.startswith("Hello, this is")
    assert "Where did it happen?" in second.messages[0].text
