"""Every change of a claim is a row: by whom, when, what it was, and what it is. Read from a real store."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from stores.records import ClaimChangeRecord
from tests.support.fakes import AT
from tests.support.scripted_calls import ScriptedCall, play

FIELDS = [
    {"name": "place", "description": "Where did it happen?"},
    {"name": "caller_name", "description": "What is your name?"},
]


def storing(**values: str) -> dict[str, object]:
    """A tool call of a model that stores these."""
    updates = [{"field": field, "value": value} for field, value in values.items()]
    return {"tool": "update_claim", "with": {"updates": updates}}


Row = tuple[str, str | None, str, int]


def rows(folder: Path, said: Sequence[str], model: Sequence[dict[str, object]] = ()) -> list[Row]:
    """Field, old and new value and number of the claim, in order; whoever changed it, and when, are the same in all."""
    caller = [{"says": text} for text in said]
    call = {"about": "rows", "claim": FIELDS, "caller": caller, "model": list(model), "expect": {}}
    changes = play(msgspec.convert(call, ScriptedCall), folder).history.claim_changes
    assert {(each.changed_by, each.changed_at) for each in changes} == {("assistant", AT)}
    assert [each.sequence for each in changes] == sorted(each.sequence for each in changes)
    return [_row(each) for each in changes]


def _row(change: ClaimChangeRecord) -> Row:
    return change.field, change.old_value, change.new_value, change.claim_number


def test_what_the_script_stores(tmp_path: Path) -> None:
    """A correction is a row of its own, with what it corrects."""
    said = ("In Boston.", "No, it was in Chicago.", "Ann Smith.", "Yes.")
    assert rows(tmp_path, said) == [
        ("place", None, "In Boston", 0),
        ("place", "In Boston", "In Chicago", 0),
        ("caller_name", None, "Ann Smith", 0),
    ]


def test_what_tools_store(tmp_path: Path) -> None:
    """What is said again is no change, what is refused no row, and a second claim begins with nothing."""
    said = ("I am Ann Smith, it was in Boston.", "No, in Chicago.", "And another one in Denver.")
    model: tuple[dict[str, object], ...] = (
        {"calls": [storing(place="Boston", caller_name="Ann Smith")]},
        {"says": "Noted."},
        {"calls": [storing(place="Chicago", caller_name="Ann Smith")]},
        {"says": "Corrected."},
        {"calls": [{"tool": "new_claim"}, storing(place="Denver", shoe="44")]},
        {"says": "And your name?"},
    )
    assert rows(tmp_path, said, model) == [
        ("place", None, "Boston", 0),
        ("caller_name", None, "Ann Smith", 0),
        ("place", "Boston", "Chicago", 0),
        ("place", None, "Denver", 1),
    ]
