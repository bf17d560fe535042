"""How this replica takes and places calls."""

from dataclasses import dataclass, field

from calls.initiate import CallInitiate
from calls.lifecycle import Deadlines


@dataclass(frozen=True, slots=True)
class LiveCallsSettings:
    """How this replica takes and places calls."""

    public_url: str
    """http or https URL under which the telephone service reaches us, path prefix included."""
    replica_id: str = ""
    """Of this process: no other has or had it."""
    address_key: bytes = field(default=b"", repr=False)
    """Makes the secrets of calls' addresses, 32 bytes, the same on all replicas; empty: one of our own."""
    phone_number: str = ""
    """Ours, E.164: calls are placed from it. Empty: none can be placed."""
    max_calls: int = 100
    initiate: CallInitiate = field(default_factory=CallInitiate)
    """What calls are about that come in."""
    deadlines: Deadlines = field(default_factory=Deadlines)
    invites_humans: bool = False
    """Whether a human is brought into the call instead of being handed it: then the assistant comes back
    when they leave."""
    transfer_timeout_s: float = 45.0
    """How long the service may try to reach a human, before the caller is taken back."""
    request_timeout_s: float = 15.0
    """How long one request to the telephone service may take."""
    recall_timeout_s: float = 2.0
    """How long a caller waits for what is known of an earlier call, before they are greeted without it."""
    is_recorded_by_service: bool = False
    """Whether the telephone service is to record each call of which that was announced."""
    hold_audio_url: str = ""
    """WAV file that the service plays while it tries to reach a human; empty: the caller waits in silence."""
    dtmf_by_callbacks: bool = False
    """Whether the service is asked to tell the caller's keys as events, because the media stream carries none."""
    remember_s: float = 600.0
    """How long an event is known as a duplicate, and an ended call as one of ours."""
    remember_max: int = 10_000
    """How many of either are remembered; the oldest are forgotten first."""

    @property
    def media_url(self) -> str:
        """``public_url`` as the media socket's ws or wss."""
        return "ws" + self.public_url.removeprefix("http").rstrip("/")

    @property
    def callback_url(self) -> str:
        """``public_url`` without a slash at its end."""
        return self.public_url.rstrip("/")
