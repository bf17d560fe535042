"""What the pretended language model service is told to do: a step for every request, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A chunk with text."""

    text: str


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A chunk with a piece of a tool call; ``call_id`` and ``name`` come with the first piece of an index."""

    index: int
    arguments: str = ""
    call_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PromptFilter:
    """Azure's first chunk: no choices, but what its filter thinks of the prompt."""


@dataclass(frozen=True, slots=True)
class AsyncFilter:
    """Azure's asynchronous filter: a choice without a delta, about text that has long been sent."""

    start_offset: int = 0
    end_offset: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """An event whose data is sent as it is: what only one service does, or what is broken."""

    data: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent for so long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is sent until ``release``."""


@dataclass(frozen=True, slots=True)
class Break:
    """The connection is lost."""


Part = Text | CallPiece | PromptFilter | AsyncFilter | Raw | Pause | Hold | Break


@dataclass(frozen=True, slots=True)
class Completion:
    """A step: a completion is streamed."""

    parts: tuple[Part, ...]
    finish_reason: str | None = "stop"
    """None: the stream ends without one."""
    prompt_tokens: int = 11
    completion_tokens: int = 7
    cached_tokens: int = 3
    is_closed: bool = True
    """False: after the last event the connection stays open, until ``release``."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A step: the request is refused."""

    status: int
    code: str = "error"
    message: str = "scripted failure"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PromptBlocked:
    """A step: the content filter refuses the prompt (Azure)."""

    is_jailbreak: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """A step: the request is taken and never answered, until ``release``."""


Step = Completion | Failure | PromptBlocked | Silence


def says(text: str) -> Completion:
    """A completion of this text, a word a chunk."""
    words = text.split(" ")
    return Completion(tuple(Text(word if n == 0 else f" {word}") for n, word in enumerate(words)))


def too_many_requests(retry_after_ms: int) -> Failure:
    """The refusal of a service that has too much to do, with both of its headers."""
    seconds = str(-(-retry_after_ms // 1000))
    return Failure(
        429,
        "429",
        "Requests have exceeded call rate limit.",
        {"retry-after": seconds, "retry-after-ms": str(retry_after_ms)},
    )
