"""Numbers and addresses that are spoken of: known in the call, or foreign?"""

import pytest

from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.known_data import KnownData

CLAIM = Claim((ClaimField("email", FieldType.EMAIL), ClaimField("policy")))
DIALOGUE = Dialogue(
    CLAIM.with_value("email", "rob.miller@example.com"),
    (
        Message(Persona.ASSISTANT, "What is your number?"),
        Message(Persona.CALLER, "It is two oh two, double five five, zero one four three."),
    ),
    caller_number="+15550001111",
    agent_number="+12025550100",
)
KNOWN = KnownData(DIALOGUE, "And my policy is B 48213 dash 7.", ("Our hotline is 0800 123 4567.",))


@pytest.mark.parametrize(
    "text",
    [
        "I noted 202 555 0143.",
        "Is it two zero two, five five five, zero one four four?",
        "You call from +1 555 000 1111.",
        "Our hotline is 0800 1234567.",
        "I have rob.miller@example.com.",
        "That is rob dot miller at example dot com.",
        "It was on 2026-11-20 at 06:35, or on 20.11.2026.",
        "That makes 1,250,000 dollars, or 1 250 000 euros.",
        "See you at nine at the office dot com.",
        "Your reference has 12 letters, room 305, floor 2.",
        "",
    ],
)
def test_what_the_call_knows_may_be_said(text: str) -> None:
    """Told, stored, configured; dates and amounts are no numbers of anybody."""
    assert not KNOWN.holds_foreign(text)


@pytest.mark.parametrize(
    "text",
    [
        "Her number is +49 170 5550199.",
        "It is plus four nine one seven zero five five five zero nine nine nine.",
        "Es ist null eins sieben null fünf fünf fünf neun neun neun neun.",
        "号码是一三八零零一三八零零零",
        "Write to maria.schmidt@example.org.",
        "The e-mail is maria dot schmidt at example dot org.",
        "The policy is DE-4821-7733-09.",
    ],
)
def test_what_nobody_told_is_foreign(text: str) -> None:
    """In figures, in words, in several languages."""
    assert KNOWN.holds_foreign(text)


def test_what_is_learnt_is_known() -> None:
    """A document, or a value that was just stored."""
    known = KnownData(DIALOGUE)
    assert known.holds_foreign("Call 0900 765 4321.")
    known.add("The branch: 0900-765-4321, open from nine to five.")
    assert not known.holds_foreign("Call 0900 765 4321.")


def test_a_caller_who_spells_an_address_is_believed() -> None:
    """Their letters come in any way; the name of the service is enough."""
    told = Dialogue(CLAIM, (Message(Persona.CALLER, "J as in Juliet, O, N at gmail dot com"),))
    assert not KnownData(told).holds_foreign("I noted jon@gmail.com, is that right?")
    assert KnownData(told).holds_foreign("I noted jon@example.org.")


def test_numbers_that_cannot_be_read_are_not_compared() -> None:
    """Said in pairs, in a language whose pairs are not read here: blocking it would be worse."""
    told = Dialogue(CLAIM, (Message(Persona.CALLER, "zéro six, vingt-trois, quarante-cinq, soixante-sept, trente"),))
    assert not KnownData(told).holds_foreign("J'ai noté 06 23 45 67 30.")
