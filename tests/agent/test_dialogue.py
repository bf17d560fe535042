"""The dialogue: an immutable snapshot."""

from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue, Message, Persona

EMPTY = Dialogue(Claim((ClaimField("caller_name"),)))
HELLO = Message(Persona.ASSISTANT, "Hello.")


def test_messages_are_appended_to_a_new_dialogue() -> None:
    """The old snapshot stays as it is."""
    spoken = EMPTY.with_message(HELLO).with_message(Message(Persona.CALLER, "Hi."))
    assert EMPTY.messages == ()
    assert spoken.messages == (HELLO, Message(Persona.CALLER, "Hi."))


def test_an_empty_message_changes_nothing() -> None:
    """What nobody heard was not said."""
    assert EMPTY.with_message(Message(Persona.ASSISTANT, "", was_interrupted=True)) is EMPTY


def test_claim_and_expectation_are_replaced() -> None:
    """Each leaves the rest alone."""
    claim = EMPTY.claim.with_value("caller_name", "Robert")
    dialogue = EMPTY.with_message(HELLO).with_claim(claim).with_expectation("confirm", 2)
    assert dialogue.claim.values == {"caller_name": "Robert"}
    assert (dialogue.expecting, dialogue.attempts) == ("confirm", 2)
    assert dialogue.messages == (HELLO,)
