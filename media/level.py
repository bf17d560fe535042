"""From when until when something can be heard: levels of 16-bit PCM. Where a voice ends is ``media.voice_end``'s."""

import numpy as np

AUDIBLE_DBFS = -45.0
"""Peak level from which a sound counts as heard: soft speech is above, line noise below."""

_AUDIBLE_PEAK = int(32768 * 10 ** (AUDIBLE_DBFS / 20))


def first_audible_sample(pcm: bytes) -> int | None:
    """Where the sound can first be heard; None in silence."""
    audible = np.flatnonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(np.int32)) >= _AUDIBLE_PEAK)
    return int(audible[0]) if len(audible) else None


def last_audible_sample(pcm: bytes) -> int | None:
    """One past where the sound can last be heard; None in silence. For what we make ourselves: it has no noise."""
    audible = np.flatnonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(np.int32)) >= _AUDIBLE_PEAK)
    return int(audible[-1]) + 1 if len(audible) else None
