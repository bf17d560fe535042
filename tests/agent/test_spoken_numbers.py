"""Numbers as they are said."""

import pytest

from agent.grammar.known import GRAMMARS
from agent.spoken_numbers import digit_runs, numerals, quantities


@pytest.mark.parametrize(
    ("said", "runs"),
    [
        ("two, zero, two", ["202"]),
        ("202-555-0143", ["2025550143"]),
        ("double seven", ["77"]),
        ("triple five, oh one", ["55501"]),
        ("fifty five twenty", ["5520"]),
        ("seventeen", ["17"]),
        ("one eight hundred", ["1800"]),
        ("plus four four twenty", ["+4420"]),
        ("+1 202", ["+1202"]),
        ("it is 12 or maybe 34", ["12", "34"]),
        ("five and then six, uh, seven", ["567"]),
        ("12 + 34", ["12", "+34"]),
        ("nothing here", []),
        ("", []),
        ("+", []),
        ("double trouble seven", ["7"]),
    ],
)
def test_digits_are_found_in_stretches(said: str, runs: list[str]) -> None:
    """Digits said one by one, in words or numerals, make a stretch until another word ends it."""
    assert digit_runs(said) == runs


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("The twenty third at nine", "the 23rd at 9"),
        ("twenty-third", "23rd"),
        ("thirty one", "31"),
        ("the third of March", "the 3rd of march"),
        ("the twentieth", "the 20th"),
        ("nine thirty", "9 30"),
        ("twenty twenty six", "2026"),
        ("nineteen eighty seven", "1987"),
        ("two thousand and five", "2005"),
        ("on 11-16-2026", "on 11-16-2026"),
        ("the 25th, at 9:30.", "the 25th, at 9:30."),
        ("November 20 10 am", "november 20 10 am"),
        ("oh well", "oh well"),
    ],
)
def test_quantities_become_numerals(said: str, written: str) -> None:
    """Cardinals, ordinals and years are written as numerals; other words are left."""
    assert numerals(said) == written


@pytest.mark.parametrize(
    ("language", "said", "runs"),
    [
        ("fr", "quatre-vingt-dix-sept, quatre-vingts, soixante et onze, vingt et un", ["97807121"]),
        ("fr", "triple zéro puis double cinq", ["00055"]),
        ("fr", "j'ai le zéro un et le dix", ["01", "10"]),
        ("es", "veintidós, treinta y cuatro, cero, doble nueve", ["2234099"]),
        ("de", "zwoundzwanzig, doppelt drei, dreimal null, eins", ["22330001"]),
        ("de", "Es ist die null, äh, sieben.", ["07"]),
        ("zh", "两个七，三个零，幺", ["770001"]),
        ("zh", "没有", []),
    ],
)
def test_digits_are_found_in_every_language(language: str, said: str, runs: list[str]) -> None:
    """Numbers up to 99 count as their digits."""
    assert digit_runs(said, GRAMMARS[language].numbers) == runs


@pytest.mark.parametrize(
    ("language", "said", "written"),
    [
        ("fr", "le vingt-trois mai deux mille vingt-six", "le 23 mai 2026"),
        ("fr", "le premier, à neuf heures et quart", "le 1, à 9 heures et quart"),
        ("fr", "mille neuf cent quatre-vingt-dix-neuf", "1999"),
        ("fr", "avant-hier, dix, deux", "avant-hier, 10, 2"),
        ("es", "el treinta y uno de mayo de dos mil veintiséis", "el 31 de mayo de 2026"),
        ("de", "am einunddreißigsten Mai zweitausendsechsundzwanzig", "am 31 Mai 2026"),
        ("de", "neunzehnhundertsiebenundachtzig", "1987"),
        ("zh", "二零二六年十一月二十三号", "2026年11月23号"),
        ("zh", "下周一九点", "下周19点"),
        ("zh", "一百零五，一千二百", "105，1200"),
    ],
)
def test_quantities_are_found_in_every_language(language: str, said: str, written: str) -> None:
    """Ordinals and years too; other words are left, with the signs between them."""
    assert quantities(said, GRAMMARS[language].numbers) == written


@pytest.mark.parametrize("language", GRAMMARS)
def test_every_number_below_a_hundred_has_its_words(language: str) -> None:
    """Ten digits in Chinese, where the others are made of them."""
    values = set(GRAMMARS[language].numbers.table.values())
    assert values == set(range(10 if language == "zh" else 100))
