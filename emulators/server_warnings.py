"""What a server and its SDKs have to complain of, in what they wrote.

The log of a server that is well has lines of ours at DEBUG and INFO, and nothing else:
what a library prints, warns of or logs stands out.
"""

import re
from typing import Final

_QUIET_LINE: Final = re.compile(r"\d{4}-\d\d-\d\dT\S+Z (?:DEBUG|INFO) +\S+ ")
_OUR_OWN_DOING: Final = ("Synthesis cancelled by user",)
"""What the Speech SDK calls an error, and is a voice that was stopped because the caller spoke."""
_SHOWN_CHARACTERS: Final = 240


def server_warnings(output: str) -> tuple[str, ...]:
    """The lines of a server's output that are no log line at DEBUG or INFO."""
    return tuple(_shown(line) for line in output.splitlines() if line.strip() and not _QUIET_LINE.match(line))


def speech_sdk_warnings(log: str) -> tuple[str, ...]:
    """The lines of the Speech SDK's own log, as ``speech.azure.log_path`` has it, that are not of our doing."""
    lines = (line for line in log.splitlines() if line.strip())
    return tuple(_shown(line) for line in lines if not any(known in line for known in _OUR_OWN_DOING))


def _shown(line: str) -> str:
    return line.strip()[:_SHOWN_CHARACTERS]
