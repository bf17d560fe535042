"""Whole conversations in which answers are prepared, opened, interrupted and played on."""

from agent.assistant import Reserve, Say, Spend
from agent.facts import ModelUsage
from media.playout import Word
from pipeline.phrases import PhraseBook
from pipeline.records import (
    AnswerMeasured,
    BargedIn,
    FalseAlarm,
    ModelAsked,
    ReplyPrepared,
)
from pipeline.speak import SpokenPiece
from tests.pipeline.scene import Scene
from tests.support.fakes import (
    FakeAssistant,
    loud,
)


def test_words_that_were_not_answered_are_kept() -> None:
    """The caller says something and hangs up."""
    scene = Scene(["Forget it."])
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 240))
    assert scene.heard() == ["Forget it."]


def test_a_prepared_reply_that_was_thrown_away_is_reported() -> None:
    """Its waste is a metric."""
    scene = Scene(["Yes.", "No."], FakeAssistant([Say("One.")], [Say("Two.")]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 140), ("speaks", 600), ("waits", 2_000))
    assert [record.was_used for record in scene.records.of(ReplyPrepared)].count(True) == 1


def test_a_reply_that_nobody_hears_was_paid_for() -> None:
    """The caller hangs up while it is written: what its model had read and written until then is spent."""
    reserved = ModelUsage("small", 500, 0, is_estimated=True)
    assistant = FakeAssistant([Reserve(reserved), 60.0, Say("Never said."), Spend(ModelUsage("small", 1, 1))])
    scene = Scene(["Yes."], assistant)
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 2_000))
    assert [record.usage for record in scene.records.of(ModelAsked)] == [reserved]


def test_an_opener_bridges_a_long_thought_and_is_part_of_the_history() -> None:
    """The answer takes a second; something is heard within 400 ms, and both latencies are told."""
    scene = Scene(["I want to report a fire."], FakeAssistant([1.0, Say("That is bad.")]))
    scene.phrases = PhraseBook({"Okay.": SpokenPiece(loud(400), (Word("Okay.", 6_400),), 0)})
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 3_000))
    (measured,) = scene.records.of(AnswerMeasured)
    assert measured.answer_latency_ms < 400
    assert (measured.content_latency_ms or 0) > 1_000
    assert scene.said()[-1] == "Okay. That is bad."


def test_no_opener_where_the_answer_is_there_at_once() -> None:
    """It would only be in the way."""
    scene = Scene(["My house burns."], FakeAssistant([Say("That is bad.")]))
    scene.phrases = PhraseBook({"Okay.": SpokenPiece(loud(400), (Word("Okay.", 6_400),), 0)})
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 3_000))
    assert scene.said()[-1] == "That is bad."


def test_a_false_alarm_plays_on_where_it_stopped() -> None:
    """300 ms of cough over our voice: silence for a moment; every word was heard once in the end."""
    answer = " ".join(f"word{n}" for n in range(30)) + "."
    scene = Scene(["Yes.", ""], FakeAssistant([Say(answer)]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 1_000), ("speaks", 300), ("waits", 5_000))
    assert scene.said() == ["Hello there.", answer]
    assert scene.records.of(BargedIn) == []
    (alarm,) = scene.records.of(FalseAlarm)
    assert 100 < alarm.silent_ms < 700
    assert len(scene.line.stops) == 1


def test_an_okay_is_talked_through() -> None:
    """It was understood before we would have stopped: not a frame is missing."""
    answer = " ".join(f"word{n}" for n in range(30)) + "."
    scene = Scene(["Yes.", "Okay."], FakeAssistant([Say(answer)]))
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 1_000), ("speaks", 300), ("waits", 5_000))
    assert scene.said() == ["Hello there.", answer]
    assert scene.line.stops == []


def test_the_models_judgement_counts() -> None:
    """Words that could go on are answered at once when the model hears that they will not."""

    class Sure:
        async def warm_up(self) -> None:
            pass

        async def finished(self, pcm: bytes, text: str, language: str = "") -> float:
            return 1.0

    latencies = []
    for detector in (None, Sure()):
        scene = Scene(["Because of the"], FakeAssistant([Say("Where?")]))
        scene.turn_detector = detector
        scene.play(("waits", 1_000), ("speaks", 600), ("waits", 3_000))
        (measured,) = scene.records.of(AnswerMeasured)
        latencies.append(measured.answer_latency_ms)
    assert latencies[0] > 1_000
    assert latencies[1] < 400


def test_a_model_that_fails_is_reported_and_done_without() -> None:
    """The words decide."""

    class Broken:
        async def warm_up(self) -> None:
            pass

        async def finished(self, pcm: bytes, text: str, language: str = "") -> float:
            raise RuntimeError("broken by the test")

    scene = Scene(["Yes."], FakeAssistant([Say("Good.")]))
    scene.turn_detector = Broken()
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 3_000))
    assert scene.said()[-1] == "Good."
    assert ("turns", "RuntimeError") in scene.failures()
