"""Keys made once for all tests, and tokens of any kind, good and bad."""

import base64
import functools
import hashlib
import hmac
import json
from collections.abc import Mapping

import jwt
from cryptography.hazmat.primitives import serialization

from emulators.acs_tokens import DEVELOPMENT_RESOURCE_ID, ISSUER, SigningKey


@functools.cache
def signing_key(name: str) -> SigningKey:
    """The key pair of this name; the same at every call."""
    return SigningKey(key_id=name)


def claims(now_s: float, **changes: object) -> dict[str, object]:
    """Of a good token, but for these; None leaves one out."""
    now = int(now_s)
    good = {"iss": ISSUER, "aud": DEVELOPMENT_RESOURCE_ID, "iat": now, "nbf": now, "exp": now + 300}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(
    content: Mapping[str, object], *, key: SigningKey, header: Mapping[str, object] | None = None, alg: str = "RS256"
) -> str:
    """A token that this key has signed; ``header`` changes what is said of it (None leaves out)."""
    said = {"kid": key.key_id, **(header or {})}
    headers = {name: value for name, value in said.items() if value is not None}
    return jwt.api_jws.encode(json.dumps(content).encode(), key.private, algorithm=alg, headers=headers)


def signed_with_public_key(content: Mapping[str, object], key: SigningKey) -> str:
    """HS256 over the published key: what fools whoever lets the token choose the algorithm."""
    pem = key.private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    head = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': key.key_id})}.{part(content)}"
    return f"{head}.{base64url(hmac.new(pem, head.encode(), hashlib.sha256).digest())}"


def unsigned(content: Mapping[str, object], key: SigningKey, alg: str = "none") -> str:
    """Signed by nobody."""
    return f"{part({'alg': alg, 'typ': 'JWT', 'kid': key.key_id})}.{part(content)}."


def tampered(token: str, **changes: object) -> str:
    """The same token with other claims under its old signature."""
    head, body, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{part({**content, **changes})}.{signature}"


def part(content: Mapping[str, object]) -> str:
    """One part of a token."""
    return base64url(json.dumps(content).encode())


def base64url(data: bytes) -> str:
    """Without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
