"""How a call begins, where the network's own tests do not see it."""

import asyncio

from emulators.acs_call_requests import CreateCallRequest, Identifier, PhoneNumber
from emulators.call_result import CallEnd
from emulators.call_rings import Bell, OutboundRing
from emulators.network_script import PickUp, Reaction
from emulators.switchboard import Leg, Switchboard


def placed() -> Leg:
    """A call that the server placed."""
    number = PhoneNumber(value="+12025550143")
    request = CreateCallRequest(
        targets=[Identifier(phone_number=number)], callback_uri="http://a/cb", source_caller_id_number=number
    )
    return Switchboard().place(request)


async def ring(reaction: Reaction, *, hangs_up: bool = False) -> tuple[CallEnd | None, list[str]]:
    """Ring once; return how it ended, and what was told."""
    told: list[str] = []
    bell = Bell(told=lambda name, detail: told.append(f"{name} {detail}".strip()), failed=told.append)
    if hangs_up:
        bell.decided.set()
    async with asyncio.TaskGroup() as tasks:
        return await OutboundRing(reaction).run(placed(), bell, tasks), told


async def test_a_telephone_that_is_answered() -> None:
    """The call is up."""
    assert await ring(Reaction()) == (None, ["answered"])


async def test_a_telephone_that_is_not() -> None:
    """The call is over, and why."""
    assert await ring(Reaction(PickUp.BUSY)) == (CallEnd.NOT_TAKEN, ["not_taken busy"])


async def test_a_server_that_does_not_wait() -> None:
    """It hung up before anybody answered."""
    assert await ring(Reaction(after_s=60), hangs_up=True) == (CallEnd.SERVER, [])
