"""Makes the peers' environments: ``python -m benchmarks.peers.setup UV``, where UV is the uv that installs.

Each lies in ``.peers/<peer>``, apart from ours and from the other: about 650 MB together.
What stands there already with these versions is left alone.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

PEERS_FOLDER = Path(__file__).parents[2] / ".peers"

REQUIREMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "pipecat": ("pipecat-ai[silero,websocket]==1.14.0", "uvicorn[standard]==0.54.0"),
        "livekit": ("livekit-agents==1.8.9", "livekit-plugins-silero==1.8.9"),
    }
)
"""What each environment holds, pinned. Their weights lie in these wheels."""

HOW_TO_MAKE = "the peers' environments are not there; make them: make bench-peers"


class PeersMissing(Exception):
    """An environment has not been made; the message says how."""


def python_of(peer: str, folder: Path = PEERS_FOLDER) -> Path:
    """The peer's interpreter.

    Raises:
        PeersMissing: Its environment is not there, or is of other versions.
    """
    if not is_ready(peer, folder):
        raise PeersMissing(HOW_TO_MAKE)
    return folder / peer / "bin" / "python"


def is_ready(peer: str, folder: Path = PEERS_FOLDER) -> bool:
    """Whether the environment was made, whole, with these versions."""
    try:
        return _mark(peer, folder).read_text(encoding="utf-8") == _wanted(peer)
    except OSError:
        return False


def make(peer: str, uv: str, folder: Path = PEERS_FOLDER) -> None:
    """Make one environment; uv shows how far it is.

    Raises:
        subprocess.CalledProcessError: uv failed, and said why.
    """
    place = folder / peer
    # Our own settings for uv leave the dependencies of pipecat out: they must not count here.
    subprocess.run([uv, "--no-config", "venv", "--clear", "--python", sys.executable, str(place)], check=True)
    install = [uv, "--no-config", "pip", "install", "--python", str(place / "bin" / "python")]
    subprocess.run([*install, *REQUIREMENTS[peer]], check=True)
    _mark(peer, folder).write_text(_wanted(peer), encoding="utf-8")


def _mark(peer: str, folder: Path) -> Path:
    return folder / peer / ".ready"


def _wanted(peer: str) -> str:
    return "\n".join(REQUIREMENTS[peer])


def main(arguments: list[str]) -> int:
    """Make what is missing; 0 if all is there, 2 for a wrong command, 1 if uv failed."""
    if len(arguments) != 1:
        print("python -m benchmarks.peers.setup UV", file=sys.stderr)
        return 2
    missing = [peer for peer in REQUIREMENTS if not is_ready(peer)]
    for number, peer in enumerate(missing, 1):
        print(f"[{number}/{len(missing)}] {', '.join(REQUIREMENTS[peer])} into {PEERS_FOLDER / peer}", file=sys.stderr)
        try:
            make(peer, arguments[0])
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{peer} could not be installed: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
