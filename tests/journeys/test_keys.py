"""A caller who types, with the real SDK, where the media stream carries no keys."""

from dataclasses import replace
from pathlib import Path

from assembly.engines import Engines
from emulators.call_result import CallEnd
from emulators.scenario import Digits, HangUp, Scenario
from providers.piper import PiperTextToSpeech
from tests.support.fakes import FakeAssistant
from tests.support.whole import whole


async def test_keys_that_come_as_callbacks(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """The service is asked for them, and what was typed is what the caller said."""
    scenario = Scenario("typing", (Digits("42#"), HangUp()))
    engines = replace(engines, assistant=FakeAssistant(greeting="Please type your number."))
    async with whole(engines, tmp_path, communication_services={"dtmf": "callbacks"}) as server:
        result = await server.network.call(scenario, voice=voice, webhook_url=server.webhook_url)
        await server.built.journal.drained()
        (history,) = await server.built.store.latest_calls()
    assert result.ended is CallEnd.CALLER
    assert result.protocol_errors == ()
    typed = [message.text for message in history.messages if message.persona == "caller"]
    assert typed == ["4 2"]
