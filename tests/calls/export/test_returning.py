"""Known things that come back."""

from calls.export.known import Known
from calls.export.returning import FoldedText, address_parts, identity_of, returning_spans


def found(text: str, *known: Known) -> set[str]:
    """The stretches that are found."""
    return {text[span.start : span.end] for span in returning_spans(text, known, ["US"])}


def test_places_in_a_folded_text() -> None:
    """Letters that fold into two, or lose a mark, stand where they stood."""
    text = "Straße für José"
    assert found(text, Known("NAME", "strasse")) == {"Straße"}
    assert found(text, Known("NAME", "Jose")) == {"José"}
    assert FoldedText("").text == ""


def test_parts_of_numbers() -> None:
    """Four digits or more of a known number, written or said; three tell nothing."""
    phone = Known("PHONE", "+16175550143")
    assert found("ending in 0143", phone) == {"0143"}
    assert found("ending in oh one four three", phone) == {"oh one four three"}
    assert found("it is 143", phone) == set()
    assert found("B zero two one two", Known("POLICY", "B02-12")) == {"B zero two one two"}


def test_parts_of_addresses() -> None:
    """What has a name or a number; where nobody lives is no address."""
    assert address_parts("12 Oak Street, Boston") == ["12 Oak Street", "Oak", "Boston"]
    assert address_parts("In the kitchen, at home") == ["In the kitchen", "at home"]
    assert found("the kitchen at home", Known("ADDRESS", "Kitchen")) == set()


def test_one_thing_has_one_identity() -> None:
    """However it is written."""
    assert identity_of(Known("PHONE", "617 555 0143"), ["US"]) == identity_of(Known("PHONE", "+1 617-555-0143"), [])
    assert identity_of(Known("NAME", "José  García"), []) == "jose garcia"
    assert identity_of(Known("POLICY", "b02-12"), []) == "B0212"
