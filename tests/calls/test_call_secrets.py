"""Secrets in the addresses of calls."""

import pytest

from calls.call_secrets import CallSecrets


def test_who_has_the_key_knows_the_secret() -> None:
    """Of that call alone, whatever is asked."""
    here, there = CallSecrets(b"k" * 32), CallSecrets(b"k" * 32)
    secret = here.of("call-1")
    assert there.matches("call-1", secret)
    for call_id, guess in (("call-2", secret), ("call-1", ""), ("call-1", secret[:-1]), ("call-1", "é")):
        assert not there.matches(call_id, guess)
    assert not CallSecrets(b"x" * 32).matches("call-1", secret)


def test_a_secret_is_long_and_fit_for_a_url() -> None:
    """256 bits, without padding."""
    secret = CallSecrets(b"k" * 32).of("call-1")
    assert len(secret) == 43
    assert secret.replace("-", "").replace("_", "").isalnum()


def test_a_short_key_is_refused() -> None:
    """It could be guessed."""
    with pytest.raises(ValueError, match="32 bytes"):
        CallSecrets(b"short")
