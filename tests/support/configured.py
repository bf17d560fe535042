"""Configurations for tests."""

from config import Config

CLAIM = [{"name": "incident_location", "description": "Where did it happen?"}]


def configured(**sections: dict[str, object]) -> Config:
    """A configuration that no file or variable of this machine has a part in but through its sections."""
    return Config.model_validate(sections)
