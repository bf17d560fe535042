"""A person on the telephone: hears, waits, speaks, interrupts, hangs up. Sans-IO.

One ``tick`` for every 20 ms of the line: the caller takes what it hears and returns
what it says. All it knows of the assistant is sound and silence.

    state      leaves when                                   to
    waiting    the step's moment has come, or it timed out   speaking, pressing, hung up
    waiting    a ``Wait`` step is over                       the next step
    speaking   the line is over                              the next step
    pressing   the keys are pressed                          the next step
    farewell   the assistant stayed silent for too long      hung up
"""

from dataclasses import dataclass
from typing import assert_never

from emulators.audible import (
    FRAME_MS,
    first_audible_sample,
    is_audible,
    samples_of,
    samples_per_frame,
)
from emulators.scenario import AfterAssistant, AfterAssistantStarted, At, Digits, HangUp, Line, Patience, Wait, When
from media.voice_end import voice_end

DIGIT_EVERY_TICKS = 10
"""A key is pressed every 200 ms."""


@dataclass(frozen=True, slots=True)
class VoicedLine:
    """A line and its sound, at the rate of the call."""

    line: Line
    pcm: bytes


PlayableStep = VoicedLine | Digits | Wait | HangUp


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """Where a line lies in the caller's channel, in samples from the opening of the line."""

    text: str
    interrupts: bool
    start_sample: int
    first_audible_sample: int
    last_voiced_sample: int
    """As ``media.voice_end`` has it: the reported latency counts from there too."""


@dataclass(frozen=True, slots=True)
class CallerFrame:
    """What the caller does in one frame."""

    pcm: bytes
    """20 ms; silence is the object that was given as such."""
    digit: str = ""
    """A key that was pressed."""
    hangs_up: bool = False


class Hearing:
    """What can be told of the assistant by listening, since the last ``forget``."""

    def __init__(self, *, silence: bytes) -> None:
        self._silence = silence
        self._tick = -1
        self.onset_tick: int | None = None
        self._last_audible_tick: int | None = None

    def hear(self, heard: bytes) -> None:
        """Take the next frame."""
        self._tick += 1
        if heard is self._silence or not is_audible(samples_of(heard)):
            return
        if self.onset_tick is None:
            self.onset_tick = self._tick
        self._last_audible_tick = self._tick

    def forget(self) -> None:
        """A new turn: what was heard before does not count."""
        self.onset_tick = None
        self._last_audible_tick = None

    @property
    def silent_ms(self) -> int | None:
        """How long it has been silent after speech; None when nothing was heard."""
        if self._last_audible_tick is None:
            return None
        return (self._tick - self._last_audible_tick) * FRAME_MS


class Caller:
    """Plays the steps of a scenario.

    Attributes:
        spoken: The lines that were begun, with their places.
        notes: What did not go as the scenario supposes, in words.
        has_hung_up: Whether the caller has left.
    """

    def __init__(
        self,
        steps: tuple[PlayableStep, ...],
        *,
        sample_rate_hz: int,
        silence: bytes,
        patience: Patience,
        max_duration_ms: int,
    ) -> None:
        self.spoken: list[SpokenLine] = []
        self.notes: list[str] = []
        self.has_hung_up = False
        self._steps = steps
        self._patience = patience
        self._max_duration_ms = max_duration_ms
        self._silence = silence
        self._idle = CallerFrame(silence)
        self._frame_samples = samples_per_frame(sample_rate_hz)
        self._hearing = Hearing(silence=silence)
        self._tick = -1
        self._next_step = 0
        self._step_since_tick = 0
        """When the step before ended."""
        self._turn_since_tick = 0
        """Since when the assistant's answer is awaited."""
        self._next_turn_at_tick: int | None = None
        self._speaking: VoicedLine | None = None
        self._offset_bytes = 0
        self._unpressed = ""
        self._press_at_tick = 0

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The lines and keys of the scenario that have not come to their end."""
        return tuple(_name(step) for step in self._steps[self._next_step :] if isinstance(step, VoicedLine | Digits))

    def tick(self, heard: bytes) -> CallerFrame:
        """Live through 20 ms.

        Args:
            heard: What the caller hears in them.
        """
        self._tick += 1
        if self._next_turn_at_tick is not None and self._tick >= self._next_turn_at_tick:
            self._hearing.forget()
            self._turn_since_tick, self._next_turn_at_tick = self._tick, None
        self._hearing.hear(heard)
        if self.has_hung_up:
            return self._idle
        if self._speaking is None and not self._unpressed:
            self._decide()
        if self.has_hung_up:
            return CallerFrame(self._silence, hangs_up=True)
        if self._speaking is not None:
            return CallerFrame(self._speak(self._speaking))
        if self._unpressed and self._tick >= self._press_at_tick:
            return CallerFrame(self._silence, digit=self._press())
        return self._idle

    def _decide(self) -> None:
        """Begin the next step if its moment has come."""
        if self._ms_since(0) >= self._max_duration_ms:
            self.notes.append(f"hung up: the call lasted {self._max_duration_ms} ms")
            self.has_hung_up = True
            return
        while self._next_step < len(self._steps):
            step = self._steps[self._next_step]
            if not isinstance(step, Wait):
                if self._is_due(_when(step), _name(step)):
                    self._begin(step)
                return
            if self._ms_since(self._step_since_tick) < step.duration_ms:
                return
            self._finish_step()
        self._await_farewell()

    def _begin(self, step: VoicedLine | Digits | HangUp) -> None:
        match step:
            case VoicedLine():
                place = self._place(step)
                self.spoken.append(place)
                self._speaking, self._offset_bytes = step, 0
                # From the caller's last sound on, what is heard is the answer.
                self._next_turn_at_tick = place.last_voiced_sample // self._frame_samples
            case Digits():
                self._unpressed, self._press_at_tick = step.digits, self._tick
            case HangUp():
                self.has_hung_up = True
            case _:
                assert_never(step)

    def _place(self, voiced: VoicedLine) -> SpokenLine:
        samples = samples_of(voiced.pcm)
        start = self._tick * self._frame_samples
        end = voice_end(voiced.pcm, self._frame_samples * 1000 // FRAME_MS)
        return SpokenLine(
            text=_name(voiced),
            interrupts=isinstance(voiced.line.when, AfterAssistantStarted),
            start_sample=start,
            first_audible_sample=start + (first_audible_sample(samples) or 0),
            last_voiced_sample=start + (samples.size if end is None else end) - 1,
        )

    def _speak(self, voiced: VoicedLine) -> bytes:
        frame_bytes = len(self._silence)
        frame = voiced.pcm[self._offset_bytes : self._offset_bytes + frame_bytes]
        self._offset_bytes += frame_bytes
        if self._offset_bytes >= len(voiced.pcm):
            self._speaking = None
            self._finish_step()
        return frame if len(frame) == frame_bytes else frame.ljust(frame_bytes, b"\0")

    def _press(self) -> str:
        digit, self._unpressed = self._unpressed[0], self._unpressed[1:]
        self._press_at_tick = self._tick + DIGIT_EVERY_TICKS
        if not self._unpressed:
            self._next_turn_at_tick = self._tick + 1
            self._finish_step()
        return digit

    def _finish_step(self) -> None:
        self._next_step += 1
        self._step_since_tick = self._tick

    def _is_due(self, when: When, step_name: str) -> bool:
        """Whether the moment of a step has come, or will not come any more."""
        silent_ms = self._hearing.silent_ms
        match when:
            case At():
                return self._ms_since(0) >= when.at_ms
            case AfterAssistant() if silent_ms is not None:
                return silent_ms >= self._patience.finished_gap_ms + when.pause_ms
            case AfterAssistantStarted() if silent_ms is not None and self._hearing.onset_tick is not None:
                if self._ms_since(self._hearing.onset_tick) >= when.delay_ms:
                    return True
                if silent_ms < self._patience.finished_gap_ms:
                    return False
                self.notes.append(f"the assistant had finished before it could be interrupted with {step_name}")
                return True
            case AfterAssistant() | AfterAssistantStarted():
                return self._has_waited_in_vain(step_name)
            case _:
                assert_never(when)

    def _has_waited_in_vain(self, step_name: str) -> bool:
        if self._ms_since(self._turn_since_tick) < self._patience.answer_timeout_ms:
            return False
        self.notes.append(f"the assistant said nothing for {self._patience.answer_timeout_ms} ms before {step_name}")
        return True

    def _await_farewell(self) -> None:
        """Hang up when the assistant, having spoken or not, does not."""
        patience, silent_ms = self._patience, self._hearing.silent_ms
        if silent_ms is None:
            is_over = self._ms_since(self._turn_since_tick) >= patience.answer_timeout_ms + patience.farewell_timeout_ms
        else:
            is_over = silent_ms >= patience.farewell_timeout_ms
        if is_over:
            self.notes.append(f"hung up: the server did not within {patience.farewell_timeout_ms} ms of silence")
            self.has_hung_up = True

    def _ms_since(self, tick: int) -> int:
        return (self._tick - tick) * FRAME_MS


def _when(step: VoicedLine | Digits | HangUp) -> When:
    return step.line.when if isinstance(step, VoicedLine) else step.when


def _name(step: VoicedLine | Digits | HangUp) -> str:
    match step:
        case VoicedLine():
            return step.line.text or (step.line.wav.name if step.line.wav else "a line")
        case Digits():
            return f"the keys {step.digits}"
        case HangUp():
            return "hanging up"
        case _:
            assert_never(step)
