"""The row about calls from a browser."""

from typing import Any

import pytest

from assembly.checkup.findings import NotWorking, State
from assembly.checkup.talking import calls_from_a_browser, checks_of_talking
from tests.support.configured import configured

FAR: dict[str, Any] = {"public_url": "https://bot.example.com"}


async def test_on_this_machine_there_is_nothing_to_do() -> None:
    """Turned off it says by which key it is turned on."""
    (check,) = checks_of_talking(configured())
    seen = await check.look()
    assert (seen.state, seen.seen) == (State.OK, "on /talk")
    off = calls_from_a_browser(configured(webrtc={"enabled": False}))
    assert off.state is State.OFF
    assert "webrtc.enabled" in off.advice


def test_a_server_of_the_world() -> None:
    """It wants https; without a relay some will not get through."""
    with pytest.raises(NotWorking, match="https"):
        calls_from_a_browser(configured(server={"public_url": "http://bot.example.com"}))
    assert "TURN" in calls_from_a_browser(configured(server=FAR)).advice
    servers = [{"urls": ["turn:turn.example.com"], "username": "u", "credential": "secret"}]
    assert calls_from_a_browser(configured(server=FAR, webrtc={"ice_servers": servers})).advice == ""


@pytest.mark.parametrize("given", [{}, {"username": "u"}, {"credential": "secret"}])
def test_a_relay_wants_a_name_and_a_credential(given: dict[str, str]) -> None:
    """Which one it is, and by which keys it is put right; the credential is not shown."""
    servers = [{"urls": ["stun:stun.example.com"]}, {"urls": ["turn:turn.example.com"], **given}]
    with pytest.raises(NotWorking) as refused:
        calls_from_a_browser(configured(webrtc={"ice_servers": servers}))
    assert "webrtc.ice_servers.1" in refused.value.advice
    assert "secret" not in str(refused.value)
