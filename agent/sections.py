"""What a configuration says to the assistant: its prompts, its guard, its words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from agent.block_list import BlockList
from agent.errors import InvalidTerm, InvalidTexts
from agent.prompt_texts import OUR_CHAT_SYSTEM, OUR_DEFAULT_SYSTEM, checked_template
from agent.texts.bundled import texts_for
from agent.texts.english import ENGLISH

_LANGUAGE_KEY: Final = "tts_lang"


class Section(BaseModel):
    """Read once and kept; a key that does not exist is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LexiconTerm(Section):
    """A name or word of the company: heard as it is written, and said as it sounds."""

    term: str = Field(min_length=1, max_length=80)
    """As it is written."""
    sounds_like: str = Field(default="", max_length=120)
    """As it is said, in common words; empty: as it is written."""


class GuardConfig(Section):
    """What is not to be said, and whether attacks on the assistant are declined."""

    enabled: bool = True
    """False judges nothing but the blocked words."""
    blocked_words: tuple[str, ...] = ()
    """Words and phrases that are never said, in any spelling; ``*`` at an end lets a word go on there."""
    blocked_words_path: Path | None = None
    """A file with one such word or phrase a line; lines that begin with # are comments."""
    allowed_words: tuple[str, ...] = ()
    """Phrases in which a blocked word is innocent."""

    @field_validator("blocked_words", "allowed_words")
    @classmethod
    def _can_be_found(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        try:
            BlockList(terms)
        except InvalidTerm as error:
            raise ValueError(str(error)) from error
        return terms

    @field_validator("blocked_words_path")
    @classmethod
    def _can_be_read(cls, path: Path | None) -> Path | None:
        try:
            BlockList(() if path is None else _lines(path))
        except (OSError, UnicodeError) as error:
            raise ValueError(f"{path} cannot be read: {type(error).__name__}") from error
        except InvalidTerm as error:
            raise ValueError(f"{path}: {error}") from error
        return path

    @property
    def all_blocked_words(self) -> tuple[str, ...]:
        """Those of the file, too."""
        return (*self.blocked_words, *(() if self.blocked_words_path is None else _lines(self.blocked_words_path)))


class LlmPrompts(Section):
    """What the language model is told; see ``agent.prompt_texts`` for the placeholders."""

    default_system_tpl: str = OUR_DEFAULT_SYSTEM
    """Who the assistant is."""
    chat_system_tpl: str = OUR_CHAT_SYSTEM
    """How it talks, and what it does. The rules of the guard stand behind it."""

    @field_validator("default_system_tpl", "chat_system_tpl")
    @classmethod
    def _can_be_filled(cls, text: str, info: Any) -> str:
        try:
            return checked_template(info.field_name, text)
        except InvalidTexts as error:
            raise ValueError(str(error).removeprefix(f"{info.field_name}: ")) from error


class PromptsConfig(Section):
    """The sentences of the assistant, and what its model is told."""

    tts: dict[str, Any] = Field(default_factory=dict)
    """What is said without a model, by key: one text or a list of variants, in the language of ``tts_lang``."""
    llm: LlmPrompts = LlmPrompts()

    @property
    def spoken_language(self) -> str:
        """Which language the sentences are written in (BCP 47); empty: that of the calls."""
        return str(self.tts.get(_LANGUAGE_KEY, ""))

    @property
    def sentences(self) -> Mapping[str, object]:
        """What is said in the place of ours, by key."""
        return {key: value for key, value in self.tts.items() if key != _LANGUAGE_KEY}

    def problems(self) -> list[str]:
        """What is wrong with the sentences, each by the path of its key."""
        found = []
        texts = texts_for(self.spoken_language) if self.spoken_language else ENGLISH
        for key, value in self.sentences.items():
            try:
                texts.with_overrides({key: value})
            except InvalidTexts as error:
                found.append(f"prompts.tts.{error}")
        return found


def _lines(path: Path) -> tuple[str, ...]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
