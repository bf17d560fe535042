"""What can go wrong with topics.

TopicsError
├── TopicsWrong     the files cannot be used; says every mistake with file and line
└── ActionFailed    a service, a tool or the assistant had no answer: the topic goes on by its ``otherwise``
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent.errors import AgentError

if TYPE_CHECKING:
    from agent.topics.values import Mistake


class TopicsError(AgentError):
    """Base of all errors of this package."""


class TopicsWrong(TopicsError):
    """The files have mistakes.

    Attributes:
        mistakes: All of them, in the order of files and lines.
    """

    def __init__(self, mistakes: "Sequence[Mistake]") -> None:
        super().__init__("\n".join(("the topics have mistakes:", *(f"  {each}" for each in mistakes))))
        self.mistakes = tuple(mistakes)


class ActionFailed(TopicsError):
    """What was called did not do it, or its answer is not what was expected. The text repeats no answer."""
