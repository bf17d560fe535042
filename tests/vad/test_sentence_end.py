import pytest

from vad.end_of_turn import EndOfTurn
from vad.sentence_end import NEUTRAL, SentenceEnd
from vad.word_table import english_word_table

FINISHED = """
Yeah.
Yes
no thanks
Okay, thank you.
That's all.
yes I do
I don't know.
Thank you very much, that is all I needed today.
okay goodbye
Tuesday afternoon
How much is the deductible on my contract?
what documents do i need to send you
When will he come?
What is it for?
What's the weather like?
where do I send it to
Can I get a rental car while mine is being repaired?
No, nobody was injured in the accident.
If you're ready, we can go on.
I would like to report a claim.
it was a Toyota
I was waiting at the traffic light and he hit me from behind.
Press 6 to play the next message.
john dot smith at example dot com
john.smith@example.com
on the 12th of March 2019
My phone number is four two five, five five five, zero one nine nine.
the child almost hurt the small dog
he might have been made still more respectable than he was
tell me where my car is
that will be all
thanks for your help
"""

OPEN = """
my number is four seven two
My policy number is 472.
my policy number is 4 7 2. 9 1 3
zero one seven six
five five five dash
My plate is WK23
b four
S-M-I-T
b as in boy
the first letter is b
john at
john dot smith
john.smith@example
john dot smith at example
um
I would like to um
I mean
let me see
I want
I'd like to change my
could you please
Could you tell me if
If I
When the
when you arrived at the house
To mute or unmute yourself
To lock, or unlock the conference
and
I saw him and
because
The accident happened near
What I wanted to ask is
my name is
the number I have is
You are currently caller number
The person at extension
There are currently
Currently, there are more than
You can reach me at
We had a pipe that
I live at number twelve
do you have any other
we think that
that gives us a twelve
For more information,
The pencils have all
The child almost hurt
You are
yes, that
When a scenario is not achievable,
"""


@pytest.fixture(scope="module", params=["rules", "with the table"])
def sentence_end(request: pytest.FixtureRequest) -> SentenceEnd:
    """The English rules, alone and with the table."""
    return SentenceEnd("en-US", english_word_table() if request.param == "with the table" else None)


@pytest.mark.parametrize("text", FINISHED.strip().splitlines())
def test_whole_turns(text: str) -> None:
    """Whoever says this has rather finished."""
    assert SentenceEnd().finished(text) >= 0.6


@pytest.mark.parametrize("text", OPEN.strip().splitlines())
def test_beginnings(sentence_end: SentenceEnd, text: str) -> None:
    """Whoever says this has rather not finished: it is waited for a second and more."""
    probability = sentence_end.finished(text)
    assert probability <= 0.2
    assert EndOfTurn().wait_ms(probability) >= 1_100


@pytest.mark.parametrize(
    "text", ["Yeah.", "yes", "No.", "no thanks", "Okay.", "Thank you.", "goodbye", "I don't know."]
)
def test_short_answers_are_answered_at_once(sentence_end: SentenceEnd, text: str) -> None:
    """A yes is finished, whatever the voice sounds like."""
    assert EndOfTurn().wait_ms(sentence_end.finished(text)) <= 210


@pytest.mark.parametrize("count", range(1, 20))
@pytest.mark.parametrize("how", ["words", "digits", "joined"])
@pytest.mark.parametrize("intro", ["", "my number is "])
def test_no_pause_of_700_ms_ends_a_dictation(sentence_end: SentenceEnd, count: int, how: str, intro: str) -> None:
    """After any number of dictated digits the caller has a second for the next group."""
    digits = [str((7 * place) % 10) for place in range(count)]
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    spoken = {"words": " ".join(names[int(d)] for d in digits), "digits": " ".join(digits), "joined": "".join(digits)}
    assert EndOfTurn().wait_ms(sentence_end.finished(intro + spoken[how])) >= 1_000


def test_a_whole_number_is_answered_sooner_than_half_of_one() -> None:
    """Ten digits may be a telephone number; nine are not."""
    sentence_end = SentenceEnd()
    nine, ten = sentence_end.finished("my number is 555 555 019"), sentence_end.finished("my number is 555 555 0199")
    assert nine < ten


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("where is it?", "where is it"),
        ("I was there.", "I was there,"),
        ("I was there", "I was there…"),
        ("I was at home", "I was at"),
    ],
)
def test_order(sentence_end: SentenceEnd, more: str, less: str) -> None:
    """The first is rather finished than the second."""
    assert sentence_end.finished(more) > sentence_end.finished(less)


def test_punctuation_counts_weakly(sentence_end: SentenceEnd) -> None:
    """A full stop behind an article does not end the sentence."""
    assert sentence_end.finished("I live in the.") < 0.05


def test_the_table_knows_what_the_rules_do_not() -> None:
    """A determiner phrase that asks for its noun is open only by the table."""
    rules, both = SentenceEnd(), SentenceEnd("en", english_word_table())
    text = "can you help me find some"
    assert both.finished(text) < rules.finished(text)


@pytest.mark.parametrize("text", ["", "   ", "?!", "…"])
def test_no_words_are_neutral(sentence_end: SentenceEnd, text: str) -> None:
    """Nothing understood says nothing."""
    assert sentence_end.finished(text) == NEUTRAL


def test_unknown_languages_are_neutral() -> None:
    """Finnish has no rules yet."""
    assert SentenceEnd("fi-FI").finished("minun nimeni on") == NEUTRAL


@pytest.mark.parametrize(
    ("language", "whole", "begun"),
    [
        ("fr-FR", "oui merci", "je voudrais parler à"),
        ("fr", "Où est mon dossier ?", "mon numéro est quatre sept"),
        ("es-ES", "sí gracias", "quiero hablar con el"),
        ("es", "¿Cuándo viene el técnico?", "mi número es cuatro siete"),
        ("de-DE", "ja genau", "ich möchte mit der"),
        ("de", "Wann kommt der Techniker?", "meine Nummer ist vier sieben"),
    ],
)
def test_other_languages(language: str, whole: str, begun: str) -> None:
    """French, Spanish and German know answers, questions, articles and digits."""
    sentence_end = SentenceEnd(language)
    assert sentence_end.finished(whole) >= 0.85
    assert sentence_end.finished(begun) <= 0.05


@pytest.mark.parametrize(
    "text", ["a", "'", "@", "@ @ @", ". @", "1", "-", "é", "to", "i", "-1-", "one-two", "and and and", "x" * 5_000]
)
def test_survives_strange_texts(sentence_end: SentenceEnd, text: str) -> None:
    """Whatever a recogniser writes, there is a probability."""
    assert 0 <= sentence_end.finished(text) <= 1
