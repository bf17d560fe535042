"""The sentences of the scripted assistant, in English.

The first sentence of a reply is very short: it is spoken first, and latency counts.
"""

import re
from datetime import datetime
from typing import Final

from agent.claim import Claim, ClaimField, FieldType
from agent.spoken_texts import is_code
from agent.spoken_values import speak_value

THANKS: Final = "Thank you."
ALL_RIGHT: Final = "All right."
GOOD: Final = "Good."
SORRY: Final = "Sorry."
NOT_HEARD: Final = "Sorry, I did not get that."
NO_PROBLEM: Final = "No problem."
LATER: Final = "We can do that later."
SUMMARY: Final = "Here is what I noted."
IS_EVERYTHING_RIGHT: Final = "Is everything right?"
WHICH_IS_WRONG: Final = "Which detail is wrong?"
FILED: Final = "Thank you, your claim is filed."
SAVED: Final = "I have saved what you told me."
TO_BE_CHECKED: Final = "A colleague will check it with you."
CALL_BACK: Final = "A colleague will call you back."
STILL_THERE: Final = "Are you still there?"
CONNECTING: Final = "I am connecting you to a colleague."
GOODBYE: Final = "Goodbye."
PURPOSE: Final = "I will take your report."
GO_ON: Final = "Let us go on where we stopped."
HOW_CAN_I_HELP: Final = "How can I help you?"

_POLAR: Final = re.compile(
    r"(?:was|were|is|are|am|did|do|does|has|have|had|can|could|will|would|should|any)\b", re.IGNORECASE
)
_SMALL_STARTS: Final = re.compile(
    r"(?:in|at|on|near|by|behind|next|outside|inside|under|opposite|the|an?|my|our|his|her|their|it|there)",
    re.IGNORECASE,
)
_MOST_WORDS_READ_BACK: Final = 8


def greeting(company: str, bot_name: str, *, is_resumed: bool = False) -> str:
    """Say who speaks, and that it is not for the first time."""
    if is_resumed:
        return f"Hello again, this is {bot_name} from {company}. {GO_ON}"
    return f"Hello, this is {bot_name} from {company}."


def question(field: ClaimField) -> str:
    """Ask for a field: its description, if that is a question, and else by its name."""
    description = field.description.strip()
    return description if description.endswith("?") else f"What is the {label(field)}?"


def is_polar(field: ClaimField) -> bool:
    """Whether the question for this field is answered by yes or no."""
    return field.type is FieldType.TEXT and bool(_POLAR.match(question(field)))


def label(field: ClaimField) -> str:
    """Name a field within a sentence."""
    return " ".join("date and time" if word == "datetime" else word for word in field.spoken_name.split())


def read_back(field: ClaimField, value: str, now: datetime) -> str:
    """Say what was understood, in brief."""
    if field.type is not FieldType.TEXT or is_code(field):
        return f"I noted {speak_value(field, value, now=now)}."
    if len(value.split()) > _MOST_WORDS_READ_BACK:
        return "I noted that."
    return f"I noted: {_within_sentence(value)}"


def summary(claim: Claim, now: datetime) -> list[str]:
    """Say every value that is known, a sentence each."""
    return [
        _stopped(f"{_capitalized(label(field))}: {_summarized(field, claim.values[field.name], now)}")
        for field in claim.fields
        if field.name in claim.values
    ]


def reason_sentence(reason: str) -> str:
    """Make a sentence of the reason of ``InvalidValue``."""
    return _stopped(_capitalized(reason))


def _summarized(field: ClaimField, value: str, now: datetime) -> str:
    return (
        _within_sentence(value)
        if field.type is FieldType.TEXT and not is_code(field)
        else speak_value(field, value, now=now)
    )


def _within_sentence(value: str) -> str:
    """Write a text as the end of a sentence: small, unless it begins with a name."""
    first, _, rest = value.partition(" ")
    return _stopped(f"{first.lower()} {rest}" if _SMALL_STARTS.fullmatch(first) else value)


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def _stopped(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
