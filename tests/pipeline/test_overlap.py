import pytest

from pipeline.overlap import is_backchannel, is_stop, may_become_backchannel


@pytest.mark.parametrize("text", ["Mm-hmm.", "mhm", "Okay.", "Yeah, right.", "Oh, I see.", "uh-huh", "All right"])
def test_a_listeners_sounds_are_no_wish_to_speak(text: str) -> None:
    """Short, and made of nothing else."""
    assert is_backchannel(text)
    assert not is_stop(text)


@pytest.mark.parametrize(
    "text", ["", "Okay, but my name", "The kitchen", "No.", "Yeah yeah yeah yeah", "right turn", "I", "I got"]
)
def test_words_with_a_meaning_are_one(text: str) -> None:
    """Or so many that it is speech."""
    assert not is_backchannel(text)


@pytest.mark.parametrize("text", ["Stop!", "wait a second", "No, Monday", "Hold on", "Sorry, but", "Hello?"])
def test_some_words_ask_for_silence_at_once(text: str) -> None:
    """However short they are."""
    assert is_stop(text)


def test_nothing_is_neither() -> None:
    """No text, no decision."""
    assert not is_stop("")
    assert not is_backchannel("...")


def test_one_word_may_decide_nothing_yet() -> None:
    """Half of "I see" is no wish to speak yet; half of anything else is."""
    assert may_become_backchannel("I")
    assert not may_become_backchannel("I would")
    assert not may_become_backchannel("The")
    assert not may_become_backchannel("")
