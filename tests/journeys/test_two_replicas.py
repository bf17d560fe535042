"""Two server processes on one PostgreSQL: what comes to one is heard in the call on the other."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

from emulators.grid_subscriptions import Subscription
from emulators.phone import PhoneNetwork
from emulators.scenario import At, HangUp, Scenario
from emulators.server_process import ServerProcess
from providers.piper import PiperTextToSpeech
from stores.sql import SqlStore
from tests.support.configured import CLAIM
from tests.support.postgres_server import PostgresServer

CALLER = "+12025550143"


async def test_a_message_to_one_replica_is_heard_in_the_call_on_the_other(
    voice: PiperTextToSpeech, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """They start at once on an empty database; the message is told and kept once, and answers the question."""
    url = postgres_server.create_database()
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(PhoneNetwork())
        environment = {
            "COMMUNICATION_SERVICES__ENDPOINT": network.endpoint,
            "COMMUNICATION_SERVICES__ACCESS_KEY": network.access_key,
            "CONVERSATION__CLAIM": json.dumps(CLAIM),
            "DATABASE__URL": url,
        }
        servers = [ServerProcess(environment, log_path=tmp_path / f"{name}.log") for name in ("one", "two")]
        async with asyncio.TaskGroup() as starting:
            for server in servers:
                stack.push_async_callback(server.stop)
                starting.create_task(server.__aenter__())
        one, two = servers
        # Calls go to the one, messages to the other, and none of them to both.
        for server, kind in ((two, "IncomingCall"), (one, "SMSReceived")):
            webhook_url, kinds = f"{server.url}/eventgrid", frozenset({f"Microsoft.Communication.{kind}"})
            await network.subscribe(webhook_url, Subscription(webhook_url, event_types=kinds))
        store = await SqlStore.open(url)
        stack.push_async_callback(store.close)
        scenario = Scenario("writer", (HangUp(At(10_000)),))
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(network.call(scenario, voice=voice, webhook_url=f"{two.url}/eventgrid"))
            async with asyncio.timeout(60):
                while not (found := await store.latest_calls()) or not found[0].messages:  # greeted
                    await asyncio.sleep(0.05)
            await network.send_sms(CALLER, "It happened in Boston.")
        assert call.result().protocol_errors == ()
        async with asyncio.timeout(60):
            while (await store.latest_calls())[0].call.is_live:
                await asyncio.sleep(0.05)
        (history,) = await store.latest_calls()
    assert [message.text for message in history.messages if message.action == "sms"] == ["It happened in Boston."]
    assert "Boston" in history.claim["incident_location"]
    assert history.messages[-1].persona == "assistant"
    for server_log in ("one.log", "two.log"):
        assert "Traceback" not in (tmp_path / server_log).read_text(encoding="utf-8")
