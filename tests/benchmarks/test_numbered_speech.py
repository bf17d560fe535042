"""Words that are told apart by ear."""

import pytest

from agent.assistant import Say
from agent.claim import Claim
from agent.dialogue import Dialogue
from benchmarks.delayed_services import Delays
from benchmarks.frame_path import frames_of
from benchmarks.numbered_speech import (
    LONG_WORDS,
    OTHER_WORD,
    SHORT_WORDS,
    NumberedAssistant,
    NumberedVoice,
    last_number,
    numbered_answer,
    word_heard,
    word_sound,
)


@pytest.mark.parametrize("number", [1, 2, 17, LONG_WORDS])
def test_each_word_is_known_by_its_sound(number: int) -> None:
    """Every whole frame of a word tells which one it is."""
    assert {word_heard(frame) for frame in frames_of(word_sound(f"w{number}."))[:12]} == {number}


def test_what_is_no_word_of_an_answer() -> None:
    """A greeting has a tone of its own; silence is nothing."""
    assert word_heard(word_sound("Hello")[:640]) == OTHER_WORD
    assert word_heard(bytes(640)) is None
    assert word_heard(b"") is None


def test_the_last_word_of_a_text() -> None:
    """The number of the last word is read from a stored text."""
    assert last_number("Okay. w1 w2 w3.") == 3
    assert last_number("Hello there.") == 0


async def test_answers_are_long_where_more_is_asked_for() -> None:
    """Tokens join to numbered words, as many as suit the question."""
    assistant, dialogue = NumberedAssistant(Delays()), Dialogue(Claim(()))
    for question, words in (("Please EXPLAIN it.", LONG_WORDS), ("Hello?", SHORT_WORDS)):
        said = "".join([out.text async for out in assistant.reply(dialogue, question) if isinstance(out, Say)])
        assert said == "".join(numbered_answer(words))
        assert last_number(said) == words


async def test_the_voice_says_word_for_word() -> None:
    """Each word ends where its tone ends."""
    (speech,) = [speech async for speech in NumberedVoice(Delays()).synthesize("w1 w2.")]
    assert speech.pcm == word_sound("w1") + word_sound("w2.")
    assert [(word.text, word.end_sample) for word in speech.words] == [("w1", 4_000), ("w2.", 8_000)]
