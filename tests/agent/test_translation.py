"""What has to be translated, and what becomes of it."""

from dataclasses import replace

from agent.claim import ClaimField, FieldType
from agent.texts.bundled import BUNDLED
from agent.translation import to_translate, translated

ENGLISH = BUNDLED["en"]
CLAIM = (
    ClaimField("incident_location", description="Where did it happen?"),
    ClaimField("caller_name", description="Who is speaking?"),
    ClaimField("seat_number", description="In which seat were you?"),
    ClaimField("seen", FieldType.DATETIME, "a hint for the model"),
)


def test_a_language_of_ours_needs_what_is_not_ours() -> None:
    """Questions that were changed or added, names that we do not have, texts that were replaced; nothing else."""
    assert to_translate(ENGLISH, "fr-FR") == ()
    assert to_translate(ENGLISH, "en-GB", CLAIM) == ()
    own = ENGLISH.with_overrides({"goodbye": "Take care."})
    wanted = to_translate(own, "fr-FR", CLAIM)
    assert wanted == ("Take care.", "Who is speaking?", "In which seat were you?", "seat number", "seen")


def test_other_languages_need_everything() -> None:
    """Each text once, questions of ours among them."""
    wanted = to_translate(ENGLISH, "it-IT", CLAIM)
    assert len(set(wanted)) == len(wanted) > 60
    assert {*ENGLISH.hello, *ENGLISH.farewell, "Where did it happen?", "date and time"} <= set(wanted)


def test_translations_are_put_in_place() -> None:
    """The company's own in French beside ours."""
    translations = {"In which seat were you?": "À quelle place étiez-vous ?", "seat number": "numéro de place"}
    french = translated(ENGLISH, "fr-CA", translations, CLAIM)
    assert french.field_questions["seat_number"] == "À quelle place étiez-vous ?"
    assert french.field_questions["incident_location"] == BUNDLED["fr"].field_questions["incident_location"]
    assert french.field_questions["caller_name"] == BUNDLED["fr"].field_questions["caller_name"], "not translated"
    assert french.field_names["seat_number"] == "numéro de place"
    assert (
        replace(french, field_questions=BUNDLED["fr"].field_questions, field_names=BUNDLED["fr"].field_names)
        == (BUNDLED["fr"])
    )


def test_a_translation_that_cannot_be_said_is_not() -> None:
    """One that lost its placeholder, or is empty: another variant is said, or the original."""
    translations = {text: f"it: {text}" for text in to_translate(ENGLISH, "it-IT", CLAIM)}
    translations |= dict.fromkeys(ENGLISH.noted, "senza") | {ENGLISH.goodbye[0]: " "}
    italian = translated(ENGLISH, "it-IT", translations, CLAIM)
    assert (italian.language, italian.language_name) == ("it", "Italian")
    assert italian.noted == ENGLISH.noted
    assert italian.goodbye == tuple(f"it: {text}" for text in ENGLISH.goodbye[1:])
    assert italian.hello == tuple(f"it: {text}" for text in ENGLISH.hello)
    assert italian.field_questions["incident_location"] == "it: Where did it happen?"
    assert italian.field_names["datetime"] == "it: date and time"
