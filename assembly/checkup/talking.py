"""Calls from a browser: what would keep them from being made. Nobody is called."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from assembly.checkup.findings import Check, NotWorking, Seen, State
from config import Config

_HERE = frozenset({"", "localhost", "127.0.0.1", "::1"})


def checks_of_talking(config: Config) -> Iterator[Check]:
    """The one row."""

    async def look() -> Seen:
        return calls_from_a_browser(config)

    yield Check("calls from a browser", look, "webrtc.enabled")


def calls_from_a_browser(config: Config) -> Seen:
    """Raises ``NotWorking`` when a browser would be turned away by its own rules, or by a TURN server."""
    webrtc, url = config.webrtc, urlsplit(config.server.public_url)
    if not webrtc.enabled:
        return Seen("turned off", "webrtc.enabled turns them on", State.OFF)
    is_far = (url.hostname or "") not in _HERE
    if is_far and url.scheme != "https":
        advice = "set server.public_url to the https address of this server"
        raise NotWorking("browsers give the microphone to pages of https alone", advice)
    relays = [each for each in webrtc.ice_servers if any(one.startswith("turn") for one in each.urls)]
    for number, server in enumerate(webrtc.ice_servers):
        if server in relays and not (server.username and server.credential.get_secret_value()):
            advice = f"set webrtc.ice_servers.{number}.username and .credential"
            raise NotWorking(f"{server.urls[0]} is a TURN server, and lets in nobody without a name", advice)
    if not is_far:
        return Seen("on /talk")
    if not relays:
        return Seen(
            "on /talk, but not from behind every firewall", "a TURN server among webrtc.ice_servers helps there"
        )
    return Seen(f"on /talk; {len(webrtc.ice_servers)} servers help to find the way")
