"""The same caller by telephone, by browser and by file: the line is no matter."""

import asyncio
import io
import re
import wave
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console

from assembly.engines import Engines
from assembly.mic import config_for, talk
from assembly.mic_options import MicOptions
from emulators.scenario import At, Line, Scenario
from providers.piper import PiperTextToSpeech
from stores.records import CallHistory
from tests.support.configured import configured
from tests.support.recordings import recording
from tests.support.side_by_side import side_by_side
from tests.support.webrtc_caller import calling, spoken
from tests.support.whole import UNHURRIED, Whole, whole

PLACE = [{"name": "incident_location", "description": "Where did it happen?"}]
STORY = [{"name": "incident_description", "description": "What happened?"}]
RATE = 16_000
GREETING_S, ANSWER_S = 7, 8
"""How long the recorded caller listens: longer than the assistant's sentences, which are not waited for."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What came of a call: words alone, in lower case."""

    said: tuple[str, ...]
    claim: dict[str, tuple[str, ...]]


async def test_a_recorded_voice_is_understood_alike(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Place and confirmation, played without a look at what is answered, give one transcript and one claim."""
    sentences = [await spoken(voice, text) for text in ("It happened in Boston.", "Yes, that is right.")]
    sound = b"".join((quiet(GREETING_S), sentences[0], quiet(ANSWER_S), sentences[1], quiet(1)))
    understood = await over_three_lines(engines, voice, sound, PLACE, tmp_path)
    said = "it happened in boston yes that is right"
    assert understood == dict.fromkeys(understood, Understood(words(said), {"incident_location": words("in boston")}))


async def test_a_person_is_understood_alike(engines: Engines, voice: PiperTextToSpeech, tmp_path: Path) -> None:
    """Nobody knows what a recogniser makes of a real voice: it makes the same of it on each line."""
    sound = quiet(GREETING_S) + recording("speechbrain/spk1_snt5.wav") + quiet(1)
    understood = await over_three_lines(engines, voice, sound, STORY, tmp_path)
    first = understood["telephone"]
    assert "sunday" in first.said
    assert "sunday" in first.claim["incident_description"]
    assert understood == dict.fromkeys(understood, first)


async def over_three_lines(
    engines: Engines, voice: PiperTextToSpeech, sound: bytes, claim: list[dict[str, str]], folder: Path
) -> dict[str, Understood]:
    """Speak this over each of them, at the same time."""
    path = folder / "caller.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound)
    understood: dict[str, Understood] = {}

    async def note(name: str, call: Callable[[Path], Awaitable[Understood]], of: Path) -> None:
        understood[name] = await call(of)

    async with whole(engines, folder, conversation={"claim": claim}) as server:
        lines: dict[str, Callable[[Path], Awaitable[Understood]]] = {
            "telephone": partial(by_telephone, server, path, voice),
            "browser": partial(by_browser, server, sound),
            "file": partial(by_file, engines, path, claim),
        }
        await side_by_side(folder, {name: partial(note, name, call) for name, call in lines.items()})
    return understood


async def by_telephone(server: Whole, path: Path, voice: PiperTextToSpeech, folder: Path) -> Understood:
    """Through the emulated service: 20 ms of PCM in JSON."""
    scenario = Scenario("recorded", (Line(wav=path, when=At(0)),), patience=UNHURRIED)
    result = await server.network.call(scenario, voice=voice, webhook_url=server.webhook_url)
    assert result.is_ok, result.protocol_errors
    return understood_of(await ended(server, lambda history: bool(history.call.phone_number)))


async def by_browser(server: Whole, sound: bytes, folder: Path) -> Understood:
    """Through Opus, which leaves out what nobody hears."""
    async with calling(server.url, server.headers) as caller:
        caller.mouth.say(sound)
        await caller.hears()
        await caller.mouth.said()
        # The last answer: everything that was said has one, or the assistant has hung up.
        async with asyncio.timeout(90):
            while not caller.ended.is_set() and await is_owed(server, caller.call_id):
                await asyncio.sleep(0.1)
    return understood_of(await ended(server, lambda history: history.call.call_id == caller.call_id))


async def by_file(engines: Engines, path: Path, claim: list[dict[str, str]], folder: Path) -> Understood:
    """As it is shown to whoever looks on; what would be heard is in the file that is left."""
    written = io.StringIO()
    options = MicOptions(input_path=path, output_path=folder / "heard.wav")
    config = config_for(configured(conversation={"claim": claim}), options)
    await talk(config, options, Console(file=written, width=200, soft_wrap=True), engines=engines)
    with wave.open(str(folder / "heard.wav")) as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.abs(heard[: GREETING_S * RATE]).max() > 3_000
    assert np.abs(heard[-ANSWER_S * RATE :]).max() > 3_000
    lines, _, last = written.getvalue().partition("\nclaim:\n")
    said = " ".join(re.findall(r"^you: (.*)$", lines, re.MULTILINE))
    values = re.findall(r"^  (\w+): (.*)$", last, re.MULTILINE)
    return Understood(words(said), {name: words(value) for name, value in values})


async def is_owed(server: Whole, call_id: str) -> bool:
    """Whether the caller still waits for an answer."""
    await server.built.journal.drained()
    history = await server.built.store.history(call_id)
    personas = [] if history is None else [message.persona for message in history.messages]
    return "caller" not in personas or personas[-1] == "caller"


async def ended(server: Whole, is_it: Callable[[CallHistory], bool]) -> CallHistory:
    """All that is kept of this call, once it is over."""
    async with asyncio.timeout(60):
        while True:
            await server.built.journal.drained()
            for history in await server.built.store.latest_calls(limit=5):
                if is_it(history) and history.call.ended_at is not None:
                    return history
            await asyncio.sleep(0.1)


def understood_of(history: CallHistory) -> Understood:
    """What is kept of what was said."""
    said = " ".join(message.text for message in history.messages if message.persona == "caller")
    return Understood(words(said), {name: words(value) for name, value in history.claim.items()})


def words(text: str) -> tuple[str, ...]:
    """Without punctuation and capitals, in which recognisers are free."""
    return tuple(re.findall(r"[^\W_]+", text.casefold()))


def quiet(seconds: int) -> bytes:
    """So much silence."""
    return bytes(2 * RATE * seconds)
