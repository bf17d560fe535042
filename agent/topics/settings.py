"""What a company sets of its topics."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

_Host = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$")]
"""In small letters, with its port where it has one: ``api.example.com``, ``127.0.0.1:9000``."""


class TopicHostConfig(BaseModel):
    """A service that topics may ask."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    headers: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")], SecretStr] = Field(default_factory=dict)
    """Sent with each request: what opens the service stands here, and in no topic."""


class TopicsConfig(BaseModel):
    """What the assistant talks about by files that need no programmer; see docs/topics.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    """The folder of the topics, YAML files. None: there are none."""
    begins_above: float = Field(default=0.6, gt=0, le=1)
    """A topic begins when what was said is so near to one of its triggers (1: the same words)."""
    asks_above: float = Field(default=0.42, gt=0, le=1)
    """…and in between the caller is asked whether they mean it."""
    hosts: dict[_Host, TopicHostConfig] = Field(default_factory=dict)
    """The services that topics may ask over HTTP, and no others."""

    @model_validator(mode="after")
    def _doubt_is_below_certainty(self) -> "TopicsConfig":
        if self.asks_above > self.begins_above:
            raise ValueError("asks_above must not be greater than begins_above")
        return self
