"""The rules of the script, one by one, on the pure core."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.assistant import Cite, EndCall, Expect, Output, Say, TransferCall, UpdateClaim
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.expectation import Expectation, Stage
from agent.facts import Citation
from agent.options import Options
from agent.script import Script
from agent.texts.english import ENGLISH
from tests.support.passages import passage

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
SCRIPT = Script("Contoso", "Amelia")
PLACE = ClaimField("incident_location", description="Where did it happen?")
WHEN = ClaimField("incident_datetime", FieldType.DATETIME, "When did it happen?")
HURT = ClaimField("injuries", description="Was anyone injured?")
PHONE = ClaimField("phone_number", FieldType.PHONE_NUMBER, "On which number can we reach you?")
SCHEMA = Claim((PLACE, WHEN, HURT, PHONE))


def spoken(outputs: tuple[Output, ...]) -> str:
    """All that is said."""
    return "".join(output.text for output in outputs if isinstance(output, Say))


def expected(outputs: tuple[Output, ...]) -> tuple[Expectation, int]:
    """What is waited for after a reply, which says so exactly once."""
    (expect,) = [output for output in outputs if isinstance(output, Expect)]
    return Expectation.decode(expect.expecting), expect.attempts


def test_who_wants_a_human_is_handed_over() -> None:
    """After the announcement, and with the question kept, in case nobody is reached; where nobody is, that is said."""
    dialogue = replace(asking(PLACE, attempts=1), agent_number="+12025550177")
    outputs = SCRIPT.answer(dialogue, "I want to talk to a human.", NOW)
    assert TransferCall("asked for a human") in outputs
    assert spoken(outputs).endswith(ENGLISH.end_call_to_connect_agent[0])
    state, attempts = expected(outputs)
    assert (state.asked, attempts) == (PLACE.name, 1)
    without = SCRIPT.answer(asking(PLACE, attempts=1), "I want to talk to a human.", NOW)
    assert not [output for output in without if isinstance(output, TransferCall | UpdateClaim)]
    assert spoken(without) == f"{ENGLISH.calltransfer_failure[0]} {PLACE.description}"
    assert expected(without)[1] == 1


def asking(field: ClaimField, claim: Claim = SCHEMA, *, noted: str = "", attempts: int = 0) -> Dialogue:
    """A dialogue in which this field was just asked for."""
    state = replace(Expectation(), noted=noted).asking(field)
    return Dialogue(claim, expecting=state.encode(), attempts=attempts)


def test_a_question_is_answered_from_the_documents() -> None:
    """With its source, which is cited; then it goes on with its own question, which counts as asked before."""
    glass = passage("It costs 150 dollars.", place="Price")
    dialogue = replace(asking(PLACE, attempts=1), passages=(glass,))
    outputs = SCRIPT.answer(dialogue, "What does a new windscreen cost?", NOW)
    assert spoken(outputs) == f"Our guide on glass damage says: It costs 150 dollars. {PLACE.description}"
    assert Cite((Citation("Glass damage", "glass.md, Price"),)) in outputs
    state, attempts = expected(outputs)
    assert (state.asked, attempts) == (PLACE.name, 1)
    assert not [output for output in outputs if isinstance(output, UpdateClaim)]
    # A statement is an answer, whatever the documents say to it, and goodbye is goodbye.
    taken = SCRIPT.answer(dialogue, "On the highway, the windscreen broke.", NOW)
    assert [output for output in taken if isinstance(output, UpdateClaim)]
    assert EndCall() in SCRIPT.answer(dialogue, "Goodbye.", NOW)


def test_a_question_is_no_value() -> None:
    """One that no document answers is not stored; it is said that we cannot answer it, and asked again."""
    outputs = SCRIPT.answer(asking(PLACE), "Who are you?", NOW)
    assert outputs[1:] == (Say(ENGLISH.cannot_answer[0]), Say(f" {PLACE.description}"))
    assert expected(outputs) == (Expectation().asking(PLACE), 1)


def test_a_value_that_comes_late_finds_its_field() -> None:
    """The name, or a date that takes back another, while a number is waited for; a number is a number."""
    name = ClaimField("caller_name", description="What is your name?")
    known = Claim((name, WHEN, PHONE)).with_value("incident_datetime", "2026-11-19T21:00").with_value(name.name, "Ann")
    for said, update in (
        ("My name is Anna Miller", UpdateClaim("caller_name", "Anna Miller")),
        ("No, it was the day before yesterday", UpdateClaim("incident_datetime", "2026-11-18T21:00")),
        ("No, it's Hanna Miller", UpdateClaim("caller_name", "Hanna Miller")),
        ("My phone number is 202 555 0143", UpdateClaim("phone_number", "+12025550143")),
    ):
        assert update in SCRIPT.answer(asking(PHONE, known, noted=name.name), said, NOW)


@pytest.mark.parametrize(("attempts_max", "asks_again"), [(None, True), (4, True), (2, False), (0, False)])
def test_the_flags_say_how_often_a_field_is_asked_for(attempts_max: int | None, asks_again: bool) -> None:
    """As of the turn that is answered; without a flag the script's own number counts."""
    dialogue = replace(asking(PHONE, attempts=1), options=Options(attempts_max=attempts_max))
    state, _ = expected(SCRIPT.answer(dialogue, "It is five.", NOW))
    assert (state.asked == PHONE.name) == asks_again


def test_the_value_is_stored_before_it_is_confirmed() -> None:
    """UpdateClaim comes first, then what is expected, then the words; the first sentence is short."""
    outputs = SCRIPT.answer(asking(PLACE), "It was in Boston.", NOW)
    assert [type(output) for output in outputs] == [UpdateClaim, Expect, Say, Say, Say]
    assert outputs[0] == UpdateClaim("incident_location", "In Boston")
    assert outputs[2:] == (Say("Thank you."), Say(" I noted: in Boston."), Say(" When did it happen?"))


def test_a_polar_question_takes_no_for_an_answer() -> None:
    """After "Was anyone injured?", "no, nobody" corrects nothing."""
    claim = SCHEMA.with_value("incident_location", "Boston").with_value("incident_datetime", "2026-11-16T09:00")
    outputs = SCRIPT.answer(asking(HURT, claim, noted="incident_datetime"), "No, nobody was hurt.", NOW)
    assert outputs[0] == UpdateClaim("injuries", "No, nobody was hurt")
    outputs = SCRIPT.answer(asking(HURT, claim, noted="incident_datetime"), "No, wait, it was on Tuesday.", NOW)
    assert outputs[0] == UpdateClaim("incident_datetime", "2026-11-17T09:00")


def test_an_answer_that_begins_like_a_correction_is_an_answer() -> None:
    """What fits the date that is asked for is not taken for the place that was noted."""
    claim = SCHEMA.with_value("incident_location", "Boston")
    outputs = SCRIPT.answer(asking(WHEN, claim, noted="incident_location"), "Actually, it was yesterday at nine", NOW)
    assert outputs[0] == UpdateClaim("incident_datetime", "2026-11-19T09:00")


def test_a_bad_value_is_asked_for_again_and_then_skipped() -> None:
    """The reason is said each time; after the last attempt the next field is asked for."""
    claim = SCHEMA.with_value("incident_location", "Boston").with_value("injuries", "No")
    dialogue = asking(WHEN, claim)
    for attempt in (1, 2):
        outputs = SCRIPT.answer(dialogue, "in my kitchen", NOW)
        assert spoken(outputs) == "Sorry. I did not understand the date and time. When did it happen?"
        assert expected(outputs) == (Expectation(Stage.FIELD, "incident_datetime"), attempt)
        dialogue = dialogue.with_expectation(dialogue.expecting, attempt)
    outputs = SCRIPT.answer(dialogue, "in my kitchen", NOW)
    assert spoken(outputs) == "No problem. We can do that later. On which number can we reach you?"
    assert expected(outputs) == (Expectation(Stage.FIELD, "phone_number", skipped=("incident_datetime",)), 0)
    assert not [output for output in outputs if isinstance(output, UpdateClaim)]


HUMAN = "+12025550177"


def offering(*, attempts: int = 0) -> Dialogue:
    """A dialogue in which a human was offered, since the phone number was not understood."""
    state = Expectation(noted=PLACE.name).offering(PHONE)
    claim = Claim((PLACE, PHONE), {PLACE.name: "Boston"})
    return Dialogue(claim, expecting=state.encode(), attempts=attempts, agent_number=HUMAN)


@pytest.mark.parametrize("utterance", ["It is five.", "Yes.", "Um."])
def test_a_value_that_is_never_understood_brings_a_human_into_play(utterance: str) -> None:
    """After as many attempts as are set, whatever was wrong with them; it is a question, and stores nothing."""
    dialogue = replace(asking(PHONE, attempts=SCRIPT.max_attempts - 1), agent_number=HUMAN)
    outputs = SCRIPT.answer(dialogue, utterance, NOW)
    assert spoken(outputs).endswith(ENGLISH.offer_human[0])
    state, attempts = expected(outputs)
    assert (state.stage, state.asked, attempts) == (Stage.HUMAN, PHONE.name, 0)
    assert not [output for output in outputs if isinstance(output, UpdateClaim | TransferCall)]


@pytest.mark.parametrize("utterance", ["Yes.", "Yes, please.", "1", "Yes, connect me.", "I want to talk to a human."])
def test_a_human_who_is_wanted_is_fetched(utterance: str) -> None:
    """With the reason, if it was our idea."""
    outputs = SCRIPT.answer(offering(), utterance, NOW)
    (transfer,) = [output for output in outputs if isinstance(output, TransferCall)]
    assert transfer.reason in ("cannot give the phone number", "asked for a human")
    assert spoken(outputs).endswith(ENGLISH.end_call_to_connect_agent[0])


def test_who_comes_back_from_nobody_is_not_offered_nobody_again() -> None:
    """No human could be reached: the field is left open, and the next "yes" hands nobody over."""
    outputs = SCRIPT.answer(offering(), "Yes.", NOW)
    (expect,) = [output for output in outputs if isinstance(output, Expect)]
    later = SCRIPT.answer(offering().with_expectation(expect.expecting, 0), "Yes.", NOW)
    assert not [output for output in later if isinstance(output, TransferCall)]
    assert PHONE.description not in spoken(later)


@pytest.mark.parametrize("utterance", ["No.", "No, thank you.", "2", "I don't know."])
def test_a_human_who_is_not_wanted_is_not_fetched(utterance: str) -> None:
    """The field is left open, and it goes on."""
    outputs = SCRIPT.answer(offering(), utterance, NOW)
    assert not [output for output in outputs if isinstance(output, TransferCall)]
    state, _ = expected(outputs)
    assert (state.stage, state.skipped) == (Stage.CONFIRM, (PHONE.name,))


def test_the_value_after_all_is_better_than_a_human() -> None:
    """With "no" before it, or without."""
    for utterance in ("No, it is 202 555 0143.", "202 555 0143", "2 0 2 5 5 5 0 1 4 3"):
        assert UpdateClaim(PHONE.name, "+12025550143") in SCRIPT.answer(offering(), utterance, NOW)


def test_an_offer_that_is_not_understood_is_repeated_and_then_dropped() -> None:
    """Nobody is kept in it for ever."""
    again = SCRIPT.answer(offering(), "Blah blah.", NOW)
    assert spoken(again).endswith(ENGLISH.offer_human[0])
    assert expected(again)[1] == 1
    state, _ = expected(SCRIPT.answer(offering(attempts=SCRIPT.max_attempts - 1), "Blah blah.", NOW))
    assert state.skipped == (PHONE.name,)
    assert spoken(SCRIPT.nudge(offering(), NOW)).endswith(ENGLISH.offer_human[0])


def test_keys_give_a_value_and_a_star_repeats_the_question() -> None:
    """The star is no failed attempt; what was typed before it is forgotten."""
    typed = SCRIPT.answer(asking(PHONE), "2 0 2 5 5 5 0 1 4 3", NOW)
    assert UpdateClaim(PHONE.name, "+12025550143") in typed
    for keys in ("*", "2 0 2 *"):
        outputs = SCRIPT.answer(asking(PHONE, attempts=1), keys, NOW)
        assert spoken(outputs) == PHONE.description
        assert expected(outputs)[1] == 1


def test_keys_confirm() -> None:
    """1 files the claim, 2 asks what is wrong."""
    claim = Claim((PLACE,), {PLACE.name: "Boston"})
    dialogue = Dialogue(claim, expecting=Expectation().at(Stage.CONFIRM).encode())
    assert EndCall() in SCRIPT.answer(dialogue, "1", NOW)
    assert spoken(SCRIPT.answer(dialogue, "2", NOW)).endswith(ENGLISH.which_is_wrong[0])


def led(question: str, *, expecting: str = "open") -> Dialogue:
    """A dialogue that a model has led, up to this question; the place is known."""
    messages = (Message(Persona.CALLER, "It was in Boston."), Message(Persona.ASSISTANT, question))
    return Dialogue(SCHEMA.with_value(PLACE.name, "Boston"), messages=messages, expecting=expecting)


@pytest.mark.parametrize(
    ("question", "utterance", "field", "value"),
    [
        ("Thank you. On which number can we reach you?", "202 555 0143", PHONE, "+12025550143"),
        ("Noted. And your phone number?", "202 555 0143", PHONE, "+12025550143"),
        ("When did it happen?", "Yesterday at nine.", WHEN, "2026-11-19T09:00"),
        ("Were there any injuries?", "Nobody was hurt.", HURT, "Nobody was hurt."),
    ],
)
def test_an_answer_to_the_question_of_a_model_is_taken(
    question: str, utterance: str, field: ClaimField, value: str
) -> None:
    """The model is gone, and the caller need not say it twice."""
    outputs = SCRIPT.answer(led(question), utterance, NOW)
    (update,) = [output for output in outputs if isinstance(output, UpdateClaim)]
    assert (update.field, update.value.rstrip(".")) == (field.name, value.rstrip("."))
    assert PLACE.description not in spoken(outputs)


@pytest.mark.parametrize(
    ("question", "expecting"),
    [
        ("Anything else?", "open"),
        ("I have noted the phone number.", "open"),
        ("Where did it happen, in Boston?", "open"),
        ("And your phone number?", ""),
    ],
)
def test_what_answers_no_open_question_is_not_taken(question: str, expecting: str) -> None:
    """No field was asked for, or one that is known; or what was said has been used before the model failed."""
    outputs = SCRIPT.answer(led(question, expecting=expecting), "202 555 0143", NOW)
    assert not [output for output in outputs if isinstance(output, UpdateClaim)]
    assert spoken(outputs).endswith(WHEN.description)


@pytest.mark.parametrize("utterance", ["", "uh", "hello?", "yes"])
def test_what_holds_no_answer_repeats_the_question(utterance: str) -> None:
    """Noise counts as an attempt."""
    outputs = SCRIPT.answer(asking(PLACE), utterance, NOW)
    assert spoken(outputs).endswith(" Where did it happen?")
    assert expected(outputs)[1] == 1


def test_a_request_to_repeat_is_no_failed_attempt() -> None:
    """Who asks back gets the question, as often as they like."""
    outputs = SCRIPT.answer(asking(PLACE, attempts=2), "Can you repeat that?", NOW)
    assert spoken(outputs) == "Where did it happen?"
    assert expected(outputs)[1] == 2


def test_own_number_of_the_caller_is_known() -> None:
    """It is taken from the line, unless it is withheld."""
    claim = Claim((PHONE,))
    known = replace(asking(PHONE, claim), caller_number="+12025550143")
    assert SCRIPT.answer(known, "The number I'm calling from.", NOW)[0] == UpdateClaim("phone_number", "+12025550143")
    withheld = SCRIPT.answer(asking(PHONE, claim), "The number I'm calling from.", NOW)
    assert spoken(withheld).startswith("Sorry. I did not hear a phone number.")


def test_words_before_the_question_was_heard_add_to_the_last_text() -> None:
    """A caller who goes on talking over the reply has not answered a question they never heard."""
    claim = Claim((PLACE, ClaimField("caller_name", description="What is your name?")))
    claim = claim.with_value("incident_location", "In Boston")
    name = claim.fields[1]
    cut = asking(name, claim, noted="incident_location").with_message(
        Message(Persona.ASSISTANT, "Thank you. I noted", was_interrupted=True)
    )
    outputs = SCRIPT.answer(cut, "On the second floor.", NOW)
    assert outputs[0] == UpdateClaim("incident_location", "In Boston. On the second floor.")
    heard = replace(cut, messages=(Message(Persona.ASSISTANT, "What is your na", was_interrupted=True),))
    assert SCRIPT.answer(heard, "Robert Miller.", NOW)[0] == UpdateClaim("caller_name", "Robert Miller")


def test_a_talk_that_a_model_led_is_taken_up_with_care() -> None:
    """After a model, only a value that names its field is taken; the first missing one is asked for."""
    dialogue = Dialogue(SCHEMA)
    outputs = SCRIPT.answer(dialogue, "It was yesterday.", NOW)
    assert spoken(outputs) == "Sorry. Where did it happen?"
    outputs = SCRIPT.answer(dialogue, "The phone number is 202 555 0143", NOW)
    assert outputs[0] == UpdateClaim("phone_number", "+12025550143")


def test_everything_skipped_ends_with_a_call_back() -> None:
    """A claim without any value is not summed up."""
    outputs = SCRIPT.answer(asking(PLACE, Claim((PLACE,))), "I don't know.", NOW)
    assert spoken(outputs) == "No problem. We can do that later. A colleague will call you back. Goodbye."
    assert outputs[-1] == EndCall()


def test_a_claim_without_fields_is_only_a_greeting() -> None:
    """Nothing can be asked: the caller is heard, and called back."""
    dialogue = Dialogue(Claim(()))
    assert spoken(SCRIPT.greet(dialogue, NOW)) == "Hello, this is Amelia from Contoso. How can I help you?"
    outputs = SCRIPT.answer(dialogue, "My roof is gone.", NOW)
    assert spoken(outputs) == "Thank you for calling. A colleague will call you back. Goodbye."


def test_a_full_claim_is_confirmed_at_once() -> None:
    """Who calls again hears what is known."""
    claim = Claim((PLACE,)).with_value("incident_location", "Boston")
    outputs = SCRIPT.greet(Dialogue(claim), NOW)
    assert spoken(outputs).endswith("Here is what I noted. Incident location: Boston. Is everything right?")
    assert expected(outputs)[0].stage is Stage.CONFIRM


def test_a_confirmation_that_never_comes_ends_the_call() -> None:
    """After three answers that are neither yes nor no, what was told is kept for a colleague."""
    claim = Claim((PLACE,)).with_value("incident_location", "Boston")
    dialogue = Dialogue(claim, expecting=Expectation(Stage.CONFIRM).encode(), attempts=2)
    outputs = SCRIPT.answer(dialogue, "purple", NOW)
    assert spoken(outputs) == "I have saved what you told me. A colleague will check it with you. Goodbye."
    assert outputs[-1] == EndCall()


def test_nothing_is_wrong_after_all() -> None:
    """Who is asked which detail is wrong may say none."""
    claim = Claim((PLACE,)).with_value("incident_location", "Boston")
    dialogue = Dialogue(claim, expecting=Expectation(Stage.WHICH).encode())
    assert ENGLISH.filed[0] in spoken(SCRIPT.answer(dialogue, "No.", NOW))


def test_after_goodbye_there_is_only_goodbye() -> None:
    """What is said while the line closes changes nothing."""
    dialogue = Dialogue(SCHEMA, expecting=Expectation(Stage.DONE).encode())
    outputs = SCRIPT.answer(dialogue, "My phone number is 202 555 0143", NOW)
    assert spoken(outputs) == "Goodbye."
    assert outputs[-1] == EndCall()


@given(
    utterances=st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                [
                    "yes",
                    "no",
                    "no, the location is Boston",
                    "yesterday at nine",
                    "2025550143",
                    "that's wrong",
                    "what?",
                    "the phone",
                    "I don't know",
                    "actually it was the hall",
                ]
            ),
        ),
        max_size=25,
    )
)
def test_every_dialogue_keeps_its_promises(utterances: list[str]) -> None:
    """Whatever is said: one expectation, some words, values only of known fields, and a goodbye before the end."""
    dialogue = Dialogue(SCHEMA)
    for utterance in utterances:
        outputs = SCRIPT.answer(dialogue, utterance, NOW)
        state, attempts = expected(outputs)
        assert spoken(outputs).strip()
        assert attempts < SCRIPT.max_attempts
        for output in outputs:
            if isinstance(output, UpdateClaim):
                assert dialogue.claim.named(output.field) is not None
                dialogue = dialogue.with_claim(dialogue.claim.with_value(output.field, output.value))
        assert (EndCall() in outputs) == (state.stage is Stage.DONE)
        dialogue = dialogue.with_expectation(state.encode(), attempts)
