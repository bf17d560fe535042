"""Free text as it is said, without what speech adds to it: "um", "well, it's", "my name is"."""

import re
from collections.abc import Mapping
from typing import Final

from agent.claim import ClaimField
from agent.errors import Refusal
from agent.grammar.grammar import Grammar, folded, pattern
from agent.grammar.known import grammar_for
from agent.spoken_numbers import digit_runs, digit_words
from agent.texts.bundled import texts_for

_FUNCTION_WORDS: Final = frozenset({"and", "van", "von", "de", "der", "den", "la", "le", "di", "da", "bin", "al"})
_CODE_WORDS: Final = re.compile(
    r"\b(?:number|code|id|reference|\w*nummer|kennzeichen|aktenzeichen|numéro|référence|número|código|referencia)\b"
    r"|号码|编号|单号|代码",
    re.IGNORECASE,
)
_CODE_TOKEN: Final = re.compile(r"[A-Za-z]|[A-Za-z0-9/-]*[0-9][A-Za-z0-9/-]*")
_MOST_NAME_WORDS: Final = 5


class NothingSaid(ValueError):
    """No word is left of what was said.

    Attributes:
        refusal: That nothing was said.
    """

    def __init__(self) -> None:
        super().__init__(Refusal.NOTHING_SAID.value)
        self.refusal = Refusal.NOTHING_SAID


def parse_text(field: ClaimField, said: str, language: str = "en") -> str:
    """Give the text in its normal form: trimmed, freed of fillers, its first letter a capital.

    A lead-in that repeats the field's name is cut ("my name is"); for a field that
    is a number or a code, digits that were said one by one are joined ("4711").

    Args:
        field: What the text is for.
        said: The caller's words.
        language: Of the words, BCP 47.

    Raises:
        NothingSaid: No word is left.
    """
    text = " ".join("".join(character for character in said if character.isprintable() or character.isspace()).split())
    grammar = grammar_for(language)
    lead_in = _lead_in(field, grammar)
    before = None
    while text != before:
        before = text
        text = _normal_step(field, text, grammar, lead_in)
    return text


def _normal_step(field: ClaimField, text: str, grammar: Grammar, lead_in: re.Pattern[str]) -> str:
    """Come one step nearer to the normal form, which is where this changes nothing more."""
    shorter = _shorter(field, text, grammar, lead_in)
    if shorter != text:
        return shorter
    if not any(character.isalnum() for character in text):
        raise NothingSaid
    if is_code(field):
        return _joined_code(text, grammar)
    if is_name(field):
        return _capitalized_name(text)
    return text[0].upper() + text[1:]


def is_code(field: ClaimField) -> bool:
    """Whether the value is a number or a code, to be written and read digit by digit."""
    return bool(_CODE_WORDS.search(field.spoken_name) or _CODE_WORDS.search(field.description))


def is_name(field: ClaimField) -> bool:
    """Whether the value is somebody's name."""
    return field.name.endswith("name")


def _shorter(field: ClaimField, text: str, grammar: Grammar, lead_in: re.Pattern[str]) -> str:
    """Take one layer of what speech adds off a text."""
    words = grammar.texts
    text = " ".join(words.hesitations.sub(" ", text).split()).strip(" ,;:，、；：")
    text = _without_final_stop(text)
    if is_name(field):
        text = words.name_tails.sub("", text)
    opening = words.openings.match(text) or lead_in.match(text) or (is_name(field) and words.name_leads.match(text))
    if opening and opening.end() < len(text):
        return text[opening.end() :]
    pointer = words.pointers.match(text)
    if pointer and pointer.end() < len(text) and (is_name(field) or words.after_pointer.match(text, pointer.end())):
        return text[pointer.end() :]
    return text


def _lead_in(field: ClaimField, grammar: Grammar) -> re.Pattern[str]:
    """Match "my policy number is", "the number is": any ending of the field's own name."""
    words = [re.escape(word) for word in field.spoken_name.split()]
    endings = [r"\s+".join(words[start:]) for start in range(len(words))]
    own_name = texts_for(grammar.language).field_names.get(field.name, "").split()
    endings += [r"\s+".join(re.escape(word) for word in own_name)] if own_name else []
    return pattern(grammar.texts.lead_in.replace("{name}", "|".join(endings)))


def _without_final_stop(text: str) -> str:
    """Drop the stop that a recogniser puts behind a single sentence."""
    if text.endswith("。") and not any(stop in text[:-1] for stop in "。？！"):
        return text.rstrip("。 ")
    if text.endswith(".") and ". " not in text and "? " not in text:
        return text.rstrip(". ")
    return text


def _joined_code(text: str, grammar: Grammar) -> str:
    """Join digits and letters that were said one by one; other text keeps its words."""
    digits = digit_words(grammar.numbers)
    spaced = " ".join(text) if grammar.numbers.is_unspaced and not text.isascii() else text
    words = [word.strip(",.;:，、") for word in spaced.split()]
    tokens = [_code_token(word, digits, grammar) for word in words if word]
    if all(tokens) and any(character.isdigit() for token in tokens for character in token):
        return "".join(tokens).upper()
    runs = [run for run in digit_runs(text, grammar.numbers) if len(run) >= 3]
    if len(runs) == 1 and any(folded(word) in digits for word in words):
        return runs[0]
    return text[0].upper() + text[1:]


def _code_token(word: str, digits: Mapping[str, str], grammar: Grammar) -> str:
    """Give what one word adds to a code, or nothing if it is not part of one."""
    known = folded(word)
    if known in digits:
        return digits[known] if len(word) > 1 or not word.isascii() else word
    if known in grammar.numbers.dashes:
        return "-"
    return word if _CODE_TOKEN.fullmatch(word) else ""


def _capitalized_name(text: str) -> str:
    """Give each part of a short name its capital, if the recogniser wrote it small."""
    words = text.split(" ")
    if len(words) > _MOST_NAME_WORDS:
        return text[0].upper() + text[1:]
    return " ".join(word if word in _FUNCTION_WORDS else word[:1].upper() + word[1:] for word in words)
