"""The section ``webrtc``: calls from a browser."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from config.sections import ClaimFieldConfig
from providers.speech_settings import Tag


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IceServerConfig(_Section):
    """A STUN or TURN server: how a browser and this server find a way to each other."""

    urls: tuple[Annotated[str, Field(pattern=r"^(stuns?:[^?\s]+|turns?:\S+)$")], ...] = Field(min_length=1)
    """``stun:host:port``, ``turn:host:port?transport=udp`` …"""
    username: str = ""
    credential: SecretStr = SecretStr("")
    """Of a TURN server. Every browser that is let in is told it."""


class AssistantConfig(_Section):
    """Somebody else to talk to. What is left out is as in ``conversation``."""

    bot_name: str | None = None
    bot_company: str | None = None
    task: str | None = None
    agent_phone_number: Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14})?$")] | None = None
    languages: tuple[Tag, ...] | None = Field(default=None, min_length=1, max_length=10)
    """Some of those that calls can be held in, the first where nothing else is known."""
    prosody_rate: float | None = Field(default=None, ge=0.75, le=1.25)
    claim: tuple[ClaimFieldConfig, ...] | None = Field(default=None, min_length=1)


class WebRtcConfig(_Section):
    """Calls from a browser, on the page ``/talk``."""

    enabled: bool = True
    ice_servers: tuple[IceServerConfig, ...] = ()
    """Needed where browsers cannot reach this server's own address. Of STUN and of TURN servers this server itself
    uses the first one each."""
    vanished_after_ms: int = Field(default=3_000, ge=500, le=60_000)
    """Without any sound for so long, even silence, the browser is gone and the call ends."""
    assistants: dict[Annotated[str, Field(min_length=1, max_length=200)], AssistantConfig] = Field(default_factory=dict)
    """By the name that the page shows, beside ``conversation`` itself, which has the name of its ``bot_name``."""
