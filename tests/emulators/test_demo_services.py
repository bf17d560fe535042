"""What a profile brings when it brings nothing."""

from datetime import UTC, datetime
from typing import cast

from emulators.demo_services import Around, DemoServices
from emulators.server_process import ServerProcess
from stores.records import CallHistory, CallRecord, Direction


async def test_nothing_more_is_there_and_nothing_more_is_expected() -> None:
    """The server is told nothing, nobody else takes part, and no call is wrong."""
    services = DemoServices()
    history = CallHistory(CallRecord("c", Direction.INBOUND, "", datetime.now(UTC), ()))
    assert dict(services.environment) == {}
    assert (services.problems(), services.judged(history)) == ((), ())
    async with services.around(Around(cast(ServerProcess, None), {})):
        assert "claim" in services.success
