"""A bot as the mind of a call: what it says is said, what it does is done, and where it fails others go on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from agent.assistant import EndCall, Expect, Output, Say, Spend, TransferCall
from agent.character import Character
from agent.claim import Claim
from agent.closing import closing
from agent.dialogue import Dialogue
from agent.errors import AssistantError, ModelUnavailable
from agent.model_records import ModelRecord, ModelStumbled
from agent.texts.bundled import Repertoire
from agent.texts.english import ENGLISH
from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import Answer, Ends, HandsOff, Refusal, Says, Waits, answers
from providers.direct_line import STAGE, DirectLineAssistant, chosen
from providers.direct_line_activities import Choice
from providers.direct_line_client import DirectLineAccess, DirectLineClient
from providers.direct_line_conversation import DirectLineSettings

DIALOGUE = Dialogue(Claim(()), call_id="c1", agent_number="+12025550177", language="en-US")
PATIENT = DirectLineSettings(open_ms=30_000, greeting_ms=30_000, answer_ms=30_000, silence_ms=400)
HASTY = replace(PATIENT, greeting_ms=100, answer_ms=300)


@dataclass
class Called:
    """A call that a bot leads."""

    assistant: DirectLineAssistant
    records: list[ModelRecord] = field(default_factory=list)

    async def said(self, outputs: AsyncIterator[Output]) -> list[Output]:
        """Everything but what nobody hears: expectations and costs."""
        async with closing(outputs):
            return [each async for each in outputs if not isinstance(each, Expect | Spend)]

    async def greet(self, dialogue: Dialogue = DIALOGUE) -> list[Output]:
        """Its greeting."""
        return await self.said(self.assistant.greet(dialogue))

    async def reply(self, text: str, dialogue: Dialogue = DIALOGUE) -> list[Output]:
        """Its answer."""
        return await self.said(self.assistant.reply(dialogue, text))


@asynccontextmanager
async def called(
    service: DirectLineEmulator, settings: DirectLineSettings = PATIENT, *, calls: Sequence[str] = ("c1",)
) -> AsyncIterator[Called]:
    """Calls that are up."""
    client = DirectLineClient(DirectLineAccess(endpoint=service.endpoint, secret=service.secret))
    records: list[ModelRecord] = []
    assistant = DirectLineAssistant(
        client,
        settings,
        character=Character("Contoso", "Amelia"),
        repertoire=Repertoire("en-US"),
        user_name="Caller",
        observe=records.append,
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            attending = [tasks.create_task(assistant.attend(call_id)) for call_id in calls]
            await asyncio.sleep(0)
            yield Called(assistant, records)
            for task in attending:
                task.cancel()
    finally:
        await client.close()


async def test_a_call() -> None:
    """The bot greets and answers in its own words, and is told the caller's, with their language and a random name."""
    script = (*answers("Welcome."), Answer((Says("**One.** Two."), Says("Three?", hint="expectingInput"))))
    async with DirectLineEmulator(script) as service, called(service) as call:
        await call.assistant.warm_up()
        assert await call.greet() == [Say("Welcome.\n")]
        assert await call.reply("Hello.", replace(DIALOGUE, language="fr-FR")) == [Say("One. Two.\n"), Say("Three?\n")]
    started, told, _ = service.received
    assert (started["name"], started["locale"]) == ("startConversation", "en-US")
    assert (told["text"], told["locale"]) == ("Hello.", "fr-FR")
    assert told["from"]["name"] == "Caller"
    assert told["from"]["id"].startswith("dl_")
    assert len(told["from"]["id"]) > 20


async def test_its_work_is_counted() -> None:
    """Each answer is a request to a model by its own name, without tokens."""
    async with DirectLineEmulator(answers("Yes.")) as service, called(service) as call:
        spent = [each async for each in call.assistant.reply(DIALOGUE, "Hello.") if isinstance(each, Spend)]
    assert [(each.usage.model, each.usage.prompt_tokens) for each in spent] == [(STAGE, 0)]


async def test_two_calls_are_two_conversations() -> None:
    """What one caller says is nothing to another."""
    async with DirectLineEmulator(answers("One.", "Two.")) as service, called(service, calls=("c1", "c2")) as call:
        await call.reply("first")
        await call.reply("second", replace(DIALOGUE, call_id="c2"))
    told = [each for each in service.received if each["type"] == "message"]
    assert len({each["from"]["id"] for each in told}) == 2


async def test_a_bot_without_a_greeting() -> None:
    """The caller is greeted in our words after a moment, and the bot answers then."""
    late, settings = Answer((Waits(0.5), Says("Welcome!"))), replace(PATIENT, greeting_ms=50)
    async with DirectLineEmulator([late, *answers("Yes.")]) as service, called(service, settings) as call:
        assert await call.greet() == [
            Say("Hello, this is Amelia from Contoso.", is_sentence=True),
            Say(f" {ENGLISH.how_can_i_help[0]}", is_sentence=True),
        ]
        assert await call.reply("Hello?") == [Say("Yes.\n")]
        assert call.records == []


async def test_nobody_attends() -> None:
    """A greeting that is made ahead is ours; nothing is answered without a conversation."""
    async with DirectLineEmulator() as service, called(service) as call:
        assert len(await call.greet(replace(DIALOGUE, call_id=""))) == 2
        with pytest.raises(ModelUnavailable, match="nobody attends"):
            await call.reply("Hello.", replace(DIALOGUE, call_id="other"))


async def test_hand_over() -> None:
    """The bot's words, or ours, then the hand-over with what the human has to know; without a human we say so."""
    context = {"va_AgentMessage": "wants a refund"}
    script = [Answer((Says("I connect you."), HandsOff(context))), Answer((HandsOff(),)), Answer((HandsOff(),))]
    async with DirectLineEmulator(script) as service, called(service) as call:
        assert await call.reply("one") == [Say("I connect you.\n"), TransferCall("wants a refund")]
        ours, transfer = await call.reply("two")
        assert isinstance(ours, Say)
        assert (ours.text in ENGLISH.end_call_to_connect_agent, transfer) == (True, TransferCall(""))
        (sorry,) = await call.reply("three", replace(DIALOGUE, agent_number=""))
        assert sorry == Say(ENGLISH.calltransfer_failure[0], is_sentence=True)


async def test_the_end() -> None:
    """Who ends it says goodbye, or we do, and the call is hung up."""
    script = [Answer((Says("So long."), Ends()))]
    async with DirectLineEmulator(script) as service, called(service) as call:
        assert await call.reply("bye") == [Say("So long.\n"), EndCall()]
    async with DirectLineEmulator([Answer((Ends(),))]) as service, called(service) as call:
        goodbye, end = await call.reply("bye")
        assert isinstance(goodbye, Say)
        assert (goodbye.text in ENGLISH.goodbye, end) == (True, EndCall())


async def test_a_hand_over_that_was_interrupted() -> None:
    """The caller spoke before it came true: it is the next thing that happens, and the bot is not asked again."""
    async with DirectLineEmulator([Answer((HandsOff("why"),))]) as service, called(service) as call:
        async with closing(call.assistant.reply(DIALOGUE, "a human")) as outputs:
            async for output in outputs:
                if isinstance(output, TransferCall):
                    break
        assert (await call.reply("hello?"))[-1] == TransferCall("why")
        assert service.texts == ["a human"]


async def test_choices() -> None:
    """They are read unless the message names them; a key or a word chooses, and the bot gets its own word."""
    script = (
        Answer((Says("Which colour?", hint="expectingInput", choices=("Red", "Dark blue")),)),
        Answer((Says("Red or dark blue?", hint="expectingInput", choices=("Red", "Dark blue")),), to="Dark blue"),
        *answers("Noted.", "Good."),
    )
    async with DirectLineEmulator(script) as service, called(service) as call:
        assert await call.reply("hi") == [Say("Which colour?\n"), Say("You can say: Red, Dark blue.\n")]
        assert await call.reply("2") == [Say("Red or dark blue?\n")]
        await call.reply("red.")
        await call.reply("1 2 3 #")
    assert service.texts == ["hi", "Dark blue", "Red", "123#"]


async def test_what_comes_between() -> None:
    """It is said when the caller is silent, or before the next answer; else we ask whether they are there."""
    async with DirectLineEmulator(answers("Yes.")) as service, called(service) as call:
        (ours,) = await call.said(call.assistant.nudge(DIALOGUE))
        assert isinstance(ours, Say)
        assert ours.text in ENGLISH.timeout_silence
        assert await call.reply("one") == [Say("Yes.\n")]
        service.say_unasked(Answer((Says("It is done.", is_unasked=True),)))
        heard: list[Output] = []
        while heard != [Say("It is done.\n")]:
            heard = await call.said(call.assistant.nudge(DIALOGUE))
            await asyncio.sleep(0.01)


async def test_another_language_than_the_calls() -> None:
    """A message of that is spoken so, if the call can be held in it."""
    dialogue = replace(DIALOGUE, languages=("en-US", "fr-CA"))
    said = [Says(f"{locale}.", locale=locale) for locale in ("fr-FR", "en-GB", "de-DE")]
    async with DirectLineEmulator([Answer(tuple(said))]) as service, called(service) as call:
        assert await call.reply("hi", dialogue) == [Say("fr-FR.\n", "fr-CA"), Say("en-GB.\n"), Say("de-DE.\n")]


@pytest.mark.parametrize(
    "refusals", [[Refusal("token", 401)], [Refusal("start", 404)], [Refusal("post", 403), Refusal("resume", 403)]]
)
async def test_a_bot_that_fails(refusals: Sequence[Refusal]) -> None:
    """The reply fails, which is counted, and the bot is out for the rest of this call."""
    async with DirectLineEmulator(refusals=refusals) as service, called(service) as call:
        for _ in range(2):
            with pytest.raises(AssistantError):
                await call.reply("hello")
        assert service.texts == []
        assert all(isinstance(each, ModelStumbled) and each.model == STAGE for each in call.records)
        assert call.records


async def test_a_bot_that_is_silent() -> None:
    """It has missed a turn: whoever goes on goes on alone."""
    async with DirectLineEmulator([Answer()]) as service, called(service, HASTY) as call:
        for _ in range(2):
            with pytest.raises(AssistantError):
                await call.reply("hello")
        assert service.texts == ["hello"]


@pytest.mark.parametrize(
    ("utterance", "told"),
    [
        ("1 2", "12"),
        ("two", "two"),
        (" Blue. ", "b"),
        ("b", "b"),
        ("1", "r"),
        ("3", "3"),
        ("0", "0"),
        ("I want red", "I want red"),
    ],
)
def test_what_the_bot_is_told(utterance: str, told: str) -> None:
    """Keys in one piece, a choice by its number or its name; all else as it was said."""
    assert chosen(utterance, (Choice("Red", "r"), Choice("Blue", "b"))) == told
