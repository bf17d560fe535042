"""E-mail addresses as they are said."""

import pytest

from agent.spoken_emails import INCOMPLETE, NO_AT_SIGN, UnusableAddress, parse_email


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("Robert Dot Miller at example dot com", "robert.miller@example.com"),
        ("robert.miller at example.com", "robert.miller@example.com"),
        ("robert.miller at example.com.", "robert.miller@example.com"),
        ("Robert.Miller@Example.com.", "robert.miller@example.com"),
        ("My email is j o h n at example dot com.", "john@example.com"),
        ("It's r, o, b at example dot c o m.", "rob@example.com"),
        ("J-O-H-N at gmail dot com please", "john@gmail.com"),
        ("john underscore smith at my company dot co dot uk, thanks", "john_smith@mycompany.co.uk"),
        ("mary dash ann hyphen lee at example dot com", "mary-ann-lee@example.com"),
        ("john four two at example dot com", "john42@example.com"),
        ("you can reach me at robert dot miller at example dot com", "robert.miller@example.com"),
        ("me at example dot com", "me@example.com"),
        ("one@example.com", "one@example.com"),
        ("john plus claims at example dot com", "john+claims@example.com"),
    ],
)
def test_spoken_addresses_are_understood(said: str, address: str) -> None:
    """Signs by name, spelled letters and a sentence around give the address in lower case."""
    assert parse_email(said) == address


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", NO_AT_SIGN),
        ("hello", NO_AT_SIGN),
        ("robert at example", INCOMPLETE),
        ("at", INCOMPLETE),
        ("robert at dot com", INCOMPLETE),
        ("@@@", INCOMPLETE),
    ],
)
def test_the_reason_says_what_is_missing(said: str, reason: str) -> None:
    """What is no address is refused with a reason that can be spoken."""
    with pytest.raises(UnusableAddress) as caught:
        parse_email(said)
    assert str(caught.value) == reason
