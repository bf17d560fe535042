"""What a caller's words are as the answer to a question of a topic. Pure."""

from dataclasses import dataclass
from datetime import datetime

from agent.dialogue import Dialogue
from agent.errors import InvalidValue
from agent.interpret import Heard, Intent, interpret
from agent.keypad import heard_keys
from agent.spoken_callers import means_own_number
from agent.topics.values import Ask, VariableType
from agent.topics.walking import holds, plainly
from agent.values import parse_value

YES = "yes"
NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What words are understood by."""

    now: datetime
    """In the caller's time zone."""
    region: str
    """Where a phone number without country code belongs, ISO 3166-1 alpha-2."""
    language: str
    """BCP 47."""


def heard_as(ask: Ask | None, utterance: str, language: str) -> Heard:
    """What kind of utterance this is, where this is asked; None: yes or no is waited for."""
    is_yes_or_no = ask is None or ask.type is VariableType.YES_NO
    return heard_keys(utterance, is_yes_or_no=is_yes_or_no) or interpret(utterance, language)


def value_of(ask: Ask, utterance: str, dialogue: Dialogue, listening: Listening) -> str:
    """The value of an answer, in the normal form of its type.

    Args:
        ask: The question.
        utterance: The answer: of a caller, or as a model passes it on.
        dialogue: The call.
        listening: See there.

    Raises:
        InvalidValue: The words hold no such value.
    """
    heard = heard_as(ask, utterance, listening.language)
    said = heard.rest if heard.is_correction and heard.rest else utterance
    match ask.type:
        case VariableType.YES_NO:
            return _yes_or_no(ask, heard, utterance)
        case VariableType.CHOICE:
            return _chosen(ask, utterance)
        case VariableType.PHONE_NUMBER if dialogue.caller_number and means_own_number(said, listening.language):
            return dialogue.caller_number
        case _:
            return parse_value(ask.field, said, now=listening.now, region=listening.region, language=listening.language)


def _yes_or_no(ask: Ask, heard: Heard, utterance: str) -> str:
    if heard.intent is Intent.YES or plainly(utterance) == YES:
        return YES
    if heard.intent is Intent.NO or plainly(utterance) == NO:
        return NO
    raise InvalidValue(ask.into, "it is neither yes nor no")


def _chosen(ask: Ask, utterance: str) -> str:
    """The only option that is named, or the one whose number is pressed."""
    number = utterance.strip()
    if number.isdecimal() and 0 < int(number) <= len(ask.options):
        return ask.options[int(number) - 1].value
    named = [option for option in ask.options if any(holds(utterance, words) for words in option.words)]
    if len(named) > 1:  # "series x" names "series" as well: the longest words count
        longest = {id(option): max(len(words) for words in option.words if holds(utterance, words)) for option in named}
        named = [option for option in named if longest[id(option)] == max(longest.values())]
    if len(named) != 1:
        raise InvalidValue(ask.into, f"it is not one of: {', '.join(option.value for option in ask.options)}")
    return named[0].value
