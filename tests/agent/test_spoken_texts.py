"""Free text as it is said."""

import pytest

from agent.claim import ClaimField
from agent.spoken_texts import NothingSaid, is_code, is_name, parse_text

LOCATION = ClaimField("incident_location", description="Where did it happen?")
NAME = ClaimField("caller_name", description="What is your name?")
POLICY = ClaimField("policy_number")
DESCRIPTION = ClaimField("incident_description", description="What happened?")


@pytest.mark.parametrize(
    ("field", "said", "text"),
    [
        (LOCATION, "It was in my kitchen in Boston.", "In my kitchen in Boston"),
        (LOCATION, "um, well, it's in the kitchen", "In the kitchen"),
        (LOCATION, "the location was Boston", "Boston"),
        (LOCATION, "It was the bathroom.", "The bathroom"),
        (LOCATION, "At 42 Elm Street, in Boston.", "At 42 Elm Street, in Boston"),
        (DESCRIPTION, "It was raining.", "It was raining"),
        (DESCRIPTION, "Well, um, I had an accident. It was raining.", "I had an accident. It was raining."),
        (DESCRIPTION, "a  pipe\tburst\n", "A pipe burst"),
        (DESCRIPTION, "a \x00pipe", "A pipe"),
        (NAME, "My name is Robert Miller.", "Robert Miller"),
        (NAME, "robert miller", "Robert Miller"),
        (NAME, "I'm Robert.", "Robert"),
        (NAME, "It's robert", "Robert"),
        (NAME, "This is, uh, Robert Miller speaking", "Robert Miller"),
        (NAME, "The name is Ludwig van Beethoven.", "Ludwig van Beethoven"),
        (NAME, "my policy number is 5", "My Policy Number Is 5"),
    ],
)
def test_speech_is_freed_of_what_is_not_meant(field: ClaimField, said: str, text: str) -> None:
    """Fillers, pointers and a lead-in of the field's own name go; the rest stays."""
    assert parse_text(field, said) == text


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("My policy number is four, seven, one one.", "4711"),
        ("the number is four seven double one", "4711"),
        ("It is 4 7 1 1", "4711"),
        ("B four seven one one", "B4711"),
        ("A B dash four", "AB-4"),
        ("it's ab-4711.", "AB-4711"),
        ("I have it here, it starts with four seven one one", "4711"),
        ("I lost the papers", "I lost the papers"),
        ("O N E", "O N E"),
    ],
)
def test_the_digits_of_a_code_are_joined(said: str, code: str) -> None:
    """A field that is a number or a code takes digits and letters said one by one."""
    assert parse_text(POLICY, said) == code


@pytest.mark.parametrize("said", ["", "  ", "uh", "...", "um, uh."])
def test_nothing_said_is_refused(said: str) -> None:
    """Hesitations and punctuation are no value."""
    with pytest.raises(NothingSaid):
        parse_text(DESCRIPTION, said)


def test_codes_and_names_are_told_by_the_words_of_the_field() -> None:
    """The name or the description of a field says what it is."""
    assert is_code(POLICY)
    assert is_code(ClaimField("file", description="Do you have a reference?"))
    assert not is_code(LOCATION)
    assert is_name(NAME)
    assert not is_name(POLICY)


@pytest.mark.parametrize(
    ("language", "field", "said", "text"),
    [
        ("fr", NAME, "Je m'appelle Jean Dupont.", "Jean Dupont"),
        ("fr", NAME, "mon nom est jean dupont", "Jean Dupont"),
        ("fr", NAME, "euh, c'est Jean Dupont à l'appareil", "Jean Dupont"),
        ("fr", LOCATION, "C’était dans ma cuisine à Lyon.", "Dans ma cuisine à Lyon"),
        ("fr", LOCATION, "le lieu de l'incident est Lyon", "Lyon"),
        ("fr", POLICY, "mon numéro de contrat est quatre sept un un", "4711"),
        ("fr", POLICY, "A B tiret quatre", "AB-4"),
        ("es", NAME, "Me llamo Juan Pérez.", "Juan Pérez"),
        ("es", NAME, "soy juan pérez", "Juan Pérez"),
        ("es", LOCATION, "Fue en mi cocina en Madrid.", "En mi cocina en Madrid"),
        ("es", POLICY, "mi número de póliza es cuatro siete uno uno", "4711"),
        ("de", NAME, "Ich heiße Max Müller.", "Max Müller"),
        ("de", NAME, "hier ist die Frau Schmidt", "Schmidt"),
        ("de", LOCATION, "Es war in meiner Küche in Bremen.", "In meiner Küche in Bremen"),
        ("de", DESCRIPTION, "Also, äh, ein Rohr ist geplatzt.", "Ein Rohr ist geplatzt"),
        ("de", POLICY, "die Nummer ist vier sieben doppel eins", "4711"),
        ("zh", NAME, "我叫王小明。", "王小明"),
        ("zh", NAME, "我的名字是王小明", "王小明"),
        ("zh", LOCATION, "是在我家厨房。", "我家厨房"),
        ("zh", DESCRIPTION, "嗯，水管爆了。", "水管爆了"),
        ("zh", DESCRIPTION, "水管爆了。地板湿了。", "水管爆了。地板湿了。"),
        ("zh", POLICY, "我的保单号是四七幺幺。", "4711"),
        ("zh", POLICY, "A B 四七一一", "AB4711"),
    ],
)
def test_speech_is_freed_of_what_is_not_meant_in_every_language(
    language: str, field: ClaimField, said: str, text: str
) -> None:
    """Names, places, codes and stories, as they are told."""
    assert parse_text(field, said, language) == text


def test_codes_are_told_by_words_of_other_languages_too() -> None:
    """A description may be written in any of them."""
    assert is_code(ClaimField("contract", description="Wie lautet Ihre Versicherungsnummer?"))
    assert is_code(ClaimField("contract", description="您的保单号码是多少？"))
    assert not is_code(ClaimField("contract", description="Quand est-ce arrivé ?"))
