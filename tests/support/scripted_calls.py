"""Whole calls from files: what the caller does, what the model would say, and what must be left when it is over.

    about: The caller corrects the place.
    claim:                              # the schema; empty: the default
      - {name: place, description: "Where did it happen?"}
    config: {conversation: {agent_phone_number: "+12025550100"}}
    caller:                             # each waits until the assistant is silent
      - says: It happened in Boston.
      - says: No, in Chicago.
        over_the_assistant: true        # …or interrupts it
      - presses: "12#"
      - writes: AB 12                   # a text message
      - waits_s: 25
    model:                              # one entry a request; without any the script leads
      - calls: [{tool: update_claim, with: {…}}]
      - says: Thank you.
      - fails: true
    expect:
      claims: [{place: Chicago}]
      …

The conversation, its memory, turn-taking, assistants, tools, journal and store are the real
ones; ears, voice and line are in memory, and the clock jumps. So a call takes milliseconds.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import yaml

from agent.chat import ChatDelta, ChatMessage, Finished, FinishReason, TextDelta, ToolCall, ToolSpec, Usage
from agent.errors import ModelUnavailable, PromptFiltered
from agent.facts import EmergencyNotice
from assembly.engines import assistant_of
from assembly.settings import conversation_settings, initiate_of
from calls.journal import Journal
from calls.opening import opening_dialogue
from calls.session import CallSession
from config import Config
from media.line import AudioReceived, DigitReceived, LineOpened
from pipeline.conversation import Conversation, Services
from pipeline.events import MessageReceived
from stores.records import CallHistory, CallRecord, Direction
from stores.sql import SqlStore
from tests.support.fakes import AT, FakeLine, FakeSpeechToText, FakeVoice, Loudness, Records, loud
from tests.support.indexed import indexed, topics_at
from tests.support.jumping_time import run_virtually
from tests.support.telephone import Notes

CALLER_NUMBER = "+15550001111"
_MS_A_WORD = 300
_ASSISTANT_ENDED_AFTER_S = 0.6
_NOBODY_ANSWERS_AFTER_S = 6.0


class CallerStep(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One thing that the caller does."""

    says: str = ""
    presses: str = ""
    writes: str = ""
    waits_s: float = 0.0
    over_the_assistant: bool = False


class ModelCall(msgspec.Struct, forbid_unknown_fields=True, frozen=True, rename={"arguments": "with"}):
    """A tool that the model calls."""

    tool: str
    arguments: dict[str, Any] = {}
    raw: str = ""
    """The arguments as text, where they are to be broken."""


class ModelStep(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model answers to one request."""

    says: str = ""
    calls: list[ModelCall] = []
    fails: bool = False
    is_filtered: bool = False
    is_cut_off: bool = False


class Expected(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What must be left. Texts are regular expressions, found anywhere."""

    claims: list[dict[str, str]] | None = None
    heard: list[str] = []
    """Of the caller, in order; others may be between."""
    said: list[str] = []
    """By the assistant, in order; others may be between."""
    never_said: list[str] = []
    reminders: list[dict[str, str]] = []
    sms: list[str] = []
    transfer: str | None = None
    """The reason; None: nobody was handed over."""
    help: list[str] = []
    """The services that were notified."""
    tools: list[str] | None = None
    citations: list[str] = []
    language: str | None = None
    ended: str = "assistant_hung_up"
    told_model: list[str] = []
    """Found in what the model was shown, in any request."""
    never_told_model: list[str] = []
    """Not shown to the model in its last request."""


class ScriptedCall(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One file."""

    about: str
    caller: list[CallerStep]
    expect: Expected
    claim: list[dict[str, Any]] = []
    config: dict[str, dict[str, Any]] = {}
    model: list[ModelStep] = []
    language: str = ""
    documents: dict[str, str] = {}
    """Files of the index, by name."""
    topics: str = ""
    """Their folder, from the root of the project; empty: there are none."""


def read_call(path: Path) -> ScriptedCall:
    """Read a file; whatever is wrong with it is told with its name."""
    try:
        return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), ScriptedCall)
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name}: {error}") from error


class ScriptedModel:
    """Answers each request with its next step; one request too many is a fault of the test, and fails it."""

    def __init__(self, steps: Sequence[ModelStep]) -> None:
        self.left = list(steps)
        self.shown: list[tuple[ChatMessage, ...]] = []
        self.offered: list[tuple[str, ...]] = []
        self.too_many = 0

    async def stream(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec]
    ) -> AsyncGenerator[ChatDelta, None]:
        """Give the next step."""
        self.shown.append(tuple(messages))
        self.offered.append(tuple(tool.name for tool in tools))
        if not self.left:
            self.too_many += 1
            raise ModelUnavailable("the script of the model is at its end")
        step = self.left.pop(0)
        if step.fails:
            raise ModelUnavailable("broken by the test")
        if step.is_filtered:
            raise PromptFiltered("filtered by the test")
        await asyncio.sleep(0.2)
        for word in re.findall(r"\s*\S+", step.says):
            yield TextDelta(word)
        for number, call in enumerate(step.calls):
            arguments = call.raw or msgspec.json.encode(call.arguments).decode()
            yield ToolCall(f"call_{len(self.shown)}_{number}", call.tool, arguments)
        reason = FinishReason.TOOL_CALLS if step.calls else FinishReason.STOP
        yield Finished(FinishReason.LENGTH if step.is_cut_off else reason, Usage(100, 20, 50))

    async def warm_up(self) -> None:
        """Nothing to do."""


@dataclass
class NotedDeeds:
    """What the conversation has asked of call control."""

    transfers: list[dict[str, str]] = field(default_factory=list)
    sms: list[str] = field(default_factory=list)
    notices: list[EmergencyNotice] = field(default_factory=list)
    helps: bool = True

    def hang_up(self, reason: object) -> None:
        """The conversation's end tells it."""

    def transfer(self, context: Mapping[str, str], number: str = "") -> None:
        self.transfers.append(dict(context))

    def send_sms(self, text: str) -> None:
        self.sms.append(text)

    def call_for_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        if self.helps:
            self.notices.append(notice)
        answer(self.helps)

    def recording_announced(self) -> None:
        """Nothing is recorded."""


@dataclass(frozen=True, slots=True)
class PlayedCall:
    """What a call has left."""

    history: CallHistory
    deeds: NotedDeeds
    model: ScriptedModel
    ended: str
    records: Records


class _Caller:
    """Follows the file, in virtual time."""

    def __init__(self, line: FakeLine, conversation: Conversation, now: Callable[[], float]) -> None:
        self._line = line
        self._conversation = conversation
        self._now = now
        self._speaks_until = 0.0

    async def hold_the_line(self) -> None:
        """A frame every 20 ms, loud while the caller speaks."""
        frame, quiet, started = loud(20), bytes(640), self._now()
        self._line.put(LineOpened(self._line.sample_rate_hz))
        for number in range(1, 60 * 50 * 20):
            await asyncio.sleep(max(0.0, started + number * 0.02 - self._now()))
            self._line.put(AudioReceived(frame if self._now() < self._speaks_until else quiet))

    async def act(self, steps: Sequence[CallerStep]) -> None:
        """Step by step; then hang up."""
        for step in steps:
            since = self._now()
            if step.waits_s:
                await asyncio.sleep(step.waits_s)
                continue
            if step.over_the_assistant:
                await self._until(lambda: self._has_spoken_since(since), 10.0)  # noqa: B023
                await asyncio.sleep(0.8)
            else:
                await self._until(lambda: self._has_ended(since), 60.0)  # noqa: B023
            if step.writes:
                await self._conversation.happened(MessageReceived(step.writes))
            for digit in step.presses:
                self._line.put(DigitReceived(digit))
                await asyncio.sleep(0.3)
            if step.says:
                duration_s = max(2, len(step.says.split())) * _MS_A_WORD / 1000
                self._speaks_until = self._now() + duration_s
                await asyncio.sleep(duration_s)
        since = self._now()
        await self._until(lambda: self._line.is_closed or self._has_ended(since), 60.0)
        await asyncio.sleep(1.0)
        self._line.put(None)

    def _has_spoken_since(self, since: float) -> bool:
        return self._line.is_closed or any(at > since and any(pcm) for at, pcm in self._line.sent[-5:])

    def _has_ended(self, since: float) -> bool:
        """The assistant has spoken since then and is silent, or says nothing at all."""
        if self._line.is_closed:
            return True
        last = self._line.sent[-1][0] if self._line.sent else 0.0
        if last > since:
            return self._now() - last > _ASSISTANT_ENDED_AFTER_S
        return self._now() - since > _NOBODY_ANSWERS_AFTER_S

    async def _until(self, condition: Callable[[], bool], longest_s: float) -> None:
        until = self._now() + longest_s
        while not condition() and self._now() < until:
            await asyncio.sleep(0.05)


def play(call: ScriptedCall, folder: Path) -> PlayedCall:
    """Play a call, and read what it has left in a real store."""
    sections = dict(call.config)
    if call.claim:
        sections["conversation"] = {**sections.get("conversation", {}), "claim": call.claim}
    config = Config.model_validate(sections)
    model, deeds, records = ScriptedModel(call.model), NotedDeeds(), Records()
    search = indexed(call.documents, folder)
    session = CallSession(
        call_id="c",
        caller_number=CALLER_NUMBER,
        called_number="+12025550100",
        deeds=deeds,
        initiate=initiate_of(config),
    )

    async def main() -> str:
        now = asyncio.get_running_loop().time
        line = FakeLine(now)
        assistant = assistant_of(
            config,
            model if call.model else None,
            clock=lambda: AT,
            search=search,
            topics=topics_at(call.topics, config),
        )
        services = Services(
            speech_to_text=FakeSpeechToText([step.says for step in call.caller if step.says]),
            text_to_speech=FakeVoice(),
            assistant=assistant,
            new_detector=Loudness,
            observer=records,
            now=now,
            utc_now=lambda: AT,
            search=search,
        )
        settings = conversation_settings(config)
        dialogue = opening_dialogue(session)
        conversation = Conversation("c", line, dialogue, services=services, settings=settings, deeds=session)
        caller = _Caller(line, conversation, now)
        async with asyncio.TaskGroup() as tasks:
            holding = tasks.create_task(caller.hold_the_line())
            acting = tasks.create_task(caller.act(call.caller))
            reason = await conversation.run()
            holding.cancel()
            acting.cancel()
        return reason

    ended = run_virtually(main())
    return PlayedCall(asyncio.run(_kept(records, session, folder)), deeds, model, ended, records)


async def _kept(records: Records, session: CallSession, folder: Path) -> CallHistory:
    """Write everything that was observed to a store of its own, and read the call."""
    store = await SqlStore.open(f"sqlite+aiosqlite:///{folder / 'calls.db'}")
    try:
        async with Journal(store, Notes(), utc_now=lambda: AT) as journal:
            fields = session.initiate.field_records
            journal.call_started(CallRecord("c", Direction.INBOUND, CALLER_NUMBER, AT, fields))
            for record in records.seen:
                journal.observe(record)
        history = await store.history("c")
        assert history is not None
        return history
    finally:
        await store.close()


def problems(call: ScriptedCall, played: PlayedCall) -> list[str]:
    """What is not as it was expected, a line each."""
    expected, history = call.expect, played.history
    found: list[str] = []

    def compare(what: str, is_so: object, should_be: object) -> None:
        if is_so != should_be:
            found.append(f"{what}: {is_so!r} instead of {should_be!r}")

    said = [message.text for message in history.messages if message.persona == "assistant"]
    heard = [message.text for message in history.messages if message.persona == "caller"]
    if expected.claims is not None:
        compare("claims", list(history.claims), expected.claims)
    for what, texts, patterns in (("said", said, expected.said), ("heard", heard, expected.heard)):
        if (missing := _first_missing(texts, patterns)) is not None:
            found.append(f"never {what}: {missing!r}; but: {texts}")
    found += [f"said: {p!r}" for p in expected.never_said if any(re.search(p, text, re.IGNORECASE) for text in said)]
    reminders = [{"title": each.title, "due": each.due_at.isoformat(), "owner": each.owner} for each in history.due]
    wanted = expected.reminders
    compare("reminders", [{k: r[k] for k in w} for r, w in zip(reminders, wanted, strict=False)], wanted)
    compare("number of reminders", len(reminders), len(wanted))
    compare("SMS", played.deeds.sms, expected.sms)
    transfers = [context.get("Reason", "") for context in played.deeds.transfers]
    compare("transfer", transfers, [] if expected.transfer is None else [expected.transfer])
    compare("help", [notice.service for notice in played.deeds.notices], expected.help)
    if expected.tools is not None:
        compare("tools", [each.name for each in history.tool_calls], expected.tools)
    cited = [each.title for message in history.messages for each in message.citations]
    compare("citations", cited, expected.citations)
    compare("end", played.ended, expected.ended)
    compare("requests that the model's script did not foresee", played.model.too_many, 0)
    compare("steps of the model that nobody asked for", played.model.left, [])
    shown = [repr(messages) for messages in played.model.shown]
    found += [f"the model was never told {p!r}" for p in expected.told_model if not any(p in text for text in shown)]
    found += [f"the model was told {p!r}" for p in expected.never_told_model if shown and p in shown[-1]]
    return found


def _first_missing(texts: Sequence[str], patterns: Sequence[str]) -> str | None:
    """The first pattern that is not found behind where the one before it was found."""
    at = 0
    for pattern in patterns:
        where = next((n for n in range(at, len(texts)) if re.search(pattern, texts[n], re.IGNORECASE)), None)
        if where is None:
            return pattern
        at = where
    return None
