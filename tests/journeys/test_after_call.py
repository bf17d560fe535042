"""The work after a call is done once, though the server dies as soon as the caller has hung up."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from emulators.caller_voice import caller_voice
from emulators.network_faults import RestFault
from emulators.phone import PhoneNetwork
from emulators.scenario import HangUp, Line, Scenario
from emulators.server_process import ServerProcess
from stores.call_work import CallWork, WorkRecord
from stores.records import CallHistory, NextAction
from stores.sql import SqlStore
from tests.support.configured import CLAIM
from tests.support.whole import UNHURRIED

OURS = "+12025550100"
REPORT = Scenario("report", (Line("There was a fire in Boston."), HangUp()), patience=UNHURRIED)
SMS_ATTEMPTS = 3
"""Of one request, by the SDK itself."""


async def ended(store: SqlStore) -> str:
    """The id of the only call, once it is over."""
    async with asyncio.timeout(60):
        while True:
            found = await store.latest_calls(limit=2)
            if found and found[0].call.ended_at is not None:
                return found[0].call.call_id
            await asyncio.sleep(0.005)


async def worked_on(store: SqlStore, call_id: str) -> tuple[WorkRecord, CallHistory]:
    """The call, once its work is over."""
    async with asyncio.timeout(120):
        while True:
            work = await CallWork(store.database).of_call(call_id)
            if work is not None and work.ended_at is not None:
                history = await store.history(call_id)
                assert history is not None
                return work, history
            await asyncio.sleep(0.1)


@pytest.mark.timeout(400)
async def test_a_server_that_is_killed_right_after_hang_up(tmp_path: Path) -> None:
    """Started again, it writes the synthesis, sends the message and decides what is next: each once.

    What is more, the service takes the message and its answers are lost: it is asked again, and sends it once.
    """
    url = f"sqlite:///{tmp_path / 'calls.db'}"
    voice = caller_voice()
    async with PhoneNetwork() as network:
        environment = {
            "COMMUNICATION_SERVICES__ENDPOINT": network.endpoint,
            "COMMUNICATION_SERVICES__ACCESS_KEY": network.access_key,
            "COMMUNICATION_SERVICES__PHONE_NUMBER": OURS,
            "CONVERSATION__CLAIM": json.dumps(CLAIM),
            "DATABASE__URL": url,
            "SMS__REPORT": "true",
        }
        store = await SqlStore.open(url)
        async with ServerProcess(environment, log_path=tmp_path / "first.log") as first:
            async with asyncio.TaskGroup() as tasks:
                hung_up = tasks.create_task(ended(store))
                call = network.call(REPORT, voice=voice, webhook_url=f"{first.url}/eventgrid")
                calling = tasks.create_task(call)
                call_id = await hung_up
                os.kill(first.process_id, signal.SIGKILL)
            assert calling.result().ended is not None
            assert await first.ended() == -signal.SIGKILL
        killed = await store.history(call_id)
        assert killed is not None
        assert (killed.synthesis, killed.next_action, network.sms.sent) == (None, None, ())
        for _ in range(SMS_ATTEMPTS):
            network.fail_next(RestFault("sms", after_effect=True))
        async with ServerProcess(environment, log_path=tmp_path / "second.log"):
            work, history = await worked_on(store, call_id)
        assert await store.history(call_id) == history
        await store.close()
        (sms,) = network.sms.sent
    await voice.close()
    assert {each.step: each.state.value for each in work.steps} == {
        "synthesis": "done",
        "next_action": "done",
        "sms_report": "done",
        "cost": "done",
        "training_mark": "not_needed",
        "learning": "not_needed",
    }
    assert history.synthesis is not None
    assert history.synthesis.sequence == 0
    assert history.synthesis.is_extractive
    assert "fire" in history.synthesis.short.lower()
    assert history.next_action is not None
    assert history.next_action.sequence == 0
    assert history.next_action.action in NextAction
    assert (sms.recipient, sms.sender) == (REPORT.caller_number, OURS)
    assert history.synthesis.short in sms.text
    assert [each.text for each in history.messages if each.action == "sms"] == [sms.text]
    log = (tmp_path / "second.log").read_text(encoding="utf-8")
    assert "event=work_step" in log
    assert "dbos" not in log.lower()
    assert "fire" not in log.lower()
