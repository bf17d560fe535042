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
        "alright",
        "well",
        "thanks",
        "fine",
        "really",
        "wow",
    ]
)
_PHRASES = (("i", "see"), ("got", "it"), ("all", "right"), ("of", "course"), ("i", "understand"), ("go", "on"))
"""Words that say so only together: "I" alone begins a sentence."""
_STOPS = frozenset(["stop", "wait", "hold", "no", "sorry", "excuse", "listen", "quiet", "but", "hello"])


def is_backchannel(text: str) -> bool:
    """Whether these words only say "I am listening" (at most three of them)."""
    words = _WORD.findall(text.casefold().replace("-", ""))
    left = list(words)
    while left and (taken := _taken(left)):
        del left[:taken]
    return 0 < len(words) <= 3 and not left


def may_become_backchannel(text: str) -> bool:
    """Whether the next word decides: "I" may go on with "see"."""
    words = _WORD.findall(text.casefold().replace("-", ""))
    return len(words) == 1 and any(words[0] == first for first, _ in _PHRASES)


def _taken(words: list[str]) -> int:
    """How many of the first words are a listener's; 0 for none."""
    if tuple(words[:2]) in _PHRASES:
        return 2
    return int(words[0] in _BACKCHANNELS)


def is_stop(text: str) -> bool:
    """Whether these words, as short as they are, ask for silence."""
    words = _WORD.findall(text.casefold())
    return bool(words) and words[0] in _STOPS
