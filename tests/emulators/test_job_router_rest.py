"""What the pretended Job Router refuses, and remembers."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from azure.communication.jobrouter.aio import JobRouterClient
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
            (client.cancel_job("j"), 404),
            (client.accept_job_offer("w", "o"), 404),
            (client.get_worker("w"), 404),
        ):
            with pytest.raises(HttpResponseError) as refused:
                await asking
            assert refused.value.status_code == status
    assert len(service.refusals) == 5
    assert "capacty" in service.refusals[1]
