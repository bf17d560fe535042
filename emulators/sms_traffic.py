"""The short messages of one network, sent and received: sans-IO."""

import math
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

KEPT_MESSAGES = 10_000
"""How many are kept; the oldest is forgotten."""
_GSM_CHARACTERS = 160
_GSM_CHARACTERS_OF_MANY = 153


@dataclass(frozen=True, slots=True)
class SentSms:
    """A message that the server under test sent."""

    sender: str
    recipient: str
    text: str
    message_id: str
    wants_report: bool = False
    tag: str | None = None
    failure: str = ""
    """Why it was not delivered; empty when it was."""

    @property
    def is_delivered(self) -> bool:
        """Whether it arrived."""
        return not self.failure


@dataclass(frozen=True, slots=True)
class ReceivedSms:
    """A message for the server under test."""

    sender: str
    recipient: str
    text: str
    message_id: str = field(default_factory=lambda: f"Incoming_{uuid.uuid4()}")

    @property
    def segments(self) -> int:
        """How many messages it takes on the air, in the GSM alphabet."""
        if len(self.text) <= _GSM_CHARACTERS:
            return 1
        return math.ceil(len(self.text) / _GSM_CHARACTERS_OF_MANY)


class SmsTraffic:
    """What was sent.

    Attributes:
        on_sent: Told of each message, once.
    """

    def __init__(self) -> None:
        self.on_sent: Callable[[SentSms], None] = lambda sms: None
        # Bounded by KEPT_MESSAGES: the oldest is forgotten.
        self._sent: OrderedDict[str, SentSms] = OrderedDict()
        self._failures: dict[str, str] = {}

    @property
    def sent(self) -> tuple[SentSms, ...]:
        """All messages of the server under test, in order."""
        return tuple(self._sent.values())

    @property
    def unconsumed(self) -> list[tuple[str, str]]:
        """Failures that did not happen: number and reason."""
        return list(self._failures.items())

    def fail_next(self, recipient: str, reason: str) -> None:
        """Let the next message to this number be taken and not delivered."""
        self._failures[recipient] = reason

    def send(
        self,
        *,
        repeatability_id: str,
        sender: str,
        recipient: str,
        text: str,
        message_id: str,
        wants_report: bool = False,
        tag: str | None = None,
    ) -> SentSms:
        """Take one message; the same repeatability id is the same message."""
        known = self._sent.get(repeatability_id)
        if known is not None:
            return known
        failure = self._failures.pop(recipient, "")
        sms = SentSms(sender, recipient, text, message_id, wants_report, tag, failure)
        self._sent[repeatability_id] = sms
        if len(self._sent) > KEPT_MESSAGES:
            self._sent.popitem(last=False)
        self.on_sent(sms)
        return sms
