"""Steps that make no sense cannot be made."""

import pytest

from emulators.scenario import AfterAssistant, At, Digits, HangUp, Line, Scenario


def test_a_line_has_words_or_a_recording() -> None:
    """Neither is silence, which is ``Wait``."""
    with pytest.raises(ValueError, match="text or a WAV"):
        Line()


@pytest.mark.parametrize("digits", ["", "12x", "1 2"])
def test_digits_are_keys(digits: str) -> None:
    """Only what a telephone has."""
    with pytest.raises(ValueError, match="keys"):
        Digits(digits)


def test_the_lines_of_a_scenario_in_order() -> None:
    """Other steps are left out."""
    one, two = Line("One."), Line("Two.", when=At(5))
    assert Scenario("s", (one, Digits("1"), two, HangUp())).lines == (one, two)
    assert one.when == AfterAssistant()
