"""Speech over ours: what a few words mean. Sans-IO.

A listener's "mm-hmm" is no wish to speak; "stop" is one, however short.
"""

import re

_WORD = re.compile(r"[\w']+")

_BACKCHANNELS = frozenset(
    [
        "mm",
        "mhm",
        "mmhm",
        "mmhmm",
        "hmm",
        "hm",
        "mhmm",
        "mmm",
        "um",
        "uh",
        "uhhuh",
        "aha",
        "ah",
        "oh",
        "yeah",
        "yep",
        "yes",
        "yup",
        "ok",
        "okay",
        "right",
        "sure",
        "good",
        "great",
        "i",
        "see",
        "got",
        "it",
        "alright",
        "all",
        "well",
        "thanks",
        "fine",
        "really",
        "wow",
    ]
)
_STOPS = frozenset(["stop", "wait", "hold", "no", "sorry", "excuse", "listen", "quiet", "but", "hello"])


def is_backchannel(text: str) -> bool:
    """Whether these words only say "I am listening" (at most three of them)."""
    words = _WORD.findall(text.casefold().replace("-", ""))
    return 0 < len(words) <= 3 and all(word in _BACKCHANNELS for word in words)


def is_stop(text: str) -> bool:
    """Whether these words, as short as they are, ask for silence."""
    words = _WORD.findall(text.casefold())
    return bool(words) and words[0] in _STOPS
