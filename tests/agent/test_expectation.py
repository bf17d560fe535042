"""The memory of the scripted assistant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.claim import Claim, ClaimField
from agent.expectation import Expectation, Stage

NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)


@given(
    st.builds(
        Expectation,
        stage=st.sampled_from(Stage),
        asked=NAMES | st.just(""),
        noted=NAMES | st.just(""),
        skipped=st.lists(NAMES).map(tuple),
    )
)
def test_what_is_written_is_read(expectation: Expectation) -> None:
    """Encoding loses nothing."""
    assert Expectation.decode(expectation.encode()) == expectation


def test_the_form_can_be_read_by_people() -> None:
    """The text names the stage, the field and what is remembered."""
    expectation = Expectation(Stage.FIELD, "phone_number", "caller_name", ("policy_number", "witnesses"))
    assert expectation.encode() == "field:phone_number;noted:caller_name;skipped:policy_number,witnesses"
    assert Expectation(Stage.CONFIRM).encode() == "confirm"
    assert Expectation(noted="caller_name").offering(ClaimField("email")).encode() == "human:email;noted:caller_name"


@pytest.mark.parametrize("text", ["", "nonsense", "nonsense:x;noted:y", ";;;"])
def test_what_is_not_ours_expects_anything(text: str) -> None:
    """A text that another assistant wrote is the stage OPEN."""
    assert Expectation.decode(text) == Expectation()


def test_skipped_fields_are_not_asked_until_they_are_given() -> None:
    """The next field is the first that is missing and not skipped."""
    first, second = ClaimField("first"), ClaimField("second")
    claim = Claim((first, second))
    skipping = Expectation().skipping(first)
    assert skipping.next_field(claim) == second
    assert skipping.noting(first).next_field(claim) == first
    assert skipping.skipping(second).next_field(claim) is None
    assert Expectation().next_field(claim.with_value("first", "X")) == second
