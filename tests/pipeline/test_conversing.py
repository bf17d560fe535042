"""A model that hears and speaks by itself, in a whole conversation on a virtual clock."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import pytest

from agent.assistant import EndCall, Say
from agent.budget import Budget, Limits
from agent.character import Character
from agent.chat import ToolCall, ToolSpec
from agent.dialogue import Message
from agent.errors import AssistantError, ModelBrokeOff, ModelTimedOut, ModelUnavailable
from agent.facts import ModelUsage
from agent.guard import Guard, GuardSettings
from agent.search import Search
from agent.tools.end_call import EndCallTool
from agent.tools.update_claim import UpdateClaimTool
from agent.voice_led import VoiceLed
from media.line import DigitReceived
from media.playout import Word
from pipeline.answering import OpenerSettings
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.phrases import PhraseBook
from pipeline.ports import ItemSpoken, SpokenPart, SpokenSound, SpokenText, Transcribed, Used
from pipeline.records import AnswerMeasured, AssistantSaid, BargedIn, CallerHeard, ClaimValueSet, StageFailed
from pipeline.speak import SpokenPiece
from tests.support.fakes import (
    AT,
    FakeAssistant,
    FakeLine,
    FakeSpeechToText,
    FakeVoice,
    Loudness,
    Records,
    empty_dialogue,
    loud,
)
from tests.support.jumping_time import run_virtually
from tests.support.passages import FakeSearch

RATE = 16_000  # that of the line: each sample is what it was


def says(text: str, item_id: str) -> list[SpokenPart | float | AssistantError]:
    """100 ms of sound a word; the words come first, and all of it at once."""
    return [SpokenText(item_id, text), *(SpokenSound(item_id, loud(100)) for _ in text.split(" ")), ItemSpoken(item_id)]


@dataclass
class FakeSession:
    """Keeps its orders; answers by the rows of its model."""

    model: "FakeModel"
    on_transcript: Transcribed
    orders: list[tuple[str, object]] = field(default_factory=list)
    heard_bytes: int = 0
    commits: int = 0
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    is_closed: bool = False
    left: int = 0

    def append(self, pcm: bytes) -> None:
        self.heard_bytes += len(pcm)

    def clear(self) -> None:
        self.orders.append(("clear", ""))
        self.heard_bytes = 0

    def commit(self) -> int:
        self.commits += 1
        self.orders.append(("commit", self.heard_bytes * 1000 // (2 * self.model.sample_rate_hz)))
        self.heard_bytes = 0
        if self.model.heard:
            self.on_transcript(self.commits, self.model.heard.pop(0))
        return self.commits

    def add_text(self, text: str) -> None:
        self.orders.append(("text", text))

    async def respond(self, instructions: str, tools: Sequence[ToolSpec]) -> AsyncGenerator[SpokenPart, None]:
        self.orders.append(("respond", len(tools)))
        self.model.instructions.append(instructions)
        is_whole = False
        try:
            for part in self.model.rows.pop(0) if self.model.rows else ():
                if isinstance(part, float):
                    await asyncio.sleep(part)
                elif isinstance(part, AssistantError):
                    raise part
                else:
                    yield part
            is_whole = True
            self.model.on_usage(ModelUsage("voice", 10, 1))
        finally:
            self.left += not is_whole

    def tool_result(self, call_id: str, text: str) -> None:
        self.orders.append(("result", text.split(":")[0]))

    def cut(self, item_id: str, heard_ms: int) -> None:
        self.orders.append(("cut", (item_id, heard_ms)))

    async def run(self) -> None:
        await self.lost.wait()
        raise ModelBrokeOff("broken by the test")

    async def close(self) -> None:
        self.is_closed = True


class FakeModel:
    """Opens sessions that share one script; an error in ``opening`` refuses one."""

    def __init__(
        self,
        *rows: list[SpokenPart | float | AssistantError],
        heard: Sequence[str] = (),
        sample_rate_hz: int = RATE,
    ) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.rows = list(rows)
        self.heard = list(heard)
        self.opening: list[AssistantError] = []
        self.sessions: list[FakeSession] = []
        self.known: list[tuple[Message, ...]] = []
        self.instructions: list[str] = []

    async def warm_up(self) -> None:
        pass

    async def open(
        self, call_id: str, messages: Sequence[Message], on_transcript: Transcribed, on_usage: Used
    ) -> FakeSession:
        self.on_usage = on_usage
        if self.opening:
            raise self.opening.pop(0)
        self.known.append(tuple(messages))
        loop = asyncio.get_running_loop()

        def later(number: int, text: str) -> None:
            """A moment after the commit, as a service does."""
            loop.call_later(0.3, on_transcript, number, text)

        self.sessions.append(FakeSession(self, later))
        return self.sessions[-1]


class Scene:
    """One call with such a model, and everything that a test may look at."""

    def __init__(
        self,
        model: FakeModel,
        texts: Sequence[str] = (),
        assistant: FakeAssistant | None = None,
        phrases: PhraseBook | None = None,
        search: Search | None = None,
    ) -> None:
        self.calls_max, self.phrases = 0, phrases or PhraseBook()
        self.search = search
        self.model = model
        self.texts = list(texts)
        self.assistant = assistant or FakeAssistant()
        self.records = Records()

    def play(self, *parts: tuple[str, int]) -> str:
        return run_virtually(self._play(*parts))

    async def _play(self, *parts: tuple[str, int]) -> str:
        now = asyncio.get_running_loop().time
        self.line = FakeLine(now)
        mind = VoiceLed(
            self.assistant,
            character=Character("Contoso", "Amelia"),
            tools=(UpdateClaimTool(), EndCallTool()),
            clock=lambda: AT,
            guard=Guard(GuardSettings(blocked_words=("Fabrikam",))),
            budget=Budget(Limits(model_calls=self.calls_max)),
        )
        self.conversation = conversation = Conversation(
            "call-1",
            self.line,
            empty_dialogue(),
            services=Services(
                speech_to_text=FakeSpeechToText(self.texts),
                text_to_speech=FakeVoice(),
                assistant=self.assistant,
                new_detector=Loudness,
                observer=self.records,
                now=now,
                utc_now=lambda: AT,
                speech_model=(self.model, mind),
                phrases=self.phrases,
                search=self.search,
            ),
            settings=ConversationSettings(is_echo_cancelled=False, openers=OpenerSettings(is_enabled=False)),
        )
        async with asyncio.TaskGroup() as tasks:
            caller = tasks.create_task(self.line.caller(*parts))
            tasks.create_task(self.beside())
            reason = await conversation.run()
            caller.cancel()
            self.tasks_left = {task.get_name() for task in asyncio.all_tasks() if "call-1" in task.get_name()}
        return reason

    async def beside(self) -> None:
        """What else happens."""

    @property
    def orders(self) -> list[tuple[str, object]]:
        return [order for session in self.model.sessions for order in session.orders]

    def said(self) -> list[str]:
        return [record.text for record in self.records.of(AssistantSaid)]

    def heard(self) -> list[str]:
        return [record.text for record in self.records.of(CallerHeard) if record.is_final]


ONE_TURN = (("waits", 1_000), ("speaks", 800), ("waits", 3_000))
HELLO = says("Hello there.", "i1")


def test_it_is_told_what_the_documents_say() -> None:
    """In its instructions for an answer, not in those for the greeting."""
    question = "What does a new windscreen cost?"
    model = FakeModel(HELLO, says("It costs 150 dollars.", "i2"))
    Scene(model, [question], search=FakeSearch()).play(*ONE_TURN)
    assert [f"About: {question}" in each for each in model.instructions] == [False, True]


def test_it_greets_hears_and_answers() -> None:
    """Its voice is heard, its words are remembered, and so are the caller's, as it understood them."""
    scene = Scene(FakeModel(HELLO, says("Thank you for that.", "i2"), heard=["In Rome!"]), ["in home"])
    assert scene.play(*ONE_TURN) == "caller_hung_up"
    assert scene.said() == ["Hello there.", "Thank you for that."]
    assert scene.heard() == ["In Rome!"]
    assert scene.model.instructions[0].endswith("\nHello there.")
    kinds = [kind for kind, _ in scene.orders]
    assert kinds == ["respond", "commit", "respond"]
    committed_ms = scene.orders[1][1]
    assert isinstance(committed_ms, int)
    assert 900 <= committed_ms <= 1_500  # 800 of voice, a moment before it and after it
    assert len(scene.records.of(AnswerMeasured)) == 1
    assert scene.model.sessions[0].is_closed
    assert scene.tasks_left == set()


def test_another_rate_than_the_lines_is_converted_both_ways() -> None:
    """Nothing of the sound is lost, in neither direction."""
    scene = Scene(FakeModel(HELLO, says("Thank you for that.", "i2"), sample_rate_hz=24_000), ["In Rome."])
    scene.play(*ONE_TURN)
    assert scene.said() == ["Hello there.", "Thank you for that."]
    # Six words of 100 ms at 16 kHz are 67 ms each at 24; a frame at the end of each reply is filled up.
    sent_ms = sum(len(pcm) for _, pcm in scene.line.sent) / 32
    assert 400 <= sent_ms <= 440
    committed_ms = scene.orders[1][1]
    assert isinstance(committed_ms, int)
    assert 900 <= committed_ms <= 1_500


def test_nothing_is_prepared() -> None:
    """What such a model has heard it has heard: it is asked once, when the turn is over."""
    scene = Scene(FakeModel(HELLO, says("Yes.", "i2")), ["Yes.", "Yes."])
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 150), ("speaks", 600), ("waits", 2_000))
    assert [kind for kind, _ in scene.orders].count("respond") == 2


def test_an_interruption_tells_it_what_was_heard() -> None:
    """To the millisecond of our own playout; the answer is stopped, and the words are cut with it."""
    answer = says(" ".join(f"w{n:02}" for n in range(60)), "i2")
    scene = Scene(FakeModel(HELLO, answer, says("Sorry.", "i3")), ["Yes.", "Stop it."])
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 3_000), ("speaks", 800), ("waits", 2_000))
    (cut_order,) = [what for kind, what in scene.orders if kind == "cut"]
    assert isinstance(cut_order, tuple)
    item_id, heard_ms = cut_order
    (barge,) = scene.records.of(BargedIn)
    (stopped_at,) = scene.line.stops
    frames = [at for at, _ in scene.line.sent if 101.6 < at < stopped_at]
    assert item_id == "i2"
    # A frame is sent up to 80 ms ahead; what was taken back was not heard.
    assert heard_ms == pytest.approx(20 * len(frames) - barge.unplayed_ms, abs=1)
    cut = scene.records.of(AssistantSaid)[1]
    assert cut.was_interrupted
    assert len(cut.text.split()) == pytest.approx(heard_ms / 100, abs=1)
    assert cut.text + " " + cut.unheard_text == " ".join(f"w{n:02}" for n in range(60))


def test_a_filler_is_no_part_of_what_the_model_has_said() -> None:
    """It thinks for three seconds, and is interrupted then: what it is told is how much of its own was heard."""
    filler = PhraseBook({"One moment, please.": SpokenPiece(loud(900), (Word("Moment.", 14_400),), 0)})
    answer: list[SpokenPart | float | AssistantError] = [3.0, *says(" ".join(["word"] * 60), "i2")]
    scene = Scene(FakeModel(HELLO, answer, says("Sorry.", "i3")), ["Yes.", "Stop it."], phrases=filler)
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 6_000), ("speaks", 800), ("waits", 2_000))
    cut = scene.records.of(AssistantSaid)[1]
    words = cut.text.split()
    assert words[0] == "Moment."
    (cut_order,) = [what for kind, what in scene.orders if kind == "cut"]
    assert isinstance(cut_order, tuple)
    assert cut_order[1] == pytest.approx(100 * (len(words) - 1), abs=100)


def test_an_answer_that_was_never_heard_is_forgotten() -> None:
    """The caller goes on: it is deleted, and only the rest of the turn is committed."""
    slow: list[SpokenPart | float | AssistantError] = [SpokenText("i2", "Noted."), 0.9, *says("Noted.", "i2")[1:]]
    scene = Scene(
        FakeModel(HELLO, slow, says("I have noted that.", "i3"), heard=["It was", "in the cellar."]),
        ["Yes.", "the cellar."],
    )
    scene.play(("waits", 1_000), ("speaks", 800), ("waits", 700), ("speaks", 800), ("waits", 3_000))
    kinds = [kind for kind, _ in scene.orders]
    assert kinds == ["respond", "commit", "respond", "cut", "commit", "respond"]
    assert ("cut", ("i2", 0)) in scene.orders
    assert scene.heard() == ["It was in the cellar."]
    assert scene.said() == ["Hello there.", "I have noted that."]
    assert scene.model.sessions[0].left == 1


def test_tools_fill_the_claim_and_end_the_call() -> None:
    """Their results are told, and it goes on talking, but for a goodbye; the effects come true when it is heard."""
    store = ToolCall("1", "update_claim", '{"updates": [{"field": "place", "value": "Rome"}]}')
    bye = [*says("Thank you and goodbye.", "i3"), ToolCall("2", "end_call", "{}")]
    scene = Scene(FakeModel(HELLO, [store], says("Noted.", "i2"), bye), ["In Rome.", "Bye."])
    assert (
        scene.play(("waits", 1_000), ("speaks", 800), ("waits", 2_500), ("speaks", 600), ("waits", 9_000))
        == "assistant_hung_up"
    )
    assert [record.new_value for record in scene.records.of(ClaimValueSet)] == ["Rome"]
    assert [what for kind, what in scene.orders if kind == "result"] == [
        "Stored",
        "The call ends after your words. Say goodbye if you have not.",
    ]
    assert "place = Rome" in scene.model.instructions[2]
    assert scene.said()[-1] == "Thank you and goodbye."


def test_keys_are_told_as_text() -> None:
    """There is no sound of them to be committed."""

    class Pressing(Scene):
        async def beside(self) -> None:
            await asyncio.sleep(1.0)
            for digit in "42#":
                self.line.put(DigitReceived(digit))

    scene = Pressing(FakeModel(HELLO, says("Thank you.", "i2")))
    scene.play(("waits", 3_000))
    assert ("text", "4 2") in scene.orders
    assert "commit" not in [kind for kind, _ in scene.orders]


@pytest.mark.parametrize("row", [[ModelTimedOut("late")], [*says("Well then.", "i2")[:2], ModelBrokeOff("off")], []])
def test_an_answer_that_fails_is_apologised_for_or_ends(row: list[SpokenPart | float | AssistantError]) -> None:
    """In our own voice; the call goes on, and the next turn is answered by the model again."""
    scene = Scene(FakeModel(HELLO, row, says("Better.", "i3")), ["One.", "Two."])
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 4_000), ("speaks", 600), ("waits", 2_500))
    assert scene.said()[-1] == "Better."
    assert [record.stage for record in scene.records.of(StageFailed)] == ["reply"]


def test_while_there_is_no_session_our_own_voice_answers() -> None:
    """From the greeting on, with our recogniser's words; later the model is told what was said."""
    model = FakeModel(says("Better.", "i1"))
    model.opening = [ModelUnavailable("down")] * 4
    scene = Scene(model, ["One.", "Two."], FakeAssistant([Say("Our own answer.")]))
    scene.play(("waits", 3_500), ("speaks", 600), ("waits", 8_000), ("speaks", 600), ("waits", 2_500))
    assert scene.said() == ["Hello there.", "Our own answer.", "Better."]
    assert [message.text for message in model.known[0]] == ["Hello there.", "One.", "Our own answer."]


def test_what_it_costs_counts_and_our_own_voice_goes_on_when_that_is_spent() -> None:
    """The greeting and the first answer were all that it may say."""
    scene = Scene(FakeModel(HELLO, says("Mine.", "i2")), ["One.", "Two."], FakeAssistant([Say("Ours.")]))
    scene.calls_max = 2
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 4_000), ("speaks", 600), ("waits", 4_000))
    assert scene.said() == ["Hello there.", "Mine.", "Ours."]
    assert [type(record).__name__ for record in scene.records.seen].count("BudgetSpent") == 1


def test_a_session_that_is_lost_is_opened_again() -> None:
    """Between two turns: the caller does not notice."""

    class Losing(Scene):
        async def beside(self) -> None:
            await asyncio.sleep(3.0)
            self.model.sessions[0].lost.set()

    scene = Losing(FakeModel(HELLO, says("One.", "i2"), says("Two.", "i3")), ["One.", "Two."])
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 3_000), ("speaks", 600), ("waits", 2_500))
    assert scene.said() == ["Hello there.", "One.", "Two."]
    assert len(scene.model.sessions) == 2
    assert [message.text for message in scene.model.known[1]] == ["Hello there.", "One.", "One."]
    assert [record.reason for record in scene.records.of(StageFailed)] == ["ModelBrokeOff"]


def test_ends_are_told_apart() -> None:
    """An effect that only our own assistant can have is one of the same kind."""
    assert isinstance(EndCallTool().run(EndCallTool().arguments_type(), empty_dialogue(), AT).outputs[0], EndCall)
