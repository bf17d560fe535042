import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ports import Speech
from providers.azure_words import SpokenText

RATE = 16_000
MS = 16


def tone(milliseconds: int) -> bytes:
    return np.full(milliseconds * MS, 4_000, "<i2").tobytes()


def quiet(milliseconds: int) -> bytes:
    return bytes(milliseconds * MS * 2)


def ticks(milliseconds: int) -> int:
    return milliseconds * 10_000


def pieces_of(spoken: SpokenText, *sounds: bytes) -> list[Speech]:
    pieces = [spoken.sound(pcm) for pcm in sounds] + [spoken.end()]
    return [piece for piece in pieces if piece is not None]


def words_in(pieces: list[Speech]) -> list[str]:
    return [word.text for piece in pieces for word in piece.words]


def test_silence_around_the_sound_is_trimmed() -> None:
    """10 ms stay before, 20 ms after; a pause within stays whole."""
    spoken = SpokenText("Hi.", sample_rate_hz=RATE)
    pieces = pieces_of(spoken, quiet(80), quiet(40) + tone(100), quiet(200), tone(50) + quiet(300))
    assert sum(len(piece.pcm) for piece in pieces) == (10 + 100 + 200 + 50 + 20) * MS * 2


def test_the_first_sound_is_given_out_when_it_comes() -> None:
    """All but the last 10 ms: the caller waits for it."""
    spoken = SpokenText("Hello there.", sample_rate_hz=RATE)
    piece = spoken.sound(tone(100))
    assert piece is not None
    assert len(piece.pcm) == 90 * MS * 2
    assert piece.words == ()


def test_words_carry_their_marks_and_end_where_the_service_says() -> None:
    """Two words told one by one become two of the text; the trimmed silence is counted off."""
    spoken = SpokenText("Hello, there!", sample_rate_hz=RATE)
    spoken.boundary("Hello", ticks(50), ticks(200), is_word=True)
    spoken.boundary(",", ticks(250), ticks(100), is_word=False)
    spoken.boundary("there", ticks(350), ticks(150), is_word=True)
    spoken.boundary("!", ticks(500), ticks(100), is_word=False)
    pieces = pieces_of(spoken, quiet(60), tone(440) + quiet(100))
    assert [(word.text, word.end_sample) for piece in pieces for word in piece.words] == [
        ("Hello,", (250 - 50) * MS),
        ("there!", 10 * MS),  # of the last piece, which holds 10 ms of sound and 20 ms of silence
    ]


def test_a_word_told_in_parts_ends_with_its_last_part() -> None:
    """A "9:30" is two words to the service, and one of the text."""
    spoken = SpokenText("At 9:30 sharp", sample_rate_hz=RATE)
    for text, at in (("At", 0), ("9", 100), ("30", 200), ("sharp", 300)):
        spoken.boundary(text, ticks(at), ticks(100), is_word=True)
    (piece,) = [piece for piece in (spoken.sound(tone(390)),) if piece]
    assert [(word.text, word.end_sample // MS) for word in piece.words] == [("At", 100), ("9:30", 300)]
    assert words_in(pieces_of(spoken)) == ["sharp"]


def test_words_that_the_service_says_otherwise_are_not_lost() -> None:
    """What it never named ends where the next known word begins, or with the sound."""
    spoken = SpokenText("It costs $5 & tax", sample_rate_hz=RATE)
    for text, at in (("It", 0), ("costs", 100), ("five dollars", 200), ("tax", 500)):
        spoken.boundary(text, ticks(at), ticks(100), is_word=True)
    pieces = pieces_of(spoken, tone(600))
    ends = {word.text: word.end_sample // MS for word in pieces[0].words}
    assert ends == {"It": 100, "costs": 200, "$5": 500, "&": 500}
    assert words_in(pieces) == ["It", "costs", "$5", "&", "tax"]


def test_a_text_that_is_written_while_it_is_spoken() -> None:
    """A word is one, however it was cut."""
    spoken = SpokenText(sample_rate_hz=RATE)
    for piece in ("Good mor", "ning, Mr", ". Miller"):
        spoken.add_text(piece)
    for text, at in (("Good", 0), ("morning", 100), ("Mr", 200), ("Miller", 300)):
        spoken.boundary(text, ticks(at), ticks(100), is_word=True)
    assert words_in(pieces_of(spoken, tone(400))) == ["Good", "morning,", "Mr.", "Miller"]


def test_a_sentence_of_which_nothing_was_said_is_owed() -> None:
    """Half a sentence is not, nor one that is being said."""
    spoken = SpokenText("Hello there", sample_rate_hz=RATE)
    assert not spoken.owes_sound
    spoken.add_text(", you. And")
    assert spoken.owes_sound
    for text in ("Hello", "there", "you"):
        spoken.boundary(text, 0, ticks(100), is_word=True)
    assert not spoken.owes_sound


def test_no_sound_gives_nothing() -> None:
    """Neither do words without sound."""
    spoken = SpokenText("Hello", sample_rate_hz=RATE)
    spoken.boundary("Hello", 0, ticks(100), is_word=True)
    assert pieces_of(spoken, quiet(200)) == []
    assert not spoken.has_sound


@given(
    st.lists(st.text("ab,. ", max_size=6), max_size=8),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8),
)
def test_every_word_is_told_once_and_within_its_piece(texts: list[str], sounds: list[tuple[int, int]]) -> None:
    """Whatever the words and the pieces of sound, as long as anything sounds."""
    text = " ".join(texts)
    spoken = SpokenText(text, sample_rate_hz=RATE)
    at = 0
    for word in text.replace(",", " ").replace(".", " ").split():
        spoken.boundary(word, ticks(at), ticks(30), is_word=True)
        at += 30
    pieces = pieces_of(spoken, tone(5), *(tone(loud) + quiet(silent) for loud, silent in sounds))
    assert words_in(pieces) == text.split()
    for piece in pieces:
        ends = [word.end_sample for word in piece.words]
        assert ends == sorted(ends)
        assert all(0 < end <= len(piece.pcm) // 2 for end in ends)
