"""The search for a human, by the deeds of a call, on a clock that jumps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from calls.callbacks import CallTransferAccepted, CallTransferFailed, ParticipantsUpdated
from calls.deeds import Deeds, Means
from calls.handover import TakeBackReason
from calls.initiate import CallInitiate
from calls.ports import TransferTarget
from calls.requests import Requests
from calls.session import CallSession, HandOverAsked, Notice, TakenBack
from calls.settings import LiveCallsSettings
from pipeline.records import ToolCalled
from routing.happenings import JobUnassigned, OfferDeclined
from routing.values import Worker
from tests.support.fake_router import ANN, FakeRouter, accepted, desk_with, issued
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, FakeControl, Notes

CALLER, FIXED, OWN = "+15550001111", "+33612345678", "+33155550112"
SOUGHT, NOT_REACHED = TakenBack(TakeBackReason.HUMAN_SOUGHT), TakenBack(TakeBackReason.NOT_REACHED)
ANN_COMES = HandOverAsked("Ann", may_wait=True)
CONTEXT = {"CallId": "c", "Reason": "billing", "Language": "fr-FR"}


@dataclass
class Scene:
    """One call, and everybody that its search concerns."""

    deeds: Deeds
    session: CallSession
    control: FakeControl
    notes: Notes
    router: FakeRouter

    async def told(self) -> list[Notice]:
        """What the conversation was told meanwhile."""
        await asyncio.sleep(0.1)
        found = []
        try:
            while True:
                async with asyncio.timeout(0.01):
                    found.append(await self.session.next_notice())
        except TimeoutError:
            return found

    async def wants(self, reason: str = "billing") -> list[Notice]:
        """The caller wants a human."""
        self.session.request_transfer(CONTEXT | {"Reason": reason})
        return await self.told()


@asynccontextmanager
async def scene(*workers: Worker, fixed: str = "", own: str = "", is_down: bool = False) -> AsyncIterator[Scene]:
    """A call that is up."""
    control, notes, router = FakeControl(), Notes(), FakeRouter(*workers)
    router.is_down = is_down
    about = CallInitiate(task="Help.", agent_phone_number=fixed)
    settings = LiveCallsSettings(public_url="https://bot.example", initiate=about)
    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        means = Means(
            control=control,
            sms=None,
            log=notes,
            requests=requests,
            settings=settings,
            utc_now=lambda: NOW,
            desk=desk_with(router, notes),
        )
        deeds = Deeds(means, lambda _: None)
        initiate = CallInitiate(task="Help.", agent_phone_number=own or fixed)
        session = CallSession(call_id="c", caller_number=CALLER, called_number="", deeds=deeds, initiate=initiate)
        deeds.belong_to(session, "c/secret")
        deeds.named("conn")
        yield Scene(deeds, session, control, notes, router)


@on_jumping_time
async def test_the_best_takes_over() -> None:
    """The caller hears of it before; the human is told why; when the call ends they are free."""
    async with scene() as here:
        assert await here.wants() == [SOUGHT]
        (job,) = here.router.jobs
        assert (job.job_id, job.queue_id, job.call_id) == ("c-1", "antiphon", "c")
        assert job.labels == {"CallId": "c", "Lang": "fr", "Topic": "Help."}
        here.router.tell(issued(), accepted(), accepted())
        assert await here.told() == [ANN_COMES]
        assert here.control.transfers == []
        assert await here.wants("asked by hand") == []
        assert here.control.transfers == [("conn", TransferTarget("+12025550111", CONTEXT))]
        here.deeds.happened(CallTransferAccepted("conn"))
        assert here.router.asked == []
        here.deeds.end()
        await asyncio.sleep(0.1)
        assert here.router.asked == ["complete c-1 a-1", "close c-1 a-1"]
    results = [each.result for each in here.notes.records if isinstance(each, ToolCalled)]
    assert results == ["Ann scored highest: 0.83 (by formula)", "asked", "accepted"]
    assert here.notes.failures == []


@on_jumping_time
async def test_who_declines_leaves_the_caller_to_the_next() -> None:
    """The caller hears only who takes over; who gives back what they took is no end of the search."""
    async with scene(ANN, Worker("ben", "Ben", "+12025550112")) as here:
        await here.wants()
        declined = OfferDeclined("o-0", "c-1", "ben", NOW)
        here.router.tell(issued("ben", "o-0"), declined, issued(), accepted())
        assert await here.told() == [ANN_COMES]
        here.router.tell(JobUnassigned("c-1", "a-1", "ann", NOW))
        assert await here.told() == [SOUGHT]


@on_jumping_time
async def test_nobody_is_free_in_time() -> None:
    """The caller hears now and then that we are at it, then that nobody is there; a colleague is to call back."""
    async with scene() as here:
        await here.wants()
        await asyncio.sleep(59)
        assert await here.told() == [SOUGHT] * 3
        await asyncio.sleep(1)
        assert await here.told() == [NOT_REACHED]
        assert here.router.asked == ["cancel c-1"]
        assert len(here.notes.reminders) == 1
        assert await here.wants() == [SOUGHT]
        assert here.router.jobs[-1].job_id == "c-2"


@on_jumping_time
async def test_the_router_is_down() -> None:
    """The configured human takes the call, if there is one; else nobody is reached, at once."""
    async with scene(is_down=True) as here:
        assert await here.wants() == [SOUGHT, NOT_REACHED]
        assert here.notes.failures == ["RouterUnavailable"]
        assert len(here.notes.reminders) == 1
    async with scene(is_down=True, fixed=FIXED) as here:
        assert await here.wants() == [SOUGHT, HandOverAsked("", may_wait=True)]
        await here.wants()
        assert [target.number for _, target in here.control.transfers] == [FIXED]


@on_jumping_time
async def test_a_call_with_a_human_of_its_own() -> None:
    """Nobody else is looked for."""
    async with scene(fixed=FIXED, own=OWN) as here:
        assert await here.wants() == []
        assert [target.number for _, target in here.control.transfers] == [OWN]
        assert here.router.jobs == []


@on_jumping_time
async def test_who_hangs_up_while_somebody_is_looked_for() -> None:
    """Nobody is asked for them any more, and no task is left."""
    async with scene() as here:
        await here.wants()
        here.deeds.end()
        await asyncio.sleep(0.1)
        assert here.router.asked == ["cancel c-1"]
        assert not [each for each in asyncio.all_tasks() if "search" in each.get_name()]


@on_jumping_time
async def test_who_was_found_and_does_not_answer() -> None:
    """The caller is told once that nobody is there, and the job is dropped."""
    async with scene() as here:
        await here.wants()
        here.router.tell(accepted())
        await here.told()
        await here.wants()
        here.deeds.happened(CallTransferFailed("conn", 603))
        assert await here.told() == [NOT_REACHED]
        assert here.router.asked == ["cancel c-1"]
        assert len(here.notes.reminders) == 1


@on_jumping_time
async def test_who_leaves_is_free_again() -> None:
    """While the call goes on."""
    async with scene() as here:
        await here.wants()
        here.router.tell(accepted())
        await here.told()
        await here.wants()
        here.deeds.happened(CallTransferAccepted("conn"))
        here.deeds.happened(ParticipantsUpdated("conn", (f"4:{CALLER}", "4:+12025550111")))
        here.deeds.happened(ParticipantsUpdated("conn", (f"4:{CALLER}",)))
        assert await here.told() == [TakenBack(TakeBackReason.HUMAN_LEFT)]
        assert here.router.asked == ["complete c-1 a-1", "close c-1 a-1"]


@on_jumping_time
async def test_a_job_that_others_end() -> None:
    """Nobody comes: the caller is told."""
    async with scene() as here:
        await here.wants()
        here.router.tell(None)
        assert await here.told() == [NOT_REACHED]
        assert here.router.asked == []


@on_jumping_time
async def test_a_human_who_has_no_number() -> None:
    """Cannot be called: the human of last resort can."""
    async with scene(Worker("ann", "Ann", "8:acs:ann"), fixed=FIXED) as here:
        await here.wants()
        here.router.tell(accepted())
        assert await here.told() == [HandOverAsked("", may_wait=True)]
        assert here.router.asked == ["cancel c-1"]
