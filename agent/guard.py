"""The guard: judges what comes in and what goes out, by local rules, in a millisecond or two.

    caller's words ─► heard ─► (declined) or assistant ─► watch ─► caller
    documents, messages ─► data ─► (withheld) or prompt        └► (declined)

It never changes a text, has no state but its rules, and is shared by all calls; a
``ReplyWatch`` follows one reply. What it cannot see (a translation of the instructions, an
attack in words that no rule knows) is told in docs/decisions/0014-guard-rails.md.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from agent.block_list import BlockList, BlockWatch
from agent.chat import ToolSpec
from agent.dialogue import Dialogue, Message, Persona
from agent.folding import fold
from agent.jailbreak import JailbreakRules
from agent.known_data import KnownData
from agent.leaks import COMPANY_WORDS, OUR_WORDS, Secrets, is_cipher, words_of
from agent.search import Passage
from agent.verdict import Rule, Verdict

_TAIL_WORDS: Final = 2 * max(COMPANY_WORDS, OUR_WORDS)
_TAIL_CHARACTERS: Final = 240
_HEARD_TOGETHER: Final = 3
"""Of the last things that the caller said: an attack may come in parts."""
_NO_WISHES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType({})
_CLEAN: Final = Verdict()
_VERDICTS_REMEMBERED: Final = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """What a company sets."""

    is_enabled: bool = True
    """False judges nothing but the block list."""
    blocked_words: tuple[str, ...] = ()
    """Are never said; ``*`` at an end lets a word go on there."""
    allowed_words: tuple[str, ...] = ()
    """Phrases in which a blocked word is innocent."""
    is_data_judged: bool = True
    """Numbers and addresses must have been told in the call; False: who speaks has sources that we do not see."""


class Guard:
    """The rules of one company, ready to be used.

    Args:
        settings: What it sets.
        tools: As a model sees them.
        rules: Our own part of the instructions.
        company_texts: What the company has written for the model.
        spoken: What is said anyway, and known.
        wishes: By the name of a tool that reaches beyond the call, and is not one of ours: how callers ask for
            what it does, for folded text.

    Raises:
        InvalidTerm: A blocked word that cannot be found.
    """

    def __init__(
        self,
        settings: GuardSettings | None = None,
        *,
        tools: Sequence[ToolSpec] = (),
        rules: Iterable[str] = (),
        company_texts: Sequence[str] = (),
        spoken: Iterable[str] = (),
        wishes: Mapping[str, re.Pattern[str]] = _NO_WISHES,
    ) -> None:
        self.wishes = wishes
        self._settings = settings or GuardSettings()
        self._spoken = tuple(spoken)
        names = tuple(tool.name for tool in tools)
        described = [text for tool in tools for text in (tool.description, *_descriptions(tool.parameters))]
        self._jailbreak = JailbreakRules(names)
        self._secrets = Secrets((*rules, *described), company_texts, names, self._spoken)
        self._block_list = BlockList(self._settings.blocked_words, self._settings.allowed_words)
        self._company_texts = tuple(company_texts)
        # Documents are found again and again. Overflow rule: what was not seen for longest is judged anew.
        self._judge_data = lru_cache(_VERDICTS_REMEMBERED)(self._jailbreak.judge_data)

    def heard(self, said: str, dialogue: Dialogue) -> Verdict:
        """Judge what is to be answered: the caller's words, or a message of theirs."""
        if not self._settings.is_enabled:
            return _CLEAN
        if dialogue.is_written:
            return self._jailbreak.judge_data(said)
        return self._jailbreak.judge(said, _told(dialogue)[-_HEARD_TOGETHER:])

    def data(self, text: str) -> Verdict:
        """Judge a document or a result of a tool, before a model sees it: 5 ms for a page, once."""
        return self._judge_data(text) if self._settings.is_enabled else _CLEAN

    def without_attacks(self, dialogue: Dialogue) -> tuple[Dialogue, tuple[Rule, ...]]:
        """The dialogue without passages that give orders, and what they were caught by."""
        verdicts = [(passage, self.data(_whole(passage))) for passage in dialogue.passages]
        stopped = tuple(rule for _, verdict in verdicts if verdict.is_blocked for rule in verdict.rules)
        if not stopped:
            return dialogue, ()
        kept = tuple(passage for passage, verdict in verdicts if not verdict.is_blocked)
        return replace(dialogue, passages=kept), tuple(dict.fromkeys(stopped))

    def recalled(self, dialogue: Dialogue) -> Dialogue:
        """A dialogue that goes on with an earlier one: what was withheld then is withheld again."""
        if not dialogue.is_resumed:
            return dialogue
        messages = tuple(
            replace(message, is_withheld=True) if self._is_attack(message) else message for message in dialogue.messages
        )
        return dialogue if messages == dialogue.messages else replace(dialogue, messages=messages)

    def watch(self, dialogue: Dialogue, said: str) -> "ReplyWatch":
        """Follow one reply to this."""
        known = KnownData(dialogue, said, (*self._company_texts, *self._spoken))
        for passage in dialogue.passages:
            known.add(_whole(passage))
        whispered = Secrets((), dialogue.whispers) if dialogue.whispers else None
        return ReplyWatch(
            self._secrets,
            known if self._settings.is_data_judged else None,
            BlockWatch(self._block_list),
            is_enabled=self._settings.is_enabled,
            whispered=whispered,
        )

    def _is_attack(self, message: Message) -> bool:
        if message.persona is not Persona.CALLER or message.is_withheld or not self._settings.is_enabled:
            return message.is_withheld
        return self._jailbreak.judge(message.text).is_blocked


class ReplyWatch:
    """Follows what is said in one reply, piece by piece: what is cut in two is found when it is complete."""

    def __init__(
        self,
        secrets: Secrets,
        known: KnownData | None,
        blocked: BlockWatch,
        *,
        is_enabled: bool,
        whispered: Secrets | None = None,
    ) -> None:
        self._secrets = (secrets,) if whispered is None else (secrets, whispered)
        self._known = known
        self._blocked = blocked
        self._is_enabled = is_enabled
        self._words: list[str] = []
        self._tail = ""

    def learn(self, text: str) -> None:
        """This is known in the call now: a value that was stored, a result of a tool."""
        if self._known is not None:
            self._known.add(text)

    def judge(self, text: str) -> Rule | None:
        """What the next piece is caught by, together with those before it; None: it may be said."""
        if self._blocked.finds(text):
            return Rule.BLOCKED_WORD
        if not self._is_enabled:
            return None
        self._words = [*self._words[-_TAIL_WORDS:], *words_of(text)]
        whole = self._tail + text
        self._tail = whole[-_TAIL_CHARACTERS:]
        folded = fold(whole)
        if any(each.has_stretch(self._words) or each.is_spelled_in(folded) for each in self._secrets):
            return Rule.PROMPT_SPOKEN
        if self._secrets[0].names_tool(folded):
            return Rule.TOOL_SPOKEN
        if is_cipher(whole):
            return Rule.CIPHER_SPOKEN
        return Rule.FOREIGN_DATA if self._known is not None and self._known.holds_foreign(whole) else None


def _told(dialogue: Dialogue) -> list[str]:
    return [
        message.text
        for message in dialogue.messages
        if message.persona is Persona.CALLER and not message.is_withheld and not message.is_written
    ]


def _whole(passage: Passage) -> str:
    return f"{passage.title}\n{passage.place}\n{passage.text}"


def _descriptions(schema: object) -> list[str]:
    """What the schema of a tool says in words."""
    if isinstance(schema, dict):
        own = [schema["description"]] if isinstance(schema.get("description"), str) else []
        return own + [text for value in schema.values() for text in _descriptions(value)]
    return []
