"""What one call is about."""

from agent.claim import ClaimField, FieldType
from calls.initiate import CallInitiate
from stores.records import FieldRecord, InitiateRecord

ABOUT = CallInitiate(
    bot_company="Contoso",
    bot_name="Amélie",
    task="Help with the laptop.",
    agent_phone_number="+33612345678",
    language="fr-FR",
    language_name="French",
    prosody_rate=1.1,
    claim=(ClaimField("first_seen", FieldType.DATETIME, "Since when?", required=False),),
)


def test_it_makes_the_assistant_and_the_claim() -> None:
    """Who speaks and what is asked for come from it."""
    who = ABOUT.character
    assert (who.company, who.bot_name, who.task, who.language_name) == (
        *("Contoso", "Amélie"),
        *("Help with the laptop.", "French"),
    )
    assert ABOUT.empty_claim.fields == ABOUT.claim
    assert ABOUT.empty_claim.values == {}


def test_all_of_it_is_kept() -> None:
    """The records hold what the call was about, and the schema with it."""
    assert ABOUT.record == InitiateRecord("Contoso", "Amélie", "Help with the laptop.", "+33612345678", "fr-FR", 1.1)
    assert ABOUT.field_records == (FieldRecord("first_seen", "datetime", "Since when?", False),)


def test_numbers_tell_of_the_language() -> None:
    """The longest beginning of either number; a withheld one tells nothing."""
    numbers = (("+33", "fr-FR"), ("+49", "de-DE"), ("+4930", "en-US"))
    about = CallInitiate(language_by_number=numbers)
    assert about.language_of("+33155512345", "+12025550143") == "fr-FR"
    assert about.language_of("+12025550143", "+49301234567") == "en-US"
    assert about.language_of("+33155512345", "+49301234567") == "en-US"
    assert about.language_of("", "+12025550143") == ""
