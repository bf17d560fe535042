"""Lets in who shows a good token of one issuer."""

from collections.abc import Callable, Sequence
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from calls.tokens import TokenRules, bearer_token, check_token, key_id_of


class SigningKeys(Protocol):
    """The public keys of an issuer."""

    async def key(self, key_id: str) -> RSAPublicKey:
        """The key of this id; it may have to be fetched.

        Raises:
            Refused: UNKNOWN_KEY when the issuer has none of this id, KEYS_UNAVAILABLE
                when it cannot be asked.
        """


class TokenDoor:
    """Checks the tokens of one issuer.

    Args:
        keys: Of the issuer.
        rules: What a token must be.
        now_s: The time of day, in seconds since 1970.
    """

    def __init__(self, keys: SigningKeys, rules: TokenRules, *, now_s: Callable[[], float]) -> None:
        self._keys = keys
        self._rules = rules
        self._now_s = now_s

    async def check(self, authorization: Sequence[str]) -> None:
        """Check the token of a request; to be called before anything of it is accepted.

        Args:
            authorization: The values of all its headers of this name.

        Raises:
            Refused: It has none that is good.
        """
        token = bearer_token(authorization)
        key = await self._keys.key(key_id_of(token))
        check_token(token, key, self._rules, now_s=self._now_s())
