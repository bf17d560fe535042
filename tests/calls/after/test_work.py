"""What the steps do, on a real store; each of them twice."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from agent.chat import ChatDelta, Finished, FinishReason, ToolCall, Usage
from agent.errors import AssistantError
from calls.after.asking import FormAsker
from calls.after.records import StepEnded
from calls.after.steps import Step, Wanted
from calls.after.work import AfterCall, WorkMeans
from calls.costs import Prices, ServicePrices
from calls.errors import SmsRefused
from stores.call_work import CallWork, StepState, WorkState
from stores.callbacks import Callbacks
from stores.erasure import Erasure
from stores.outcomes import Outcomes
from stores.records import CallHistory, NextAction
from stores.sql import SqlStore
from tests.calls.after.calls import CALL
from tests.stores.contract import at
from tests.support.scripted_chat import ScriptedChat

WANTED = Wanted(CALL.call_id, CALL.call_id)
DONE = Finished(FinishReason.STOP, Usage(100, 20), "slow")
SYNTHESIS = ToolCall(
    "1",
    "write_synthesis",
    '{"short": "Water.", "long": "Water.", "satisfaction": "high", "improvement_suggestions": ""}',
)
ACTION = ToolCall("1", "decide_next_action", '{"action": "commercial_offer", "justification": "They asked."}')


@dataclass
class Phone:
    """Sends nothing, and notes it; refuses with the next of ``statuses``."""

    sent: list[tuple[str, str, uuid.UUID | None, datetime | None]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    async def send(
        self, *, to_number: str, text: str, key: uuid.UUID | None = None, first_sent_at: datetime | None = None
    ) -> str:
        self.sent.append((to_number, text, key, first_sent_at))
        if self.statuses:
            raise SmsRefused("refused", status=self.statuses.pop(0))
        return "id"

    async def close(self) -> None:
        """Nothing to close."""


@dataclass
class Office:
    """One call that is over, and everything that its work needs."""

    store: SqlStore
    phone: Phone = field(default_factory=Phone)
    ended: list[StepEnded] = field(default_factory=list)
    drained: int = 0
    now: float = 100.0

    def worker(self, *rows: ToolCall, number: bool = True, marks: bool = True) -> AfterCall:
        """Somebody who does the work; with a model when there are rows."""

        async def written() -> None:
            self.drained += 1

        def utc_now() -> datetime:
            self.now += 1
            return at(self.now)

        answers: list[list[ChatDelta | AssistantError | float]] = [[row, DONE] for row in rows]
        chat = ScriptedChat(*answers)
        return AfterCall(
            WorkMeans(
                store=self.store,
                outcomes=Outcomes(self.store.database),
                works=CallWork(self.store.database),
                utc_now=utc_now,
                written=written,
                on_ended=self.ended.append,
                has_opted_out=Callbacks(self.store.database).has_opted_out,
                asker=FormAsker(chat) if rows else None,
                sms=self.phone if number else None,
                prices=Prices(ServicePrices(telephone_minute=0.1, sms=0)),
                is_marked_for_training=marks,
            )
        )

    async def history(self) -> CallHistory:
        """The call as it is now."""
        found = await self.store.history(CALL.call_id)
        assert found is not None
        return found

    async def details(self) -> dict[str, tuple[str, str]]:
        """What became of each step."""
        work = await CallWork(self.store.database).of_call(CALL.call_id)
        assert work is not None
        return {each.step: (each.state.value, each.detail) for each in work.steps}


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:
    store = await SqlStore.open(sqlite_url)
    await store.add_call(replace(CALL, ended_at=None, end_reason=""))
    for second, (who, text) in enumerate(
        [("assistant", "Hello."), ("caller", "There is water here."), ("assistant", "Where?"), ("caller", "Boston.")]
    ):
        await store.append_message(CALL.call_id, said_at=at(second), persona=who, text=text)
    await store.end_call(CALL.call_id, ended_at=at(60), reason="caller_hung_up")
    await CallWork(store.database).asked(CALL.call_id, work_id=CALL.call_id, at=at(61))
    yield Office(store)
    await store.close()


async def run(worker: AfterCall, times: int = 2) -> None:
    """All steps, each as often."""
    for step in Step:
        for _ in range(times):
            await worker.do(WANTED, step)
    await worker.finish(WANTED)


async def test_a_model_does_the_work_once(office: Office) -> None:
    """Synthesis, next action, message, cost and mark, though every step is done twice."""
    await run(office.worker(SYNTHESIS, ACTION))
    history = await office.history()
    assert history.synthesis is not None
    assert history.synthesis.short == "Water."
    assert not history.synthesis.is_extractive
    assert history.next_action is not None
    assert history.next_action.action is NextAction.COMMERCIAL_OFFER
    assert [usage.model for usage in history.usages] == ["slow", "slow"]
    ((number, text, key, first_sent_at),) = office.phone.sent
    assert (number, key is not None, first_sent_at is not None) == (CALL.phone_number, True, True)
    assert [each.text for each in history.messages if each.action == "sms"] == [text]
    costs = await CallWork(office.store.database).costs([CALL.call_id])
    assert costs[CALL.call_id].telephone_usd == pytest.approx(0.1)
    assert costs[CALL.call_id].prompt_tokens == 200
    assert await office.details() == {
        "synthesis": ("done", "by model"),
        "next_action": ("done", "by model"),
        "sms_report": ("done", ""),
        "cost": ("done", ""),
        "training_mark": ("done", "fit"),
        "learning": ("not_needed", "not configured"),
    }
    assert [each.step for each in office.ended] == list(Step)
    assert office.drained == 1
    work = await CallWork(office.store.database).of_call(CALL.call_id)
    assert work is not None
    assert work.state is WorkState.DONE


async def test_without_a_model_nothing_is_missing(office: Office) -> None:
    """A plain synthesis that says so, and an action by rules; nothing is sent that was not wanted."""
    await run(office.worker(number=False, marks=False))
    history = await office.history()
    assert history.synthesis is not None
    assert history.synthesis.is_extractive
    assert history.next_action is not None
    assert history.next_action.action is NextAction.REQUIRES_EXPERTISE
    details = await office.details()
    assert details["sms_report"] == details["training_mark"] == ("not_needed", "not configured")
    assert office.phone.sent == []


async def test_a_model_that_writes_nonsense_is_replaced(office: Office) -> None:
    """After three tries; each of them is paid."""
    worker = office.worker(ACTION, ACTION, ACTION)
    await worker.do(WANTED, Step.SYNTHESIS)
    assert (await office.details())["synthesis"] == ("done", "extractive")
    assert len((await office.history()).usages) == 3


async def test_a_message_is_sent_under_one_key(office: Office) -> None:
    """A service that is away is asked again, under the same key, with the same text and the same moment."""
    office.phone.statuses = [503, 429, 0]
    worker = office.worker()
    for _ in range(3):
        with pytest.raises(SmsRefused):
            await worker.do(WANTED, Step.SMS_REPORT)
    await worker.do(WANTED, Step.SMS_REPORT)
    assert len(office.phone.sent) == 4
    assert len(set(office.phone.sent)) == 1
    assert len([each for each in (await office.history()).messages if each.action == "sms"]) == 1


async def test_a_message_that_is_refused_is_not_sent_again(office: Office) -> None:
    """The number cannot be written to: the step has failed, and the work with it."""
    office.phone.statuses = [400]
    await run(office.worker())
    assert (await office.details())["sms_report"] == ("failed", "refused: 400")
    assert len(office.phone.sent) == 1
    assert [work.call_id for work in await CallWork(office.store.database).failed()] == [CALL.call_id]


async def test_nobody_is_written_to_who_need_not_be(office: Office) -> None:
    """Who has written STOP; a call that nobody took; a number that is not known."""
    store = office.store
    await Callbacks(store.database).opt_out(CALL.phone_number, since=at(0))
    await office.worker().do(WANTED, Step.SMS_REPORT)
    for call_id, number in (("silent", "+33612345678"), ("withheld", "")):
        await store.add_call(replace(CALL, call_id=call_id, phone_number=number, ended_at=None))
        await store.end_call(call_id, ended_at=at(60), reason="not_answered")
        await office.worker().do(Wanted(call_id, call_id), Step.SMS_REPORT)
    assert [each.detail for each in office.ended] == ["opted out", "nobody spoke", "no number"]
    assert office.phone.sent == []


async def test_what_is_given_up_is_seen(office: Office) -> None:
    """With the reason; the steps after it do what they can."""
    worker = office.worker()
    await worker.give_up(WANTED, Step.SYNTHESIS, "StoreError")
    await worker.do(WANTED, Step.SMS_REPORT)
    await worker.do(WANTED, Step.TRAINING_MARK)
    await worker.finish(WANTED)
    assert (await office.details())["synthesis"] == ("failed", "StoreError")
    assert "There is water here." in office.phone.sent[0][1]
    assert office.ended[0].state is StepState.FAILED


async def test_a_call_that_is_erased_meanwhile(office: Office) -> None:
    """Nothing is left to be done, and nothing fails."""
    await Erasure(office.store.database).delete([CALL.call_id])
    worker = office.worker()
    await run(worker, times=1)
    await worker.give_up(WANTED, Step.COST, "x")
    assert office.ended == []
    assert office.phone.sent == []


async def test_nobody_is_written_to_long_after_a_call(office: Office) -> None:
    """As after one that was found to be lost when a server starts that had stood still for days."""
    office.now = 60 + 2 * 24 * 3600.0
    await office.worker().do(WANTED, Step.SMS_REPORT)
    assert [each.detail for each in office.ended] == ["too late"]
    assert office.phone.sent == []
