import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.spoken_text import spoken_forms


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("My number is 42.", ["My", "number", "is", "42."]),
        ("$25.50 & 7%", ["$25.50", "and", "7%"]),
        ("at 9:30 a.m., yes", ["at", "9 30", "a.m.,", "yes"]),
        ("9 AM, 4 PM. I am.", ["9", "A.M.,", "4", "P.M..", "I", "am."]),
        ("9:05 9:00 14:00 9am 10:15pm", ["9 oh 5", "9 o'clock", "14 hundred", "9 A.M.", "10 15 P.M."]),
        ("12:00 PM", ["12", "P.M."]),
        ("+12025550143", ["plus 1, 2 0 2, 5 5 5, 0 1 4 3"]),
        ("Call (202) 555-0143.", ["Call", "(2 0 2),", "5 5 5, 0 1 4 3."]),
        ("+44 20 7946 0958", ["plus 4 4,", "2 0,", "7 9 4 6,", "0 9 5 8"]),
        ("on 2026-11-20, 2026-12-01 and 2026-02-22", None),
        ("2026-13-45", ["2026-13-45"]),
        ("robert.miller@example.com.", ["robert dot miller at example dot com."]),
        ("a_b-c+d@x.org", ["a underscore b dash c plus d at x dot org"]),
        ("https://www.example.com/help/me?x=1,", ["example dot com slash help slash me,"]),
        ("see example.com", ["see", "example dot com"]),
        ("4711 48213 007 B12 10,000", ["4711", "4 8 2 1 3", "0 0 7", "B12", "10,000"]),
        ("naïve café 日本語 😀", ["naive", "cafe", "", ""]),
        ("He — said…", ["He,", "", "said..."]),
        ("word—word and/or AT&T", ["word, word", "and or", "AT and T"]),
        ("-5 #4 3-5", ["minus 5", "number 4", "3 to 5"]),
        ("“Yes”", ['"Yes"']),
        ("... — &!", ["", "", "and!"]),
    ],
)
def test_says_words_as_people_do(text: str, said: list[str] | None) -> None:
    """Numbers, times, dates, addresses and signs have their spoken forms."""
    forms = [form.said for form in spoken_forms(text)]
    if said is None:
        said = ["on", "November 20th, 2026,", "December 1st, 2026", "and", "February 22nd, 2026"]
    assert forms == said


@given(st.text(max_size=60))
def test_any_text_keeps_its_words(text: str) -> None:
    """Nothing raises, no word is lost, and what is said is plain enough for the dictionary."""
    forms = spoken_forms(text)
    assert " ".join(form.written for form in forms) == " ".join(text.split())
    assert all(form.said.isascii() or set(form.said) & set("£€") for form in forms)


def test_endless_word_is_cut() -> None:
    """A word of a thousand letters is data: only its beginning is said."""
    (form,) = spoken_forms("x" * 1000)
    assert len(form.written) == 1000
    assert len(form.said) == 160
