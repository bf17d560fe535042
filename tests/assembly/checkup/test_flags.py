"""The row of the flags."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from assembly.checkup.findings import Finding, State, look_at
from assembly.checkup.flags import checks_of_flags
from emulators.app_configuration import AppConfigurationEmulator
from providers.azure_identity import AzureIdentity
from tests.support.configured import configured


async def row(path: Path | None) -> Finding:
    """What is found with this file."""
    return await (row_of() if path is None else row_of(flags={"path": path}))


async def row_of(**sections: dict[str, object]) -> Finding:
    """What is found with this configuration."""
    async with AsyncExitStack() as stack:
        (finding,) = await look_at(list(checks_of_flags(configured(**sections), AzureIdentity(), stack)), timeout_s=30)
    return finding


async def test_without_a_source_it_is_off() -> None:
    """And says what would turn it on."""
    finding = await row(None)
    assert finding.state is State.OFF
    assert "flags.path" in finding.advice


async def test_what_works_is_counted(tmp_path: Path) -> None:
    """Flags that are others than configured, and those with variants."""
    path = tmp_path / "flags.yaml"
    path.write_text("vad_threshold: 0.7\nopeners_enabled: {variants: [{value: true}, {value: false}]}")
    finding = await row(path)
    assert finding.state is State.OK
    assert finding.seen.startswith("file: 1 changed, 1 with variants; read in ")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("vad_threshold: 7", "vad_threshold: Input should be less than or equal to 0.95"),
        (
            "a: 1\nb: 1\nc: 1\nd: 1",
            "a: there is no such flag; b: there is no such flag; c: there is no such flag; 1 more",
        ),
        ("[", "cannot be read as YAML"),
        (None, "No such file"),
    ],
)
async def test_what_is_wrong_is_told(tmp_path: Path, text: str | None, seen: str) -> None:
    """By flag, with the reason."""
    path = tmp_path / "flags.yaml"
    if text is not None:
        path.write_text(text)
    finding = await row(path)
    assert finding.state is State.FIX
    assert seen in finding.seen
    assert finding.advice


async def test_a_store_is_looked_at_with_its_key() -> None:
    """What works, what is down, and what is no connection string."""
    async with AppConfigurationEmulator() as store:
        store.put("vad_threshold", "0.7")
        opened = await row_of(app_configuration={"connection_string": store.connection_string})
        assert (opened.state, opened.seen.partition(";")[0]) == (
            State.OK,
            "app_configuration: 1 changed, 0 with variants",
        )
        store.is_down = True
        closed = await row_of(app_configuration={"connection_string": store.connection_string})
        assert (closed.state, closed.seen) == (State.FIX, "App Configuration answered 503")
        assert "app_configuration" in closed.advice
    wrong = await row_of(app_configuration={"connection_string": "secret"})
    assert wrong.state is State.FIX
    assert "secret" not in f"{wrong.seen}{wrong.advice}"
