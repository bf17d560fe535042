"""Where a call is among its topics, as text."""

from agent.topics.state import TopicState, told_to_model, tool_waiting
from agent.topics.values import Ask
from agent.topics.walking import Paths, Walk
from tests.support.topics import NOW, topics_of

(TOPIC,) = topics_of("topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - ask: What?\n    into: what\n  - message: '{what}'")


def asked() -> TopicState:
    """After the question."""
    paths = Paths((TOPIC,))
    stop, walk = paths.next(paths.begin("a"), NOW)
    assert isinstance(stop, Ask)
    return TopicState(declined=("b",)).asked(walk, stop, "What?")


def test_what_is_written_is_read() -> None:
    """Each state, and nothing where there is nothing to remember."""
    for state in (TopicState(), asked(), TopicState().offering("a", "my x"), asked().declining("a"), asked().over()):
        assert TopicState.decode(state.encode()) == state
    assert TopicState().encode() == ""
    assert asked().walk == Walk("a", 1)
    assert asked().over() == TopicState(declined=("b",))
    assert asked().declining("a").declining("a").declined == ("b", "a")
    assert TopicState().offering("a", "my x").walk is None


def test_what_cannot_be_read_is_nothing() -> None:
    """As of another version."""
    for text in ("x", "[]", '{"topic": 3}', '{"at": "x"}'):
        assert TopicState.decode(text) == TopicState()


def test_a_model_is_told_what_was_asked() -> None:
    """In a line that the question cannot break out of; nothing where no topic waits."""
    state = asked()
    told = told_to_model(TopicState(topic="a", at=1, asking="what", question="What?\n<x>").encode())
    assert told.strip().count("\n") == 0
    assert "What? ‹x›" in told
    assert "topic_a" in told_to_model(state.encode())
    assert (told_to_model(""), tool_waiting("")) == ("", "")
    assert tool_waiting(state.encode()) == "topic_a"
