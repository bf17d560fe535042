import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.playout import FrameSent, Playout, Word

RATE = 16_000
FRAME = 640


def sound(milliseconds: int, value: int = 1000) -> bytes:
    return np.full(RATE * milliseconds // 1000, value, dtype="<i2").tobytes()


def take_all(playout: Playout, now: float) -> list[FrameSent]:
    frames = []
    while (frame := playout.take(now)) is not None:
        frames.append(frame)
    return frames


def run(playout: Playout, start: float, end: float) -> list[tuple[float, FrameSent]]:
    """Serve every deadline between two moments, as the shell does."""
    sent = []
    while (deadline := playout.next_deadline()) is not None and max(deadline, start) <= end:
        start = max(deadline, start)
        sent += [(start, frame) for frame in take_all(playout, start)]
    return sent


def test_frames_are_paced_in_real_time_after_a_short_lead() -> None:
    """80 ms go out at once, then 20 ms every 20 ms."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=80)
    playout.queue(sound(200))
    sent = run(playout, 10.0, 20.0)
    times = [round(at - 10.0, 3) for at, _ in sent]
    assert times == [0, 0, 0, 0, 0, 0.02, 0.04, 0.06, 0.08, 0.10]
    assert [round(frame.starts_at - 10.0, 3) for _, frame in sent] == [round(0.02 * n, 3) for n in range(10)]
    assert all(len(frame.pcm) == FRAME for _, frame in sent)


def test_never_more_than_the_lead_is_ahead_of_the_ear() -> None:
    """At any moment the far end holds at most the lead and one frame."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=100)
    playout.queue(sound(2_000))
    for at, frame in run(playout, 0.0, 5.0):
        assert frame.starts_at + 0.020 - at <= 0.100 + 0.020 + 1e-9


def test_a_last_piece_is_padded_with_silence() -> None:
    """30 ms of sound are two frames; the second ends in zeros."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=200)
    playout.queue(sound(30))
    frames = take_all(playout, 0.0)
    assert [len(frame.pcm) for frame in frames] == [FRAME, FRAME]
    assert frames[1].pcm[FRAME // 2 :] == bytes(FRAME // 2)
    assert playout.next_deadline() is None
    assert playout.drains_at() == pytest.approx(0.040)


def test_flush_tells_what_was_heard_to_the_sample_and_the_word() -> None:
    """Three words of 100 ms each, cut after 170 ms: one and most of the second were heard."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=80)
    playout.begin_reply()
    words = tuple(Word(text, 1_600 * (n + 1)) for n, text in enumerate(["One", "two", "three."]))
    playout.queue(sound(300), words)
    run(playout, 5.0, 5.170)
    heard = playout.flush(5.170)
    assert heard.samples == pytest.approx(2_720, abs=1)
    assert (heard.text, heard.unheard_text) == ("One two", "three.")
    assert heard.unplayed_samples == pytest.approx(1_440, abs=320)


def test_after_a_flush_new_sound_plays_at_once() -> None:
    """The stop order emptied the far end; nothing waits behind what was dropped."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=200)
    playout.queue(sound(400))
    take_all(playout, 1.0)
    playout.flush(1.010)
    assert playout.next_deadline() is None
    playout.begin_reply()
    playout.queue(sound(20, value=7))
    (frame,) = take_all(playout, 1.010)
    assert frame.starts_at == pytest.approx(1.010)
    assert frame.pcm == sound(20, value=7)


def test_what_is_heard_speaks_of_the_current_reply_alone() -> None:
    """Words of the reply before are not heard again."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=80)
    playout.begin_reply()
    playout.queue(sound(100), (Word("Before.", 1_600),))
    run(playout, 0.0, 0.2)
    playout.begin_reply()
    playout.queue(sound(100), (Word("After.", 1_600),))
    run(playout, 0.3, 0.5)
    heard = playout.heard(0.5)
    assert (heard.text, heard.samples) == ("After.", 1_600)


def test_the_first_audible_sample_is_announced_with_its_frame() -> None:
    """It lies 25 ms into the reply: in the second frame, 5 ms after its start."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=80)
    playout.begin_reply()
    playout.queue(sound(60), first_audible_sample=400)
    frames = take_all(playout, 2.0)
    assert [frame.first_audible_at for frame in frames] == [None, pytest.approx(2.025), None]


def test_a_gap_in_the_reply_is_counted() -> None:
    """The voice was too slow: the caller heard a hole."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=80)
    playout.begin_reply()
    playout.queue(sound(100))
    run(playout, 0.0, 0.1)
    assert playout.underruns == 0
    playout.queue(sound(100))
    take_all(playout, 0.5)
    assert playout.underruns == 1


def test_a_lead_beyond_the_bound_is_refused() -> None:
    """More than 200 ms ahead and a barge-in would be heard too late."""
    with pytest.raises(ValueError, match="lead_ms is 500"):
        Playout(sample_rate_hz=RATE, lead_ms=500)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12), st.integers(1, 200), st.floats(0, 1.5))
def test_heard_and_unheard_together_are_what_was_queued(sizes: list[int], lead_ms: int, cut_at: float) -> None:
    """Whatever is cut wherever: no sample is lost, doubled or heard before its time."""
    playout = Playout(sample_rate_hz=RATE, lead_ms=lead_ms)
    playout.begin_reply()
    words = []
    for number, size in enumerate(sizes):
        playout.queue(np.full(size, 1, dtype="<i2").tobytes(), (Word(str(number), size),))
        words.append(str(number))
    sent = run(playout, 0.0, cut_at)
    assert playout.underruns == 0
    heard = playout.flush(cut_at)
    played = heard.samples
    assert 0 <= played <= min(cut_at * RATE + 1, sum(len(frame.pcm) // 2 for _, frame in sent))
    assert f"{heard.text} {heard.unheard_text}".split() == words
    assert playout.queued_ms == 0


def test_the_far_end_plays_until_what_was_sent_has_ended() -> None:
    """60 ms sent at once are heard for 60 ms."""
    playout = Playout(sample_rate_hz=RATE)
    assert not playout.is_playing(10.0)
    playout.queue(sound(60))
    take_all(playout, 10.0)
    assert playout.is_playing(10.05)
    assert not playout.is_playing(10.07)


def test_words_may_be_told_behind_their_sound() -> None:
    """Each telling replaces the one before; what was said before the reply itself keeps its place."""
    playout = Playout(sample_rate_hz=RATE)
    assert playout.queue(sound(100), (Word("Well,", 1_600),), is_opener=True) == 0
    assert playout.queue(sound(200)) == 1_600
    playout.set_words((Word("on", 3_200), Word("two", 6_400)))
    assert playout.queue(sound(200)) == 4_800
    playout.set_words((Word("one", 4_800), Word("two", 8_000)))
    run(playout, 0.0, 0.3)
    assert playout.heard(0.29).text == "Well, one"
    assert playout.heard(0.29).unheard_text == "two"
    playout.flush(0.3)
    playout.queue(sound(100))
    playout.set_words((Word("new", 1_600),))
    assert playout.heard(0.3).unheard_text == "new"


def test_a_reply_that_is_cut_goes_on_with_other_sound() -> None:
    """What was heard of it stays heard, what was not is dropped, and what comes then is the same reply."""
    playout = Playout(sample_rate_hz=16_000)
    playout.begin_reply()
    playout.queue(bytes(32 * 400), tuple(Word(f"w{n}", 1_600 * (n + 1)) for n in range(4)))
    now = 10.0
    while playout.take(now) is not None:
        pass
    heard = playout.cut(now + 0.05)
    assert heard.samples == 800
    assert heard.unplayed_samples > 0
    assert playout.next_deadline() is None
    assert playout.queue(bytes(32 * 100), (Word("other", 1_600),)) == 800
    later = now + 0.05
    while (deadline := playout.next_deadline()) is not None:
        later = max(later, deadline)
        playout.take(later)
    whole = playout.heard(later + 1)
    assert whole.text.split()[-1] == "other"
    assert whole.unheard_text == ""
    assert whole.samples == 800 + 1_600
