"""What a REST operation of the service is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

API_VERSIONS = frozenset(
    {
        "2023-03-06",
        "2023-10-15",
        "2024-04-15",
        "2024-09-15",
        "2025-05-15",
        "2025-06-15",
        "2026-03-12",
    }
)
"""Of Call Automation."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation answers: a status, and a JSON object or bytes unless it has no content."""

    status: int
    body: Mapping[str, object] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose signature was checked."""

    path_parameters: Mapping[str, str]
    body: bytes


Handler = Callable[[SignedRequest], Reply]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the service's table: a name of ours, and how it is asked for."""

    name: str
    method: str
    path: str
    handler: Handler
    api_versions: frozenset[str] = API_VERSIONS
