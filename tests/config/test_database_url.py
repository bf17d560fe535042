"""Where the database is, as it is shown."""

from pathlib import Path

import pytest

import config
from config.database_url import DatabaseUrl

PASSWORD = "hidden-value"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite+aiosqlite:///data/antiphon.db", "sqlite+aiosqlite:///data/antiphon.db"),
        ("sqlite:////srv/a%20b.db?timeout=5", "sqlite:////srv/a%20b.db?timeout=5"),
        (f"postgresql://amy:{PASSWORD}@db.example:5432/calls", "postgresql://**********@db.example:5432/calls"),
        ("postgresql://db.example/calls", "postgresql://db.example/calls"),
        (f"postgresql://[::1]/calls?user=amy&password={PASSWORD}", "postgresql://[::1]/calls?**********"),
        (f"postgresql:///calls?password={PASSWORD}", "postgresql:///calls?**********"),
        (f"postgresql://amy:{PASSWORD}#x@db.example/calls", "**********"),
        (f"postgresql://amy:1/{PASSWORD}@db.example/calls", "**********"),
        (f"postgresql://amy:12?{PASSWORD}@db.example/calls", "**********"),
        (f"sqlite://:{PASSWORD}@/calls.db", "sqlite://**********@/calls.db"),
        (f"amy:{PASSWORD}@db.example", "**********"),
        (PASSWORD, "**********"),
        ("postgresql://[broken", "**********"),
    ],
)
def test_what_opens_a_database_is_not_shown(url: str, shown: str) -> None:
    """However it is printed; what a SQLite file is called is no secret."""
    hidden = DatabaseUrl(url)
    assert str(hidden) == shown
    assert repr(hidden) == f"DatabaseUrl({shown!r})"
    assert hidden.get_secret_value() == url
    assert PASSWORD not in f"{hidden} {hidden!r}"


def test_no_rendering_of_the_configuration_tells_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the printed form nor a dump nor an error about its neighbours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE__URL", f"postgresql://amy:{PASSWORD}@db.example/calls")
    loaded = config.load()
    renderings = (str(loaded), repr(loaded), loaded.model_dump(), loaded.model_dump_json(), config.shown(loaded))
    assert all(PASSWORD not in str(each) and "db.example/calls" in str(each) for each in renderings)
    monkeypatch.setenv("DATABASE__RETENTION_DAYS", "many")
    with pytest.raises(config.ConfigError) as raised:
        config.load()
    assert PASSWORD not in str(raised.value)
