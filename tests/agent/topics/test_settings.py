"""What a company sets of its topics."""

import pytest
from pydantic import ValidationError

from agent.topics.settings import TopicsConfig


def test_there_are_none_unless_a_folder_is_named() -> None:
    """A fresh server has no topics, and asks no service."""
    assert TopicsConfig().path is None
    assert TopicsConfig().hosts == {}


def test_secrets_of_services_are_not_shown() -> None:
    """They are headers by host."""
    config = TopicsConfig.model_validate({"hosts": {"api.example.com:8443": {"headers": {"X-Key": "s3cret"}}}})
    assert "s3cret" not in repr(config)
    assert config.hosts["api.example.com:8443"].headers["X-Key"].get_secret_value() == "s3cret"


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins_above": 0.4, "asks_above": 0.5},
        {"begins_above": 1.1},
        {"hosts": {"https://api.example.com": {}}},
        {"hosts": {"API.example.com": {}}},
        {"hosts": {"api.example.com": {"headers": {"X Key": "a"}}}},
        {"folder": "x"},
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    """A host is no address, and a doubt is below certainty."""
    with pytest.raises(ValidationError):
        TopicsConfig.model_validate(wrong)
