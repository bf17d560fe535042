"""The section ``direct_line``."""

import pytest
from pydantic import ValidationError

from config.bots import DirectLineConfig


def test_a_way_to_the_bot() -> None:
    """A secret, which is shown nowhere, or the bot's token endpoint."""
    assert not DirectLineConfig().is_set
    assert DirectLineConfig.model_validate({"token_endpoint": "https://x.example/directline/token"}).is_set
    config = DirectLineConfig.model_validate({"secret": "very-secret"})
    assert config.is_set
    assert "very-secret" not in f"{config!r}"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost:9/x", "https://europe.example", ""])
def test_addresses(url: str) -> None:
    """https, or on this machine."""
    assert DirectLineConfig(endpoint=url).endpoint == url


@pytest.mark.parametrize("url", ["http://bot.example", "ftp://x", "bot"])
def test_addresses_that_would_tell_a_secret(url: str) -> None:
    """Nothing is sent in the clear over a network."""
    with pytest.raises(ValidationError):
        DirectLineConfig(endpoint=url)
