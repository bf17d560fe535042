"""Who the assistant is in a call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Character:
    """A name, a company, a task, a language."""

    company: str
    bot_name: str
    task: str = "You take down what has happened, so that a colleague can help."
    language_name: str = "English"
