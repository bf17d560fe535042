"""The sentences of the scripted assistant."""

from datetime import UTC, datetime

import pytest

from agent.character import Character
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.phrases import Phrases
from agent.texts.bundled import BUNDLED, Repertoire

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "question"),
    [
        (ClaimField("caller_name", description="What is your name?"), "What is your name?"),
        (ClaimField("policy_number"), "What is the policy number?"),
        (ClaimField("witnesses", description="People who saw it"), "What is the witnesses?"),
        (ClaimField("incident_datetime", FieldType.DATETIME), "What is the incident date and time?"),
    ],
)
def test_fields_are_asked_for(field: ClaimField, question: str) -> None:
    """A description that is a question is asked as it is; else the name is asked for."""
    assert Phrases().question(field) == question


def test_polar_questions_are_known() -> None:
    """Yes or no answers them, if the field is a text."""
    assert Phrases().is_polar(ClaimField("injuries", description="Was anyone injured?"))
    assert not Phrases().is_polar(ClaimField("caller_name", description="What is your name?"))
    assert not Phrases().is_polar(ClaimField("email", FieldType.EMAIL, "Do you have an e-mail address?"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (ClaimField("place"), "In my kitchen", "I noted: in my kitchen."),
        (ClaimField("caller_name"), "Robert Miller", "I noted: Robert Miller."),
        (ClaimField("place"), "A" + " very" * 9 + " long place", "I noted that."),
        (ClaimField("policy_number"), "4711", "I noted four seven one one."),
        (ClaimField("when", FieldType.DATETIME), "2026-11-16T09:00", "I noted Monday, November 16 at 9 AM."),
    ],
)
def test_values_are_read_back_in_brief(field: ClaimField, value: str, sentence: str) -> None:
    """Typed values are read in full, long texts are not repeated."""
    assert Phrases().read_back(field, value, NOW) == sentence


def test_the_summary_has_a_sentence_for_each_value() -> None:
    """Only what is known is said, in the schema's order."""
    claim = Claim((ClaimField("place"), ClaimField("caller_name"), ClaimField("policy_number")))
    claim = claim.with_value("policy_number", "4711").with_value("place", "In Boston.")
    assert Phrases().summary(claim, NOW) == ["Place: in Boston.", "Policy number: four seven one one."]


@pytest.mark.parametrize(
    ("language", "asked", "asked_unknown"),
    [
        ("fr-CA", "Où est-ce arrivé ?", "Couleur : quel jour, et à quelle heure ?"),
        ("es", "¿Dónde pasó?", "Couleur: ¿qué día y a qué hora?"),
        ("de-AT", "Wo ist es passiert?", "Couleur: An welchem Tag und um wie viel Uhr?"),
        ("zh-CN", "是在哪里发生的？", "Couleur：是哪一天，几点？"),
    ],
)
def test_a_caller_is_asked_in_their_own_language(language: str, asked: str, asked_unknown: str) -> None:
    """What a claim's fields are described in is of no use to them; a name that we do not know is said as it is."""
    phrases = Phrases.of(Dialogue(Claim(()), language=language), Repertoire("en"), Character("Contoso", "Amelia"))
    assert phrases.question(ClaimField("incident_location", description="Where did it happen?")) == asked
    assert phrases.question(ClaimField("couleur", FieldType.DATETIME, "When was it painted?")) == asked_unknown
    own = Phrases.of(Dialogue(Claim(()), language=language), Repertoire(language), Character("Contoso", "Amelia"))
    assert own.question(ClaimField("couleur", description="Et la couleur ?")) == "Et la couleur ?"


@pytest.mark.parametrize("language", BUNDLED)
def test_questions_of_ours_are_known_to_be_polar(language: str) -> None:
    """Whether anyone was hurt is answered by yes or no, in every language; a name is not."""
    phrases = Phrases(BUNDLED[language], is_own=False)
    for name in ("injuries", "medical_records", "pre_existing_damages", "witnesses"):
        assert phrases.is_polar(ClaimField(name)), name
    for name in ("caller_name", "incident_location", "incident_description", "involved_parties", "address"):
        assert not phrases.is_polar(ClaimField(name)), name


def test_nobody_is_told_the_same_in_the_same_words_twice_running() -> None:
    """Several ways to say it are used in turn; who calls decides how the call is opened."""
    repertoire, who = Repertoire("de"), Character("Contoso", "Amelia")
    dialogue = Dialogue(Claim(()))
    asked = []
    for _ in range(6):
        phrases = Phrases.of(dialogue, repertoire, who)
        asked.append(phrases.choose(phrases.texts.timeout_silence))
        dialogue = dialogue.with_message(Message(Persona.ASSISTANT, asked[-1]))
        dialogue = dialogue.with_message(Message(Persona.CALLER, "Ja."))
    assert asked == [*BUNDLED["de"].timeout_silence, *BUNDLED["de"].timeout_silence]
    callers = [Dialogue(Claim(()), caller_number=f"+4930123{number}") for number in range(20)]
    greetings = {Phrases.of(caller, repertoire, who).greeting() for caller in callers}
    assert len(greetings) == len(BUNDLED["de"].hello)
    assert all("Amelia" in greeting and "Contoso" in greeting for greeting in greetings)


def test_chinese_has_no_blanks_between_sentences() -> None:
    """What is said in one breath is written so; other languages put a blank."""
    phrases = Phrases(BUNDLED["zh"])
    assert "".join(output.text for output in phrases.say(phrases.texts.thanks, "", phrases.texts.good)) == "谢谢。好。"
    english = Phrases()
    assert (
        "".join(output.text for output in english.say(english.texts.thanks, english.texts.good)) == "Thank you. Good."
    )


@pytest.mark.parametrize("language", BUNDLED)
def test_a_call_back_says_why(language: str) -> None:
    """In every language; a stop at the end of the reason is not said twice."""
    phrases = Phrases(BUNDLED[language], who=Character("Contoso", "Amelia"))
    greeting = phrases.greeting(is_resumed=True, calls_back_about="Tow truck.")
    assert "Amelia" in greeting
    assert "Tow truck" in greeting
    assert ".." not in greeting
    assert ".。" not in greeting
