"""Levels and loggers."""

import logging
from collections.abc import Iterator

import pytest

from telemetry.logs import OWN_LOGGERS, configure_logging


@pytest.fixture
def levels_restored() -> Iterator[None]:
    """The process's logging, as it was before the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    before = {name: logging.getLogger(name).level for name in OWN_LOGGERS}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, own in before.items():
        logging.getLogger(name).setLevel(own)


def test_logging_follows_the_level_for_our_own_loggers_only(
    levels_restored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Drivers that print statements, and the access log, stay silent below WARNING."""
    configure_logging("debug")
    configure_logging("debug")
    logging.getLogger("calls.webhooks").debug("ours")
    for foreign in ("aiosqlite", "uvicorn.access", "openai._base_client", "sqlalchemy.engine"):
        logging.getLogger(foreign).info("theirs")
    logging.getLogger("aiosqlite").warning("a warning")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(maxsplit=1)[1] for line in lines] == [
        "DEBUG   calls.webhooks ours",
        "WARNING aiosqlite a warning",
    ]
    assert lines[0].split()[0].endswith("Z")


def test_an_unknown_level_is_refused(levels_restored: None) -> None:
    """A typing error in the configuration is not silently INFO."""
    with pytest.raises(ValueError, match="LOUD"):
        configure_logging("loud")
