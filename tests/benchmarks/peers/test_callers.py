"""What is said, and how it is dealt."""

from benchmarks.delayed_services import TimedWord
from benchmarks.live_caller import Clip
from benchmarks.load_services import audible_sound
from benchmarks.peers.callers import HESITATION, INTERRUPTION, SENTENCE, Parts, clip_of, dealt, without


def clip(kind: str, number: int) -> Clip:
    """Something short."""
    return Clip(f"{kind} {number}", kind, audible_sound(100))


PARTS = Parts(
    tuple(clip(SENTENCE, n) for n in range(5)),
    tuple(clip(HESITATION, n) for n in range(3)),
    tuple((clip(SENTENCE, n), clip(INTERRUPTION, n)) for n in range(2)),
)


def test_words_lie_in_their_own_part() -> None:
    """The silence between two parts has no words, and what follows it is moved."""
    said = clip_of("example", HESITATION, [(bytes(3_200), "one"), (bytes(32_000), ""), (bytes(3_200), "two")])
    assert said.words == (TimedWord("one", 0, 1_600), TimedWord("two", 17_600, 19_200))
    assert len(said.pcm) == 38_400


def test_everything_is_dealt_once() -> None:
    """No turn is lost or said twice."""
    hands = dealt(PARTS, 4)
    assert sum(len(hand) for hand in hands) == len(PARTS) == 10
    assert {each.name for hand in hands for each in hand.sentences} == {each.name for each in PARTS.sentences}


def test_what_counts_is_not_said_again() -> None:
    """By kind and name: a sentence that has been measured may still be interrupted."""
    left = without(PARTS, {(SENTENCE, "sentence 0"), (INTERRUPTION, "interruption 1")})
    assert [each.name for each in left.sentences] == [f"sentence {n}" for n in range(1, 5)]
    assert [into.name for _, into in left.interrupted] == ["interruption 0"]
    assert left.hesitations == PARTS.hesitations
