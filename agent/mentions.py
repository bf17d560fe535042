"""Fields of a claim that a caller mentions by name: "the phone number is wrong, it is ..."."""

import re
from dataclasses import dataclass
from typing import Final

from agent.claim import Claim, ClaimField
from agent.grammar.grammar import MentionWords, pattern
from agent.grammar.known import grammar_for
from agent.texts.bundled import texts_for

_GAP: Final = " ,.;:—-，。、；："
_QUESTION_MARKS: Final = ("?", "？", "؟")
_SENTENCE: Final = re.compile(r"[^.!?。！？؟]+[.!?。！？؟]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A field that was named, and the words for its value that came with it, if any."""

    field: ClaimField
    said: str = ""


def named_first(said: str, claim: Claim, language: str = "en") -> Mention | None:
    """Find the field that an utterance begins with: "my name is Robert", "the date was wrong"."""
    words, border = _words_of(language)
    for name, field in _names(claim, language):
        match = pattern(rf"{words.before}{re.escape(name)}{border}").match(said)
        if match:
            return Mention(field, _value_words(said[match.end() :], words))
    return None


def named_anywhere(said: str, claim: Claim, language: str = "en") -> ClaimField | None:
    """Find a field that is named somewhere in an utterance."""
    _, border = _words_of(language)
    for name, field in _names(claim, language):
        if pattern(rf"{border}{re.escape(name)}{border}").search(said):
            return field
    return None


def asked_last(said: str, claim: Claim, language: str = "en") -> ClaimField | None:
    """Find the field that the last question in a text is about: it is the field's own, or names it."""
    questions = [part for part in _SENTENCE.findall(said) if part.rstrip().endswith(_QUESTION_MARKS)]
    if not questions:
        return None
    own = (each for each in claim.fields if each.description and each.description.strip() in questions[-1])
    return next(own, None) or named_anywhere(questions[-1], claim, language)


def _words_of(language: str) -> tuple[MentionWords, str]:
    """The words of a language, and what matches where one of them ends."""
    grammar = grammar_for(language)
    return grammar.mentions, "" if grammar.markers.is_unspaced else r"\b"


def _value_words(tail: str, words: MentionWords) -> str:
    """Cut what stands between a field's name and its value."""
    tail = tail.strip(_GAP)
    tail = words.is_wrong.sub("", tail)
    return words.is_.sub("", tail).strip(_GAP)


def _names(claim: Claim, language: str) -> list[tuple[str, ClaimField]]:
    """List what each field may be called, longest first; a name that two fields share is left out."""
    own_names = texts_for(language).field_names
    owners: dict[str, set[str]] = {}
    for field in claim.fields:
        for name in _names_of(field, language):
            owners.setdefault(name, set()).add(field.name)
    full = {field.spoken_name: field for field in claim.fields}
    full |= {own_names[field.name].casefold(): field for field in claim.fields if field.name in own_names}
    names = {name: claim.named(next(iter(fields))) for name, fields in owners.items() if len(fields) == 1}
    found = {**{name: field for name, field in names.items() if field is not None}, **full}
    return sorted(found.items(), key=lambda item: len(item[0]), reverse=True)


def _names_of(field: ClaimField, language: str) -> tuple[str, ...]:
    words, _ = _words_of(language)
    last_word = field.spoken_name.split()[-1] if field.spoken_name.split() else field.spoken_name
    return (last_word, *words.of_types[field.type], *words.of_last_words.get(last_word, ()))
