"""Whether what comes in attacks the instructions: local rules with a score, each explainable. Sans-IO.

Judged is what is said, what it says with what was said just before (an attack may come in
parts), and what is hidden in it. The same rules, and more, judge what nobody has said:
documents, messages, results of tools.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from agent.disguise_rules import DISGUISES
from agent.jailbreak_rules import SIGNALS, Signal
from agent.undisguised import hidden, plain, turned
from agent.verdict import Rule, Verdict

_NEAR_CHARACTERS: Final = 80
_BEFORE_CHARACTERS: Final = 400
_HIDDEN_WEIGHT: Final = 1.0
_UNREADABLE_WEIGHT: Final = 0.5
"""Of a code that hides something harmless: still nothing that a caller says."""
_NAMED_WEIGHT: Final = 0.7
_ORDERED_WEIGHT: Final = 1.0
_ORDER: Final = re.compile(
    r"\b(?:call|use|run|invoke|execute|trigger|do|with|appelle[rz]?|utilise[rz]?|execute[rz]?|usa"
    r"|llama|ejecuta|ruf(?:e|en)?|nutz(?:e|en)?|verwende[n]?|fuhr(?:e|en)?|tools?|functions?|now)\b"
    r"|调用|調用|执行|執行|使用"
)
_IN_PARTS: Final = re.compile(
    r"\b(?:means?|equals?|stands? for|part (?:one|two|three|[a-d1-4])|remember (?:the|this"
    r"|these) (?:words?|phrase|text)|(?:first|second|third|next|last) (?:part|half|piece|word)"
    r"|put (?:them|it|these|both) together|combine|concatenate|assemble|plus|now do|do (?:it|both"
    r"|what i (?:just )?said)|with this name|what i say|after me|signifie|veut dire|vaut|partie"
    r"|assemble[rz]?|significa|parte (?:uno|dos)|junta|heisst|bedeutet|teil (?:eins|zwei)|setz(?:e"
    r"|en)? .{0,20}zusammen)\b|意思是|等于|等於|第一部分|第二部分|合起来|拼起来|连起来"
)
"""What makes one text of several: without it, what is said in two turns is two things."""
_SCAFFOLD: Final = re.compile(
    r"[.,;:!?]? ?\b(?:and |let'?s say (?:that )?)?(?:the )?(?:part |word |piece |half )?(?:one|two"
    r"|three|first|second|[a-dxyz]|[1-4])(?: part| word| half| piece)? (?:is|means?|equals?"
    r"|stands? for)\b:?"
)


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    weight: float
    what: re.Pattern[str]
    near: re.Pattern[str] | None
    is_for_data: bool

    def is_met(self, text: str) -> bool:
        if self.near is None:
            return self.what.search(text) is not None
        for found in self.what.finditer(text):
            begin, end = found.span()
            if self.near.search(text, max(0, begin - _NEAR_CHARACTERS), begin) is not None:
                return True
            if self.near.search(text, end, min(len(text), end + _NEAR_CHARACTERS)) is not None:
                return True
        return False


class JailbreakRules:
    """The rules, ready to be used; shared by all calls.

    Args:
        tool_names: What a model calls the tools by: no caller has a reason to know them.
    """

    def __init__(self, tool_names: Iterable[str] = ()) -> None:
        self._signals = tuple(_compiled(signal) for signal in (*SIGNALS, *DISGUISES))
        names = [re.escape(name).replace("_", "(?:_|\\s*underscore\\s*|-)") for name in tool_names if "_" in name]
        self._tools = re.compile(rf"(?<![a-z])(?:{'|'.join(names)})(?![a-z])") if names else None

    def judge(self, said: str, before: Sequence[str] = ()) -> Verdict:
        """Judge what the caller says.

        Args:
            said: Their words.
            before: What they have said before, the last one last.
        """
        text = plain(said)
        met = self._met(text, is_data=False)
        found = _weights(met) + self._hidden(said, text, is_data=False)
        earlier = plain(" ".join(before))[-_BEFORE_CHARACTERS:]
        if earlier and _IN_PARTS.search(f"{earlier} {text}"):
            known = {*met, *self._met(earlier, is_data=False)}
            joined = f"{earlier} {text}"
            together = self._met(f"{joined} ; {_SCAFFOLD.sub('', joined)}", is_data=False)
            found += _weights(signal for signal in together if signal not in known)
        return _verdict(found)

    def judge_data(self, text: str) -> Verdict:
        """Judge what nobody has said: to have no say is its nature, so orders count as attacks."""
        readable = plain(text)
        found = _weights(self._met(readable, is_data=True)) + self._hidden(text, readable, is_data=True)
        # Every notice on privacy speaks of other customers; that alone is no order.
        others = [each for each in found if each[0] is Rule.OTHER_CUSTOMER]
        return _verdict([*(each for each in found if each[0] is not Rule.OTHER_CUSTOMER), *others[:1]])

    def _met(self, text: str, *, is_data: bool) -> list["_Compiled"]:
        met = [signal for signal in self._signals if (is_data or not signal.is_for_data) and signal.is_met(text)]
        if self._tools is not None and self._tools.search(text):
            weight = _ORDERED_WEIGHT if is_data or _ORDER.search(text) else _NAMED_WEIGHT
            met.append(_Compiled(Rule.TOOL_ORDER, weight, self._tools, None, is_data))
        return met

    def _hidden(self, text: str, readable: str, *, is_data: bool) -> list[tuple[Rule, float]]:
        found = [(Rule.ENCODED, _UNREADABLE_WEIGHT) for _ in hidden(text)[:1]]
        for inner in (*map(plain, hidden(text)), *turned(readable)):
            score = sum(signal.weight for signal in self._met(inner, is_data=is_data))
            if Verdict(score).is_suspicious:
                return [*found, (Rule.ENCODED, _HIDDEN_WEIGHT)]
        return found


def _compiled(signal: Signal) -> _Compiled:
    near = re.compile(signal.near) if signal.near else None
    return _Compiled(signal.rule, signal.weight, re.compile(signal.what), near, signal.is_for_data)


def _weights(met: Iterable[_Compiled]) -> list[tuple[Rule, float]]:
    return [(signal.rule, signal.weight) for signal in met]


def _verdict(found: Iterable[tuple[Rule, float]]) -> Verdict:
    ordered = sorted(found, key=lambda each: -each[1])
    return Verdict(round(sum(weight for _, weight in ordered), 2), tuple(dict.fromkeys(rule for rule, _ in ordered)))
