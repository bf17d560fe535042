"""Clear human sentences for phones: Debian's Asterisk prompts, fetched when they are needed.

``asterisk-core-sounds-en-g722``: Allison Smith, recorded for Digium, CC-BY-SA 3.0,
G.722 at 64 kbit/s. Neither the package nor a sound of it is part of this project.
"""

import importlib
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

PACKAGE = "asterisk-core-sounds-en-g722"
CACHE = Path(__file__).parents[1] / "out" / "cache" / "asterisk"

_SOUNDS = Path("usr/share/asterisk/sounds/en_US_f_Allison")
_FETCH_S = 120

Samples = npt.NDArray[np.int16]


class SoundsUnavailable(Exception):
    """The recordings cannot be had here; the message says why."""


class AsteriskSounds:
    """The unpacked recordings."""

    def __init__(self, folder: Path) -> None:
        """Use what lies in a folder.

        Args:
            folder: Where the package was unpacked.

        Raises:
            SoundsUnavailable: There is no decoder for them.
        """
        self._folder = folder / _SOUNDS
        try:
            self._codec = importlib.import_module("G722").G722
        except ImportError as error:
            raise SoundsUnavailable("the package G722, which decodes them, is not installed") from error

    def load(self, name: str) -> Samples:
        """One recording at 16 kHz.

        Args:
            name: Path without ending, for example ``digits/7``.

        Raises:
            SoundsUnavailable: There is none with that name.
        """
        path = self._folder / f"{name}.g722"
        try:
            coded = path.read_bytes()
        except OSError as error:
            raise SoundsUnavailable(f"{PACKAGE} has no {name}") from error
        return np.asarray(self._codec(16_000, 64_000).decode(coded), dtype=np.int16)


def fetch_sounds(cache: Path = CACHE) -> AsteriskSounds:
    """Download and unpack the package, unless that was done before. Blocks for some seconds.

    Needs Debian's or Ubuntu's package tools; installs nothing.

    Raises:
        SoundsUnavailable: It cannot be fetched or unpacked here.
    """
    if not (cache / _SOUNDS).is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        _run("apt-get", "download", PACKAGE, folder=cache)
        archive = next(cache.glob(f"{PACKAGE}_*.deb"), None)
        if archive is None:
            raise SoundsUnavailable(f"apt-get left no {PACKAGE}")
        _run("dpkg-deb", "-x", archive.name, ".", folder=cache)
        archive.unlink()
    return AsteriskSounds(cache)


def _run(*command: str, folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_FETCH_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise SoundsUnavailable(f"{command[0]} failed: {error}") from error
