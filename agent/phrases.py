"""The sentences of the scripted assistant, in the language of a call.

The first sentence of a reply is very short: it is spoken first, and latency counts.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from agent.assistant import Say
from agent.character import Character
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Persona
from agent.spoken_texts import is_code
from agent.spoken_values import speak_value
from agent.texts.bundled import Repertoire
from agent.texts.english import ENGLISH
from agent.texts.texts import Texts, Variants, fill, next_variant

_POLAR: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "en": re.compile(
            r"(?:was|were|is|are|am|did|do|does|has|have|had|can|could|will|would|should|any)\b", re.IGNORECASE
        ),
        "fr": re.compile(
            r"(?:est-ce qu|y (?:a|avait)|(?:avez|êtes|pouvez|savez|voulez)-vous|quelqu'un)|[^?]*-t-(?:il|elle|on)\b",
            re.IGNORECASE,
        ),
        "es": re.compile(
            r"¿?(?:hay|había|hubo|ha|han|está|están|es|fue|tiene|puede|sabe|quiere|(?:lo|la) (?:vio|ha)|alguien)\b",
            re.IGNORECASE,
        ),
        "de": re.compile(
            r"(?:gibt|gab|ist|sind|war|waren|hat|haben|hatte|hatten|wurde|wurden|wird|können|wissen|sollen|besteht)\b",
            re.IGNORECASE,
        ),
        "zh": re.compile(r".*(?:吗|没有)[?？]$|(?:是不是|有没有|能不能|会不会)"),
    }
)
"""Begins (in Chinese: ends) a question that is answered by yes or no."""
_SMALL_STARTS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        language: re.compile(words, re.IGNORECASE)
        for language, words in {
            "en": "in|at|on|near|by|behind|next|outside|inside|under|opposite|the|an?|my|our|his|her|their|it|there",
            "fr": "dans|à|au|aux|en|chez|près|devant|derrière|sur|sous|sur|vers|le|la|les|un|une|des|du|de|mon|ma|mes"
            "|notre|nos|son|sa|ses|leur|leurs|il|elle|on|c'était|c'est|j'ai|non|oui|personne|aucun|aucune",
            "es": "en|a|al|de|del|cerca|junto|delante|detrás|sobre|bajo|el|la|los|las|un|una|mi|mis|su|sus|nuestro"
            "|nuestra|se|me|fue|era|he|no|sí|nadie|ninguno|ninguna",
            "de": "in|im|an|am|auf|bei|beim|vor|hinter|neben|unter|über|zu|zur|zum|gegenüber|der|die|das|den|dem|ein"
            "|eine|einen|einem|mein|meine|meinem|meiner|unser|unsere|unserem|es|er|sie|ich|wir|nein|ja|niemand|keine|keiner|keinen",
        }.items()
    }
)
"""Words that lose their capital within a sentence."""
_MOST_WORDS_READ_BACK: Final = 8
_MOST_HAN_READ_BACK: Final = 24
_ENDS: Final = (".", "?", "!", "。", "？", "！")
_NOBODY: Final = Character("", "")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What can be said at one point of a call."""

    texts: Texts = ENGLISH
    said: tuple[str, ...] = ()
    """What we have said in this call, latest first: nothing is said in the same way twice running."""
    who: Character = _NOBODY
    """Who speaks."""
    is_own: bool = True
    """Descriptions of fields are written in this language."""
    start: int = 0
    """Of the call: other callers are greeted in other ways."""

    @classmethod
    def of(cls, dialogue: Dialogue, repertoire: Repertoire, who: Character) -> "Phrases":
        """In the language of a dialogue, by whoever speaks in it, or else by ``who``."""
        texts = repertoire.of(dialogue.spoken_language)
        said = tuple(each.text for each in reversed(dialogue.messages) if each.persona is Persona.ASSISTANT)
        start = zlib.crc32(dialogue.caller_number.encode())
        return cls(texts, said, dialogue.character or who, repertoire.is_own(texts), start)

    def say(self, *sentences: str | Variants) -> tuple[Say, ...]:
        """One piece for each sentence that is not empty; the gap between two belongs to the second."""
        spoken = [each if isinstance(each, str) else self.choose(each) for each in sentences if each]
        gaps = ("", *[self.texts.gap] * len(spoken))
        return tuple(Say(gap + text, is_sentence=True) for gap, text in zip(gaps, spoken, strict=False))

    def choose(self, variants: Variants, *, start: int = 0, **values: object) -> str:
        """The way to say it now."""
        values = {"bot_name": self.who.bot_name, "bot_company": self.who.company, **values}
        return next_variant([fill(each, **values) for each in variants], self.said, start=start)

    def greeting(self, *, is_resumed: bool = False, calls_back_about: str = "") -> str:
        """Say who speaks, and why we call, or that it is not for the first time."""
        if calls_back_about:
            return self.choose(self.texts.hello_call_back, start=self.start, reason=calls_back_about.rstrip(".。 "))
        variants = self.texts.hello_again if is_resumed else self.texts.hello
        return self.choose(variants, start=self.start)

    def question(self, field: ClaimField) -> str:
        """Ask for a field: its description, if that is a question in this language, and else by its name."""
        description = field.description.strip()
        if self.is_own and description.endswith(("?", "？")):
            return description
        # In English the name of a field is made of words that a caller understands.
        is_named_so = self.is_own and self.texts.language == "en"
        if not is_named_so and field.name in self.texts.field_questions:
            return self.texts.field_questions[field.name]
        match field.type:
            case FieldType.DATETIME:
                variants = self.texts.question_datetime
            case FieldType.EMAIL:
                variants = self.texts.question_email
            case FieldType.PHONE_NUMBER:
                variants = self.texts.question_phone_number
            case FieldType.TEXT:
                variants = self.texts.question_text
        return _capitalized(self.choose(variants, field=self.label(field)))

    def is_polar(self, field: ClaimField) -> bool:
        """Whether the question for this field is answered by yes or no."""
        pattern = _POLAR.get(self.texts.language)
        return field.type is FieldType.TEXT and pattern is not None and bool(pattern.match(self.question(field)))

    def label(self, field: ClaimField) -> str:
        """Name a field within a sentence."""
        names = self.texts.field_names
        return names.get(field.name) or " ".join(
            names["datetime"] if word == "datetime" else word for word in field.spoken_name.split()
        )

    def read_back(self, field: ClaimField, value: str, now: datetime) -> str:
        """Say what was understood, in brief."""
        if field.type is not FieldType.TEXT or is_code(field):
            return self.choose(self.texts.noted, value=self._read(field, value, now))
        if len(value.split()) > _MOST_WORDS_READ_BACK or sum(each > "\u2e80" for each in value) > _MOST_HAN_READ_BACK:
            return self.choose(self.texts.noted_that)
        return self.choose(self.texts.noted_text, value=self._within_sentence(value))

    def summary(self, claim: Claim, now: datetime) -> list[str]:
        """Say every value that is known, a sentence each."""
        return [
            self._stopped(
                self.choose(
                    self.texts.summary_line,
                    field=_capitalized(self.label(field)),
                    value=self._summarized(field, claim.values[field.name], now),
                )
            )
            for field in claim.fields
            if field.name in claim.values
        ]

    def _summarized(self, field: ClaimField, value: str, now: datetime) -> str:
        if field.type is FieldType.TEXT and not is_code(field):
            return self._within_sentence(value)
        return self._read(field, value, now)

    def _read(self, field: ClaimField, value: str, now: datetime) -> str:
        return speak_value(field, value, now=now, language=self.texts.language)

    def _within_sentence(self, value: str) -> str:
        """Write a text as the end of a sentence: small, unless it begins with a name."""
        first, _, rest = value.partition(" ")
        small = _SMALL_STARTS.get(self.texts.language)
        is_small = small is not None and small.fullmatch(first.rstrip(","))
        return self._stopped(f"{first.lower()} {rest}".rstrip() if is_small else value)

    def _stopped(self, text: str) -> str:
        stop = "。" if self.texts.language == "zh" else "."
        return text if text.endswith(_ENDS) else f"{text}{stop}"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]
