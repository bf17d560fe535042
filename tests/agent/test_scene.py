"""What a rule of the script looks at."""

from datetime import UTC, datetime

from agent.character import Character
from agent.claim import Claim, ClaimField
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
