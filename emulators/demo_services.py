"""What a profile of the demo brings: services around the server, and what is made of the call."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from emulators.server_process import ServerProcess
from stores.records import CallHistory


@dataclass(frozen=True, slots=True)
class Around:
    """What there is when the server is ready and the caller dials."""

    server: ServerProcess
    environment: Mapping[str, str]
    """What the server was told."""


@asynccontextmanager
async def nobody_else(_: Around) -> AsyncIterator[None]:
    """Only the caller takes part in the call."""
    yield


def nothing_more(_: CallHistory) -> tuple[str, ...]:
    """What is expected of every call is all."""
    return ()


@dataclass(frozen=True, slots=True)
class DemoServices:
    """What a profile has started."""

    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What the server is to be told of it."""
    problems: Callable[[], tuple[str, ...]] = tuple
    """What went wrong, as far as the services and the SDKs know; asked once the server has ended."""
    around: Callable[[Around], AbstractAsyncContextManager[None]] = nobody_else
    """Who else takes part, while the call lasts."""
    judged: Callable[[CallHistory], tuple[str, ...]] = nothing_more
    """What went otherwise than this profile is to show."""
    success: str = "the claim that was gathered by voice is the scenario's"
    """What is said when nothing went wrong."""
