"""YAML with the line of everything in it, so that each mistake can be told where it is. Pure.

Nothing is guessed: texts are as they are written (``yes`` is a text, not a truth value), and a
key that is not known is a mistake that names the nearest one.
"""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from agent.topics.values import Mistake, Tree

_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_QUOTE: Final = "(a text that holds one of : ? # { [ wants quotation marks)"
_LINE: Final = 1
"""Marks count from 0."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping with its value."""

    key: str
    line: int
    value: Node


@dataclass(slots=True)
class Source:
    """One file that is being read: its name, and what is wrong with it so far."""

    file: str
    mistakes: list[Mistake] = field(default_factory=list)
    topic: str = ""
    """The name of its topic, once that is known."""

    def wrong(self, line: int, text: str) -> None:
        """Note a mistake."""
        self.mistakes.append(Mistake(self.file, line, text))

    def document(self, text: str) -> Node | None:
        """The root of the file; None where it is no YAML, or empty."""
        try:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
                self.wrong(1, "aliases (*name) are not understood here: write the text again")
                return None
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = f"this is not YAML: {error.problem or error.context} {_QUOTE}"
            self.wrong(mark.line + _LINE if mark else 1, problem)
            return None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            self.wrong(1, f"this is not YAML: {type(error).__name__}")
            return None
        if root is None:
            self.wrong(1, "the file is empty")
        return root

    def mapping(self, node: Node, keys: Collection[str], what: str) -> dict[str, Entry]:
        """The entries by key, those that are known; empty where it is no mapping."""
        entries = self.entries(node, what)
        for entry in entries.values():
            if entry.key not in keys:
                self.wrong(entry.line, f"{what} has no key {entry.key!r}{near(entry.key, keys)}")
        return {key: entry for key, entry in entries.items() if key in keys}

    def entries(self, node: Node, what: str) -> dict[str, Entry]:
        """The entries of a mapping, whatever its keys; a key that is written twice is a mistake."""
        if not isinstance(node, MappingNode):
            self.wrong(line_of(node), f"{what} must be written as key: value")
            return {}
        found: dict[str, Entry] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, ScalarNode):
                self.wrong(line_of(key_node), f"a key of {what} must be a word")
                continue
            key = key_node.value
            if key in found:
                self.wrong(line_of(key_node), f"{key!r} is written twice; first in line {found[key].line}")
                continue
            found[key] = Entry(key, line_of(key_node), value)
        return found

    def items(self, node: Node, what: str) -> Sequence[Node]:
        """The items of a list; empty where it is none."""
        if not isinstance(node, SequenceNode):
            self.wrong(line_of(node), f"{what} must be a list: a line for each, with a dash before it")
            return ()
        return list(node.value)

    def text(self, node: Node, what: str) -> str:
        """A text in one line, and not an empty one; empty where it is none."""
        if not isinstance(node, ScalarNode):
            self.wrong(line_of(node), f"{what} must be a text; quotation marks let it hold a colon or a brace")
            return ""
        text = " ".join(node.value.split())
        if not text:
            self.wrong(line_of(node), f"{what} is empty")
        return text

    def choice(self, node: Node, among: Collection[str], what: str) -> str:
        """One of these words; empty where it is none."""
        text = self.text(node, what)
        if text and text not in among:
            self.wrong(line_of(node), f"{what} cannot be {text!r}: it is one of {', '.join(among)}{near(text, among)}")
            return ""
        return text

    def texts(self, node: Node, what: str) -> tuple[str, ...]:
        """One text, or a list of texts."""
        nodes = self.items(node, what) if isinstance(node, SequenceNode) else (node,)
        return tuple(text for each in nodes if (text := self.text(each, what)))

    def tree(self, node: Node, what: str) -> Tree:
        """JSON: what is written without quotation marks as a number or true, false, null is that."""
        if isinstance(node, SequenceNode):
            return [self.tree(each, what) for each in node.value]
        if isinstance(node, MappingNode):
            return {key: self.tree(entry.value, what) for key, entry in self.entries(node, what).items()}
        text = str(node.value)
        if isinstance(node, ScalarNode) and node.style is None:
            plain: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
            if text in plain:
                return plain[text]
            if _NUMBER.fullmatch(text):
                return float(text) if "." in text else int(text)
        return text


def line_of(node: Node) -> int:
    """Where something begins, from 1."""
    line: int = node.start_mark.line + _LINE
    return line


def near(word: str, among: Collection[str]) -> str:
    """What was meant perhaps, as the end of a sentence; empty where nothing is near."""
    found = difflib.get_close_matches(word, list(among), n=1)
    return f"; did you mean {str(found[0])!r}?" if found else ""
