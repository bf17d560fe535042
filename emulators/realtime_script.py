"""What the pretended Realtime service is told to do: an answer for each request, a text for each turn of the caller."""

from collections.abc import Sequence
from dataclasses import dataclass

from emulators.errors import ScriptNotFollowed


@dataclass(frozen=True, slots=True)
class Called:
    """The answer calls a tool."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A step: an answer, in words and sound; tool calls come behind it."""

    text: str = ""
    calls: tuple[Called, ...] = ()
    word_ms: int = 250
    """Of sound for each word."""
    delay_ms: int = 0
    """Before its first event after ``response.created``."""
    times_real_time: float = 6.0
    """How fast its sound comes."""
    breaks_after_words: int | None = None
    """The connection is lost after so many words of sound."""
    stalls_after_words: int | None = None
    """No more comes after so many."""
    error_code: str = ""
    """It fails with this after its words: ``status`` is failed."""
    is_filtered: bool = False
    """A filter cuts it after its words: ``status`` is incomplete."""


class RealtimeScript:
    """The steps that are left, and what the client did that it should not."""

    def __init__(self, answers: Sequence[Spoken], heard: Sequence[str | None], *, repeats: bool = False) -> None:
        self._answers = tuple(answers)
        self._texts = tuple(heard)
        self._steps = list(answers)
        self._heard = list(heard)
        self._repeats = repeats
        self.violations: list[str] = []
        """What the service would have refused."""

    def next_step(self) -> Spoken | None:
        """What the next answer is; None: the script has none, which is a violation."""
        if self._repeats and not self._steps:
            self._steps = list(self._answers)
        if self._steps:
            return self._steps.pop(0)
        self.violations.append("response.create found no step")
        return None

    def next_heard(self) -> str | None:
        """What is understood of the next commit; None: nothing."""
        if self._repeats and not self._heard:
            self._heard = list(self._texts)
        if self._heard:
            return self._heard.pop(0)
        self.violations.append("input_audio_buffer.commit found no text")
        return None

    def check(self) -> None:
        """See that the script was followed.

        Raises:
            ScriptNotFollowed: It was not, or something was done that the service refuses.
        """
        if self.violations:
            raise ScriptNotFollowed("; ".join(self.violations))
        if (self._steps or self._heard) and not self._repeats:
            raise ScriptNotFollowed(f"never asked for: {self._steps} {self._heard}")
