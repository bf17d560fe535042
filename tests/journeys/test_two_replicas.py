"""Two replicas on one PostgreSQL: what comes to one is heard in the call on the other."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from assembly.engines import Engines
from emulators.scenario import At, HangUp, Scenario
from providers.piper import PiperTextToSpeech
from tests.journeys.test_beside_the_voice import OURS, QUIET, THEIRS, Clerk
from tests.support.postgres_server import PostgresServer
from tests.support.whole import whole


async def test_a_message_to_one_replica_is_heard_in_the_call_on_the_other(
    engines: Engines, voice: PiperTextToSpeech, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """The first to start makes the schema; the message is answered by voice, and kept once."""
    served = replace(engines, assistant=Clerk(greeting="Hello."))
    sections: dict[str, dict[str, Any]] = {
        "communication_services": {"phone_number": OURS},
        "database": {"url": postgres_server.create_database()},
        "features": QUIET,
    }
    scenario = Scenario("writer", (HangUp(At(9_000)),))
    async with whole(served, tmp_path, **sections) as one, whole(served, tmp_path, **sections) as two:
        await one.network.subscribe(one.webhook_url)
        async with asyncio.TaskGroup() as tasks:
            call = tasks.create_task(two.network.call(scenario, voice=voice, webhook_url=two.webhook_url))
            async with asyncio.timeout(60):
                while not await one.built.store.latest_calls():
                    await asyncio.sleep(0.05)
            await one.network.send_sms(THEIRS, "Alpha Bravo.")
        assert call.result().protocol_errors == ()
        for server in (one, two):
            await server.built.journal.drained()
        (history,) = await one.built.store.latest_calls()
    assert [message.text for message in history.messages if message.action == "sms"] == ["Alpha Bravo."]
    assert history.messages[-1].text == "You wrote Alpha Bravo."
    assert (history.call.end_reason, history.call.is_live) == ("caller_hung_up", False)
