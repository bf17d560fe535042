"""The keys that open the pages."""

from pathlib import Path

import pytest

from assembly.keys import stored_keys
from config import Config, ConfigError
from web.api_keys import hash_of


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """At the first start, beside the database; only its hash is kept, and only its owner may read that."""
    loaded = Config.model_validate({"database": {"url": f"sqlite+aiosqlite:///{tmp_path / 'deep' / 'calls.db'}"}})
    made = stored_keys(loaded)
    assert made.kept_at == tmp_path / "deep" / "api_key.sha256"
    assert made.hashes == (hash_of(made.new_key),)
    kept = made.kept_at.read_text(encoding="utf-8")
    assert made.new_key not in kept
    assert made.kept_at.stat().st_mode & 0o777 == 0o600
    again = stored_keys(loaded)
    assert (again.hashes, again.new_key) == (made.hashes, "")


def test_no_key_is_made_for_those_who_have_one(tmp_path: Path) -> None:
    """Configured hashes, or an organisation, are enough."""
    place = {"key_path": tmp_path / "key"}
    ours = stored_keys(Config.model_validate({"access": {**place, "api_key_hashes": [hash_of("a")]}}))
    assert (ours.hashes, ours.new_key) == ((hash_of("a"),), "")
    theirs = stored_keys(Config.model_validate({"access": {**place, "entra_tenant_id": "t", "entra_audience": "a"}}))
    assert (theirs.hashes, theirs.new_key) == ((), "")
    assert not (tmp_path / "key").exists()


def test_a_key_that_cannot_be_kept_is_explained(tmp_path: Path) -> None:
    """Neither an empty file nor a place that cannot be written leaves the door open."""
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    empty = Config.model_validate({"access": {"key_path": tmp_path / "empty"}})
    with pytest.raises(ConfigError, match="holds no key"):
        stored_keys(empty)
    blocked = Config.model_validate({"access": {"key_path": tmp_path / "empty" / "key"}})
    with pytest.raises(ConfigError, match=r"access\.key_path: .* cannot be"):
        stored_keys(blocked)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "postgresql://host/db"])
def test_where_there_is_no_database_file(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash lies in data/."""
    monkeypatch.chdir(tmp_path)
    assert stored_keys(Config.model_validate({"database": {"url": url}})).kept_at == Path("data/api_key.sha256")
