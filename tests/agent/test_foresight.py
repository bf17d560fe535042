"""What a dialogue will be once outputs have come true."""

from datetime import UTC, datetime

from agent.assistant import Expect, FollowTopic, NewClaim, Output, Say, SetLanguage, SetReminder, SetSpeed, UpdateClaim
from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from agent.facts import Reminder
from agent.foresight import foreseen

DIALOGUE = Dialogue(Claim((ClaimField("place"),)))


def test_what_tools_look_at_is_foreseen() -> None:
    """Claims, reminders, speed and language, in order."""
    reminder = Reminder("Photos", "Send them.", datetime(2026, 1, 5, 12, tzinfo=UTC))
    outputs: tuple[Output, ...] = (
        UpdateClaim("place", "Rome"),
        NewClaim(),
        UpdateClaim("place", "Oslo"),
        SetReminder(reminder),
        SetSpeed(0.9),
        SetLanguage("fr-FR"),
        FollowTopic("x"),
    )
    dialogue = DIALOGUE
    for output in outputs:
        dialogue = foreseen(dialogue, output)
    assert [claim.values["place"] for claim in (*dialogue.filed_claims, dialogue.claim)] == ["Rome", "Oslo"]
    assert (dialogue.reminders, dialogue.speed, dialogue.language) == ((reminder,), 0.9, "fr-FR")
    assert dialogue.topic == "x"


def test_the_rest_changes_nothing() -> None:
    """Not even a new snapshot is made: whoever compares sees that nothing was set."""
    for output in (Say("Hello."), Expect("open")):
        assert foreseen(DIALOGUE, output) is DIALOGUE
