"""The Realtime client: the real SDK over a real socket, against the pretended service."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress

import pytest

from agent.chat import ToolCall, ToolSpec, Usage
from agent.dialogue import Message, Persona
from agent.errors import (
    AssistantError,
    ContentFiltered,
    ModelBrokeOff,
    ModelOverloaded,
    ModelRefused,
    ModelTimedOut,
    ModelUnavailable,
)
from agent.facts import ModelUsage
from agent.model_records import ModelRecord, ModelUsed
from emulators.openai import OpenAIEmulator
from emulators.openai_realtime import RealtimeEmulator
from emulators.realtime_script import Called, Spoken
from pipeline.ports import ItemSpoken, SpokenPart, SpokenSound, SpokenText
from providers.openai_endpoint import OpenAIEndpoint
from providers.openai_realtime import OpenAIRealtime, RealtimeSession, RealtimeSettings

SECOND = bytes(48_000)
LOOK = ToolSpec("look", "Look it up.", {"type": "object", "properties": {}})
PATIENT = RealtimeSettings(first_part_ms=30_000, stall_ms=30_000)


class Rig:
    """A session with the service, and what it has told."""

    def __init__(self, session: RealtimeSession, transcripts: list[tuple[int, str]], usages: list[ModelUsage]) -> None:
        self.session = session
        self.transcripts = transcripts
        self.usages = usages

    async def answer(self, tools: Sequence[ToolSpec] = ()) -> list[SpokenPart]:
        """All of the next answer."""
        async with aclosing(self.session.respond("Be kind.", tools)) as parts:
            return [part async for part in parts]


@asynccontextmanager
async def rig(
    emulator: RealtimeEmulator,
    *,
    messages: Sequence[Message] = (),
    settings: RealtimeSettings = PATIENT,
    records: list[ModelRecord] | None = None,
    api_version: str = "",
) -> AsyncIterator[Rig]:
    """All of it, up; afterwards the script must have been followed."""
    async with OpenAIEmulator(routes=emulator.routes) as service, emulator:
        base_url = service.endpoint if api_version else service.base_url
        endpoint = OpenAIEndpoint(base_url=base_url, api_key="test-key", api_version=api_version)
        model = OpenAIRealtime(endpoint, "gpt-realtime", settings, records.append if records is not None else _nobody)
        transcripts, usages = list[tuple[int, str]](), list[ModelUsage]()
        session = await model.open(
            "call-1", messages, lambda commit, text: transcripts.append((commit, text)), usages.append
        )
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(_carry(session))
            yield Rig(session, transcripts, usages)
            running.cancel()
        await session.close()
        await model.close()


async def _carry(session: RealtimeSession) -> None:
    with suppress(AssistantError):
        await session.run()


def _nobody(record: ModelRecord) -> None:
    pass


def sound_ms(parts: Sequence[SpokenPart]) -> int:
    """How much sound there is among these."""
    return sum(len(part.pcm) for part in parts if isinstance(part, SpokenSound)) // 48


async def test_a_turn_is_heard_written_down_and_answered() -> None:
    """Sound goes in and comes out at 24 kHz; its words come beside it; the cost is told."""
    emulator = RealtimeEmulator([Spoken("Thank you for that.")], heard=["In Rome."])
    records: list[ModelRecord] = []
    async with rig(emulator, records=records) as here:
        here.session.append(SECOND)
        here.session.append(SECOND)
        assert here.session.commit() == 1
        parts = await here.answer()
    assert here.transcripts == [(1, "In Rome.")]
    assert "".join(part.text for part in parts if isinstance(part, SpokenText)) == "Thank you for that."
    assert sound_ms(parts) == 1_000
    assert isinstance(parts[-1], ItemSpoken)
    assert records == [ModelUsed("gpt-realtime", Usage(20, 10, 5))]
    assert here.usages == [ModelUsage("gpt-realtime", 20, 10, 5)]
    (seen,) = emulator.conversations
    assert seen.commits_ms == [2_000]
    assert seen.session["audio"]["input"]["turn_detection"] is None
    assert seen.responses[0]["instructions"] == "Be kind."
    assert emulator.paths == ["/v1/realtime?model=gpt-realtime"]


async def test_azure_is_reached_by_its_deployment() -> None:
    """At its own path, with the version; the key is in a header."""
    emulator = RealtimeEmulator([Spoken("Yes.")])
    async with rig(emulator, api_version="2025-08-28") as here:
        assert sound_ms(await here.answer()) == 250
    assert emulator.paths == ["/openai/realtime?api-version=2025-08-28&deployment=gpt-realtime"]


async def test_what_was_said_before_is_told_first() -> None:
    """A session that is opened again knows the call; keys are told as text."""
    emulator = RealtimeEmulator([Spoken("Yes.")])
    messages = (Message(Persona.ASSISTANT, "Hello."), Message(Persona.CALLER, "It rains."))
    async with rig(emulator, messages=messages) as here:
        here.session.add_text("4 2")
        await here.answer()
    told = [(item["role"], item["content"][0]["text"]) for item in emulator.conversations[0].told]
    assert told == [("assistant", "Hello."), ("user", "It rains."), ("user", "4 2")]


async def test_a_tool_is_called_and_its_result_is_heard() -> None:
    """In a second answer of the same reply."""
    emulator = RealtimeEmulator([Spoken("One moment.", (Called("look", '{"a": 1}'),)), Spoken("Found.")])
    async with rig(emulator) as here:
        (call,) = [part for part in await here.answer((LOOK,)) if isinstance(part, ToolCall)]
        assert (call.name, call.arguments) == ("look", '{"a": 1}')
        here.session.tool_result(call.call_id, "It is there.")
        await here.answer()
    (seen,) = emulator.conversations
    assert seen.responses[0]["tools"][0]["name"] == "look"
    assert seen.responses[1]["tools"] == []
    assert seen.told[0]["output"] == "It is there."


async def test_an_answer_that_is_left_is_stopped_and_cut() -> None:
    """The service is told to stop, and how much was heard; the next answer comes when it has stopped."""
    emulator = RealtimeEmulator([Spoken("word " * 200), Spoken("Yes.")])
    async with rig(emulator) as here:
        async with aclosing(here.session.respond("Be kind.", ())) as parts:
            item_id = await anext(part.item_id async for part in parts if isinstance(part, SpokenSound))
        here.session.cut(item_id, 130)
        assert sound_ms(await here.answer()) == 250
    (seen,) = emulator.conversations
    assert seen.cancels == 1
    assert emulator.cuts == [(item_id, 130)]


async def test_what_was_never_heard_is_deleted() -> None:
    """Nothing of it was said, as far as the caller knows."""
    emulator = RealtimeEmulator([Spoken("Yes.")])
    async with rig(emulator) as here:
        parts = await here.answer()
        assert isinstance(parts[-1], ItemSpoken)
        here.session.cut(parts[-1].item_id, 0)
        here.session.append(SECOND)  # whatever comes after it has come after it
        while not emulator.cuts:
            await asyncio.sleep(0.01)
    assert emulator.cuts == [(parts[-1].item_id, -1)]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (Spoken("Well then.", error_code="server_error"), ModelUnavailable),
        (Spoken("Well then.", error_code="rate_limit_exceeded"), ModelOverloaded),
        (Spoken("Well then.", is_filtered=True), ContentFiltered),
        (Spoken("Well then.", breaks_after_words=1), ModelBrokeOff),
    ],
)
async def test_an_answer_that_fails_has_its_error(step: Spoken, error: type[AssistantError]) -> None:
    """After what came of it."""
    received: list[SpokenPart] = []
    async with rig(RealtimeEmulator([step])) as here:
        with pytest.raises(error):
            async for part in here.session.respond("Be kind.", ()):
                received.append(part)
    assert sound_ms(received) >= 250


@pytest.mark.parametrize(
    ("step", "words"), [(Spoken("Never.", delay_ms=60_000), 0), (Spoken("Well then.", stalls_after_words=1), 1)]
)
async def test_an_answer_that_stalls_is_given_up(step: Spoken, words: int) -> None:
    """Before its first word, and after it; the service is told to stop."""
    received: list[SpokenPart] = []
    settings = RealtimeSettings(first_part_ms=1_000 if words else 300, stall_ms=300)
    emulator = RealtimeEmulator([step])
    async with rig(emulator, settings=settings) as here:
        with pytest.raises(ModelTimedOut, match="300 ms"):
            async for part in here.session.respond("Be kind.", ()):
                received.append(part)
        while not emulator.conversations[0].cancels:
            await asyncio.sleep(0.01)
    assert len([part for part in received if isinstance(part, SpokenSound)]) == words


async def test_a_transcription_that_fails_is_no_failure() -> None:
    """Nothing is told; the next one is of the next turn."""
    emulator = RealtimeEmulator([Spoken("Yes."), Spoken("Yes.")], heard=[None, "In Rome."])
    async with rig(emulator) as here:
        for _ in range(2):
            here.session.append(SECOND)
            here.session.commit()
            await here.answer()
    assert here.transcripts == [(2, "In Rome.")]


async def test_a_service_that_refuses_us_says_so() -> None:
    """When it is opened, and when it is warmed up; then it is let in."""
    emulator = RealtimeEmulator(refuses=2)
    async with OpenAIEmulator(routes=emulator.routes) as service:
        endpoint = OpenAIEndpoint(base_url=service.base_url, api_key="test-key")
        model = OpenAIRealtime(endpoint, "m")
        with pytest.raises(ModelUnavailable):
            await model.open("call-1", (), lambda commit, text: None, lambda usage: None)
        with pytest.raises(ModelUnavailable):
            await model.warm_up()
        await model.warm_up()
        await model.close()


async def test_a_wrong_key_is_told_from_a_service_that_is_away() -> None:
    """With the status: asking again is of no use."""
    emulator = RealtimeEmulator()
    async with OpenAIEmulator(routes=emulator.routes) as service:
        model = OpenAIRealtime(OpenAIEndpoint(base_url=service.base_url, api_key="wrong"), "m")
        with pytest.raises(ModelRefused) as refused:
            await model.warm_up()
        await model.close()
    assert refused.value.status == 401
