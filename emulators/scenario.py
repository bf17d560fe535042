"""What a caller says and does in a call, and what the call is to find out.

A scenario is frozen data; ``emulators.caller`` plays it. ``load_scenario`` reads
one from YAML (see ``emulators/scenarios/water_damage.yaml``) and names the key of
whatever is wrong in it.
"""

from dataclasses import dataclass, field
from pathlib import Path

from emulators.expectation import Expectation
from emulators.network_faults import NetworkFault
from emulators.network_script import Reaction


@dataclass(frozen=True, slots=True)
class AfterAssistant:
    """When the assistant has spoken and finished, and then this pause is over."""

    pause_ms: int = 200


@dataclass(frozen=True, slots=True)
class AfterAssistantStarted:
    """So long after the assistant began to speak in this turn: an interruption."""

    delay_ms: int


@dataclass(frozen=True, slots=True)
class At:
    """At this moment of the call, counted from the opening of the line; at once when it is past."""

    at_ms: int


When = AfterAssistant | AfterAssistantStarted | At


@dataclass(frozen=True, slots=True)
class Line:
    """Something that the caller says: a text, or a WAV file whose text may be given."""

    text: str = ""
    wav: Path | None = None
    when: When = AfterAssistant()

    def __post_init__(self) -> None:
        if not self.text and self.wav is None:
            raise ValueError("a line has a text or a WAV file")


@dataclass(frozen=True, slots=True)
class Digits:
    """Keys that the caller presses, one after the other: 0 to 9, *, #, A to D."""

    digits: str
    when: When = AfterAssistant()

    def __post_init__(self) -> None:
        if not self.digits or set(self.digits) - set("0123456789*#ABCD"):
            raise ValueError(f"not keys of a telephone: {self.digits!r}")


@dataclass(frozen=True, slots=True)
class Wait:
    """Silence of this length, from the end of the step before."""

    duration_ms: int


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller hangs up."""

    when: When = AfterAssistant()


Step = Line | Digits | Wait | HangUp


@dataclass(frozen=True, slots=True)
class Patience:
    """How a caller judges silence."""

    finished_gap_ms: int = 900
    """Silence after speech that means: the assistant has finished."""
    answer_timeout_ms: int = 8_000
    """How long the caller waits for an answer to begin before going on without one."""
    farewell_timeout_ms: int = 5_000
    """After the last step: silence after the assistant's last words before the caller hangs up."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One call, seen from the caller's side.

    After the last step the caller listens to the assistant and waits for it to
    hang up, unless the last step is ``HangUp``.
    """

    name: str
    steps: tuple[Step, ...]
    description: str = ""
    caller_number: str = "+12025550143"
    patience: Patience = Patience()
    max_duration_ms: int = 300_000
    """The caller hangs up then, come what may."""
    expectation: Expectation = field(default_factory=Expectation)
    faults: tuple[NetworkFault, ...] = ()
    """What goes wrong on the network meanwhile; each must happen, or the call is not ``is_ok``."""
    numbers: tuple[tuple[str, Reaction], ...] = ()
    """What numbers do that the server transfers to, or adds; each once, in order, and each must be reached."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is said, in order."""
        return tuple(step for step in self.steps if isinstance(step, Line))
