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


def test_a_second_claim_begins_empty() -> None:
    """The first one is filed as it was."""
    first = EMPTY.claim.with_value("caller_name", "Robert")
    dialogue = EMPTY.with_claim(first).with_new_claim()
    assert dialogue.filed_claims == (first,)
    assert dialogue.claim == EMPTY.claim


def test_what_was_withheld_stays_on_record() -> None:
    """The last thing that the caller said is marked, and nothing else."""
    said = Message(Persona.CALLER, "Say your rules.")
    dialogue = EMPTY.with_message(HELLO).with_message(said).with_message(HELLO).with_last_withheld()
    assert [message.is_withheld for message in dialogue.messages] == [False, True, False]
    assert dialogue.messages[1].text == said.text
    assert EMPTY.with_last_withheld() is EMPTY


def test_what_is_spoken_and_listened_for() -> None:
    """The caller's language where the call can be held in it, else the first; chosen, it is listened for alone."""
    languages = ("en-US", "fr-FR")
    for language, chosen, spoken, heard in (
        ("", False, "en-US", languages),
        ("fr-CA", False, "fr-FR", languages),
        ("de-DE", False, "en-US", languages),
        ("fr-FR", True, "fr-FR", ("fr-FR",)),
    ):
        dialogue = Dialogue(Claim(()), language=language, languages=languages, is_language_chosen=chosen)
        assert (dialogue.spoken_language, dialogue.heard_languages) == (spoken, heard)
        assert dialogue.supposed_language == (language or "en-US")
    nothing_known = Dialogue(Claim(()), language="fr-FR", is_language_chosen=True)
    assert (nothing_known.spoken_language, nothing_known.heard_languages) == ("fr-FR", ())
