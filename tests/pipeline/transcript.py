"""A call as the turn machine sees it, written down as a transcript.

Times are milliseconds of the caller's audio; the machine counts samples.
"""

from dataclasses import dataclass, field
from typing import Any

from pipeline.commands import (
    AllowOpener,
    Cause,
    Command,
    ConfirmReply,
    JudgeTurn,
    StartReply,
)
from pipeline.ending import EndingSettings
from pipeline.events import (
    DeadlinePassed,
    Event,
    LineReady,
    PlayoutDrained,
    ReplyAudible,
    ReplyCompleted,
    SpeechStarted,
    SpeechStopped,
    TextRecognised,
)
from pipeline.turn_settings import State, TurnSettings
from pipeline.turns import Turns
from vad.end_of_turn import EndOfTurnSettings

MS = 16


def ms(value: int) -> int:
    return value * MS


def text(start_ms: int, words: str, *, is_final: bool) -> TextRecognised:
    """A text of the stretch that is listened to from here; how far it reaches is not told."""
    return TextRecognised(ms(start_ms), 0, words, is_final)


def plain(**changes: Any) -> TurnSettings:
    """Half a second of silence ends a turn, whatever was said; nothing is prepared."""
    half_a_second = EndOfTurnSettings(floor_ms=500, vad_silence_timeout_ms=500, longest_ms=500)
    return TurnSettings(**{"ending": EndingSettings(wait=half_a_second), "speculation_max_per_turn": 0, **changes})


@dataclass
class Call:
    """A transcript in the making: time only goes forward, deadlines fire when they are due."""

    turns: Turns = field(default_factory=lambda: Turns(plain()))
    now_ms: int = 0
    asides: list[Command] = field(default_factory=list)
    """Orders that most transcripts do not speak of."""

    def at(self, at_ms: int, event: Event) -> list[Command]:
        orders = self.until(at_ms)
        return orders + self.told(self.turns.handle(event, now=ms(at_ms)))

    def told(self, orders: list[Command]) -> list[Command]:
        aside = [order for order in orders if isinstance(order, JudgeTurn | ConfirmReply | AllowOpener)]
        self.asides += aside
        return [order for order in orders if order not in aside]

    def until(self, at_ms: int) -> list[Command]:
        orders: list[Command] = []
        while (due := self.turns.next_deadline()) is not None and due <= ms(at_ms):
            orders += self.told(self.turns.handle(DeadlinePassed(), now=max(due, ms(self.now_ms))))
        self.now_ms = at_ms
        return orders

    def greeted(self) -> "Call":
        """A call in which the greeting has been heard, at 1,000 ms."""
        assert self.at(0, LineReady()) == [StartReply(0, Cause.GREETING)]
        self.at(50, ReplyAudible())
        self.at(100, ReplyCompleted())
        assert self.at(1_000, PlayoutDrained()) == []
        return self

    def says(self, said: str, begin_ms: int, end_ms: int) -> list[Command]:
        """The caller speaks; the detector tells of the end 200 ms later, the final text 40 ms after that."""
        orders = self.at(begin_ms + 90, SpeechStarted(ms(begin_ms)))
        orders += self.at(end_ms + 200, SpeechStopped(ms(end_ms)))
        return orders + self.at(end_ms + 240, text(begin_ms - 200, said, is_final=True))

    def answered(self, *, text: str = "It broke.", begin_ms: int = 2_000, end_ms: int = 3_000) -> "Call":
        """A greeted call whose first answer is being spoken, audible from 3,600 ms on."""
        self.greeted()
        assert self.says(text, begin_ms, end_ms) == []
        assert self.until(end_ms + 599) == [StartReply(1, Cause.ANSWER, text, ms(end_ms), ms(end_ms + 500))]
        assert self.at(end_ms + 600, ReplyAudible()) == []
        assert self.turns.state is State.SPEAKING
        return self
