"""What the callers say to each contender: recorded sentences, sentences with a pause in them, interruptions.

All are telephone prompts spoken by one person (``benchmarks.asterisk_sounds``).
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from benchmarks import end_of_turn_sentences as said
from benchmarks.asterisk_sounds import AsteriskSounds
from benchmarks.caller_tracks import spread_words
from benchmarks.delayed_services import TimedWord
from benchmarks.end_of_turn_data import rows, voiced_part
from benchmarks.live_caller import Clip
from benchmarks.load_services import RATE_HZ

SENTENCE, HESITATION, INTERRUPTION = "sentence", "hesitation", "interruption"

_SENTENCES = (
    "feature-not-avail-line",
    "pls-hold-while-try",
    "conf-waitforleader",
    "vm-nobodyavail",
    "vm-reenterpassword",
    "confbridge-pin-bad",
    "privacy-prompt",
    "cannot-complete-as-dialed",
    "priv-recordintro",
    "demo-nomatch",
    "privacy-unident",
    "vm-msgforwarded",
    "conf-onlyperson",
    "confbridge-invalid",
    "invalid",
    "enter-num-blacklist",
)
_GOES_ON = {
    "confbridge-mute-in": ("vm-helpexit", "press star for help or pound to exit."),
    "queue-thereare": ("queue-callswaiting", "waiting to speak with a representative."),
    "confbridge-lock-in": ("vm-next", "press six to play the next message."),
    "confbridge-dec-talk-vol-in": ("vm-repeat", "press five to repeat the current message."),
    "conf-thereare": ("conf-otherinparty", "other participants in the conference."),
    "queue-quantity1": ("queue-callswaiting", "callers waiting to speak with a representative."),
    "confbridge-remove-last-in": ("vm-review-urgent", "press four to mark this message as urgent."),
    "vm-theperson": ("vm-isunavail", "is unavailable."),
}
"""What follows the pause of each hesitation, and its words."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What one call is made of."""

    sentences: tuple[Clip, ...]
    hesitations: tuple[Clip, ...]
    interrupted: tuple[tuple[Clip, Clip], ...]
    """A sentence, and what is said into the answer to it."""

    def __len__(self) -> int:
        """How many turns there are to measure."""
        return len(self.sentences) + len(self.hesitations) + len(self.interrupted)


def all_parts(sounds: AsteriskSounds) -> Parts:
    """Everything, in the order in which it is dealt.

    Raises:
        benchmarks.asterisk_sounds.SoundsUnavailable: A recording is missing.
    """
    texts = dict(rows(said.ASTERISK_SENTENCES))
    sentences = tuple(clip_of(name, SENTENCE, [(_pcm(sounds, name), texts[name])]) for name in _SENTENCES)
    beginnings = dict(rows(said.ASTERISK_FRAGMENTS))
    hesitations = []
    for name, pause_ms in rows(said.HESITATIONS):
        after, text = _GOES_ON[name]
        silence = bytes(RATE_HZ * int(pause_ms) // 1000 * 2)
        said_parts = [(_pcm(sounds, name), beginnings[name]), (silence, ""), (_pcm(sounds, after), text)]
        hesitations.append(clip_of(name, HESITATION, said_parts))
    half = len(sentences) // 2
    interruptions = [Clip(each.name, INTERRUPTION, each.pcm, each.words) for each in sentences[half:]]
    return Parts(sentences, tuple(hesitations), tuple(zip(sentences, interruptions, strict=False)))


def dealt(parts: Parts, hands: int) -> list[Parts]:
    """The share of each call: every kind in turn."""
    return [
        Parts(parts.sentences[hand::hands], parts.hesitations[hand::hands], parts.interrupted[hand::hands])
        for hand in range(hands)
    ]


def without(parts: Parts, done: Collection[tuple[str, str]]) -> Parts:
    """What is left to be said when these, by kind and name, have been."""
    return Parts(
        tuple(each for each in parts.sentences if (SENTENCE, each.name) not in done),
        tuple(each for each in parts.hesitations if (HESITATION, each.name) not in done),
        tuple(pair for pair in parts.interrupted if (INTERRUPTION, pair[1].name) not in done),
    )


def clip_of(name: str, kind: str, parts: list[tuple[bytes, str]]) -> Clip:
    """Sounds one after the other, each with its words spread over it."""
    pcm = b""
    words: list[TimedWord] = []
    for sound, text in parts:
        start = len(pcm) // 2
        pcm += sound
        words += spread_words(text, start, len(pcm) // 2) if text else ()
    return Clip(name, kind, pcm, tuple(words))


def _pcm(sounds: AsteriskSounds, name: str) -> bytes:
    return np.asarray(voiced_part(sounds.load(name)), dtype="<i2").tobytes()
