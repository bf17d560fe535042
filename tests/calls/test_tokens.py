"""Which tokens are good, by a clock that the test sets."""

import math

import jwt
import pytest

from calls.doors import Refusal
from calls.errors import Refused
from calls.tokens import LONGEST_HEADER, TokenRules, bearer_token, check_token, key_id_of
from emulators.acs_tokens import DEVELOPMENT_RESOURCE_ID, ISSUER
from tests.support.signing import claims, part, signed, signed_with_public_key, signing_key, tampered, unsigned

NOW = 1_800_000_000.0
RULES = TokenRules(ISSUER, DEVELOPMENT_RESOURCE_ID)
KEY = signing_key("k1")


def reason_of(token: str, *, rules: TokenRules = RULES) -> Refusal | None:
    """Why a token is refused at ``NOW``; None when it is good."""
    try:
        key_id_of(token)
        check_token(token, KEY.private.public_key(), rules, now_s=NOW)
    except Refused as refused:
        return refused.reason
    return None


def test_a_good_token_is_good() -> None:
    """Signed by the key, for us, now."""
    token = signed(claims(NOW), key=KEY)
    assert key_id_of(token) == "k1"
    assert reason_of(token) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW - 299}, None),
        ({"exp": NOW - 300}, Refusal.EXPIRED),
        ({"exp": NOW - 86_400}, Refusal.EXPIRED),
        ({"nbf": NOW + 300}, None),
        ({"nbf": NOW + 301}, Refusal.NOT_YET_VALID),
        ({"iat": NOW + 301}, Refusal.NOT_YET_VALID),
        ({"nbf": None, "iat": None}, None),
        ({"exp": None}, Refusal.MISSING_CLAIM),
        ({"iss": None}, Refusal.MISSING_CLAIM),
        ({"aud": None}, Refusal.MISSING_CLAIM),
        ({"exp": "tomorrow"}, Refusal.MALFORMED_TOKEN),
        ({"exp": True}, Refusal.MALFORMED_TOKEN),
        ({"exp": math.inf}, Refusal.MALFORMED_TOKEN),
        ({"exp": math.nan}, Refusal.MALFORMED_TOKEN),
        ({"exp": 10**400}, Refusal.MALFORMED_TOKEN),
        ({"nbf": [1]}, Refusal.MALFORMED_TOKEN),
        ({"iss": "https://evil.example"}, Refusal.WRONG_ISSUER),
        ({"iss": ISSUER + "/"}, Refusal.WRONG_ISSUER),
        ({"iss": [ISSUER]}, Refusal.WRONG_ISSUER),
        ({"aud": "another-resource"}, Refusal.WRONG_AUDIENCE),
        ({"aud": DEVELOPMENT_RESOURCE_ID[:-1]}, Refusal.WRONG_AUDIENCE),
        ({"aud": ""}, Refusal.MISSING_CLAIM),
        ({"aud": []}, Refusal.MISSING_CLAIM),
        ({"aud": ["other", DEVELOPMENT_RESOURCE_ID]}, None),
        ({"aud": 5}, Refusal.WRONG_AUDIENCE),
        ({"sub": 5}, Refusal.MALFORMED_TOKEN),
    ],
)
def test_claims(changes: dict[str, object], reason: Refusal | None) -> None:
    """Each claim is checked; five minutes of difference between the clocks are forgiven, no second more."""
    assert reason_of(signed(claims(NOW, **changes), key=KEY)) is reason


def test_the_algorithm_is_not_the_tokens_choice() -> None:
    """RS256 alone: not none, not HS256 over the published key, not its bigger sisters."""
    for token in (
        unsigned(claims(NOW), KEY),
        unsigned(claims(NOW), KEY, alg="None"),
        unsigned(claims(NOW), KEY, alg="rs256"),
        signed_with_public_key(claims(NOW), KEY),
        signed(claims(NOW), key=KEY, alg="RS512"),
        signed(claims(NOW), key=KEY, alg="PS256"),
    ):
        assert reason_of(token) is Refusal.WRONG_ALGORITHM


def test_signatures() -> None:
    """Another key, changed claims, or no signature."""
    good = signed(claims(NOW), key=KEY)
    head, body, signature = good.split(".")
    assert reason_of(signed(claims(NOW), key=signing_key("k2"))) is Refusal.WRONG_SIGNATURE
    assert reason_of(tampered(good, exp=int(NOW) + 86_400)) is Refusal.WRONG_SIGNATURE
    assert reason_of(unsigned(claims(NOW), KEY, alg="RS256")) is Refusal.WRONG_SIGNATURE
    assert reason_of(f"{head}.{body}.{signature[:-8]}") in (Refusal.WRONG_SIGNATURE, Refusal.MALFORMED_TOKEN)


@pytest.mark.parametrize("key_id", [None, ""])
def test_a_token_names_its_key(key_id: object) -> None:
    """Without an id there is no choosing."""
    assert reason_of(signed(claims(NOW), key=KEY, header={"kid": key_id})) is Refusal.MISSING_KEY_ID


def test_a_critical_extension_is_not_ignored() -> None:
    """What the token calls critical and we do not understand makes it no good."""
    token = signed(claims(NOW), key=KEY, header={"crit": ["exp2"], "exp2": 1})
    assert reason_of(token) is Refusal.MALFORMED_TOKEN


@pytest.mark.parametrize(
    "token",
    [
        "a",
        "a.b",
        "a.b.c",
        "....",
        "a.b.c.d",
        "é.b.c",
        signed(claims(NOW), key=KEY).rpartition(".")[0],
        part({"alg": "RS256", "kid": 5}) + ".e30.e30",
        "W10.e30.e30",
        f"{'W1tb' * 2_000}.e30.e30",
        "\x00.\x00.\x00",
    ],
)
def test_what_is_no_token(token: str) -> None:
    """Nothing that anybody sends raises anything else than a refusal."""
    assert reason_of(token) is Refusal.MALFORMED_TOKEN


def test_a_payload_that_is_no_object() -> None:
    """A signature over nonsense is still nonsense."""
    token = jwt.api_jws.encode(b"[" * 3_000, KEY.private, algorithm="RS256", headers={"kid": "k1"})
    assert reason_of(token) is Refusal.MALFORMED_TOKEN


def test_the_tenant() -> None:
    """When one is named, the token must be of it."""
    rules = TokenRules(ISSUER, DEVELOPMENT_RESOURCE_ID, tenant="t1")
    assert reason_of(signed(claims(NOW, tid="t1"), key=KEY), rules=rules) is None
    assert reason_of(signed(claims(NOW, tid="t2"), key=KEY), rules=rules) is Refusal.WRONG_TENANT
    assert reason_of(signed(claims(NOW), key=KEY), rules=rules) is Refusal.WRONG_TENANT


@pytest.mark.parametrize(("issuer", "audience"), [("", "a"), ("a", "")])
def test_rules_that_prove_nothing(issuer: str, audience: str) -> None:
    """Without issuer or audience any token would do: that is our mistake, and not accepted."""
    with pytest.raises(ValueError, match="proves nothing"):
        TokenRules(issuer, audience)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], Refusal.MISSING_CREDENTIALS),
        ([""], Refusal.MISSING_CREDENTIALS),
        (["Bearer"], Refusal.MISSING_CREDENTIALS),
        (["Bearer  "], Refusal.MISSING_CREDENTIALS),
        (["Bearer a", "Bearer a"], Refusal.DOUBLED_CREDENTIALS),
        (["Basic a"], Refusal.WRONG_SCHEME),
        (["a.b.c"], Refusal.WRONG_SCHEME),
        (["Bearer " + "a" * LONGEST_HEADER], Refusal.TOO_LONG),
    ],
)
def test_headers_without_a_token(headers: list[str], reason: Refusal) -> None:
    """Exactly one header, of the scheme Bearer."""
    with pytest.raises(Refused) as refused:
        bearer_token(headers)
    assert refused.value.reason is reason


def test_the_scheme_in_any_case() -> None:
    """As HTTP has it."""
    assert bearer_token(["bearer  abc "]) == "abc"
