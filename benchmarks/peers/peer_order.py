"""What a peer's server is told, and what it is asked: the same for each peer, and as with ours."""

import json
import os
import sys
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.delayed_services import Delays, TimedWord
from benchmarks.peers.call_services import CallServices

Words = Sequence[tuple[str, int, int]]
"""Text, first and last sample of each, as JSON has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerOrder:
    """What kind of server is wanted."""

    setting: str
    """How the framework is configured; each server knows its own."""
    delays: Delays

    def to_json(self) -> str:
        """As an argument of a command."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "PeerOrder":
        """Read what ``to_json`` wrote."""
        fields = json.loads(text)
        return cls(setting=fields["setting"], delays=Delays(**fields["delays"]))


class AnnouncedCalls:
    """The services of each call that was announced, by its id; see ``benchmarks.server_process`` for who asks."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays
        self._services: dict[str, CallServices] = {}

    def announce(self, words: Words) -> dict[str, str]:
        """Let a call ring in which these words will be said; the reply to ``POST /calls``."""
        call_id = uuid.uuid4().hex
        self._services[call_id] = CallServices(self._delays)
        self.add_words(call_id, words)
        return {"call_id": call_id, "path": f"/media/{call_id}"}

    def add_words(self, call_id: str, words: Words) -> dict[str, str]:
        """Further words will be said; the reply to ``POST /words/{call_id}``.

        Raises:
            KeyError: There is no such call.
        """
        self.services(call_id).recognition.add_words([TimedWord(text, start, end) for text, start, end in words])
        return {}

    def services(self, call_id: str) -> CallServices:
        """What stands behind a call.

        Raises:
            KeyError: There is no such call.
        """
        return self._services[call_id]


def tell_started(port: int) -> None:
    """Say where the server listens, to whoever started it."""
    print(json.dumps({"port": port, "pid": os.getpid()}), flush=True)


def wait_for_end() -> None:
    """Return when the standard input has ended: nobody needs this server any more. Blocks."""
    sys.stdin.buffer.read()
