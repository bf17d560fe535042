"""Who may come in: the doors of this server, and every reason for which one stays shut.

A refusal happens before anything is accepted. It is counted and logged by its reason,
a word of the code: never what was shown at the door.

    door           opens for
    callback       the secret address of a call, and a token of the telephone service
    media_socket   the same
    event_grid     the shared secret; without one, this machine alone
    twilio         Twilio's signature
    scoring        the key of the scoring function
    web            an API key, a session that began with one, or a token of the organisation
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import Any

from starlette.routing import Route, WebSocketRoute

_log = logging.getLogger(__name__)


class Door(StrEnum):
    """A way in."""

    CALLBACK = "callback"
    MEDIA_SOCKET = "media_socket"
    EVENT_GRID = "event_grid"
    TWILIO = "twilio"
    SCORING = "scoring"
    WEB = "web"


class Refusal(StrEnum):
    """Why a door stayed shut."""

    UNKNOWN_ADDRESS = "unknown_address"
    """No call that is up, or ended lately, has this id and this secret."""
    CALL_ENDED = "call_ended"
    """The address is right, and the call is over."""
    MISSING_SECRET = "missing_secret"
    DOUBLED_SECRET = "doubled_secret"
    WRONG_SECRET = "wrong_secret"
    NOT_THIS_MACHINE = "not_this_machine"
    """Without a secret only this machine may come in, and the request came from elsewhere."""
    NOT_CONFIGURED = "not_configured"
    """What would be compared with is not configured: nobody may come in."""
    MISSING_CREDENTIALS = "missing_credentials"
    DOUBLED_CREDENTIALS = "doubled_credentials"
    WRONG_SCHEME = "wrong_scheme"
    """Authorization is not of the scheme Bearer."""
    TOO_LONG = "too_long"
    MALFORMED_TOKEN = "malformed_token"
    WRONG_ALGORITHM = "wrong_algorithm"
    """Signed by anything but RS256."""
    MISSING_KEY_ID = "missing_key_id"
    UNKNOWN_KEY = "unknown_key"
    """The issuer has no key of this id."""
    KEYS_UNAVAILABLE = "keys_unavailable"
    """The issuer's keys could not be fetched: nobody knows whether the token is good."""
    WRONG_SIGNATURE = "wrong_signature"
    MISSING_CLAIM = "missing_claim"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    """Issued for another resource."""
    WRONG_TENANT = "wrong_tenant"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    MISSING_SIGNATURE = "missing_signature"
    DOUBLED_SIGNATURE = "doubled_signature"
    UNREADABLE_FORM = "unreadable_form"
    """The parameters that are signed cannot be read."""
    WRONG_KEY = "wrong_key"
    UNKNOWN_SESSION = "unknown_session"
    """The session has expired, or began before the last start."""
    CROSS_SITE = "cross_site"
    """A session alone may not change anything on the word of another site."""


_CREDENTIALS = {Refusal.MISSING_CREDENTIALS, Refusal.DOUBLED_CREDENTIALS, Refusal.WRONG_SCHEME, Refusal.TOO_LONG}
_TOKEN = {
    *(Refusal.MALFORMED_TOKEN, Refusal.WRONG_ALGORITHM, Refusal.MISSING_KEY_ID, Refusal.UNKNOWN_KEY),
    *(Refusal.KEYS_UNAVAILABLE, Refusal.WRONG_SIGNATURE, Refusal.MISSING_CLAIM, Refusal.WRONG_ISSUER),
    *(Refusal.WRONG_AUDIENCE, Refusal.EXPIRED, Refusal.NOT_YET_VALID),
}
_SECRET = {Refusal.MISSING_SECRET, Refusal.DOUBLED_SECRET, Refusal.WRONG_SECRET, Refusal.NOT_THIS_MACHINE}
_TWILIO = {
    *(Refusal.MISSING_SIGNATURE, Refusal.DOUBLED_SIGNATURE, Refusal.WRONG_SIGNATURE),
    *(Refusal.UNREADABLE_FORM, Refusal.NOT_CONFIGURED, Refusal.TOO_LONG),
}
REASONS = {
    Door.CALLBACK: frozenset({Refusal.UNKNOWN_ADDRESS, *_CREDENTIALS, *_TOKEN}),
    Door.MEDIA_SOCKET: frozenset({Refusal.UNKNOWN_ADDRESS, Refusal.CALL_ENDED, *_CREDENTIALS, *_TOKEN}),
    Door.EVENT_GRID: frozenset(_SECRET),
    Door.TWILIO: frozenset(_TWILIO),
    Door.SCORING: frozenset({Refusal.MISSING_SECRET, Refusal.DOUBLED_SECRET, Refusal.WRONG_SECRET}),
    Door.WEB: frozenset(
        {*_CREDENTIALS, *_TOKEN, Refusal.WRONG_TENANT, Refusal.WRONG_KEY, Refusal.UNKNOWN_SESSION, Refusal.CROSS_SITE}
    ),
}
"""For what each door refuses."""


class Refusals:
    """Counts and logs what the doors refuse; read by whoever renders metrics."""

    def __init__(self) -> None:
        # All from the start: a rate over a counter that first appears with its first event misses that event.
        self.counts = Counter({(door, reason): 0 for door, reasons in REASONS.items() for reason in reasons})

    def note(self, door: Door, reason: Refusal, *, call_id: str = "") -> None:
        """Somebody was refused.

        Args:
            door: Where.
            reason: Why.
            call_id: Of the call whose address was right; empty otherwise.
        """
        self.counts[door, reason] += 1
        _log.warning("event=refused door=%s reason=%s%s", door, reason, f" call_id={call_id}" if call_id else "")


class DoorRoute(Route):
    """A route that says which door it has; its endpoint keeps it."""

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, door: Door, methods: Collection[str] | None = None
    ) -> None:
        super().__init__(path, endpoint, methods=methods)
        self.door = door


class DoorSocket(WebSocketRoute):
    """A socket that says which door it has; its endpoint keeps it, before it accepts."""

    def __init__(self, path: str, endpoint: Callable[..., Any], *, door: Door) -> None:
        super().__init__(path, endpoint)
        self.door = door
