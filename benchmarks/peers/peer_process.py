"""The contenders, as processes that are asked alike: Antiphon, and each peer in each of its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from benchmarks.delayed_services import DELAYS
from benchmarks.peers.peer_order import PeerOrder
from benchmarks.peers.setup import python_of
from benchmarks.server_order import ServerOrder
from benchmarks.server_process import ServerProcess


@dataclass(frozen=True, slots=True)
class Contender:
    """Who is measured."""

    peer: str | None
    """None: Antiphon."""
    setting: str
    means: str


CONTENDERS: Mapping[str, Contender] = MappingProxyType(
    {
        "antiphon": Contender(None, "", "openers off, voice by clauses and sentences"),
        "antiphon_streamed": Contender(None, "streamed", "openers off, voice by tokens"),
        "pipecat_default": Contender("pipecat", "default", "turn model, voice by sentences"),
        "pipecat_best": Contender("pipecat", "best", "turn model, voice by tokens"),
        "livekit_default": Contender("livekit", "default", "turn model, model asked early, voice by sentences"),
        "livekit_best": Contender("livekit", "best", "turn model, model and voice asked early, voice by tokens"),
        "livekit_vad": Contender("livekit", "vad", "0.5 s of silence, model and voice asked early, voice by tokens"),
    }
)
"""By the name in the figures; Antiphon first."""


class PeerProcess(ServerProcess):
    """A peer's server, in the peer's interpreter."""

    def __init__(self, python: Path, peer: str, order: PeerOrder) -> None:
        super().__init__(ServerOrder())
        self._command = (
            "env",
            "LOGURU_LEVEL=ERROR",
            str(python),
            "-m",
            f"benchmarks.peers.{peer}_server",
            order.to_json(),
        )

    def command(self) -> tuple[str, ...]:
        """What starts it."""
        return self._command


def process_of(contender: Contender, profile: str) -> ServerProcess:
    """The server of a contender with the delays of a profile, not yet started.

    Raises:
        benchmarks.peers.setup.PeersMissing: Its environment is not there.
    """
    if contender.peer is None:
        streams_text = contender.setting == "streamed"
        return ServerProcess(ServerOrder(delays=profile, turn_model=True, openers=False, streams_text=streams_text))
    order = PeerOrder(setting=contender.setting, delays=DELAYS[profile])
    return PeerProcess(python_of(contender.peer), contender.peer, order)
