"""Reads the texts of a topic: in each of its languages, with variables that can be filled. Pure."""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from agent.language_tags import closest
from agent.topics.marks import Entry, Source, line_of
from agent.topics.templates import BrokenTemplate, texts_of, variables_in
from agent.topics.values import Tree, Use, Wording

_NOTHING: Final = Wording(MappingProxyType({"": ""}))


@dataclass(slots=True)
class Words:
    """Reads the texts of one topic.

    Attributes:
        uses: Variables that the texts read so far want, until ``taken`` empties it.
    """

    source: Source
    languages: tuple[str, ...]
    uses: list[Use] = field(default_factory=list)

    def taken(self) -> tuple[Use, ...]:
        """What the texts of a step want; then begins the next step."""
        uses, self.uses = tuple(self.uses), []
        return uses

    def template(self, node: Node, what: str) -> str:
        """A text in no language: an address, a reason, what a service is told."""
        text = self.source.text(node, what)
        self._note(text, line_of(node), what)
        return text

    def tree(self, node: Node, what: str) -> Tree:
        """JSON with variables in its texts."""
        tree = self.source.tree(node, what)
        for text in texts_of(tree):
            self._note(text, line_of(node), what)
        return tree

    def wording(self, node: Node, what: str, *, has_variables: bool = True) -> Wording:
        """A text in every language of the topic."""
        by_language = {
            tag: text for tag, each in self._by_language(node, what).items() if (text := self.source.text(each, what))
        }
        for text in by_language.values():
            if not has_variables and "{" in text:
                self.source.wrong(line_of(node), f"{what} can hold no variable")
            elif has_variables:
                self._note(text, line_of(node), what)
        return Wording(MappingProxyType(by_language)) if by_language else _NOTHING

    def phrases(self, node: Node, what: str) -> MappingProxyType[str, tuple[str, ...]]:
        """Lists of texts, one for each language of the topic."""
        return MappingProxyType(
            {tag: self.source.texts(each, what) for tag, each in self._by_language(node, what).items()}
        )

    def variable(self, entry: Entry | None, line: int) -> str:
        """The name of a variable; empty where there is none, which is noted.

        Args:
            entry: Where it stands.
            line: Of the step, where it does not.
        """
        if entry is None:
            self.source.wrong(line, "this needs into: with the name of a variable")
            return ""
        name = self.source.text(entry.value, entry.key)
        return name if name and self.named(name, entry.line) else ""

    def named(self, name: str, line: int) -> bool:
        """Whether a variable may be called so; if not, it is noted."""
        is_good = name.isidentifier() and name.isascii() and name == name.lower()
        if not is_good:
            self.source.wrong(line, f"the variable {name!r} must be of small letters, digits and _: order_number")
        return is_good

    def _by_language(self, node: Node, what: str) -> dict[str, Node]:
        if isinstance(node, ScalarNode | SequenceNode) and len(self.languages) > 1:
            wanted = ", ".join(f"{tag}: …" for tag in self.languages)
            self.source.wrong(line_of(node), f"{what} must be given in each language of the topic: {wanted}")
            return {}
        if not isinstance(node, MappingNode):
            return {self.languages[0]: node}
        entries = self.source.entries(node, what)
        found: dict[str, Node] = {}
        for entry in entries.values():
            tag = closest(entry.key, self.languages)
            if tag is None:
                known = ", ".join(self.languages)
                self.source.wrong(entry.line, f"{entry.key!r} is no language of this topic, which has {known}")
            elif tag in found:
                self.source.wrong(entry.line, f"{what} is given twice in {tag}")
            else:
                found[tag] = entry.value
        for missing in [tag for tag in self.languages if tag not in found]:
            self.source.wrong(line_of(node), f"{what} is missing in {missing}, a language of this topic")
        return {tag: found[tag] for tag in self.languages if tag in found}

    def _note(self, text: str, line: int, what: str) -> None:
        try:
            self.uses += [Use(name, line) for name in variables_in(text)]
        except BrokenTemplate as error:
            self.source.wrong(line, f"{what}: {error}")
