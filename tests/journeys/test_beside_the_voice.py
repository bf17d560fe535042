"""What happens beside the voice, with the real SDKs: text messages, the service's recording, a lost socket."""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp

from agent.assistant import Output, Say, SendSms
from agent.dialogue import Dialogue
from assembly.engines import Engines
from emulators.call_result import CallEnd
from emulators.network_faults import DropMedia
from emulators.scenario import At, HangUp, Line, Scenario
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory
from tests.support.fakes import FakeAssistant
from tests.support.side_by_side import side_by_side
from tests.support.whole import UNHURRIED, Whole, whole

OURS, THEIRS = "+12025550100", "+12025550143"
NUMBER = {"phone_number": OURS}
QUIET = {"recording_enabled": False}


class Clerk(FakeAssistant):
    """Sends a reference to whoever asks for a message, and repeats what was written."""

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """One sentence."""
        if "message" in utterance.casefold():
            yield SendSms("Your reference is AB 12.")
            yield Say("I am sending you a message.")
        else:
            yield Say(f"You wrote {utterance}")


async def until(condition: Callable[[], object]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


async def only_call(server: Whole) -> CallHistory:
    """The one call that is kept."""
    await server.built.journal.drained()
    (history,) = await server.built.store.latest_calls()
    return history


async def test_beside_the_voice(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Four calls at once, of four servers: messages are written, one is recorded, two lose their sockets."""
    await side_by_side(
        tmp_path,
        {
            "messages both ways": partial(messages_both_ways, engines, voice),
            "recorded": partial(recorded_by_the_service, engines, voice),
            "lost, and back by itself": partial(lost_socket, engines, voice, 500),
            "lost, and back when told": partial(lost_socket, engines, voice, None),
        },
    )


async def messages_both_ways(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """One is sent when the caller asks for it; what the caller writes is answered by voice; both are kept."""
    served = replace(engines, assistant=Clerk(greeting="How can I help you?"))
    scenario = Scenario("writer", (Line("Please send me a message."), HangUp(At(20_000))), patience=UNHURRIED)
    async with whole(served, folder, communication_services=NUMBER, features=QUIET) as server:
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(server.network.call(scenario, voice=voice, webhook_url=server.webhook_url))
            await until(lambda: server.network.sms.sent)
            await asyncio.sleep(3)
            await server.network.send_sms(THEIRS, "Alpha Bravo.")
        assert call.result().protocol_errors == ()
        history = await only_call(server)
        (sent,) = server.network.sms.sent
        await server.network.send_sms(THEIRS, "Too late.")
        later = await only_call(server)
    assert (sent.sender, sent.recipient, sent.text) == (OURS, THEIRS, "Your reference is AB 12.")
    written = [(message.persona, message.text) for message in history.messages if message.action == "sms"]
    assert written == [("assistant", "Your reference is AB 12."), ("caller", "Alpha Bravo.")]
    assert history.messages[-1].text == "You wrote Alpha Bravo."
    assert (later.messages[-1].text, later.messages[-1].action) == ("Too late.", "sms")


async def recorded_by_the_service(engines: Engines, voice: PiperTextToSpeech, folder: Path) -> None:
    """It is announced, begun, ended with the call, fetched by us, and linked to its call; ours is there, too."""
    scenario = Scenario("recorded", (Line("It happened in Boston."), HangUp()), patience=UNHURRIED)
    recorded = NUMBER | {"recording": True}
    recordings = folder / "recordings"
    async with whole(engines, folder, communication_services=recorded) as server:
        result = await server.network.call(scenario, voice=voice, webhook_url=server.webhook_url)
        assert result.protocol_errors == ()
        call_id = (await only_call(server)).call.call_id
        await until(lambda: (recordings / f"{call_id}.service.wav").exists())
        async with asyncio.timeout(30):
            while not (await only_call(server)).recordings[0].file_name:
                await asyncio.sleep(0.05)
        history = await only_call(server)
        (file,) = server.network.recordings.files
        page, sound = f"/report/{call_id}", f"/report/{call_id}/service-recording.wav"
        async with aiohttp.ClientSession(server.url, headers=server.headers) as http:
            async with http.get(page) as response:
                assert f'href="{sound}"' in await response.text()
            async with http.get(sound) as response:
                assert await response.read() == file.wav
    assert history.messages[0].text.startswith("This call is recorded.")
    (recording,) = history.recordings
    assert (recording.recording_id, recording.file_name) == (file.recording_id, f"{call_id}.service.wav")
    assert (recordings / recording.file_name).read_bytes() == file.wav
    with wave.open(str(recordings / f"{call_id}.wav")) as ours:
        assert ours.getnchannels() == 2


async def lost_socket(engines: Engines, voice: PiperTextToSpeech, back_after_ms: int | None, folder: Path) -> None:
    """In the middle of a call the service connects anew, by itself or when it is told to: nothing is lost."""
    claim = [{"name": "incident_location", "description": "Where did it happen?"}]
    faults = (DropMedia(at_ms=1_000, back_after_ms=back_after_ms), DropMedia(at_ms=6_000))
    scenario = Scenario(
        "lost", (Line("It happened in Boston."), Line("Yes, that is right.")), faults=faults, patience=UNHURRIED
    )
    async with whole(engines, folder, conversation={"claim": claim}, features=QUIET) as server:
        result = await server.network.call(scenario, voice=voice, webhook_url=server.webhook_url)
        history = await only_call(server)
    assert result.protocol_errors == ()
    assert result.ended is CallEnd.SERVER
    greetings = [message for message in history.messages if message.text.startswith("Hello")]
    assert len(greetings) == 1
    assert "Where did it happen?" in greetings[0].text
    assert "Boston" in history.claim["incident_location"]
    assert history.call.end_reason == "assistant_hung_up"
