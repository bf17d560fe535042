"""The menu of languages, in front of whoever leads the call: "For English, press or say 1." Pure.

Asked where a call can be held in several languages and nothing tells in which: neither its
order, nor a number, nor an earlier call. Each line is spoken in its own language. Answered
by a key, a number word or the name of a language, in any of them, or by just speaking one
that the recogniser finds out. Who does not answer is asked again, and then greeted in the
first language: it can still be changed later.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from agent.assistant import Assistant, Expect, Output, Say, SetLanguage
from agent.closing import closing
from agent.dialogue import Dialogue, Persona
from agent.grammar.grammar import folded
from agent.grammar.known import GRAMMARS
from agent.language_tags import closest, english_name, is_telling, primary
from agent.texts.bundled import BUNDLED

EXPECTING: Final = "language"
"""Written into ``Dialogue.expecting`` while the menu waits for its answer."""
_MOST_LINES: Final = 9
"""As many as there are keys; the caller can ask for the others later."""

_LINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "For English, press or say {index}.",
        "fr": "Pour le français, appuyez sur ou dites {index}.",
        "es": "Para español, marque o diga {index}.",
        "de": "Für Deutsch drücken oder sagen Sie die {index}.",
        "zh": "中文服务，请按或说{index}。",
        "it": "Per l'italiano, prema o dica {index}.",
        "pt": "Para português, marque ou diga {index}.",
        "nl": "Voor Nederlands, toets of zeg {index}.",
    }
)
"""By ISO 639-1 code."""
_FOREIGN_LINE: Final = "For {name}, press or say {index}."
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "anglais inglés ingles englisch 英语 英文 inglese inglês engels",
        "fr": "francés frances französisch franzosisch 法语 法文 francese francês frans",
        "es": "espagnol castellano castilian spanisch 西班牙语 西班牙文 spagnolo espanhol spaans",
        "de": "allemand alemán aleman deutsch 德语 德文 tedesco alemão duits",
        "zh": "chinois chino chinesisch mandarin 中文 汉语 普通话 国语 cinese chinês chinees",
        "it": "italien italiano italienisch 意大利语 italiaans",
        "pt": "portugais portugués portugiesisch 葡萄牙语 português portoghese portugees",
        "nl": "néerlandais hollandais holandés neerlandés niederländisch holländisch 荷兰语 nederlands olandese",
    }
)
"""What others call a language, by its ISO 639-1 code; its own name and the English one are added."""
_LONGEST_ANSWER_WORDS: Final = 4
"""As in "deux, s'il vous plaît"."""
_ARTICLES: Final = frozenset({"un", "una", "ein", "eine"})
"""Numbers only where nothing follows them."""
_WORD: Final = re.compile(r"[^\W\d_]+")


class LanguageMenu:
    """Asks for the language, then leaves the call to another; satisfies ``agent.assistant.Assistant``.

    Args:
        assistant: Who leads the call.
        attempts_max: How often it is asked again, where the flags do not say.
    """

    def __init__(self, assistant: Assistant, *, attempts_max: int = 3) -> None:
        self._assistant = assistant
        self._attempts_max = attempts_max

    async def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask for the language if it is not known; else open the call."""
        if is_due(dialogue):
            for output in _menu(dialogue, attempts=0):
                yield output
            return
        async for output in self._assistant.greet(dialogue):
            yield output

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncIterator[Output]:
        """Take the answer to the menu, and open the call in that language; else leave it to the other.

        Raises:
            AssistantError: The other one has failed.
        """
        if not _is_asked(dialogue):
            async with closing(self._assistant.reply(dialogue, utterance)) as outputs:
                async for output in outputs:
                    yield output
            return
        if (chosen := chosen_language(utterance, dialogue.languages)) is not None:
            yield SetLanguage(chosen)
            dialogue = replace(dialogue, language=chosen, is_language_chosen=True)
        elif not (closest(dialogue.language, dialogue.languages) and is_telling(utterance)):
            async for output in self._again(dialogue):
                yield output
            return
        async for output in self._opened(dialogue):
            yield output

    async def nudge(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask again, or leave it to the other."""
        outputs = self._again(dialogue) if _is_asked(dialogue) else self._assistant.nudge(dialogue)
        async for output in outputs:
            yield output

    async def warm_up(self) -> None:
        """Warm up the other one."""
        await self._assistant.warm_up()

    async def _again(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        limit = dialogue.options.attempts_max
        if dialogue.attempts < (self._attempts_max if limit is None else limit):
            for output in _menu(dialogue, attempts=dialogue.attempts + 1):
                yield output
            return
        async for output in self._opened(dialogue):
            yield output

    async def _opened(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        yield Expect("")
        async for output in self._assistant.greet(dialogue.with_expectation("", 0)):
            yield output


def is_due(dialogue: Dialogue) -> bool:
    """Whether there is a choice, and nothing tells what it is."""
    is_known = bool(dialogue.language) or dialogue.is_language_chosen or dialogue.is_resumed
    return len(dialogue.languages) > 1 and not is_known


def chosen_language(utterance: str, languages: tuple[str, ...]) -> str | None:
    """The language that an answer to the menu means; None when it means none, or more than one.

    Args:
        utterance: Words in any language, or keys with blanks between them.
        languages: In the order of the menu.
    """
    offered = languages[:_MOST_LINES]
    words = [folded(word) for word in _WORD.findall(utterance)]
    named = {tag for tag in offered if _is_named(tag, words, folded(utterance))}
    if not named and _is_short(utterance):
        named = {offered[number - 1] for number in _numbers(utterance, words) if 1 <= number <= len(offered)}
    return named.pop() if len(named) == 1 else None


def _menu(dialogue: Dialogue, *, attempts: int) -> tuple[Output, ...]:
    lines: list[Output] = [Expect(EXPECTING, attempts)]
    for index, tag in enumerate(dialogue.languages[:_MOST_LINES], start=1):
        own = _LINES.get(primary(tag))
        text = (own or _FOREIGN_LINE).format(index=index, name=english_name(tag))
        lines.append(Say(text if index == 1 else f" {text}", tag if own else "en"))
    return tuple(lines)


def _is_asked(dialogue: Dialogue) -> bool:
    """Also when so little of the menu was heard that its question has not come true."""
    if dialogue.is_language_chosen:
        return False  # by hand
    has_spoken = any(message.persona is Persona.CALLER for message in dialogue.messages)
    return dialogue.expecting == EXPECTING or (not dialogue.expecting and not has_spoken and is_due(dialogue))


def _is_named(tag: str, words: list[str], said: str) -> bool:
    code = primary(tag)
    own = BUNDLED[code].language_name if code in BUNDLED else ""
    names = {folded(name) for name in (*_NAMES.get(code, "").split(), english_name(tag), own) if name}
    # Chinese words have no blanks between them.
    return any(name in said if not name.isascii() else name in words for name in names)


def _is_short(utterance: str) -> bool:
    # A Chinese word is a character or two.
    characters = 0 if utterance.isascii() else sum(1 for each in utterance if each > "\u3000")
    return len(utterance.split()) + characters // 2 <= _LONGEST_ANSWER_WORDS


def _numbers(utterance: str, words: list[str]) -> set[int]:
    """Keys, digits and number words, whatever language they are of."""
    numbers = {int(digits) for digits in re.findall(r"(?<!\d)\d(?!\d)", utterance)}
    for grammar in GRAMMARS.values():
        table = grammar.numbers.table
        pieces = list(utterance) if grammar.language == "zh" else words
        last = len(pieces) - 1
        numbers |= {
            table[(piece,)]
            for at, piece in enumerate(pieces)
            if (piece,) in table and (piece not in _ARTICLES or at == last)
        }
    return numbers
