"""What a model that hears by itself is given of the caller's sound. One sample is a millisecond here."""

from pipeline.caller_sound import CallerSound, TurnSound

RATE = 1_000


def pcm(*values: int) -> bytes:
    """Samples."""
    return b"".join(value.to_bytes(2, "little") for value in values)


class Ear:
    """What has been sent, as numbers of seconds and milliseconds: each sample is its own position."""

    def __init__(self) -> None:
        self.sound = CallerSound(sample_rate_hz=RATE, hearing_rate_hz=RATE)
        self.now = 0
        self.sent: list[int] = []

    def _send(self, data: bytes) -> None:
        self.sent += [int.from_bytes(data[n : n + 2], "little") for n in range(0, len(data), 2)]

    def pass_to(self, until: int) -> None:
        """Time passes, 20 ms a frame."""
        while self.now < until:
            self._send(self.sound.push(pcm(*range(self.now, self.now + 20))))
            self.now += 20

    def speaks(self, onset: int, until: int) -> None:
        """The caller speaks from here to there; the onset is told 60 ms late, the end 200 ms late."""
        self.pass_to(onset + 60)
        self._send(self.sound.speech_started(onset))
        self.pass_to(until + 200)
        self.sound.speech_stopped()

    def turn(self, began: int | None) -> TurnSound:
        """The turn is over; what was sent, and what is sent now."""
        turn = self.sound.turn(began)
        if turn.is_anew:
            self.sent.clear()
        self._send(turn.pcm)
        return turn


def test_only_what_is_said_is_sent() -> None:
    """From a moment before the voice to its end; every sample once, in order."""
    ear = Ear()
    ear.speaks(1_000, 2_000)
    ear.pass_to(5_000)
    assert ear.turn(1_000) == TurnSound(is_anew=False, pcm=b"", is_heard=True)
    assert ear.sent == list(range(800, 2_200))


def test_a_turn_of_several_stretches_is_sent_once() -> None:
    """The silence between them is left out but for a moment."""
    ear = Ear()
    ear.speaks(1_000, 2_000)
    ear.speaks(4_000, 5_000)
    assert not ear.turn(1_000).is_anew
    assert ear.sent == [*range(800, 2_200), *range(3_800, 5_200)]


def test_a_short_pause_is_no_gap() -> None:
    """What was sent already is not sent again."""
    ear = Ear()
    ear.speaks(1_000, 2_000)
    ear.speaks(2_240, 3_000)
    ear.turn(1_000)
    assert ear.sent == list(range(800, 3_200))


def test_what_was_talked_through_is_taken_back() -> None:
    """A cough at 1 s was no part of the turn that began at 4 s."""
    ear = Ear()
    ear.speaks(1_000, 1_300)
    ear.speaks(4_000, 5_000)
    assert ear.turn(4_000).is_anew
    assert ear.sent == list(range(3_800, 5_200))


def test_what_was_committed_is_not_sent_again() -> None:
    """The turn was taken back: the caller goes on, and only that is new."""
    ear = Ear()
    ear.speaks(1_000, 2_000)
    ear.turn(1_000)
    ear.sent.clear()
    ear.speaks(2_300, 3_000)
    assert ear.turn(1_000) == TurnSound(is_anew=False, pcm=b"", is_heard=True)
    assert ear.sent == list(range(2_200, 3_200))


def test_keys_have_no_sound() -> None:
    """Neither alone, nor after a cough."""
    ear = Ear()
    assert ear.turn(None) == TurnSound(is_anew=False, pcm=b"", is_heard=False)
    ear.speaks(1_000, 1_300)
    assert ear.turn(None) == TurnSound(is_anew=True, pcm=b"", is_heard=False)


def test_somebody_new_hears_from_now_on() -> None:
    """A session that was opened again amid a sentence gets its rest."""
    ear = Ear()
    ear.pass_to(1_060)
    ear._send(ear.sound.speech_started(1_000))
    ear.pass_to(2_000)
    ear.sent.clear()
    ear.sound.begin_anew()
    ear.pass_to(3_000)
    assert ear.turn(1_000).is_heard
    assert ear.sent == list(range(2_000, 3_000))
