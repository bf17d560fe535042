"""Whole conversations on a virtual clock."""

import asyncio

import pytest

from agent.assistant import EndCall, Expect, Say, UpdateClaim
from agent.dialogue import Persona
from agent.errors import AssistantError
from media.line import DigitReceived, MessageRejected, Rejection
from pipeline.records import (
    AnswerMeasured,
    AssistantSaid,
    BargedIn,
    ClaimValueSet,
    ConversationEnded,
    ConversationStarted,
    FramesCounted,
    MessagesRejected,
    Record,
)
from tests.pipeline.scene import Scene
from tests.support.fakes import (
    FakeAssistant,
    FakeVoice,
)


def test_a_caller_is_greeted_heard_answered_and_remembered() -> None:
    """One turn: the claim is set, both sides are in the history, and nothing is left behind."""
    scene = Scene(["In the kitchen."], FakeAssistant([UpdateClaim("place", "kitchen"), Say("I noted the kitchen.")]))
    assert scene.play(("waits", 1_000), ("speaks", 800), ("waits", 2_000)) == "caller_hung_up"
    assert scene.said() == ["Hello there.", "I noted the kitchen."]
    assert scene.heard() == ["In the kitchen."]
    (change,) = scene.records.of(ClaimValueSet)
    assert (change.field, change.old_value, change.new_value) == ("place", None, "kitchen")
    assert scene.line.is_closed
    assert scene.ears.opened[0].is_closed
    assert scene.tasks_left == set()
    assert isinstance(scene.records.seen[0], ConversationStarted)
    assert isinstance(scene.records.seen[-1], ConversationEnded)


def test_the_latency_is_that_of_the_audio() -> None:
    """The voice ends at 1,800 ms; the answer was prepared, and plays when that was surely the end, 200 ms later."""
    scene = Scene(["Yes, please."], FakeAssistant([Say("Thank you.")]))
    scene.play(("waits", 1_000), ("speaks", 800), ("waits", 2_000))
    (measured,) = scene.records.of(AnswerMeasured)
    assert measured.answer_latency_ms == measured.content_latency_ms == pytest.approx(205, abs=10)
    assert measured.end_of_turn_ms == pytest.approx(205, abs=15)
    assert measured.recognition_ms == pytest.approx(0, abs=5)
    assert measured.first_words_ms == measured.first_sound_ms == pytest.approx(0, abs=1)
    assert measured.last_voiced_sample == pytest.approx(1_800 * 16, abs=80)
    opened = scene.line.sent[0][0]
    answers = [at for at, _ in scene.line.sent if at > opened + 1.5]
    assert (answers[0] - 101.8) * 1000 == pytest.approx(measured.answer_latency_ms, abs=21)


def test_a_cough_over_our_voice_does_not_change_the_latency() -> None:
    """The answer begins at 2,005 ms; the caller coughs at 2,200 ms, before the answer has been heard for long."""
    long_answer = " ".join(f"word{n}" for n in range(20)) + "."
    scene = Scene(["Yes, please."], FakeAssistant([Say(long_answer)]))
    scene.play(("waits", 1_000), ("speaks", 800), ("waits", 400), ("speaks", 150), ("waits", 4_000))
    assert scene.heard() == ["Yes, please."]
    (measured,) = scene.records.of(AnswerMeasured)
    assert measured.answer_latency_ms == pytest.approx(205, abs=10)
    assert measured.last_voiced_sample == pytest.approx(1_800 * 16, abs=160)


def test_an_interruption_cuts_sound_and_history() -> None:
    """Ten words a second; the caller comes in after two of the answer's many."""
    long_answer = " ".join(f"word{n}" for n in range(40)) + "."
    scene = Scene(["Yes.", "Stop it."], FakeAssistant([Say(long_answer)], [Say("Sorry.")]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 2_000), ("speaks", 800), ("waits", 2_000))
    greeting, cut, after = scene.records.of(AssistantSaid)
    assert cut.was_interrupted
    heard_words = len(cut.text.split())
    # Audible from 1.85 s to the stop at about 3.7 s: eighteen words and a half.
    assert 17 <= heard_words <= 20
    assert cut.text + " " + cut.unheard_text == long_answer
    assert (greeting.was_interrupted, after.was_interrupted) == (False, False)
    (barge,) = scene.records.of(BargedIn)
    assert barge.stop_latency_ms <= 250  # "stop" was understood before the time was over
    assert 0 <= barge.unplayed_ms <= 120
    (stopped_at,) = scene.line.stops
    assert 103.6 < stopped_at <= 103.86
    assert [text for text, _ in scene.assistant.asked] == ["Yes.", "Stop it."]
    last_dialogue = scene.assistant.asked[-1][1]
    assert last_dialogue.messages[-1].text == cut.text
    assert last_dialogue.messages[-1].was_interrupted


def test_no_frame_leaves_after_the_stop_order() -> None:
    """Between the stop and the next reply the wire is silent."""
    scene = Scene(["Yes.", "Stop."], FakeAssistant([Say("word " * 80)], [3.0, Say("Yes.")]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 2_000), ("speaks", 600), ("waits", 1_500))
    (stopped_at,) = scene.line.stops
    assert [at for at, _ in scene.line.sent if at > stopped_at] == []


def test_a_reply_that_was_never_heard_has_no_effect() -> None:
    """The caller goes on before our first sound: its claim value is not stored; the whole is answered."""
    scene = Scene(
        ["Yes.", "the cellar."],
        FakeAssistant(
            [UpdateClaim("place", "it was in"), 0.5, Say("Noted.")], [UpdateClaim("place", "cellar"), Say("Ok.")]
        ),
    )
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 400), ("speaks", 600), ("waits", 2_000))
    assert [record.new_value for record in scene.records.of(ClaimValueSet)] == ["cellar"]
    assert scene.heard() == ["Yes. the cellar."]
    assert [text for text, _ in scene.assistant.asked] == ["Yes.", "Yes. the cellar."]
    assert [record.turn for record in scene.records.of(AnswerMeasured)] == [1]
    assert scene.records.of(BargedIn) == []


def test_the_assistant_ends_the_call_after_its_last_word() -> None:
    """EndCall waits until the goodbye has been heard."""
    scene = Scene(["Bye."], FakeAssistant([Say("Goodbye and thank you."), EndCall()]))
    assert scene.play(("waits", 1_000), ("speaks", 400), ("waits", 10_000)) == "assistant_hung_up"
    assert scene.said()[-1] == "Goodbye and thank you."
    sound = sum(len(pcm) for _, pcm in scene.line.sent)
    assert sound == (2 + 4) * 3_200


@pytest.mark.parametrize("failure", [AssistantError("down"), KeyError("a bug")])
def test_a_dead_assistant_is_apologised_for_and_the_call_goes_on(failure: Exception) -> None:
    """The next turn is answered as if nothing had been; what was said is not lost."""
    scene = Scene(["One.", "Two."], FakeAssistant([failure], [Say("Better.")]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 4_000), ("speaks", 600), ("waits", 2_000))
    assert scene.said()[1].startswith("Sorry, something went wrong")
    assert scene.said()[2] == "Better."
    assert scene.heard() == ["One.", "Two."]
    assert scene.failures() == [("reply", type(failure).__name__)]


def test_a_dead_voice_leaves_a_listening_call() -> None:
    """Reply and apology fail; nothing loops, and the caller's words are kept."""
    voice = FakeVoice()
    voice.fails = True
    scene = Scene(["One."], voice=voice)
    assert scene.play(("waits", 1_000), ("speaks", 600), ("waits", 5_000)) == "caller_hung_up"
    assert scene.heard() == ["One."]
    assert set(scene.failures()) == {("speech", "SynthesisError")}
    assert len(scene.failures()) == 4  # greeting, its apology, answer, its apology


def test_a_dead_recogniser_is_opened_again() -> None:
    """It fails while the caller is silent; the next sentence is understood."""

    class Failing(Scene):
        def before(self, tasks: asyncio.TaskGroup) -> None:
            tasks.create_task(self.fail())

        async def fail(self) -> None:
            await asyncio.sleep(1.0)
            self.ears.opened[0].fail()

    scene = Failing(["Hello."], FakeAssistant([Say("Hi.")]))
    scene.play(("waits", 3_000), ("speaks", 600), ("waits", 2_000))
    assert len(scene.ears.opened) == 2
    assert scene.heard() == ["Hello."]
    assert scene.failures() == [("recognition", "RecognitionError")]


def test_keys_reach_the_assistant() -> None:
    """4, 2, # are an answer like any other."""

    class Pressing(Scene):
        def before(self, tasks: asyncio.TaskGroup) -> None:
            tasks.create_task(self.press())

        async def press(self) -> None:
            await asyncio.sleep(1.0)
            for digit in "42#":
                self.line.put(DigitReceived(digit))

    scene = Pressing([], FakeAssistant([Say("Thank you.")]))
    scene.play(("waits", 3_000))
    assert scene.assistant.asked[0][0] == "4 2"


def test_bad_messages_are_counted_and_survived() -> None:
    """Thirty in a row: the call hears the next sentence."""

    class Noisy(Scene):
        def before(self, tasks: asyncio.TaskGroup) -> None:
            for _ in range(30):
                self.line.put(MessageRejected(Rejection.NOT_JSON, "x"))

    scene = Noisy(["Hello."], FakeAssistant([Say("Hi.")]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 2_000))
    assert scene.said() == ["Hello there.", "Hi."]
    counts = scene.records.of(FramesCounted)
    assert sum(count.messages_rejected for count in counts) == 30
    assert {(record.reason, record.detail) for record in scene.records.of(MessagesRejected)} == {("not_json", "x")}
    assert sum(count.frames_in for count in counts) == 180
    assert sum(count.frames_out for count in counts) == len(scene.line.sent)


def test_call_control_can_end_it() -> None:
    """The order is carried out at once, in the middle of a sentence, and what was heard is kept."""

    class Ending(Scene):
        def before(self, tasks: asyncio.TaskGroup) -> None:
            tasks.create_task(self.end())

        async def end(self) -> None:
            await asyncio.sleep(0.5)
            await self.conversation.end("drained")

    scene = Ending(assistant=FakeAssistant(greeting="word " * 50))
    assert scene.play(("waits", 60_000)) == "drained"
    (said,) = scene.records.of(AssistantSaid)
    assert said.was_interrupted
    assert len(said.text.split()) == pytest.approx(4, abs=1)


def test_silence_is_asked_into() -> None:
    """Twenty seconds after the greeting."""
    scene = Scene()
    scene.play(("waits", 22_000))
    assert scene.said() == ["Hello there.", "Are you still there?"]


def test_a_line_that_breaks_while_we_speak_ends_quietly() -> None:
    """Sending fails first; the end is found by listening."""

    class Breaking(Scene):
        def before(self, tasks: asyncio.TaskGroup) -> None:
            tasks.create_task(self.break_line())

        async def break_line(self) -> None:
            await asyncio.sleep(0.3)
            self.line.is_broken = True
            await asyncio.sleep(0.2)
            self.line.put(None)

    scene = Breaking(assistant=FakeAssistant(greeting="word " * 50))
    assert scene.play(("waits", 60_000)) == "caller_hung_up"
    assert scene.failures() == []
    assert scene.tasks_left == set()


def test_the_memory_of_an_expectation_reaches_the_next_turn() -> None:
    """What the question was about is known when the answer comes."""
    scene = Scene(["Berlin."], FakeAssistant([Expect("field:name"), Say("Ok.")]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 2_000))
    dialogue = scene.assistant.asked[0][1]
    assert dialogue.expecting == "opening"
    assert [(message.persona, message.text) for message in dialogue.messages] == [(Persona.ASSISTANT, "Hello there.")]


def test_every_record_names_its_call() -> None:
    """Nothing that a conversation reports is without an owner."""
    scene = Scene(["Hello."])
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 2_000))

    def owner(record: Record) -> str:
        return record.call_id

    assert {owner(record) for record in scene.records.seen} == {"call-1"}
