"""The claim: a schema and its values."""

import pytest

from agent.claim import Claim, ClaimField, FieldType
from agent.errors import InvalidSchema

NAME = ClaimField("caller_name")
PHONE = ClaimField("phone_number", FieldType.PHONE_NUMBER)
NOTE = ClaimField("note", required=False)


def test_values_are_added_to_a_new_claim() -> None:
    """The old snapshot stays as it is, and no snapshot can be written to."""
    empty = Claim((NAME, PHONE))
    known = empty.with_value("caller_name", "Robert")
    assert (dict(empty.values), dict(known.values)) == ({}, {"caller_name": "Robert"})
    assert known.with_value("caller_name", "Bob").values["caller_name"] == "Bob"
    with pytest.raises(TypeError):
        known.values["caller_name"] = "Bob"  # type: ignore[index]


def test_missing_are_the_required_fields_in_order() -> None:
    """Optional ones are never missing."""
    claim = Claim((PHONE, NOTE, NAME))
    assert claim.missing() == (PHONE, NAME)
    assert claim.with_value("phone_number", "+12025550143").missing() == (NAME,)


def test_fields_are_found_by_name() -> None:
    """A name that the schema does not have finds none."""
    claim = Claim((NAME,))
    assert claim.named("caller_name") == NAME
    assert claim.named("shoe_size") is None
    assert PHONE.spoken_name == "phone number"


def test_two_fields_of_one_name_are_refused() -> None:
    """A value could not be told from the other."""
    with pytest.raises(InvalidSchema, match="caller_name"):
        Claim((NAME, ClaimField("caller_name", FieldType.EMAIL)))
