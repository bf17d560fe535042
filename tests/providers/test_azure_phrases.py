"""The service's phrases over our stretches; every position is in milliseconds here."""

from dataclasses import dataclass, field

from pipeline.ports import Hypothesis
from providers.azure_phrases import PhraseMap, Understood, Waits

MS = 16


@dataclass
class Scene:
    """A call: what is told goes in, what the conversation is told comes out."""

    phrases: PhraseMap = field(default_factory=lambda: PhraseMap(waits=Waits(final_ms=2_000, any_ms=3_000)))
    told: list[tuple[int, str, bool]] = field(default_factory=list)

    def starts(self, at_ms: int) -> None:
        self.phrases.speech_started(at_ms * MS)
        self.look(at_ms)

    def stops(self, at_ms: int) -> None:
        self.phrases.speech_stopped(at_ms * MS, at_ms / 1000)
        self.look(at_ms)

    def partial(self, text: str, start_ms: int, end_ms: int) -> None:
        self.phrases.understood(Understood(text, start_ms * MS, end_ms * MS, is_final=False))
        self.look(end_ms)

    def final(self, text: str, start_ms: int, end_ms: int) -> None:
        self.phrases.understood(Understood(text, start_ms * MS, end_ms * MS, is_final=True))
        self.look(end_ms)

    def look(self, at_ms: int) -> list[Hypothesis]:
        hypotheses = self.phrases.hypotheses(at_ms / 1000)
        self.told += [(one.start_sample // MS, one.text, one.is_final) for one in hypotheses]
        return hypotheses

    @property
    def finals(self) -> list[tuple[int, str]]:
        return [(start, text) for start, text, is_final in self.told if is_final]


def test_one_phrase_in_one_stretch() -> None:
    """Partials grow, and the final text of the phrase is that of the stretch."""
    scene = Scene()
    scene.starts(250)
    scene.partial("my name", 500, 900)
    scene.partial("my name is robert", 500, 1_300)
    scene.stops(1_500)
    scene.final("My name is Robert.", 500, 1_450)
    assert scene.told == [
        (250, "my name", False),
        (250, "my name is robert", False),
        (250, "My name is Robert.", True),
    ]


def test_text_that_comes_before_voice_activity_waits_for_it() -> None:
    """The service was faster than our own ears: nothing is lost."""
    scene = Scene()
    scene.partial("yes", 500, 700)
    assert scene.told == []
    scene.starts(250)
    assert scene.told == [(250, "yes", False)]


def test_a_partial_text_tells_how_far_it_reaches() -> None:
    """The end of a hypothesis is the end of the phrase so far, and never beyond the stretch."""
    scene = Scene()
    scene.starts(0)
    scene.phrases.understood(Understood("my name", 500 * MS, 900 * MS, is_final=False))
    assert [one.end_sample for one in scene.look(900)] == [900 * MS]
    scene.stops(1_000)
    scene.phrases.understood(Understood("my name is", 500 * MS, 1_100 * MS, is_final=False))
    assert [one.end_sample for one in scene.look(1_100)] == [1_000 * MS]


def test_several_phrases_in_one_stretch_are_joined() -> None:
    """The service paused within our stretch: its final texts are one, and come once."""
    scene = Scene()
    scene.starts(0)
    scene.final("A pipe burst.", 200, 1_500)
    scene.partial("the floor", 2_000, 2_500)
    scene.stops(3_000)
    assert scene.finals == []
    scene.final("The floor is wet.", 2_000, 2_950)
    assert scene.finals == [(0, "A pipe burst. The floor is wet.")]


def test_one_phrase_over_two_stretches_is_split() -> None:
    """Words go to the stretch in which they were said, by how far the partial texts reached."""
    scene = Scene()
    scene.starts(0)
    scene.partial("yes", 200, 500)
    scene.stops(550)
    scene.starts(900)
    scene.partial("yes that is", 200, 1_500)
    scene.partial("yes that is right", 200, 1_900)
    scene.stops(2_000)
    assert scene.finals == []
    scene.final("Yes, that is right.", 200, 1_950)
    assert scene.finals == [(0, "Yes,"), (900, "that is right.")]


def test_numbers_that_are_written_shorter_are_split_at_the_same_place() -> None:
    """The "nine thirty" of the partials is "9:30" in the end, and still before the pause."""
    scene = Scene()
    scene.starts(0)
    scene.partial("at nine thirty", 100, 1_000)
    scene.stops(1_050)
    scene.starts(1_400)
    scene.partial("at nine thirty on monday", 100, 2_200)
    scene.stops(2_300)
    scene.final("At 9:30 on Monday.", 100, 2_200)
    assert scene.finals == [(0, "At 9:30"), (1_400, "on Monday.")]


def test_a_phrase_without_partials_is_split_by_the_time_that_words_take() -> None:
    """Only the final text came: the last words end where the phrase ends."""
    scene = Scene()
    scene.starts(0)
    scene.stops(400)
    scene.starts(1_500)
    scene.stops(2_400)
    scene.final("No it was Monday", 100, 2_400)
    assert [start for start, _ in scene.finals] == [0, 1_500]
    assert " ".join(text for _, text in scene.finals) == "No it was Monday"
    assert scene.finals[1][1].endswith("was Monday")


def test_a_later_phrase_ends_the_wait_for_an_earlier_stretch() -> None:
    """The service went on: a cough before it had no words."""
    scene = Scene()
    scene.starts(0)
    scene.stops(300)
    scene.starts(2_000)
    scene.partial("hello", 2_200, 2_600)
    assert scene.finals == [(0, "")]


def test_nothing_understood_is_an_empty_final() -> None:
    """NoMatch of the service accounts for a stretch."""
    scene = Scene()
    scene.starts(1_000)
    scene.stops(2_000)
    scene.final("", 1_100, 1_900)
    assert scene.finals == [(1_000, "")]


def test_silence_of_the_service_is_not_waited_for_for_ever() -> None:
    """Without any text after three seconds; with a partial text after two."""
    scene = Scene()
    scene.starts(0)
    scene.stops(1_000)
    assert scene.phrases.give_up_at() == 4.0
    scene.look(3_999)
    assert scene.finals == []
    scene.look(4_000)
    assert scene.finals == [(0, "")]
    scene.starts(5_000)
    scene.partial("never finished", 5_200, 5_900)
    scene.stops(6_000)
    scene.look(8_000)
    assert scene.finals[1:] == [(5_000, "never finished")]


def test_words_after_the_final_are_dropped_and_do_not_go_to_the_next_stretch() -> None:
    """A final text that came too late is not said a second time."""
    scene = Scene()
    scene.starts(0)
    scene.partial("hello", 100, 500)
    scene.stops(600)
    scene.look(2_700)
    scene.starts(3_000)
    scene.final("Hello.", 100, 550)
    scene.partial("goodbye", 3_300, 3_600)
    scene.stops(3_700)
    scene.final("Goodbye.", 3_300, 3_650)
    assert scene.finals == [(0, "hello"), (3_000, "Goodbye.")]


def test_hints_that_cannot_be_are_survived() -> None:
    """A start within a stretch and a stop without one change nothing; an empty stretch gets its final."""
    scene = Scene()
    scene.stops(100)
    scene.starts(1_000)
    scene.starts(1_100)
    scene.stops(900)
    scene.look(4_000)
    assert scene.finals == [(1_000, "")]


def test_what_was_not_final_is_heard_again_after_a_loss() -> None:
    """The replay begins at the oldest stretch without a final, or at the end of the last final phrase."""
    scene = Scene()
    assert scene.phrases.replay_sample is None
    scene.starts(1_000)
    scene.final("One.", 1_200, 1_600)
    scene.partial("two", 2_100, 2_400)
    assert scene.phrases.replay_sample == 1_600 * MS
    scene.phrases.session_lost()
    scene.stops(2_900)
    scene.partial("two", 2_100, 2_400)
    scene.final("Two.", 2_100, 2_850)
    assert scene.finals == [(1_000, "One. Two.")]
    assert scene.phrases.replay_sample is None


def test_stretches_that_wait_are_bounded() -> None:
    """Of more than sixteen without a text the oldest get none."""
    scene = Scene()
    for index in range(20):
        scene.phrases.speech_started(index * 100 * MS)
        scene.phrases.speech_stopped((index * 100 + 50) * MS, 0.0)
    scene.look(100)
    assert len(scene.finals) == 4


def test_a_long_call_keeps_little() -> None:
    """Ten thousand phrases later nothing is searched but the last few, and every text came."""
    scene = Scene()
    for index in range(2_000):
        at = index * 2_000
        scene.starts(at)
        scene.stops(at + 900)
        scene.final(f"number {index}", at + 100, at + 880)
    assert scene.finals == [(index * 2_000, f"number {index}") for index in range(2_000)]
    assert len(scene.phrases._phrases) < 10
