"""What the pretended Job Router refuses, and remembers."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
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


async def test_unsigned_requests(service: JobRouterEmulator) -> None:
    """Are refused, and remembered."""
    async with aiohttp.ClientSession() as http, http.get(f"{service.endpoint}/routing/jobs/j") as response:
        assert response.status == 401
        assert json.loads(await response.text())["error"]["code"]
    assert len(service.refusals) == 1


async def test_what_it_does_not_know(service: JobRouterEmulator) -> None:
    """A version, a field, an object, each with its status; to ask for what is not there is no fault."""
    credential = AzureKeyCredential(DEFAULT_KEY)
    of_old: Any = JobRouterClient(service.endpoint, credential, api_version="2021-10-20-preview2")
    of_today: Any = JobRouterClient(service.endpoint, credential)
    async with of_old as old, of_today as client:
        for asking, status in (
            (old.get_job("j"), 400),
            (client.upsert_worker("w", {"capacty": 1}), 400),
            (client.upsert_worker("w", {"queues": ["nowhere"]}), 400),
            (client.upsert_worker("w", {"channels": [{"channelId": "voice"}]}), 400),
            (client.cancel_job("j"), 404),
            (client.accept_job_offer("w", "o"), 404),
            (client.get_worker("w"), 404),
        ):
            with pytest.raises(HttpResponseError) as refused:
                await asking
            assert refused.value.status_code == status
    assert len(service.refusals) == 6
    assert "capacty" in service.refusals[1]


async def test_a_job_with_its_own_price(service: JobRouterEmulator) -> None:
    """A channel's cost and its most jobs count, the queue is counted, and so is how often a job was given back."""
    credential = AzureKeyCredential(DEFAULT_KEY)
    jobs: Any = JobRouterClient(service.endpoint, credential)
    policies: Any = JobRouterAdministrationClient(service.endpoint, credential)
    async with jobs as client, policies as administration:
        mode = sdk.BestWorkerMode(min_concurrent_offers=1, max_concurrent_offers=1)
        await administration.upsert_distribution_policy("p", offer_expires_after_seconds=600, mode=mode)
        await administration.upsert_queue("q", distribution_policy_id="p")
        channels = [
            sdk.RouterChannel(channel_id="voice", capacity_cost_per_job=60),
            sdk.RouterChannel(channel_id="chat", capacity_cost_per_job=20, max_number_of_jobs=1),
        ]
        worker = sdk.RouterWorker(capacity=100, queues=["q"], channels=channels, available_for_offers=True)
        await client.upsert_worker("w", worker)
        for name, channel in (("v1", "voice"), ("v2", "voice"), ("c1", "chat"), ("c2", "chat")):
            await client.upsert_job(name, channel_id=channel, queue_id="q")
        while len((known := await client.get_worker("w")).offers) < 2:
            await asyncio.sleep(0.01)
        assert {(each.job_id, each.capacity_cost) for each in known.offers} == {("v1", 60), ("c1", 20)}
        assert known.load_ratio == 0.8
        assert (await client.get_queue_statistics("q")).length == 4
        (offer,) = [each for each in known.offers if each.job_id == "v1"]
        for times in (1, 2):
            taken = await client.accept_job_offer("w", offer.offer_id)
            assert (await client.get_queue_statistics("q")).length == 3
            given_back = await client.unassign_job("v1", taken.assignment_id)
            assert given_back.unassignment_count == times
            while not (again := [each for each in (await client.get_worker("w")).offers if each.job_id == "v1"]):
                await asyncio.sleep(0.01)
            (offer,) = again
        assert [each.id async for each in client.list_workers(channel_id="chat")] == ["w"]
        assert [each.id async for each in client.list_workers(channel_id="letters")] == []
        for refused in (
            client.close_job("v1", "a", sdk.CloseJobOptions(close_at=datetime(2030, 1, 1, tzinfo=UTC))),
            client.unassign_job("v1", "a", sdk.UnassignJobOptions(suspend_matching=True)),
        ):
            with pytest.raises(HttpResponseError, match="this emulator"):
                await refused


async def test_many_workers_are_listed_by_pages(service: JobRouterEmulator) -> None:
    """The address of the next one stands beside, with what was asked for; nobody is told twice."""
    of_today: Any = JobRouterClient(service.endpoint, AzureKeyCredential(DEFAULT_KEY))
    names = [f"w-{number}" for number in range(5)]
    async with of_today as client:
        for name in names:
            await client.upsert_worker(name, sdk.RouterWorker(capacity=1))
        pages = client.list_workers(state="inactive", results_per_page=2).by_page()
        assert [[each.id async for each in page] async for page in pages] == [names[:2], names[2:4], names[4:]]
        with pytest.raises(HttpResponseError, match="hasCapacity: this emulator does not know it"):
            assert [each async for each in client.list_workers(has_capacity=True)]
