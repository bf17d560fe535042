"""Topics as values."""

from agent.claim import FieldType
from agent.topics.values import Ask, Condition, Mistake, VariableType, branches
from tests.support.topics import topics_of


def test_types_are_those_of_a_claim() -> None:
    """Two of our own are texts there."""
    assert [each.field_type for each in VariableType] == [
        FieldType.TEXT,
        FieldType.DATETIME,
        FieldType.EMAIL,
        FieldType.PHONE_NUMBER,
        FieldType.TEXT,
        FieldType.TEXT,
    ]


def test_mistakes_are_told_as_editors_open_them() -> None:
    """In the order of files and lines."""
    late, early = Mistake("b.yaml", 3, "x"), Mistake("a.yaml", 20, "y")
    assert [str(each) for each in sorted((late, early, Mistake("a.yaml", 3, "z")))] == [
        "a.yaml:3: z",
        "a.yaml:20: y",
        "b.yaml:3: x",
    ]


def test_steps_tell_their_branches() -> None:
    """Otherwise last: it is where a step goes on that failed."""
    (topic,) = topics_of(
        "topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - if: language\n    is: en\n    then: [message: A]\n"
        "    else: [message: B]\n  - ask: C?\n    into: c\n    otherwise: [end: call]"
    )
    condition, ask = topic.steps
    assert isinstance(condition, Condition)
    assert isinstance(ask, Ask)
    assert branches(condition) == (condition.then, condition.otherwise)
    assert branches(ask) == (ask.otherwise,)
    assert branches(condition.then[0]) == ()
    assert ask.field.name == "c"
