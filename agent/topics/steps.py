"""Reads the steps of a topic.

    - ask: Which console do you have?
      into: console
      type: choice                      # text (as it is), datetime, email, phone_number, yes_no
      options: {new: [series x, series s], old: [one, 360]}
      otherwise: [...]                  # when no answer can be had
    - if: console                       # a variable
      is: new                           # or is_not, is_one_of, contains; before, after (a moment, or now)
      then: [...]
      else: [...]
    - action: …                         # see ``agent.topics.actions``
    - message: "You have a {console} one."
    - redirect: another_topic
    - hand_over: wants a repair         # to a human; the reason
    - end: topic                        # or call

A list may hold any of them, in any number; behind its last one the steps go on where they branched off.
"""

from types import MappingProxyType
from typing import Final

from yaml.nodes import MappingNode, Node

from agent.topics.actions import ActionReader
from agent.topics.marks import Entry, Source, line_of, near
from agent.topics.values import (
    Ask,
    Comparison,
    Condition,
    End,
    HandOver,
    Message,
    Option,
    Redirect,
    Step,
    Use,
    VariableType,
    Wording,
)
from agent.topics.wording import Words

KINDS: Final = ("ask", "if", "action", "message", "redirect", "hand_over", "end")
_MOST_STEPS: Final = 300
_DEEPEST: Final = 12
_NOTHING: Final = Wording(MappingProxyType({"": ""}))


class StepReader:
    """Reads the steps of one topic, and numbers them."""

    def __init__(self, source: Source, words: Words) -> None:
        self._source = source
        self._words = words
        self._actions = ActionReader(source, words, self.steps)
        self._count = 0
        self._depth = 0

    def steps(self, node: Node, what: str) -> tuple[Step, ...]:
        """A list of steps; those that cannot be read are left out, and noted."""
        if self._depth >= _DEEPEST:
            self._source.wrong(line_of(node), "steps are nested too deep here: lead to another topic (redirect)")
            return ()
        self._depth += 1
        found = [step for each in self._source.items(node, what) if (step := self._step(each)) is not None]
        self._depth -= 1
        for number, step in enumerate(found[:-1]):
            if isinstance(step, Redirect | HandOver | End):
                self._source.wrong(found[number + 1].line, "this is never reached: the step before it leads away")
        return tuple(found)

    def _step(self, node: Node) -> Step | None:
        if self._count == _MOST_STEPS:
            self._source.wrong(line_of(node), f"a topic has at most {_MOST_STEPS} steps: lead to another (redirect)")
        self._count += 1
        if self._count > _MOST_STEPS:
            return None
        if not isinstance(node, MappingNode):
            self._source.wrong(line_of(node), f"a step begins with one of {', '.join(f'{kind}:' for kind in KINDS)}")
            return None
        entries = self._source.entries(node, "a step")
        kinds = [key for key in entries if key in KINDS]
        if len(kinds) != 1:
            self._doubtful(node, entries, kinds)
            return None
        self._words.taken()
        match kinds[0]:
            case "ask":
                return self._ask(node)
            case "if":
                return self._condition(node)
            case "action":
                return self._actions.action(node, self._count)
            case "message":
                entry = self._known(node, ("message",), "message")["message"]
                number, text = self._count, self._words.wording(entry.value, "message")
                return Message(number=number, line=line_of(entry.value), uses=self._words.taken(), text=text)
            case kind:
                return self._leading_away(node, kind)

    def _doubtful(self, node: Node, entries: dict[str, Entry], kinds: list[str]) -> None:
        if kinds:
            self._source.wrong(line_of(node), f"this is {' and '.join(kinds)} at once: each step has a dash of its own")
            return
        first = next(iter(entries), "")
        wanted = ", ".join(KINDS)
        self._source.wrong(line_of(node), f"{first!r} is no kind of step; there are {wanted}{near(first, KINDS)}")

    def _leading_away(self, node: Node, kind: str) -> Step:
        entry, number = self._known(node, (kind,), kind)[kind], self._count
        if kind == "redirect":
            return Redirect(number=number, line=entry.line, topic=self._source.text(entry.value, kind))
        if kind == "hand_over":
            reason = self._words.template(entry.value, "hand_over")
            return HandOver(number=number, line=entry.line, uses=self._words.taken(), reason=reason)
        ends = self._source.choice(entry.value, ("topic", "call"), "end")
        return End(number=number, line=entry.line, is_call=ends == "call")

    def _known(self, node: Node, keys: tuple[str, ...], kind: str) -> dict[str, Entry]:
        return self._source.mapping(node, keys, f"a step of the kind {kind}")

    def _ask(self, node: Node) -> Ask:
        entries = self._known(node, ("ask", "into", "type", "options", "otherwise"), "ask")
        number, asked = self._count, entries["ask"]
        question = self._words.wording(asked.value, "ask")
        uses = self._words.taken()
        into = self._words.variable(entries.get("into"), asked.line)
        kind = VariableType.TEXT
        if "type" in entries:
            kind = VariableType(self._source.choice(entries["type"].value, list(VariableType), "type") or "text")
        options = self._options(entries["options"].value) if "options" in entries else ()
        if kind is VariableType.CHOICE and not options and "options" not in entries:
            self._source.wrong(asked.line, "a choice needs options:")
        if kind is not VariableType.CHOICE and "options" in entries:
            self._source.wrong(entries["options"].line, "only a question of the type choice has options")
        otherwise = self.steps(entries["otherwise"].value, "otherwise") if "otherwise" in entries else ()
        return Ask(
            number=number,
            line=asked.line,
            uses=uses,
            question=question,
            into=into,
            type=kind,
            options=options,
            otherwise=otherwise,
        )

    def _options(self, node: Node) -> tuple[Option, ...]:
        if isinstance(node, MappingNode):
            entries = self._source.entries(node, "options").values()
            found = [
                Option(each.key, (each.key, *self._source.texts(each.value, f"option {each.key}"))) for each in entries
            ]
        else:
            found = [Option(text, (text,)) for text in self._source.texts(node, "options")]
        if len(found) < 2:
            self._source.wrong(line_of(node), "a choice has two options or more")
        return tuple(found)

    def _condition(self, node: Node) -> Condition:
        comparisons = tuple(Comparison)
        entries = self._known(node, ("if", "then", "else", *comparisons), "if")
        number, asked = self._count, entries["if"]
        name = self._words.variable(asked, asked.line)
        given = [each for each in comparisons if each in entries]
        values: tuple[str, ...] = ()
        if len(given) != 1:
            self._source.wrong(asked.line, f"if needs one of {', '.join(f'{each}:' for each in comparisons)}")
        else:
            values = self._compared(entries[given[0]], given[0])
        if "then" not in entries:
            self._source.wrong(asked.line, "if needs then: with the steps to do")
        then = self.steps(entries["then"].value, "then") if "then" in entries else ()
        otherwise = self.steps(entries["else"].value, "else") if "else" in entries else ()
        return Condition(
            number=number,
            line=asked.line,
            uses=(Use(name, asked.line),) if name else (),
            variable=name,
            comparison=given[0] if len(given) == 1 else Comparison.IS,
            values=values,
            then=then,
            otherwise=otherwise,
        )

    def _compared(self, entry: Entry, comparison: Comparison) -> tuple[str, ...]:
        if comparison is Comparison.IS_ONE_OF:
            return self._source.texts(entry.value, comparison)
        text = self._source.text(entry.value, comparison)
        return (text,) if text else ()
