"""Whole conversations: every file of ``calls/`` is played, and judged by what it leaves in the store."""

from pathlib import Path

import msgspec
import pytest

from tests.support.scripted_calls import ScriptedCall, play, problems, read_call

FOLDER = Path(__file__).parent / "calls"
FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scripted_call(path: Path, tmp_path: Path) -> None:
    """Claim, messages, reminders and side effects are as the file says."""
    call = read_call(path)
    played = play(call, tmp_path)
    assert problems(call, played) == [], call.about


def test_there_are_enough() -> None:
    """A folder that was not found would pass too."""
    assert len(FILES) >= 25


def test_a_wrong_expectation_is_noticed(tmp_path: Path) -> None:
    """The judge is no yes-man: each kind of expectation can fail."""
    call = read_call(FOLDER / "corrected_place.yaml")
    played = play(call, tmp_path)
    assert problems(call, played) == []
    changes: tuple[dict[str, object], ...] = (
        {"claims": [{"place": "Rome"}]},
        {"said": ["no such words"]},
        {"heard": ["no such words"]},
        {"never_said": ["."]},
        {"reminders": [{"title": "x"}]},
        {"sms": ["x"]},
        {"transfer": "x"},
        {"help": ["fire"]},
        {"tools": ["send_sms"]},
        {"citations": ["x"]},
        {"ended": "line_lost"},
    )
    for change in changes:
        assert len(problems(_expecting(call, change), played)) >= 1, change


def _expecting(call: ScriptedCall, change: dict[str, object]) -> ScriptedCall:
    expect = msgspec.structs.replace(call.expect, **change)
    return msgspec.structs.replace(call, expect=expect)
