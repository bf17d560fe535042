"""Steps that are often wanted."""

from emulators.openai_script import Text, says, too_many_requests


def test_a_text_comes_word_by_word() -> None:
    """Joined, they are the text."""
    step = says("Good morning, caller.")
    texts = [part.text for part in step.parts if isinstance(part, Text)]
    assert texts == ["Good", " morning,", " caller."]


def test_the_wait_is_told_in_both_headers() -> None:
    """Whole seconds are rounded up: nobody is to come too early."""
    assert too_many_requests(700).headers == {"retry-after": "1", "retry-after-ms": "700"}
    assert too_many_requests(2_000).headers["retry-after"] == "2"
