"""What a check-up looks at and what it finds: checks, findings, and how all of them are made at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit


class State(StrEnum):
    """What became of a check."""

    OK = "ok"
    FIX = "fix"
    """It is configured and does not work."""
    OFF = "off"
    """It is not configured; nothing is wrong with that."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A row: what was seen of one thing. Never a secret, nor a text of somebody else's."""

    name: str
    state: State
    seen: str
    advice: str = ""
    """FIX: what to change, with the key of the configuration. Else: what would turn it on, or nothing."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check returns when it did not raise."""

    seen: str
    advice: str = ""
    state: State = State.OK


class NotWorking(Exception):
    """What is configured does not work.

    Attributes:
        seen: What was seen.
        advice: What to change.
    """

    def __init__(self, seen: str, advice: str) -> None:
        super().__init__(f"{seen}: {advice}")
        self.seen = seen
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Check:
    """One row to be."""

    name: str
    look: Callable[[], Awaitable[Seen]]
    """Raises ``NotWorking``."""
    keys: str = ""
    """Of the configuration: what to look at when it does not end."""
    is_heavy: bool = False
    """It keeps the processors busy: one such at a time, so that figures say something."""


async def look_at(
    checks: Sequence[Check], *, timeout_s: float, on_finding: Callable[[Finding], None] = lambda _: None
) -> list[Finding]:
    """Make all checks at once.

    Args:
        checks: In the order of the findings.
        timeout_s: For each.
        on_finding: Told of each finding as it is made.
    """
    processors = asyncio.Lock()

    async def find(check: Check) -> Finding:
        if check.is_heavy:
            async with processors:
                finding = await _finding(check, timeout_s)
        else:
            finding = await _finding(check, timeout_s)
        on_finding(finding)
        return finding

    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(find(check), name=f"check {check.name}") for check in checks]
    return [task.result() for task in made]


async def _finding(check: Check, timeout_s: float) -> Finding:
    """Root of a check: whatever a service does ends in a row."""
    try:
        async with asyncio.timeout(timeout_s):
            seen = await check.look()
    except NotWorking as error:
        return Finding(check.name, State.FIX, error.seen, error.advice)
    except TimeoutError:
        return Finding(check.name, State.FIX, f"nothing within {timeout_s:g} s", f"look at {check.keys or check.name}")
    except Exception as error:  # noqa: BLE001 - the type alone: nobody knows what else an unknown error tells
        return Finding(check.name, State.FIX, f"failed: {type(error).__name__}", f"look at {check.keys or check.name}")
    return Finding(check.name, seen.state, seen.seen, seen.advice)


class Watch:
    """Measures how long something took; begins when it is made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    @property
    def took(self) -> str:
        """So far, as it is shown."""
        return f"{(time.perf_counter() - self._began) * 1000:.0f} ms"


def place_of(url: str) -> str:
    """Scheme, host and port of a URL: its user, path and query may be nobody's business."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return "(no address)"
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{port}" if parts.scheme and host else "(no address)"


def is_this_machine(host: str) -> bool:
    """Whether a host name is of this machine alone."""
    return host in ("localhost", "127.0.0.1", "::1", "0.0.0.0")
