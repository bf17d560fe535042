"""What every router must do.

A test module of an implementation subclasses ``RouterContract`` and provides the fixture ``bench``.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from routing.errors import IllegalJobStep, InvalidSetup, OfferGone, UnknownJob, UnknownWorker
from routing.happenings import (
    JobCancelled,
    JobClosed,
    JobCompleted,
    JobQueued,
    JobUnassigned,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferIssued,
    OfferRevoked,
)
from routing.values import JOB_LABEL, Change, JobStatus, Queue, Selector, WorkerState
from tests.routing.bench import ANN, BOB, EVE, JOB, QUEUE, Bench, Told, first_offer, set_up, waits


class RouterContract:
    """Offers, and what becomes of them."""

    async def test_the_best_is_offered_the_job(self, bench: Bench) -> None:
        """Whoever scored highest, for as long as the policy says; who scored is told what the job is about."""
        await set_up(bench, ANN, BOB, EVE)
        offer = await first_offer(bench)
        assert (offer.worker_id, offer.job_id, offer.cost) == ("ann", "job-1", 1)
        assert offer.expires_at - offer.offered_at == timedelta(seconds=30)
        labels, _ = bench.scorer.asked[0]
        assert dict(labels) == {**JOB.labels, JOB_LABEL: "job-1"}
        assert {worker for _, workers in bench.scorer.asked for worker in workers} == {"ann", "bob", "eve"}
        view = await bench.router.job("job-1")
        assert view.job == JOB
        assert (view.status, [each.offer_id for each in view.offers]) == (JobStatus.QUEUED, [offer.offer_id])

    async def test_an_offer_is_accepted(self, bench: Bench) -> None:
        """The job is assigned, once; completed it takes capacity still, closed it does not."""
        await set_up(bench, ANN)
        offer = await first_offer(bench)
        assert (await bench.router.worker("ann")).load == 1
        taken = await bench.router.accept("ann", offer.offer_id)
        assert (taken.job_id, taken.worker_id, taken.cost) == ("job-1", "ann", 1)
        with pytest.raises(OfferGone):
            await bench.router.accept("ann", offer.offer_id)
        view = await bench.router.job("job-1")
        assert (view.status, view.offers) == (JobStatus.ASSIGNED, ())
        assert [each.assignment_id for each in view.assignments] == [taken.assignment_id]
        await bench.router.complete_job("job-1", taken.assignment_id)
        assert (await bench.router.job("job-1")).status is JobStatus.COMPLETED
        assert (await bench.router.worker("ann")).load == 1
        await bench.router.close_job("job-1", taken.assignment_id)
        assert (await bench.router.job("job-1")).status is JobStatus.CLOSED
        assert (await bench.router.worker("ann")).load == 0
        async with bench.router.follow("job-1") as told:
            heard = Told(told)
            await heard.to_end()
        assert [type(each) for each in heard.all] == [JobQueued, OfferIssued, OfferAccepted, JobCompleted, JobClosed]
        accepted = heard.all[2]
        assert isinstance(accepted, OfferAccepted)
        assert accepted.assignment_id == taken.assignment_id

    async def test_the_first_of_several_takes_it(self, bench: Bench) -> None:
        """Two are asked at once; when one accepts, the other's offer is revoked."""
        await set_up(bench, ANN, BOB, EVE, concurrent_offers=2)
        await bench.router.create_job(JOB)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            first, second = await told.offer(), await told.offer()
            assert [first.worker_id, second.worker_id] == ["ann", "bob"]
            await bench.router.accept("bob", second.offer_id)
            await told.until(OfferRevoked)
        assert told.ids(OfferRevoked) == ["ann"]
        with pytest.raises(OfferGone):
            await bench.router.accept("ann", first.offer_id)
        assert (await bench.router.worker("ann")).load == 0

    async def test_a_declined_job_goes_to_the_next(self, bench: Bench) -> None:
        """To the next best; who has declined is asked again after they registered anew."""
        await set_up(bench, ANN, BOB)
        await bench.router.create_job(JOB)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            await bench.router.decline("ann", (await told.offer()).offer_id)
            again = await told.offer()
            assert again.worker_id == "bob"
            await bench.router.decline("bob", again.offer_id)
            await told.until(OfferDeclined)
            assert await waits(bench, "job-1")
            await bench.router.set_available("bob", False)
            await bench.router.set_available("bob", True)
            assert (await told.offer()).worker_id == "bob"
        assert told.ids(OfferDeclined) == ["ann", "bob"]
        assert (await bench.router.worker("ann")).state is WorkerState.ACTIVE

    async def test_who_declined_for_now_is_asked_again(self, bench: Bench) -> None:
        """When their pause is over, and not before."""
        await set_up(bench, ANN)
        await bench.router.create_job(JOB)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            offer = await told.offer()
            await bench.router.decline("ann", offer.offer_id, retry_after=timedelta(seconds=20))
            await told.until(OfferDeclined)
            await bench.pass_time(10)
            assert await waits(bench, "job-1")
            await bench.pass_time(11)
            assert (await told.offer()).worker_id == "ann"

    async def test_an_offer_expires(self, bench: Bench) -> None:
        """The next is asked; who let it ring is asked nothing more until they register anew."""
        await set_up(bench, ANN, BOB)
        await bench.router.create_job(JOB)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            offer = await told.offer()
            await bench.pass_time(31)
            assert (await told.offer()).worker_id == "bob"
        assert told.ids(OfferExpired) == ["ann"]
        with pytest.raises(OfferGone):
            await bench.router.accept("ann", offer.offer_id)
        view = await bench.router.worker("ann")
        assert (view.state, view.worker.is_available) == (WorkerState.INACTIVE, False)

    async def test_other_labels_revoke_an_offer(self, bench: Bench) -> None:
        """The worker is not as they were scored: all is thought over."""
        await set_up(bench, ANN, BOB)
        await bench.router.create_job(JOB)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            offer = await told.offer()
            bench.scorer.scores["ann"] = 0.2
            await bench.router.update_labels("ann", {"CSAT": 1.1, "Lang": None, "Night": True})
            assert (await told.offer()).worker_id == "bob"
        assert told.ids(OfferRevoked) == ["ann"]
        assert dict((await bench.router.worker("ann")).worker.labels) == {"CSAT": 1.1, "Night": True}
        with pytest.raises(OfferGone):
            await bench.router.accept("ann", offer.offer_id)

    async def test_the_same_labels_revoke_nothing(self, bench: Bench) -> None:
        """What was known already is no change."""
        await set_up(bench, ANN, BOB)
        offer = await first_offer(bench)
        await bench.router.update_labels("ann", {"CSAT": 2.9})
        await bench.router.accept("ann", offer.offer_id)

    async def test_jobs_wait_until_somebody_takes_them(self, bench: Bench) -> None:
        """The longest first, with their offers; another queue has none of them, nor has one that is not there."""
        await set_up(bench, ANN)
        assert await bench.router.waiting_jobs("claims") == ()
        offer = await first_offer(bench)
        await bench.pass_time(5)
        await bench.router.create_job(replace(JOB, job_id="job-0", call_id="call-2"))
        first, second = await bench.router.waiting_jobs("claims")
        assert (first.job, [each.offer_id for each in first.offers]) == (JOB, [offer.offer_id])
        assert (second.job.job_id, second.job.call_id, second.offers) == ("job-0", "call-2", ())
        assert second.enqueued_at - first.enqueued_at == timedelta(seconds=5)
        assert await bench.router.waiting_jobs("nowhere") == ()
        await bench.router.accept("ann", offer.offer_id)
        assert [each.job.job_id for each in await bench.router.waiting_jobs("claims")] == ["job-0"]
        await bench.router.cancel_job("job-0")
        assert await bench.router.waiting_jobs("claims") == ()

    async def test_two_jobs_at_once(self, bench: Bench) -> None:
        """Nobody is asked for more than they can take: an open offer takes capacity, too."""
        await set_up(bench, ANN, BOB)
        first = await first_offer(bench)
        second = await first_offer(bench, replace(JOB, job_id="job-2"))
        assert [first.worker_id, second.worker_id] == ["ann", "bob"]
        await bench.router.create_job(replace(JOB, job_id="job-3"))
        assert await waits(bench, "job-3")
        assert (await bench.router.queue("claims")).length == 3
        taken = await bench.router.accept("ann", first.offer_id)
        await bench.router.complete_job("job-1", taken.assignment_id)
        assert await waits(bench, "job-3")
        await bench.router.close_job("job-1", taken.assignment_id)
        async with bench.router.follow("job-3") as told:
            assert (await Told(told).offer()).worker_id == "ann"

    async def test_jobs_created_together_are_offered_once_each(self, bench: Bench) -> None:
        """However they overlap, each worker has one offer, and each job one."""
        await set_up(bench, ANN, BOB, EVE)
        jobs = [replace(JOB, job_id=f"job-{n}") for n in range(3)]
        async with asyncio.TaskGroup() as tasks:
            offers = [tasks.create_task(first_offer(bench, job)) for job in jobs]
        assert sorted(task.result().worker_id for task in offers) == ["ann", "bob", "eve"]
        for worker in await bench.router.workers("claims"):
            assert worker.load == 1

    async def test_a_worker_with_room_for_two(self, bench: Bench) -> None:
        """Has two, and no third."""
        await set_up(bench, replace(ANN, capacity=2))
        for job_id in ("job-1", "job-2"):
            offer = await first_offer(bench, replace(JOB, job_id=job_id))
            assert offer.worker_id == "ann"
        await bench.router.create_job(replace(JOB, job_id="job-3"))
        assert await waits(bench, "job-3")
        assert (await bench.router.worker("ann")).load == 2

    async def test_nobody_is_there(self, bench: Bench) -> None:
        """The job waits, and the first who signs in is asked."""
        await set_up(bench, replace(ANN, is_available=False))
        await bench.router.create_job(JOB)
        assert await waits(bench, "job-1")
        assert (await bench.router.queue("claims")).length == 1
        await bench.router.set_available("ann", True)
        async with bench.router.follow("job-1") as told:
            assert (await Told(told).offer()).worker_id == "ann"

    async def test_who_signs_out_is_not_asked(self, bench: Bench) -> None:
        """Their open offer is revoked, and the next is asked."""
        await set_up(bench, ANN, BOB)
        await bench.router.create_job(JOB)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            await told.offer()
            await bench.router.set_available("ann", False)
            assert (await told.offer()).worker_id == "bob"
        assert told.ids(OfferRevoked) == ["ann"]

    async def test_only_who_has_what_is_asked_for(self, bench: Bench) -> None:
        """However well others score."""
        await set_up(bench, ANN, BOB, EVE)
        offer = await first_offer(bench, replace(JOB, selectors=(Selector("Lang", "fr"),)))
        assert offer.worker_id == "eve"
        assert (await bench.router.job("job-1")).job.selectors == (Selector("Lang", "fr"),)

    async def test_a_job_is_cancelled(self, bench: Bench) -> None:
        """Its offer is revoked, its follower told that all is over; a second time changes nothing."""
        await set_up(bench, ANN)
        await bench.router.create_job(JOB)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            offer = await told.offer()
            await bench.router.cancel_job("job-1", note="caller hung up")
            await told.to_end()
        assert [type(each) for each in told.all] == [JobQueued, OfferIssued, OfferRevoked, JobCancelled]
        await bench.router.cancel_job("job-1")
        assert (await bench.router.job("job-1")).status is JobStatus.CANCELLED
        assert (await bench.router.worker("ann")).load == 0
        with pytest.raises(OfferGone):
            await bench.router.accept("ann", offer.offer_id)

    async def test_a_job_is_given_back(self, bench: Bench) -> None:
        """The caller could not be brought to the worker: another one is asked."""
        await set_up(bench, ANN, BOB)
        offer = await first_offer(bench)
        taken = await bench.router.accept("ann", offer.offer_id)
        await bench.router.set_available("ann", False)
        assert (await bench.router.worker("ann")).state is WorkerState.DRAINING
        await bench.router.unassign_job("job-1", taken.assignment_id)
        async with bench.router.follow("job-1") as following:
            told = Told(following)
            await told.until(JobUnassigned)
            second = await told.offer()
        assert second.worker_id == "bob"
        again = await bench.router.accept("bob", second.offer_id)
        assert [each.worker_id for each in (await bench.router.job("job-1")).assignments if not each.closed_at] == [
            "bob"
        ]
        assert again.assignment_id != taken.assignment_id

    async def test_what_cannot_be(self, bench: Bench) -> None:
        """Each with its own error, and nothing is changed."""
        await set_up(bench, ANN)
        offer = await first_offer(bench)
        with pytest.raises(OfferGone):
            await bench.router.accept("bob", offer.offer_id)
        with pytest.raises(OfferGone):
            await bench.router.decline("ann", "nothing")
        for asking in (bench.router.job("nobody"), bench.router.cancel_job("nobody")):
            with pytest.raises(UnknownJob):
                await asking
        with pytest.raises(UnknownWorker):
            await bench.router.worker("nobody")
        with pytest.raises(UnknownWorker):
            await bench.router.set_available("nobody", True)
        with pytest.raises(UnknownWorker):
            await bench.router.update_labels("nobody", {"CSAT": 1})
        with pytest.raises(InvalidSetup):
            await bench.router.queue("nowhere")
        with pytest.raises(InvalidSetup):
            await bench.router.create_job(replace(JOB, job_id="job-9", queue_id="nowhere"))
        taken = await bench.router.accept("ann", offer.offer_id)
        with pytest.raises(IllegalJobStep):
            await bench.router.close_job("job-1", taken.assignment_id)
        with pytest.raises(IllegalJobStep):
            await bench.router.complete_job("job-1", "nothing")
        await bench.router.complete_job("job-1", taken.assignment_id)
        with pytest.raises(IllegalJobStep):
            await bench.router.cancel_job("job-1")

    async def test_the_same_job_again(self, bench: Bench) -> None:
        """Changes nothing: whoever asks twice has one job."""
        await set_up(bench, ANN)
        offer = await first_offer(bench)
        await bench.router.create_job(JOB)
        assert [each.offer_id for each in (await bench.router.job("job-1")).offers] == [offer.offer_id]
        assert (await bench.router.queue("claims")).length == 1

    async def test_setting_up_twice(self, bench: Bench) -> None:
        """Says what it changes, and changes it once; a trial changes nothing."""
        new = [Change("policy", "best"), Change("queue", "claims"), Change("worker", "ann"), Change("worker", "bob")]
        assert list(await bench.router.set_up(bench.policy, QUEUE, (ANN, BOB), is_dry_run=True)) == new
        assert await bench.router.workers() == ()
        assert list(await bench.router.set_up(bench.policy, QUEUE, (ANN, BOB))) == new
        assert await bench.router.set_up(bench.policy, QUEUE, (ANN, BOB)) == ()
        slower = replace(bench.policy, offer_expires_s=45.0)
        better = replace(BOB, labels={"CSAT": 2.2}, name="Robert")
        changed = await bench.router.set_up(slower, QUEUE, (ANN, better))
        assert changed == (Change("policy", "best", ("offer_expires_s",)), Change("worker", "bob", ("name", "labels")))
        assert (await bench.router.worker("bob")).worker == better
        assert (await bench.router.worker("ann")).worker == ANN

    async def test_setting_up_signs_nobody_in_or_out(self, bench: Bench) -> None:
        """Who is on a break stays there."""
        await set_up(bench, ANN)
        await bench.router.set_available("ann", False)
        assert await bench.router.set_up(bench.policy, QUEUE, (ANN,)) == ()
        assert not (await bench.router.worker("ann")).worker.is_available

    async def test_a_setup_that_contradicts_itself(self, bench: Bench) -> None:
        """Is refused as a whole."""
        with pytest.raises(InvalidSetup, match="named twice"):
            await bench.router.set_up(bench.policy, QUEUE, (ANN, ANN))
        with pytest.raises(InvalidSetup, match="policy"):
            await bench.router.set_up(bench.policy, Queue("claims", "other"), ())
        with pytest.raises(InvalidSetup, match="no queue"):
            await bench.router.set_up(bench.policy, QUEUE, (replace(ANN, queue_ids=("nowhere",)),))
        assert await bench.router.workers() == ()
