"""Where live flags are: sections of the configuration."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class FlagFileSettings(BaseModel):
    """A file that changes the flags while the server runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    """YAML, flags by name; what it does not name is as ``features`` has it. None: no such file. See docs/flags.md."""
    poll_sec: float = Field(default=1, ge=0.1, le=60)
    """How often it is looked at."""


class AppConfigurationSettings(BaseModel):
    """Azure App Configuration, which changes the flags while the server runs. See docs/flags.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """As in ``https://name.azconfig.io``: opened by the identity of this machine (App Configuration Data Reader)."""
    connection_string: SecretStr = SecretStr("")
    """Instead of ``endpoint``: as the portal shows it."""
    label: str = ""
    """Of the settings that count; empty: those without one."""
    key_prefix: str = ""
    """Of the keys, and of the names of feature flags, that count; no part of the flag's name. Empty: all count."""
    ttl_sec: float = Field(default=60, ge=1, le=3_600)
    """A change is effective within this time."""

    @property
    def is_set(self) -> bool:
        """Whether there is one."""
        return bool(self.endpoint or self.connection_string.get_secret_value())
