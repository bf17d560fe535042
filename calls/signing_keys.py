"""The public keys of an issuer: read from what it publishes (JWKS), and when to ask again.

Sans-IO: ``providers.jwks`` fetches. What is held stays in use while the issuer cannot be
reached; a key that the issuer withdrew is gone with the next fetch.

Source: RFC 7517 (JSON Web Key).
"""

from collections.abc import Mapping

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from calls.errors import UnreadableKeys
from calls.tokens import ALGORITHM

_LEAST_KEY_BITS = 2_048
_MOST_KEYS = 64
"""Issuers publish two to ten; what is more is not read."""

Keys = Mapping[str, RSAPublicKey]


def read_keys(body: bytes) -> Keys:
    """The keys that may sign by RS256, by their ids. Others are passed over.

    Raises:
        UnreadableKeys: There is none.
    """
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableKeys("what the issuer published is not JSON") from error
    listed = decoded.get("keys") if isinstance(decoded, dict) else None
    found: dict[str, RSAPublicKey] = {}
    for jwk in (listed if isinstance(listed, list) else [])[:_MOST_KEYS]:
        if isinstance(jwk, dict) and (key := _key_of(jwk)) is not None:
            found[jwk["kid"]] = key
    if not found:
        raise UnreadableKeys("what the issuer published holds no RSA key for signatures")
    return found


def _key_of(jwk: dict[str, object]) -> RSAPublicKey | None:
    is_named = isinstance(jwk.get("kid"), str) and bool(jwk["kid"])
    if not is_named or jwk.get("use", "sig") != "sig" or jwk.get("alg", ALGORITHM) != ALGORITHM:
        return None
    try:
        key = RSAAlgorithm.from_jwk(dict(jwk))
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= _LEAST_KEY_BITS else None


class KeyRing:
    """The keys that are held of one issuer, and whether it may be asked again.

    Args:
        stale_after_s: Keys of this age are fetched anew, while they stay in use.
        burst: So many fetches may follow each other at once…
        refill_s: …and then one more after each such time: tokens with invented key ids
            must not make us ask without end.
    """

    def __init__(self, *, stale_after_s: float = 3_600.0, burst: int = 5, refill_s: float = 10.0) -> None:
        self._stale_after_s = stale_after_s
        self._burst = burst
        self._refill_s = refill_s
        self._keys: Keys = {}
        self._taken_at: float | None = None
        self._allowance = float(burst)
        self._counted_at: float | None = None
        self.is_current = False
        """Whether the last fetch succeeded: a key that is not held does not exist."""

    def get(self, key_id: str) -> RSAPublicKey | None:
        """The key of this id, if it is held."""
        return self._keys.get(key_id)

    def is_stale(self, now: float) -> bool:
        """Whether the keys should be fetched anew."""
        return self._taken_at is None or now - self._taken_at >= self._stale_after_s

    def spend_fetch(self, now: float) -> bool:
        """Whether the issuer may be asked now; if so, this counts as asked."""
        waited_s = 0.0 if self._counted_at is None else max(0.0, now - self._counted_at)
        self._counted_at = now
        self._allowance = min(self._burst, self._allowance + waited_s / self._refill_s)
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def fetched(self, keys: Keys, now: float) -> None:
        """The issuer answered: these are its keys, and no others."""
        self._keys, self._taken_at, self.is_current = keys, now, True

    def fetch_failed(self) -> None:
        """The issuer did not answer: what is held stays."""
        self.is_current = False
