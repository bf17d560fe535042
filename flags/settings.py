"""Where live flags are: sections of the configuration."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class FlagFileSettings(BaseModel):
    """A file that changes the flags while the server runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    """YAML, flags by name; what it does not name is as ``features`` has it. None: no such file. See docs/flags.md."""
    poll_sec: float = Field(default=1, ge=0.1, le=60)
    """How often it is looked at."""
