"""What the doors count and log."""

import logging

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from calls.doors import REASONS, Door, DoorRoute, DoorSocket, Refusal, Refusals


def test_a_refusal_is_counted_and_logged_by_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    """One line each, with the door, the reason, and the call where its address was right."""
    refusals = Refusals()
    with caplog.at_level(logging.WARNING):
        refusals.note(Door.EVENT_GRID, Refusal.WRONG_SECRET)
        refusals.note(Door.MEDIA_SOCKET, Refusal.EXPIRED, call_id="c1")
    assert caplog.messages == [
        "event=refused door=event_grid reason=wrong_secret",
        "event=refused door=media_socket reason=expired call_id=c1",
    ]
    assert refusals.counts[Door.EVENT_GRID, Refusal.WRONG_SECRET] == 1
    assert refusals.counts.total() == 2


def test_every_reason_stands_at_zero_from_the_start() -> None:
    """Each door has reasons, each reason has a door, and all are there to be read."""
    counts = Refusals().counts
    assert {door for door, _ in counts} == set(Door)
    assert {reason for _, reason in counts} == set(Refusal)
    assert set(counts.values()) == {0}
    assert len(counts) == sum(len(reasons) for reasons in REASONS.values())


def test_routes_say_which_door_they_have() -> None:
    """The table of routes can be read for it."""

    async def page(request: Request) -> Response:
        return Response()

    async def socket(websocket: WebSocket) -> None:
        await websocket.close()

    assert DoorRoute("/a", page, door=Door.TWILIO, methods=["POST"]).door is Door.TWILIO
    assert DoorSocket("/b", socket, door=Door.MEDIA_SOCKET).door is Door.MEDIA_SOCKET
