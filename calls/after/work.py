"""The work after a call: what each step does.

Each step looks first at what it has done before, so that it can be done again at any time. What
is kept of it is kept once; a text message is sent under a key of its own, by which a service
that knows keys (as Azure's does) sends it once. For one that does not, this holds: the message
is sent at least once, and twice only when we die in the moment between its sending and our note.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, assert_never

from agent.dialogue import Persona
from agent.facts import ModelUsage
from calls.after.asking import FormAsker
from calls.after.learning import Learning
from calls.after.next_action import next_action_by_model, next_action_by_rules
from calls.after.records import StepEnded
from calls.after.sms_report import report_text
from calls.after.steps import Step, Wanted
from calls.after.story import has_caller_spoken
from calls.after.synthesis import extractive_synthesis, synthesis_by_model
from calls.after.training import training_mark
from calls.costs import Prices, cost_record
from calls.errors import SmsRefused
from calls.ports import SmsSender
from stores.call_work import CallWork, StepRecord, StepState, Written
from stores.errors import UnknownCall
from stores.outcomes import Outcomes
from stores.records import CallHistory, SynthesisRecord, UsageRecord
from stores.store import Store

_SMS_NAMES: Final = uuid.UUID("5f0e3d3e-6f0a-4f3c-9a58-6a0a4d1f7b11")
"""Of the keys that messages are sent under."""
_TRY_AGAIN: Final = frozenset({0, 408, 429})
"""Refusals that say nothing of the message itself, beside 5xx."""
_WRITTEN_WITHIN_S: Final = 30.0
_SMS_WITHIN: Final = timedelta(days=2)
"""After a call: later nobody expects its report. Calls may be found long after they were lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMeans:
    """What the work is done with."""

    store: Store
    outcomes: Outcomes
    works: CallWork
    utc_now: Callable[[], datetime]
    written: Callable[[], Awaitable[None]]
    """Returns when all that this replica knows of its calls is in the store."""
    on_ended: Callable[[StepEnded], object]
    """Told of each step that has ended."""
    asker: FormAsker | None = None
    """None: there is no language model."""
    sms: SmsSender | None = None
    """None: no report is to be sent."""
    has_opted_out: Callable[[str], Awaitable[bool]]
    """Whether a number does not want to hear from us."""
    prices: Prices = Prices()  # noqa: RUF009 (frozen)
    is_marked_for_training: bool = False
    learning: Learning | None = None
    """None: there are no several humans."""


class AfterCall:
    """Does the steps; satisfies ``calls.after.steps.Worker``.

    Args:
        means: See there.
    """

    def __init__(self, means: WorkMeans) -> None:
        self._means = means

    async def do(self, wanted: Wanted, step: Step) -> None:
        """See ``Worker``."""
        try:
            begun = await self._means.works.begin_step(self._begun(wanted, step))
            if begun.ended_at is not None:
                return
            history = await self._history(wanted, step)
            if history is not None:
                await self._do(begun, history, step)
        except UnknownCall:
            return  # erased meanwhile, and this with it

    async def give_up(self, wanted: Wanted, step: Step, reason: str) -> None:
        """See ``Worker``."""
        try:
            begun = await self._means.works.begin_step(self._begun(wanted, step))
            await self._end(begun, StepState.FAILED, reason)
        except UnknownCall:
            return

    async def finish(self, wanted: Wanted) -> None:
        """See ``Worker``."""
        try:
            await self._means.works.finish(wanted.call_id, work_id=wanted.work_id, at=self._means.utc_now())
        except UnknownCall:
            return

    def _begun(self, wanted: Wanted, step: Step) -> StepRecord:
        return StepRecord(wanted.call_id, wanted.work_id, step.value, StepState.BEGUN, self._means.utc_now())

    async def _history(self, wanted: Wanted, step: Step) -> CallHistory | None:
        if step is Step.SYNTHESIS:
            # The end of a call is the last of what is written of it, but for what a late answer has cost.
            async with asyncio.timeout(_WRITTEN_WITHIN_S):
                await self._means.written()
        return await self._means.store.history(wanted.call_id)

    async def _do(self, begun: StepRecord, history: CallHistory, step: Step) -> None:
        match step:
            case Step.SYNTHESIS:
                await self._synthesize(begun, history)
            case Step.NEXT_ACTION:
                await self._decide(begun, history)
            case Step.SMS_REPORT:
                await self._report(begun, history)
            case Step.COST:
                await self._means.works.keep_cost(cost_record(history, self._means.prices, self._means.utc_now()))
                await self._end(begun, StepState.DONE)
            case Step.TRAINING_MARK:
                await self._mark(begun, history)
            case Step.LEARNING if self._means.learning is None:
                await self._end(begun, StepState.NOT_NEEDED, "not configured")
            case Step.LEARNING:
                await self._end(begun, StepState.DONE, await self._means.learning.learn(history))
            case _:
                assert_never(step)

    async def _end(self, begun: StepRecord, state: StepState, detail: str = "", written: Written | None = None) -> None:
        at = self._means.utc_now()
        await self._means.works.end_step(begun, state=state, detail=detail, at=at, written=written)
        self._means.on_ended(StepEnded(begun.call_id, Step(begun.step), state, detail))

    async def _synthesize(self, begun: StepRecord, history: CallHistory) -> None:
        made_at, by_model = self._means.utc_now(), None
        if self._means.asker is not None and has_caller_spoken(history):
            by_model = await synthesis_by_model(
                history, self._means.asker, work_id=begun.work_id, made_at=made_at, on_usage=self._biller(history)
            )
        made = by_model or extractive_synthesis(history, work_id=begun.work_id, made_at=made_at)
        kept = await self._means.outcomes.add_synthesis(made)
        await self._end(begun, StepState.DONE, "extractive" if kept.is_extractive else "by model")

    async def _decide(self, begun: StepRecord, history: CallHistory) -> None:
        decided_at, by_model = self._means.utc_now(), None
        if self._means.asker is not None and has_caller_spoken(history):
            by_model = await next_action_by_model(
                history, self._means.asker, work_id=begun.work_id, decided_at=decided_at, on_usage=self._biller(history)
            )
        made = by_model or next_action_by_rules(history, work_id=begun.work_id, decided_at=decided_at)
        await self._means.outcomes.add_next_action(made)
        await self._end(begun, StepState.DONE, "by rules" if by_model is None else "by model")

    def _biller(self, history: CallHistory) -> Callable[[ModelUsage], Awaitable[None]]:
        return partial(self._bill, history.call.call_id)

    async def _bill(self, call_id: str, usage: ModelUsage) -> None:
        """A request that is made again costs again: each is kept."""
        await self._means.store.append_usage(
            UsageRecord(
                call_id,
                0,
                self._means.utc_now(),
                model=usage.model,
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
                cached_tokens=usage.cached_tokens,
                is_estimated=usage.is_estimated,
            )
        )

    async def _report(self, begun: StepRecord, history: CallHistory) -> None:
        number, sms, ended_at = history.call.phone_number, self._means.sms, history.call.ended_at
        if sms is None:
            await self._end(begun, StepState.NOT_NEEDED, "not configured")
        elif not number:
            await self._end(begun, StepState.NOT_NEEDED, "no number")
        elif not has_caller_spoken(history):
            await self._end(begun, StepState.NOT_NEEDED, "nobody spoke")
        elif ended_at is not None and self._means.utc_now() - ended_at > _SMS_WITHIN:
            await self._end(begun, StepState.NOT_NEEDED, "too late")
        elif await self._means.has_opted_out(number):
            await self._end(begun, StepState.NOT_NEEDED, "opted out")
        else:
            await self._send_report(begun, sms, number, report_text(history, self._synthesis(history, begun)))

    async def _send_report(self, begun: StepRecord, sms: SmsSender, number: str, text: str) -> None:
        # Made from the call alone: whoever sends it again, sends the same message.
        key = uuid.uuid5(_SMS_NAMES, begun.call_id)
        try:
            await sms.send(to_number=number, text=text, key=key, first_sent_at=begun.began_at)
        except SmsRefused as error:
            if error.status in _TRY_AGAIN or error.status >= 500:
                raise
            await self._end(begun, StepState.FAILED, f"refused: {error.status}")
            return
        await self._end(begun, StepState.DONE, written=Written(Persona.ASSISTANT.value, text))

    async def _mark(self, begun: StepRecord, history: CallHistory) -> None:
        if not self._means.is_marked_for_training:
            await self._end(begun, StepState.NOT_NEEDED, "not configured")
            return
        await self._end(begun, StepState.DONE, training_mark(history, self._synthesis(history, begun)))

    def _synthesis(self, history: CallHistory, begun: StepRecord) -> SynthesisRecord:
        """The one that stands; when its step has failed for good, one without a model, which is not kept."""
        if history.synthesis is not None:
            return history.synthesis
        return extractive_synthesis(history, work_id=begun.work_id, made_at=begun.began_at)
