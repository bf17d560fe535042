"""The course of a topic: messages are said and actions carried out, up to the next question or the end.

An action that may change something waits until the turn is the caller's last word; what only
looks something up does not, and may be thrown away with a reply that was prepared in vain.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from agent import chat
from agent.assistant import AwaitTurnEnd, Cite, NoteToolCall, Output, Spend
from agent.character import Character
from agent.claim import ClaimField, FieldType
from agent.dialogue import Dialogue
from agent.errors import InvalidValue
from agent.spoken_values import speak_value
from agent.tool import Toolbox, ToolOutcome
from agent.topics.errors import ActionFailed
from agent.topics.ports import Answerer, HttpCaller, HttpRequest
from agent.topics.templates import filled, filled_tree
from agent.topics.understanding import Listening
from agent.topics.values import Answer, Ask, HttpCall, Message, Taken, ToolCall, Topic, VariableType
from agent.topics.walking import Ended, Paths, Walk
from agent.values import parse_value

_LONGEST_VALUE: Final = 2_000
"""Of a variable that a service fills; more is cut off: nobody would listen to it."""
_LONGEST_WAIT_S: Final = 12.0
"""For a tool or an assistant."""
_DOTS: Final = frozenset({".", ".."})
"""Steps of a path that lead elsewhere, and that no quoting changes."""
_NEVER_TAKEN: Final = (dict, list)


@dataclass(frozen=True, slots=True)
class Told:
    """Something is said: a message of the topic."""

    text: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The course has come to a question, or to its end. Always the last part."""

    stop: Ask | Ended
    walk: Walk
    text: str = ""
    """The question as it is asked; of a hand-over the reason."""


Part = Told | Output | Stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicMeans:
    """What topics are carried out with: the same for all calls."""

    http: HttpCaller | None = None
    answerer: Answerer | None = None
    toolbox: Toolbox
    character: Character
    clock: Callable[[], datetime]
    """Tells the time in the caller's time zone."""
    region: str = "US"
    """Where a phone number without country code belongs, ISO 3166-1 alpha-2."""
    language: str = "en"
    """BCP 47: spoken where nothing else is known."""


class Courses:
    """Carries out topics; shared by all calls.

    Args:
        topics: Checked.
        means: See there.
    """

    def __init__(self, topics: Sequence[Topic], means: TopicMeans) -> None:
        self.paths = Paths(topics)
        self.means = means

    def listening(self, dialogue: Dialogue) -> Listening:
        """What the words of this call are understood by."""
        language = dialogue.supposed_language or self.means.language
        return Listening(now=self.means.clock(), region=self.means.region, language=language)

    def spoken_language(self, dialogue: Dialogue) -> str:
        """What the texts of topics are said in (BCP 47)."""
        return dialogue.spoken_language or self.means.language

    async def run(self, walk: Walk, dialogue: Dialogue) -> AsyncGenerator[Part, None]:
        """Go on from a place to the next question, or to the end.

        Args:
            walk: A place.
            dialogue: The call, as of this reply.
        """
        while True:
            now = self.means.clock()
            stop, walk = self.paths.next(walk, now)
            values = self._values(walk, dialogue)
            match stop:
                case Ask():
                    question = self._said(stop.question.in_language(self.spoken_language(dialogue)), walk, dialogue)
                    yield Stopped(stop, walk, question)
                    return
                case Ended():
                    yield Stopped(stop, walk, filled(stop.reason, values))
                    return
                case Message():
                    yield Told(self._said(stop.text.in_language(self.spoken_language(dialogue)), walk, dialogue))
                    walk = self.paths.passed(walk)
                case HttpCall() | ToolCall() | Answer():
                    done = _Done({})
                    parts = self._carried_out(stop, walk, dialogue, done)
                    async for part in parts:
                        yield part
                    walk = self.paths.failed(walk) if done.has_failed else self.paths.passed(walk, done.values)

    async def _carried_out(
        self, action: HttpCall | ToolCall | Answer, walk: Walk, dialogue: Dialogue, done: "_Done"
    ) -> AsyncIterator[Output]:
        """Carry out an action; whatever goes wrong with it is no failure of the reply."""
        changes_something = isinstance(action, HttpCall) and action.changes_something
        if changes_something:
            released = asyncio.get_running_loop().create_future()
            yield AwaitTurnEnd(released)
            await released
        values = self._values(walk, dialogue)
        outcome = _begun(action, values, self.means, dialogue) if isinstance(action, ToolCall) else None
        if outcome is not None and outcome.was_run:
            for output in outcome.outputs:  # what comes later may wait for these
                yield output
        try:
            async with asyncio.timeout(_LONGEST_WAIT_S):
                match action:
                    case HttpCall():
                        outputs = await self._call(action, values, walk, dialogue, done)
                    case Answer():
                        outputs = await self._answer(action, values, dialogue, done)
                    case ToolCall():
                        outputs = await _used(action, values, outcome)
        except (ActionFailed, TimeoutError) as error:
            done.has_failed = True
            reason = str(error) if isinstance(error, ActionFailed) else "no answer came in time"
            yield _noted(action, walk, values, f"failed: {reason}")
            return
        for output in outputs:
            yield output

    async def _call(
        self, action: HttpCall, values: Mapping[str, str], walk: Walk, dialogue: Dialogue, done: "_Done"
    ) -> list[Output]:
        if self.means.http is None:
            raise ActionFailed("no service can be asked")
        url = filled(action.url, values, quote=lambda value: quote(value, safe=""))
        if not _DOTS.isdisjoint(urlsplit(url).path.split("/")):
            raise ActionFailed("a variable would lead to another place of the service")
        request = HttpRequest(
            method=action.method,
            url=url,
            query={name: filled(each, values) for name, each in action.query.items()},
            body=filled_tree(action.body, values),
            timeout_s=action.timeout_s,
            key=_key_of(action, walk, values, dialogue),
        )
        found = await self.means.http.call(request)
        done.values = {taken.name: self._taken(taken, found) for taken in action.takes}
        return [_noted(action, walk, values, msgspec.json.encode(done.values).decode())]

    def _taken(self, taken: Taken, found: object) -> str:
        """The value that stands at a place in an answer.

        Raises:
            ActionFailed: There is none, or not one of that type.
        """
        place = ".".join(taken.path)
        for key in taken.path:
            if isinstance(found, Mapping) and key in found:
                found = found[key]
            elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
                found = found[int(key)]
            else:
                raise ActionFailed(f"the answer has no {place}")
        if found is None or isinstance(found, _NEVER_TAKEN):
            raise ActionFailed(f"{place} of the answer is no single value")
        if taken.type is VariableType.YES_NO:
            return _yes_or_no(found, place)
        text = " ".join(str(found).split())[:_LONGEST_VALUE]
        if taken.type is VariableType.TEXT:
            return text
        try:
            now = self.means.clock()
            return parse_value(ClaimField(taken.name, taken.type.field_type), text, now=now, region=self.means.region)
        except InvalidValue as error:
            raise ActionFailed(f"{place} of the answer is no {taken.type}") from error

    async def _answer(
        self, action: Answer, values: Mapping[str, str], dialogue: Dialogue, done: "_Done"
    ) -> list[Output]:
        if self.means.answerer is None:
            raise ActionFailed("nobody can answer")
        answered = await self.means.answerer.answer(
            filled(action.question, values),
            instructions=filled(action.instructions, values),
            language=self.spoken_language(dialogue),
            spent=dialogue.spent,
        )
        costs: list[Output] = [Spend(usage) for usage in answered.usages]
        if not answered.is_answered:
            done.has_failed = True
            return costs
        done.values = {action.into: " ".join(answered.text.split())}
        return [*costs, *((Cite(answered.citations),) if answered.citations else ())]

    def _said(self, template: str, walk: Walk, dialogue: Dialogue) -> str:
        """A text with its variables as they are read aloud."""
        language, now = self.spoken_language(dialogue), self.means.clock()
        types = {name: kind for name, kind in _types(self.paths.topics[walk.topic]).items() if name in walk.values}
        read = {
            name: speak_value(ClaimField(name, kind), walk.values[name], now=now, language=language)
            for name, kind in types.items()
            if kind is not FieldType.TEXT
        }
        return filled(template, {**self._values(walk, dialogue), **read})

    def _values(self, walk: Walk, dialogue: Dialogue) -> Mapping[str, str]:
        who = dialogue.character or self.means.character
        return {
            "bot_name": who.bot_name,
            "caller_number": dialogue.caller_number,
            "company": who.company,
            "language": self.spoken_language(dialogue),
            **walk.values,
        }


@dataclass(slots=True)
class _Done:
    """What came of an action."""

    values: Mapping[str, str]
    has_failed: bool = False


def _begun(action: ToolCall, values: Mapping[str, str], means: TopicMeans, dialogue: Dialogue) -> ToolOutcome:
    call = chat.ToolCall(f"topic-{action.number}", action.tool, _arguments(action, values))
    return means.toolbox.run(call, dialogue, means.clock())


async def _used(action: ToolCall, values: Mapping[str, str], outcome: ToolOutcome | None) -> list[Output]:
    """What else came of a tool that was begun.

    Raises:
        ActionFailed: It did not take what it was called with.
    """
    if outcome is None or not outcome.was_run:
        raise ActionFailed("nothing was done" if outcome is None else outcome.text)
    outputs: list[Output] = []
    if outcome.later is not None:
        outcome = await outcome.later()
        outputs += outcome.outputs
    return [*outputs, NoteToolCall(action.tool, _arguments(action, values), outcome.text)]


def _arguments(action: ToolCall, values: Mapping[str, str]) -> str:
    return msgspec.json.encode(filled_tree(action.arguments, values)).decode()


def _types(topic: Topic) -> Mapping[str, FieldType]:
    found: dict[str, FieldType] = {}
    for step in topic.all_steps():
        if isinstance(step, Ask):
            found[step.into] = step.type.field_type
        elif isinstance(step, HttpCall):
            found |= {taken.name: taken.type.field_type for taken in step.takes}
    return found


def _noted(action: HttpCall | ToolCall | Answer, walk: Walk, values: Mapping[str, str], result: str) -> NoteToolCall:
    """What is on record of an action."""
    arguments: dict[str, Any] = {"topic": walk.topic, "line": action.line}
    match action:
        case HttpCall():
            arguments |= {"method": action.method, "url": filled(action.url, values)}
            name = "http"
        case ToolCall():
            name = action.tool
        case Answer():
            name = "answer"
    return NoteToolCall(name, msgspec.json.encode(arguments).decode(), result)


def _key_of(action: HttpCall, walk: Walk, values: Mapping[str, str], dialogue: Dialogue) -> str:
    """The same for the same action on the same values in one call."""
    told = msgspec.json.encode([dialogue.call_id, walk.topic, action.number, sorted(values.items())])
    return hashlib.sha256(told).hexdigest()[:32]


def _yes_or_no(found: object, place: str) -> str:
    text = str(found).casefold()
    if text in ("true", "yes", "1"):
        return "yes"
    if text in ("false", "no", "0"):
        return "no"
    raise ActionFailed(f"{place} of the answer is neither true nor false")
