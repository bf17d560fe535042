import pytest

from vad.whole_number import is_whole_number


@pytest.mark.parametrize("digits", ["4255550199", "14255550199", "4111111111111111", "378282246310005"])
def test_numbers_that_say_where_they_end(digits: str) -> None:
    """North American telephone numbers, with and without the 1; cards whose check digit is right."""
    assert is_whole_number(digits)


@pytest.mark.parametrize("digits", ["", "425555019", "0176555382", "4251550199", "42555501990", "4111111111111112"])
def test_numbers_that_may_go_on(digits: str) -> None:
    """One digit too few, other countries' numbers, an exchange that begins with 1, a wrong check digit."""
    assert not is_whole_number(digits)
