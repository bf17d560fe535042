"""The section ``direct_line``: a Copilot Studio bot that leads the calls."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

_Url = Annotated[str, Field(pattern=r"^(https://\S+|http://(localhost|127\.0\.0\.1|\[::1\])([:/?]\S*)?)?$")]
"""https, or on this machine; empty: none."""


class DirectLineConfig(BaseModel):
    """With ``conversation.assistant: direct_line``. See docs/copilot-studio.md."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: SecretStr = SecretStr("")
    """Of the bot's Direct Line or web channel security."""
    token_endpoint: _Url = ""
    """Of a Copilot Studio bot, as its channel page shows it; instead of ``secret``."""
    endpoint: _Url = ""
    """Of Direct Line, without a path, as in https://europe.directline.botframework.com. Empty: as the token endpoint's
    environment says, else the worldwide one."""
    user_name: str = Field(default="", max_length=100)
    """What the bot is told that callers are called; their id is a new one in each call."""
    answer_timeout_ms: int = Field(default=10_000, ge=500, le=60_000)
    """Longest wait for a message of the bot, also after each sign that it is writing."""
    greeting_timeout_ms: int = Field(default=3_000, ge=0, le=60_000)
    """Longest wait for its greeting; then callers are greeted in our own words."""
    silence_ms: int = Field(default=1_500, ge=100, le=30_000)
    """An answer is over when the bot expects one, or has sent nothing more for so long."""

    @property
    def is_set(self) -> bool:
        """Whether there is a way to a bot."""
        return bool(self.secret.get_secret_value() or self.token_endpoint)
