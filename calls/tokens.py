"""Tokens that others have signed (JWT), checked: RS256 alone, issuer, audience, time.

Nothing here waits or looks at a clock; ``calls.token_door`` brings the key and the time.
Nothing of a token is believed before its signature was checked, but for the id of the
key, which only chooses among the issuer's own keys.

Sources: RFC 7519 and 8725 (best current practices); Microsoft's "Secure webhook
endpoints and WebSocket connections" of Azure Communication Services.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from calls.doors import Refusal
from calls.errors import Refused

ALGORITHM = "RS256"
LONGEST_HEADER = 16_384
"""Characters of an Authorization header. The telephone service's are below two thousand; an
organisation's, which may list two hundred groups, below twelve thousand."""
_LATEST_S = 1e12
"""No token is meant to be good in the year 33658."""
_UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must be.

    Raises:
        ValueError: Issuer or audience is empty: any token would do.
    """

    issuer: str
    audience: str
    """What the token was issued for: of Azure Communication Services, the immutable resource id."""
    tenant: str = ""
    """The ``tid`` that it must have; empty: it need not have one."""
    skew_s: float = 300.0
    """By how much the clocks of the issuer and of this machine may differ."""

    def __post_init__(self) -> None:
        if not self.issuer or not self.audience:
            raise ValueError("a token without a known issuer and audience proves nothing")


def bearer_token(authorization: Sequence[str]) -> str:
    """The token of a request.

    Args:
        authorization: The values of all headers of this name.

    Raises:
        Refused: There is none, there are several, or it is of another scheme.
    """
    if not authorization:
        raise Refused(Refusal.MISSING_CREDENTIALS)
    if len(authorization) > 1:
        raise Refused(Refusal.DOUBLED_CREDENTIALS)
    if len(authorization[0]) > LONGEST_HEADER:
        raise Refused(Refusal.TOO_LONG)
    scheme, _, token = authorization[0].strip().partition(" ")
    if scheme.casefold() != "bearer":
        raise Refused(Refusal.WRONG_SCHEME if scheme else Refusal.MISSING_CREDENTIALS)
    if not token.strip():
        raise Refused(Refusal.MISSING_CREDENTIALS)
    return token.strip()


def key_id_of(token: str) -> str:
    """The id of the key that a token says it was signed with.

    Raises:
        Refused: It is no token, names another algorithm than RS256, or no key.
    """
    if not token.isascii():
        raise Refused(Refusal.MALFORMED_TOKEN)
    try:
        header = jwt.get_unverified_header(token)
    except _UNREADABLE as error:
        raise Refused(Refusal.MALFORMED_TOKEN) from error
    if header.get("alg") != ALGORITHM:
        raise Refused(Refusal.WRONG_ALGORITHM)
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise Refused(Refusal.MISSING_KEY_ID)
    return key_id


def check_token(token: str, key: RSAPublicKey, rules: TokenRules, *, now_s: float) -> None:
    """Check signature, issuer, audience, tenant and time.

    Args:
        token: As it came.
        key: Of its issuer, by the id that the token names.
        rules: See there.
        now_s: The time of day, in seconds since 1970.

    Raises:
        Refused: It is not good, with the first reason that was found.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=rules.audience,
            issuer=rules.issuer,
            # Time is checked below, by the clock that is passed in.
            options={
                "require": ["exp", "iss", "aud"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except _UNREADABLE as error:
        raise Refused(_reason_of(error)) from error
    if rules.tenant and claims.get("tid") != rules.tenant:
        raise Refused(Refusal.WRONG_TENANT)
    _check_time(claims, now_s, rules.skew_s)


def _check_time(claims: Mapping[str, object], now_s: float, skew_s: float) -> None:
    seconds: dict[str, float] = {}
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, now_s)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(Refusal.MALFORMED_TOKEN)
        if not abs(value) < _LATEST_S:  # said so that NaN is none either
            raise Refused(Refusal.MALFORMED_TOKEN)
        seconds[name] = float(value)
    if seconds["exp"] + skew_s <= now_s:
        raise Refused(Refusal.EXPIRED)
    if max(seconds["nbf"], seconds["iat"]) - skew_s > now_s:
        raise Refused(Refusal.NOT_YET_VALID)


def _reason_of(error: Exception) -> Refusal:
    match error:
        case jwt.InvalidSignatureError():
            return Refusal.WRONG_SIGNATURE
        case jwt.InvalidAlgorithmError():
            return Refusal.WRONG_ALGORITHM
        case jwt.MissingRequiredClaimError():
            return Refusal.MISSING_CLAIM
        case jwt.InvalidIssuerError():
            return Refusal.WRONG_ISSUER
        case jwt.InvalidAudienceError():
            return Refusal.WRONG_AUDIENCE
        case _:
            return Refusal.MALFORMED_TOKEN
