"""Whole conversations whose answers rest on documents."""

from agent.assistant import Cite, Output, Say
from agent.errors import SearchFailed
from pipeline.records import AnswerMeasured, AssistantSaid
from tests.pipeline.scene import Scene
from tests.support.fakes import FakeAssistant
from tests.support.passages import FakeSearch, passage

QUESTION = "What does a new windscreen cost?"
ONE_TURN = (("waits", 1_000), ("speaks", 1_200), ("waits", 3_000))


def test_passages_are_there_before_the_answer() -> None:
    """They are looked up while the caller speaks: a search of 300 ms costs the answer nothing."""
    measured = []
    for search in (FakeSearch(delay_s=0.3), None):
        scene = Scene([QUESTION], FakeAssistant([Say("It costs 150 dollars.")]), search=search)
        scene.play(*ONE_TURN)
        utterance, told = scene.assistant.asked[-1]
        assert utterance == QUESTION
        assert [each.text for each in told.passages] == ([f"About: {QUESTION}"] if search else [])
        measured.append(scene.records.of(AnswerMeasured)[0].answer_latency_ms)
        assert scene.tasks_left == set()
    assert measured[0] == measured[1]


def test_what_was_cited_is_kept_with_the_message() -> None:
    """On the message that was heard, and nowhere else."""
    glass = passage("It costs 150 dollars.", place="Price")
    reply: list[Output] = [Say("It costs 150 dollars."), Cite((glass.citation,))]
    scene = Scene([QUESTION], FakeAssistant(reply), search=FakeSearch())
    scene.play(*ONE_TURN)
    assert [(said.text, said.citations) for said in scene.records.of(AssistantSaid)] == [
        ("Hello there.", ()),
        ("It costs 150 dollars.", (glass.citation,)),
    ]


def test_a_dead_search_breaks_no_call() -> None:
    """The answer is given without documents, and the failure is told."""
    search = FakeSearch(by_query={QUESTION: SearchFailed("down")})
    scene = Scene([QUESTION], FakeAssistant([Say("I do not know.")]), search=search)
    scene.play(*ONE_TURN)
    assert scene.said()[-1] == "I do not know."
    assert ("search", "SearchFailed") in scene.failures()
    assert scene.tasks_left == set()


def test_a_search_that_hangs_keeps_nobody_waiting() -> None:
    """The answer comes after the timeout, and the call ends with nothing left behind."""
    scene = Scene([QUESTION], FakeAssistant([Say("I do not know.")]), search=FakeSearch(delay_s=1e6))
    scene.play(*ONE_TURN)
    assert scene.said()[-1] == "I do not know."
    assert scene.records.of(AnswerMeasured)[0].answer_latency_ms < 1_000
    assert scene.tasks_left == set()
