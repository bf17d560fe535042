"""Flags in a file, on a real disk."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from flags.errors import FlagsUnreadable
from providers.flag_file import MOST_BYTES, FlagFile
from tests.flags.contract_source import SourceContract


class FilePlace:
    """A file, as an editor or a deployment changes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = FlagFile(path)

    async def say(self, flags: Mapping[str, object]) -> None:
        """Replace the file at once."""
        other = self.path.with_suffix(".new")
        other.write_text(yaml.safe_dump(dict(flags)), encoding="utf-8")
        other.replace(self.path)

    async def fall(self) -> None:
        """Move it away."""
        self.path.rename(self.path.with_suffix(".away"))

    async def rise(self) -> None:
        """Move it back."""
        self.path.with_suffix(".away").rename(self.path)


@pytest.fixture
def place(tmp_path: Path) -> FilePlace:
    """A file in an empty folder."""
    return FilePlace(tmp_path / "flags.yaml")


class TestFlagFile(SourceContract):
    """A file is a source."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {}),
        ("# nothing yet\n", {}),
        ("features:\n  vad_threshold: 0.7\nserver:\n  port: 1\n", {"vad_threshold": 0.7}),
        ("features:\n", {}),
        ("true: 1\n", {"True": 1}),
    ],
)
async def test_what_a_file_may_hold(place: FilePlace, text: str, said: dict[str, object]) -> None:
    """Flags by name, or a whole configuration, of which the features count."""
    place.path.write_text(text, encoding="utf-8")
    assert await place.source.read() == said


@pytest.mark.parametrize(
    "content",
    [
        b"vad_threshold: [secret",
        b"- secret",
        b"secret",
        b"\xff\xfe",
        b"features: secret",
        b"a: 2020-13-45",
        b"[" * 5_000,
    ],
)
async def test_what_it_may_not_hold(place: FilePlace, content: bytes) -> None:
    """It is explained, and nothing of it is repeated."""
    place.path.write_bytes(content)
    with pytest.raises(FlagsUnreadable) as caught:
        await place.source.read()
    assert str(place.path) in str(caught.value)
    assert "secret" not in str(caught.value).replace(str(place.path), "")


async def test_a_file_that_is_mended_in_place_is_read(place: FilePlace) -> None:
    """Also within the resolution of the file system's clock, when its size is another one."""
    place.path.write_text("vad_threshold: [", encoding="utf-8")
    with pytest.raises(FlagsUnreadable):
        await place.source.read()
    place.path.write_text("vad_threshold: 0.7", encoding="utf-8")
    assert await place.source.read() == {"vad_threshold": 0.7}


async def test_a_link_that_is_turned_is_a_change(tmp_path: Path) -> None:
    """As Kubernetes mounts a ConfigMap: same name, same size, same time, another file."""
    for name, threshold in (("old", 0.6), ("new", 0.7)):
        (tmp_path / name).write_text(f"vad_threshold: {threshold}", encoding="utf-8")
        os.utime(tmp_path / name, ns=(10**18, 10**18))
    link = tmp_path / "flags.yaml"
    link.symlink_to(tmp_path / "old")
    source = FlagFile(link)
    assert await source.read() == {"vad_threshold": 0.6}
    link.unlink()
    link.symlink_to(tmp_path / "new")
    assert await source.read() == {"vad_threshold": 0.7}


async def test_a_file_that_is_too_large_is_not_read(place: FilePlace) -> None:
    """Somebody has named the wrong one."""
    place.path.write_bytes(b"#" * (MOST_BYTES + 1))
    with pytest.raises(FlagsUnreadable, match="too large"):
        await place.source.read()
