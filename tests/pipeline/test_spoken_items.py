"""When which word of a model's own voice is heard. One sample is a millisecond here."""

from pipeline.spoken_items import SpokenItems


def spoken(*, is_whole: bool) -> SpokenItems:
    """One item: "one two" in 800 ms from 100 on, a filler of 500 amid it."""
    items = SpokenItems(line_rate_hz=1_000)
    items.add_text("a", "one")
    items.add_sound("a", 100, 400)
    items.add_text("a", " two")
    items.add_sound("a", 1_000, 400)
    if is_whole:
        assert items.complete("a") == "one two"
    return items


def test_words_are_spread_over_their_sound() -> None:
    """Each as long as it is written, and not into the filler."""
    assert [(word.text, word.end_sample) for word in spoken(is_whole=True).words()] == [("one", 500), ("two", 1_400)]


def test_words_that_are_ahead_of_their_sound_are_still_to_come() -> None:
    """While an item grows, the usual speed tells when they will be heard."""
    items = SpokenItems(line_rate_hz=1_000)
    items.add_text("a", "one two three four")
    assert items.words() == ()
    items.add_sound("a", 0, 100)
    ends = [word.end_sample for word in items.words()]
    assert ends == sorted(ends)
    assert ends[-1] > 1_000
    items.add_sound("a", 100, 1_800)
    items.complete("a")
    assert items.words()[-1].end_sample == 1_900


def test_an_item_that_was_heard_is_left_alone() -> None:
    """One that was not is cut, one that was never heard is told so; a filler is nobody's."""
    items = spoken(is_whole=True)
    items.add_text("b", "three")
    items.add_sound("b", 1_400, 300)
    items.complete("b")
    assert items.cuts(1_700) == []
    assert items.cuts(1_500) == [("b", 100)]
    assert items.cuts(1_200) == [("a", 600), ("b", 0)]
    assert items.cuts(700) == [("a", 400), ("b", 0)]
    assert items.cuts(0) == [("a", 0), ("b", 0)]


def test_an_item_that_has_not_ended_is_cut_where_it_is() -> None:
    """All of its sound was heard, but more was to come: the service may know of it."""
    assert spoken(is_whole=False).cuts(5_000) == [("a", 800)]


def test_an_item_without_words_or_sound_has_none() -> None:
    """Neither is an error."""
    items = SpokenItems(line_rate_hz=1_000)
    items.add_sound("a", 0, 100)
    items.add_text("b", "hm")
    assert items.words() == ()
    assert items.complete("c") == ""
