"""What the flags say to an assistant."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How replies are made in this call, from its next turn on."""

    attempts_max: int | None = None
    """How often the script asks for a field before it skips it; None leaves it to the script."""
    is_slow_model_first: bool = False
    """Ask the slow model before the fast one."""
