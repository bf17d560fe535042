"""API keys and the sessions that begin with one: what is kept of them is a hash, never themselves.

A key has 256 random bits, so that its SHA-256 cannot be turned back and needs no salt.
Sans-IO.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from calls.recent import Recent

LONGEST_KEY = 512
_PREFIX = "antiphon_"
"""Tells scanners of repositories and logs what they have found."""
_MOST_SESSIONS = 10_000


def new_key() -> str:
    """A key that nobody has had before."""
    return _PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is kept of a key: SHA-256, in lower-case hex."""
    return hashlib.sha256(key.encode()).hexdigest()


class ApiKeys:
    """The keys that open.

    Args:
        hashes: Of each, see ``hash_of``; none: no key opens.
    """

    def __init__(self, hashes: Iterable[str]) -> None:
        self._hashes = tuple(each.strip().lower().encode() for each in hashes)

    def opens(self, key: str) -> bool:
        """Whether this is one of them; all are compared, each in constant time."""
        given = hash_of(key).encode()
        found = [hmac.compare_digest(given, each) for each in self._hashes]
        return any(found)


class Sessions:
    """Those who have shown a key in a browser. Kept in memory: a restart ends them.

    Overflow: the oldest session ends.

    Args:
        keep_s: How long one lasts, in seconds.
    """

    def __init__(self, *, keep_s: float) -> None:
        self.keep_s = keep_s
        self._begun = Recent[bool](max_entries=_MOST_SESSIONS, keep_s=keep_s)

    def begin(self, *, now: float) -> str:
        """A new session: the secret that its browser keeps."""
        session = secrets.token_urlsafe(32)
        self._begun.put(hash_of(session), True, now=now)
        return session

    def is_known(self, session: str, *, now: float) -> bool:
        """Whether it has begun and lasts; looked up by hash, so that no timing tells anything."""
        return self._begun.get(hash_of(session), now=now) is not None
