"""The pretended Job Router by the SDK itself, beside what our own router asks of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.communication.jobrouter import models as sdk
from azure.communication.jobrouter.aio import JobRouterAdministrationClient, JobRouterClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError

from emulators.job_router import DEFAULT_KEY, JobRouterEmulator


@pytest.fixture
async def service() -> AsyncIterator[JobRouterEmulator]:
    """Up."""
    async with JobRouterEmulator() as service:
        yield service


async def test_a_day_at_the_desk(service: JobRouterEmulator) -> None:
    """Without a rule: the offer of the worker who shares the labels of the job, and what the SDK reads of it."""
    credential = AzureKeyCredential(DEFAULT_KEY)
    jobs: Any = JobRouterClient(service.endpoint, credential)
    policies: Any = JobRouterAdministrationClient(service.endpoint, credential)
    async with jobs as client, policies as administration:
        mode = sdk.BestWorkerMode(min_concurrent_offers=1, max_concurrent_offers=1)
        await administration.upsert_distribution_policy("p", offer_expires_after_seconds=60, mode=mode)
        await administration.upsert_queue("q", distribution_policy_id="p")
        channel = sdk.RouterChannel(channel_id="voice", capacity_cost_per_job=1)
        for name, language in (("w-1", "fr"), ("w-2", "en")):
            await client.upsert_worker(
                name,
                sdk.RouterWorker(
                    capacity=1, queues=["q"], channels=[channel], labels={"Lang": language}, available_for_offers=True
                ),
            )
        job = await client.upsert_job("j", channel_id="voice", queue_id="q", labels={"Lang": "en"})
        assert job.status == "queued"
        worker = await client.get_worker("w-2")
        while not worker.offers:
            worker = await client.get_worker("w-2")
        assert (worker.state, worker.load_ratio) == ("active", 1.0)
        taken = await client.accept_job_offer("w-2", worker.offers[0].offer_id)
        with pytest.raises(HttpResponseError) as gone:
            await client.accept_job_offer("w-2", worker.offers[0].offer_id)
        assert gone.value.status_code == 409
        assert [each.id async for each in client.list_workers(state="active", queue_id="q")] == ["w-1", "w-2"]
        assert [each.id async for each in client.list_workers(queue_id="other")] == []
        await client.complete_job("j", taken.assignment_id)
        await client.close_job("j", taken.assignment_id)
        assert (await client.get_job("j")).status == "closed"
        assert (await administration.get_queue("q")).distribution_policy_id == "p"
    assert service.refusals == [
        f"POST /routing/workers/w-2/offers/{worker.offers[0].offer_id}:accept: 409 "
        f"offer {worker.offers[0].offer_id} is not open"
    ]
