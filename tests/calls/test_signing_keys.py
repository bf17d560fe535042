"""What an issuer publishes, and how often it is asked."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from calls.errors import UnreadableKeys
from calls.signing_keys import KeyRing, read_keys
from tests.support.signing import signing_key

GOOD = signing_key("k1").published


def published(*keys: object) -> bytes:
    """A JWKS."""
    return json.dumps({"keys": keys}).encode()


def test_rsa_keys_are_read_by_their_ids() -> None:
    """With or without use and alg, as Entra publishes them."""
    bare = {name: GOOD[name] for name in ("kty", "n", "e")}
    keys = read_keys(published(GOOD, {**bare, "kid": "k2", "x5c": ["…"]}))
    assert set(keys) == {"k1", "k2"}
    assert keys["k1"].public_numbers() == signing_key("k1").private.public_key().public_numbers()


def test_other_keys_are_passed_over() -> None:
    """For encryption, for other algorithms, weak, private, broken, or without a name: none of them may sign."""
    elliptic = json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key()))
    weak = json.loads(
        RSAAlgorithm.to_jwk(rsa.generate_private_key(public_exponent=65_537, key_size=1_024).public_key())
    )
    private = json.loads(RSAAlgorithm.to_jwk(signing_key("k1").private))
    others = [
        {**GOOD, "kid": "encrypts", "use": "enc"},
        {**GOOD, "kid": "longer", "alg": "RS512"},
        {**elliptic, "kid": "elliptic"},
        {**weak, "kid": "weak"},
        {**private, "kid": "private"},
        {**GOOD, "kid": "broken", "n": 5},
        {**GOOD, "kid": "empty", "n": ""},
        {"kid": "symmetric", "kty": "oct", "k": "AAAA"},
        {**GOOD, "kid": ""},
        {**GOOD, "kid": None},
        {name: value for name, value in GOOD.items() if name != "kid"},
        "text",
    ]
    assert set(read_keys(published(*others, GOOD))) == {"k1"}
    with pytest.raises(UnreadableKeys, match="no RSA key"):
        read_keys(published(*others))


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"keys":{}}', b'{"keys":[]}', b"[" * 50_000])
def test_what_is_no_jwks(body: bytes) -> None:
    """A page of a proxy, or nothing: no keys are taken from it."""
    with pytest.raises(UnreadableKeys):
        read_keys(body)


def test_a_new_ring_is_stale_and_holds_nothing() -> None:
    """It has to be filled before it is of use."""
    ring = KeyRing()
    assert ring.is_stale(0.0)
    assert ring.get("k1") is None
    assert not ring.is_current


def test_keys_grow_stale_and_stay_in_use() -> None:
    """After an hour they are to be fetched anew; a failure takes none away."""
    ring = KeyRing(stale_after_s=3_600)
    ring.fetched(read_keys(published(GOOD)), 100.0)
    assert not ring.is_stale(3_699.0)
    assert ring.is_stale(3_700.0)
    ring.fetch_failed()
    assert ring.get("k1") is not None
    assert not ring.is_current


def test_a_withdrawn_key_is_gone() -> None:
    """What the issuer does not publish any more opens nothing."""
    ring = KeyRing()
    ring.fetched(read_keys(published(GOOD)), 0.0)
    ring.fetched(read_keys(published(signing_key("k2").published)), 1.0)
    assert ring.get("k1") is None
    assert ring.get("k2") is not None


def test_invented_key_ids_do_not_make_us_ask_without_end() -> None:
    """Five at once, then one every ten seconds, and never more than five saved up."""
    ring = KeyRing(burst=5, refill_s=10)
    assert [ring.spend_fetch(0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert not ring.spend_fetch(9.0)
    assert ring.spend_fetch(10.0)
    assert not ring.spend_fetch(10.0)
    assert [ring.spend_fetch(1_000.0) for _ in range(6)] == [True] * 5 + [False]
