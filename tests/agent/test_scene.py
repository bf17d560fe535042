"""What a rule of the script looks at."""

from dataclasses import replace
from datetime import UTC, datetime

from agent.character import Character
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue
from agent.expectation import Expectation
from agent.interpret import Heard, Intent
from agent.phrases import Phrases
from agent.scene import Scene
from agent.texts.bundled import Repertoire

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


def test_fields_are_known_by_what_is_waited_for() -> None:
    """The one that was asked for and the one that came last; a schema that has neither has neither."""
    place, name = ClaimField("place"), ClaimField("name")
    state = Expectation(noted="name").asking(place)
    for claim, fields in ((Claim((place, name)), (place, name)), (Claim(()), (None, None))):
        dialogue = Dialogue(claim, language="fr-FR")
        phrases = Phrases.of(dialogue, Repertoire(), Character("Contoso", "Amelia"))
        scene = Scene(dialogue, "À Lyon.", NOW, state, Heard(Intent.ANSWER, "À Lyon."), phrases)
        assert (scene.asked, scene.noted) == fields
        assert scene.claim is claim
        assert scene.texts.language == "fr"


def test_what_is_said_is_a_value_of_a_field_or_none() -> None:
    """In the caller's language; their own number is theirs; a correction keeps what it does not say."""
    when, phone, what = (
        ClaimField("when", FieldType.DATETIME),
        ClaimField("phone", FieldType.PHONE_NUMBER),
        ClaimField("what"),
    )
    dialogue = Dialogue(Claim((when, phone, what)).with_value("when", "2026-11-16T09:00"), caller_number="+12025550143")
    phrases = Phrases.of(dialogue, Repertoire(), Character("Contoso", "Amelia"))
    scene = Scene(dialogue, "", NOW, Expectation(), Heard(Intent.ANSWER), phrases, language="de-DE")
    assert scene.parsed(when, "am Dienstag") == "2026-11-17T09:00"
    assert replace(scene, language="en").parsed(phone, "the number that I am calling from") == "+12025550143"
    assert scene.fits(what, "irgendwas")
    assert not scene.fits_typed(what, "irgendwas")
    assert not scene.fits(when, "irgendwas")
