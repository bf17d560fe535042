"""What can be read from a call without understanding it. Pure."""

import re
from typing import Final

from agent.dialogue import Persona
from agent.language_tags import primary
from agent.quoted import on_one_line
from stores.records import CallHistory, MessageRecord

MOST_CHARACTERS: Final = 40_000
"""Of what was said, about an hour; of a longer call the beginning and the end are told."""
_LEFT_OUT: Final = "(…)"
_SENTENCE: Final = re.compile(r"[^.!?。！？]+[.!?。！？]*")
_FEWEST_WORDS: Final = 3
"""What is shorter is a yes, a no, or a greeting."""
_FEWEST_HAN: Final = 5


def language_of(history: CallHistory) -> str:
    """What the caller speaks (ISO 639-1), as far as is known; English where nothing is."""
    initiate = history.call.initiate
    return primary(history.call.caller_language or (initiate.language if initiate else "")) or "en"


def company_of(history: CallHistory) -> str:
    """For whom the call was answered or placed; may be empty."""
    return history.call.initiate.bot_company if history.call.initiate else ""


def has_caller_spoken(history: CallHistory) -> bool:
    """Whether there was a conversation at all."""
    return any(_is_of_caller(message) for message in history.messages)


def missing_fields(history: CallHistory) -> tuple[str, ...]:
    """What the last claim still lacks, by name."""
    return tuple(each.name for each in history.call.claim_fields if each.required and each.name not in history.claim)


def caller_sentences(history: CallHistory, *, most: int) -> tuple[str, ...]:
    """The first sentences of the caller that say something."""
    found: list[str] = []
    for message in history.messages:
        if _is_of_caller(message):
            found += [each.strip() for each in _SENTENCE.findall(message.text) if _says_something(each)]
    return tuple(dict.fromkeys(found))[:most]


def transcript(history: CallHistory, *, most_characters: int = MOST_CHARACTERS) -> str:
    """What was said, a line for each message; nothing in it can look like a line of somebody else."""
    lines = [_line(message) for message in history.messages]
    if sum(map(len, lines)) <= most_characters:
        return "\n".join(lines)
    head, tail = _fitting(lines, most_characters // 3), _fitting(lines[::-1], most_characters * 2 // 3)[::-1]
    return "\n".join((*head, _LEFT_OUT, *tail))


def _line(message: MessageRecord) -> str:
    how = " (by text message)" if message.action == "sms" else ""
    cut = " (was interrupted)" if message.was_interrupted else ""
    return f"{message.persona}{how}{cut}: {on_one_line(message.text)}"


def _fitting(lines: list[str], most_characters: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        most_characters -= len(line)
        if most_characters < 0:
            break
        kept.append(line)
    return kept


def _is_of_caller(message: MessageRecord) -> bool:
    return message.persona == Persona.CALLER.value and bool(message.text.strip())


def _says_something(sentence: str) -> bool:
    return len(sentence.split()) >= _FEWEST_WORDS or sum(each > "\u2e80" for each in sentence) >= _FEWEST_HAN
