"""What kind of utterance it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.interpret import Heard, Intent, interpret, wants_human


@pytest.mark.parametrize(
    ("utterance", "rest"),
    [
        ("Yes.", ""),
        ("yes", ""),
        ("Yes, that is right.", ""),
        ("Yeah, that's correct, thank you.", ""),
        ("Everything is fine.", ""),
        ("Right.", ""),
        ("Okay, so a pipe burst", "a pipe burst"),
        ("Yes but the phone number is wrong", "the phone number is wrong"),
    ],
)
def test_yes_is_heard(utterance: str, rest: str) -> None:
    """Words of consent are cut off; what is left is what was said with them."""
    assert interpret(utterance) == Heard(Intent.YES, rest)


@pytest.mark.parametrize(
    ("utterance", "heard"),
    [
        ("No.", Heard(Intent.NO)),
        ("nope", Heard(Intent.NO)),
        ("No, no.", Heard(Intent.NO)),
        ("No, it was on Monday at nine.", Heard(Intent.NO, "it was on Monday at nine.")),
        ("no it was on Monday", Heard(Intent.NO, "it was on Monday")),
        ("No, wait, it was the bathroom.", Heard(Intent.NO, "it was the bathroom.", is_correction=True)),
        ("That's wrong, it was Tuesday", Heard(Intent.NO, "it was Tuesday", is_correction=True)),
        ("That is not right.", Heard(Intent.NO, "", is_correction=True)),
        ("You got that wrong.", Heard(Intent.NO, "", is_correction=True)),
    ],
)
def test_no_is_heard(utterance: str, heard: Heard) -> None:
    """A refusal is told from a correction, and leaves what was said with it."""
    assert interpret(utterance) == heard


@pytest.mark.parametrize(
    ("utterance", "rest"),
    [
        ("Actually, my name is Bob", "my name is Bob"),
        ("actually it was Monday", "it was Monday"),
        ("Wait, it was the bathroom", "it was the bathroom"),
        ("Sorry, I meant Tuesday", "Tuesday"),
        ("I said Boston", "Boston"),
        ("Uh, hold on, the hall", "the hall"),
    ],
)
def test_corrections_are_heard(utterance: str, rest: str) -> None:
    """Taking something back needs no "no"."""
    assert interpret(utterance) == Heard(Intent.CORRECTION, rest, is_correction=True)


@pytest.mark.parametrize(
    "utterance",
    [
        "A pipe burst in my kitchen.",
        "No one was hurt.",
        "Right next to the station.",
        "Sorry to say that my car was stolen",
        "It was fine until the pipe burst",
        "Wrong way driver hit me",
        "Northern Street",
        "Yesterday at nine.",
        "Fine Street 4",
        "I have no water",
        "He said goodbye to me and then drove his car into my fence",
    ],
)
def test_answers_are_left_as_they_are(utterance: str) -> None:
    """Words that only look like a marker are part of the answer."""
    assert interpret(utterance) == Heard(Intent.ANSWER, utterance)


@pytest.mark.parametrize(
    ("utterance", "intent"),
    [
        ("", Intent.NOISE),
        ("uh", Intent.NOISE),
        ("Hello?", Intent.NOISE),
        ("Hello, are you there?", Intent.NOISE),
        ("...", Intent.NOISE),
        ("Wait.", Intent.PAUSE),
        ("Wait, one moment please.", Intent.PAUSE),
        ("Hold on, let me check.", Intent.PAUSE),
        ("Let me think.", Intent.PAUSE),
        ("Just a second.", Intent.PAUSE),
        ("What?", Intent.REPEAT),
        ("Sorry?", Intent.REPEAT),
        ("Uh, what?", Intent.REPEAT),
        ("Can you repeat that, please?", Intent.REPEAT),
        ("Say that again.", Intent.REPEAT),
        ("Sorry, can you repeat that?", Intent.REPEAT),
        ("No, sorry, what?", Intent.REPEAT),
        ("I didn't understand that.", Intent.REPEAT),
        ("I don't know.", Intent.UNKNOWN),
        ("Sorry, I do not remember", Intent.UNKNOWN),
        ("No idea", Intent.UNKNOWN),
        ("Skip that one", Intent.UNKNOWN),
        ("Goodbye.", Intent.GOODBYE),
        ("Bye bye!", Intent.GOODBYE),
        ("That's all, thank you.", Intent.GOODBYE),
        ("No, nothing else, thanks.", Intent.GOODBYE),
        ("Yes, that is right. Goodbye.", Intent.GOODBYE),
        ("I have to go, bye", Intent.GOODBYE),
    ],
)
def test_short_utterances_have_a_meaning_as_a_whole(utterance: str, intent: Intent) -> None:
    """Noise, requests to repeat or to wait, not knowing and goodbyes hold no value."""
    assert interpret(utterance) == Heard(intent)


@given(st.one_of(st.text(), st.text(alphabet="hmu yesnowait,.' ")))
def test_every_text_has_an_intent(utterance: str) -> None:
    """No text is too odd, and what is left is always a part of what was said."""
    heard = interpret(utterance)
    assert heard.rest in utterance


def test_quotation_marks_of_a_recogniser_are_no_words() -> None:
    """What sounded like direct speech is a correction all the same."""
    heard = interpret("\"'No, it was on Monday at nine.")
    assert heard.intent is Intent.NO
    assert heard.rest == "it was on Monday at nine."


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I want to talk to a human.", True),
        ("Can I speak to a real person, please?", True),
        ("Please connect me to an agent.", True),
        ("A human, please.", True),
        ("Operator!", True),
        ("A person fell down the stairs.", False),
        ("My agent is Robert Miller.", False),
        ("I was talking to my neighbour when the human resources office on the second floor began to burn.", False),
        ("", False),
        ("Can you put me through to someone please", True),
        ("I'd like to talk to somebody real.", True),
        ("I need a human", True),
        ("I want to report that I hit a person", False),
        ("I want to report damage by my operator", False),
        ("Someone gave me a wrong turn.", False),
        ("I could not speak to the other person.", False),
    ],
)
def test_who_wants_a_human(said: str, expected: bool) -> None:
    """A wish, and not a story with people in it."""
    assert wants_human(said) is expected
