"""The door joins header, key and rules."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from calls.doors import Refusal
from calls.errors import Refused
from calls.token_door import TokenDoor
from calls.tokens import TokenRules
from emulators.acs_tokens import DEVELOPMENT_RESOURCE_ID, ISSUER
from tests.support.signing import claims, signed, signing_key

NOW = 1_800_000_000.0


class Keys:
    """One key, and whoever asked for which."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def key(self, key_id: str) -> RSAPublicKey:
        """The key k1, and no other."""
        self.asked.append(key_id)
        if key_id != "k1":
            raise Refused(Refusal.UNKNOWN_KEY)
        return signing_key("k1").private.public_key()


async def test_a_good_token_opens() -> None:
    """Five minutes after it was issued it is still good, by the clock that the door was given; then no more."""
    now_s = NOW
    door = TokenDoor(Keys(), TokenRules(ISSUER, DEVELOPMENT_RESOURCE_ID), now_s=lambda: now_s)
    header = [f"Bearer {signed(claims(NOW), key=signing_key('k1'))}"]
    await door.check(header)
    now_s = NOW + 600
    with pytest.raises(Refused, match="expired"):
        await door.check(header)


async def test_no_key_is_asked_for_what_is_no_token() -> None:
    """Nobody makes us fetch anything with a header that could not be good whatever the key."""
    keys = Keys()
    door = TokenDoor(keys, TokenRules(ISSUER, DEVELOPMENT_RESOURCE_ID), now_s=lambda: NOW)
    unknown = f"Bearer {signed(claims(NOW), key=signing_key('k2'))}"
    for headers in ([], ["Basic a"], ["Bearer a.b.c"], [unknown, unknown], [unknown]):
        with pytest.raises(Refused):
            await door.check(headers)
    assert keys.asked == ["k2"]
