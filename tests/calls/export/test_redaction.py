"""What becomes of personal data: by a corpus in five languages, and throughout a call."""

import json
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import yaml

from calls.export.known import Known
from calls.export.leaks import left_over
from calls.export.names import introduced
from calls.export.redaction import RedactionSettings, Redactor
from calls.export.spans import ADDRESS, EMAIL, NAME, PHONE, POLICY

CORPUS: tuple[dict[str, Any], ...] = tuple(
    yaml.safe_load(Path(__file__).with_name("corpus.yaml").read_text(encoding="utf-8"))
)


def redactor_for(row: dict[str, Any]) -> Redactor:
    """What the call of a row of the corpus would have."""
    known = [Known(kind, value) for kind, value in row.get("known", {}).items()]
    known += [Known(NAME, name) for name in introduced(row["text"])]
    return Redactor(known, RedactionSettings(regions=(row.get("region", "US"),)))


@pytest.mark.parametrize("row", CORPUS, ids=lambda row: f"{row['language']}: {row['text'][:40]}")
def test_the_corpus(row: dict[str, Any]) -> None:
    """What is personal goes, and the sentence around it stays."""
    redactor = redactor_for(row)
    text = redactor.text(row["text"])
    for gone in row["gone"]:
        assert str(gone).casefold() not in text.casefold()
    for stays in row["stays"]:
        assert str(stays) in text
    assert left_over([text], redactor.known) == []
    assert bool(redactor.counts) == (text != row["text"])


def test_the_corpus_is_large_enough() -> None:
    """Forty sentences at least, in five languages."""
    assert len(CORPUS) >= 40
    assert {row["language"] for row in CORPUS} == {"en", "fr", "es", "de", "zh"}


def test_one_thing_is_one_placeholder() -> None:
    """However it is written or said; another one has another number, and what was replaced is counted by kind."""
    redactor = Redactor(
        [Known(NAME, "Robert Miller"), Known(PHONE, "+16175550143"), Known(NAME, "Ann Lee")], RedactionSettings()
    )
    assert redactor.text("Robert Miller, 617-555-0143") == "[NAME_1], [PHONE_1]"
    assert redactor.text("Mr. MILLER, robert: six one seven five five five oh one four three.") == (
        "Mr. [NAME_1], [NAME_1]: [PHONE_1]."
    )
    assert redactor.text("Ann and +1 617 555 0143, or +1 617 555 0199") == "[NAME_2] and [PHONE_1], or [PHONE_2]"
    assert redactor.text("Write to a@b.com, not to c@b.com, but A@B.com.") == (
        "Write to [EMAIL_1], not to [EMAIL_2], but [EMAIL_1]."
    )
    assert redactor.counts == {"NAME": 4, "PHONE": 4, "EMAIL": 3}
    assert {known.kind for known in redactor.replaced} == {"NAME", "PHONE", "EMAIL"}


def test_a_part_of_an_address_is_the_address() -> None:
    """With the same number."""
    redactor = Redactor([], RedactionSettings())
    assert redactor.text("At 12 Oak Street, Boston. Yes, 12 Oak Street.") == "At [ADDRESS_1]. Yes, [ADDRESS_1]."


def test_placeholders_are_left_alone() -> None:
    """Also those of somebody who is called like one."""
    redactor = Redactor([Known(NAME, "Phone Name")], RedactionSettings())
    once = redactor.text("I am Phone Name, +1 617 555 0143.")
    assert once == "I am [NAME_1], [PHONE_1]."
    assert redactor.text(once) == once


def test_values_within_json() -> None:
    """Keys stay, numbers and escaped text are looked at, too; what is no JSON is text."""
    redactor = Redactor([Known(NAME, "José Müller"), Known(POLICY, "4711001")], RedactionSettings())
    written = '{"name": "Jos\\u00e9 M\\u00fcller", "n": [4711001, 5, true, null, 1.5], "phone": 16175550143}'
    assert json.loads(redactor.json(written)) == {
        "name": "[NAME_1]",
        "n": ["[POLICY_1]", 5, True, None, 1.5],
        "phone": "[PHONE_1]",
    }
    assert redactor.json("{not json: Müller}") == "{not json: [NAME_1]}"


def test_what_the_configuration_adds() -> None:
    """Patterns of its own, with a placeholder of their own."""
    plates = MappingProxyType({"PLATE": (re.compile(r"\b[A-Z]{2}-\d{3}-[A-Z]{2}\b"),)})
    redactor = Redactor([], RedactionSettings(patterns=plates))
    assert redactor.text("The car is AB-123-CD, the other EF-456-GH.") == "The car is [PLATE_1], the other [PLATE_2]."


def test_known_things_come_back_in_many_ways() -> None:
    """In other casing, without accents, in parts, spelled, with another name around them."""
    redactor = Redactor(
        [
            Known(NAME, "Hélène Lefèvre-Dubois"),
            Known(EMAIL, "helene.lefevre@example.com"),
            Known(ADDRESS, "Chez Dubois, 5 Rue Haute, 69001 Lyon"),
            Known(POLICY, "AX-99-17"),
        ],
        RedactionSettings(regions=("FR",)),
    )
    for text in (
        "HELENE LEFEVRE DUBOIS",
        "lefèvre",
        "L-E-F-E-V-R-E",
        "l e f e v r e",
        "Helene.Lefevre@Example.com",
        "helene.lefevre",
        "5, rue haute",
        "lyon",
        "69001",
        "ax 99 17",
        "AX9917",
    ):
        assert re.fullmatch(r"(\[[A-Z]+_\d+\][ ,]*)+", redactor.text(text)), (text, redactor.text(text))


def test_no_word_is_harmed() -> None:
    """A name that is a word is a name only where it has a capital; parts of words are no names."""
    redactor = Redactor([Known(NAME, "Will Ann Rich")], RedactionSettings())
    text = "it will annoy the rich planner"
    assert redactor.text(text) == text
    assert redactor.text("Thanks, Will.") == "Thanks, [NAME_1]."
