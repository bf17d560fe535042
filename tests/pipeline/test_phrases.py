from media.playout import Word
from pipeline.phrases import PhraseBook, joined
from pipeline.speak import SpokenPiece
from tests.support.fakes import FakeVoice, loud


async def test_phrases_are_spoken_once_and_kept() -> None:
    """What is in the book is there at once; what is not is not said."""
    voice = FakeVoice(delay_s=0)
    book = await PhraseBook.spoken(voice, ["I see.", "Well,"])
    assert voice.said == ["I see.", "Well,"]
    piece = book.piece("I see.", 16_000)
    assert piece is not None
    assert (len(piece.pcm), [word.text for word in piece.words]) == (2 * 3_200, ["I", "see."])
    assert book.piece("Never heard.", 16_000) is None


async def test_the_rate_is_that_of_the_line() -> None:
    """Positions move with it."""
    book = await PhraseBook.spoken(FakeVoice(delay_s=0), ["Well,"])
    piece = book.piece("Well,", 24_000)
    assert piece is not None
    assert abs(len(piece.pcm) // 2 - 2_400) <= 1
    assert piece.words == (Word("Well,", 2_400),)


def test_each_language_has_its_page() -> None:
    """A word sounds other in French; what is not written in a language is not said in it."""
    one, other, both = (SpokenPiece(loud(ms), (), 0) for ms in (20, 40, 60))
    book = PhraseBook({"Okay.": one, "Well,": one}, language="en-US").and_also(
        PhraseBook({"Okay.": other}, language="fr-FR")
    )
    assert [book.piece("Okay.", 16_000, tag) for tag in ("", "en-GB", "fr-FR", "de-DE")] == [one, one, other, None]
    assert book.piece("Well,", 16_000, "fr-FR") is None
    assert PhraseBook({"Okay.": one}).piece("Okay.", 16_000, "fr-FR") == one, "of no language: of any"
    replaced = book.and_also(PhraseBook({"Okay.": both}, language="en-US"))
    assert (replaced.piece("Okay.", 16_000), replaced.piece("Well,", 16_000)) == (both, one)


def test_pieces_are_joined_with_their_words() -> None:
    """The second one's words end later."""
    one = SpokenPiece(bytes(200), (Word("a", 50),), None)
    two = SpokenPiece(loud(10), (Word("b", 160),), 0)
    both = joined([one, two])
    assert both.words == (Word("a", 50), Word("b", 260))
    assert both.first_audible_sample == 100
