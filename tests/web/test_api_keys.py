"""Keys, and the sessions that begin with them."""

import re

from web.api_keys import ApiKeys, Sessions, hash_of, new_key


def test_a_key_cannot_be_guessed_and_can_be_told() -> None:
    """256 random bits behind a prefix by which scanners know it; without a dot, so that it is no token."""
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert all(re.fullmatch(r"antiphon_[\w-]{43}", key) for key in keys)


def test_what_is_kept_is_a_hash() -> None:
    """SHA-256, as any tool computes it."""
    assert hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_key_opens_and_nothing_near_it() -> None:
    """Neither a beginning, nor an end, nor the hash itself, nor nothing."""
    first, second = new_key(), new_key()
    keys = ApiKeys([hash_of(first), f" {hash_of(second).upper()}\n"])
    assert keys.opens(first)
    assert keys.opens(second)
    for wrong in ("", first[:-1], first + "a", first.upper(), f" {first}", hash_of(first), "é", "\x00"):
        assert not keys.opens(wrong)


def test_without_keys_nothing_opens() -> None:
    """Not even the empty key, and not an empty hash."""
    assert not ApiKeys([]).opens("")
    assert not ApiKeys([""]).opens("")


def test_a_session_lasts_for_its_time() -> None:
    """Each browser has its own; what was invented is none."""
    sessions = Sessions(keep_s=60)
    one, other = sessions.begin(now=0.0), sessions.begin(now=30.0)
    assert one != other
    assert sessions.is_known(one, now=59.0)
    assert not sessions.is_known(one, now=60.0)
    assert sessions.is_known(other, now=60.0)
    assert not sessions.is_known(other[:-1], now=60.0)
    assert not sessions.is_known("", now=60.0)
