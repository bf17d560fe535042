"""What Twilio has signed, and what it has not."""

from urllib.parse import urlencode

import pytest
from starlette.requests import Request
from twilio.request_validator import RequestValidator

from calls.doors import Refusal
from calls.errors import Refused
from calls.twilio_door import TwilioDoor

TOKEN = "12345"
URL = "https://calls.example.com/base/twilio/sms?call=1&x=%20y"
FORM = {"From": "+12025550143", "To": "+12025550100", "Body": "Grüße & more", "NumMedia": "0", "Empty": ""}
DOOR = TwilioDoor(TOKEN, "https://calls.example.com/base/")


def signature(url: str = URL, form: dict[str, str] | None = None, token: str = TOKEN) -> str:
    """As Twilio's own library computes it."""
    computed: str = RequestValidator(token).compute_signature(url, FORM if form is None else form)
    return computed


def body(form: dict[str, str] | None = None) -> bytes:
    """As Twilio posts it."""
    return urlencode(FORM if form is None else form).encode()


def test_the_example_of_the_documentation() -> None:
    """The request and the signature that Twilio prints in its documentation."""
    url = "https://example.com/myapp.php?foo=1&bar=2"
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    assert TwilioDoor("12345", "").check_signed(url, body(form), ["L/OH5YylLD5NRKLltdqwSvS0BnU="]) == form


def test_a_signed_form_is_given() -> None:
    """Its parameters, decoded; empty ones too."""
    assert DOOR.check_signed(URL, body(), [signature()]) == FORM


def test_a_signature_with_the_port_is_as_good() -> None:
    """Twilio signs now the one form, now the other."""
    with_port = URL.replace("example.com", "example.com:443")
    assert DOOR.check_signed(URL, body(), [signature(with_port)]) == FORM
    assert DOOR.check_signed(with_port, body(), [signature(URL)]) == FORM


def test_the_public_url_is_what_counts() -> None:
    """Behind a proxy that strips a prefix and speaks http, the URL is still the one that Twilio was told."""
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "server": ("10.0.0.7", 8080),
        "path": "/twilio/sms",
        "raw_path": b"/twilio/sms",
        "root_path": "",
        "query_string": b"call=1&x=%20y",
        "headers": [(b"host", b"10.0.0.7:8080"), (b"x-twilio-signature", signature().encode())],
    }
    assert DOOR.check(Request(scope), body()) == FORM


@pytest.mark.parametrize(
    ("url", "sent", "signatures", "reason"),
    [
        (URL, body(), [], Refusal.MISSING_SIGNATURE),
        (URL, body(), [" "], Refusal.MISSING_SIGNATURE),
        (URL, body(), [signature(), signature()], Refusal.DOUBLED_SIGNATURE),
        (URL, body(), [signature(token="54321")], Refusal.WRONG_SIGNATURE),
        (URL, body(), [signature()[:-1]], Refusal.WRONG_SIGNATURE),
        (URL, body(), [signature().swapcase()], Refusal.WRONG_SIGNATURE),
        (URL, body(), ["é"], Refusal.WRONG_SIGNATURE),
        (URL, body(), ["a" * 1_000], Refusal.TOO_LONG),
        (URL.replace("call=1", "call=2"), body(), [signature()], Refusal.WRONG_SIGNATURE),
        (URL.replace("https", "http"), body(), [signature()], Refusal.WRONG_SIGNATURE),
        (URL.replace("calls.", "evil."), body(), [signature()], Refusal.WRONG_SIGNATURE),
        (URL, body({**FORM, "Body": "other"}), [signature()], Refusal.WRONG_SIGNATURE),
        (URL, body({**FORM, "Extra": "1"}), [signature()], Refusal.WRONG_SIGNATURE),
        (URL, body({}), [signature()], Refusal.WRONG_SIGNATURE),
        (URL, body() + b"&Body=twice", [signature()], Refusal.UNREADABLE_FORM),
        (URL, b"\xff\xfe", [signature()], Refusal.UNREADABLE_FORM),
        (URL, b"{}", [signature()], Refusal.UNREADABLE_FORM),
        (URL, b"Body=%ff", [signature()], Refusal.UNREADABLE_FORM),
        (URL, b"&".join(b"p%d=1" % n for n in range(300)), [signature()], Refusal.UNREADABLE_FORM),
        (URL, b"Body=" + b"a" * 65_536, [signature()], Refusal.TOO_LONG),
    ],
)
def test_what_is_refused(url: str, sent: bytes, signatures: list[str], reason: Refusal) -> None:
    """Another account, URL, parameter or form."""
    with pytest.raises(Refused) as refused:
        DOOR.check_signed(url, sent, signatures)
    assert refused.value.reason is reason


def test_without_a_token_nobody_is_let_in() -> None:
    """An account that is not configured signs nothing, not even with an empty token."""
    with pytest.raises(Refused) as refused:
        TwilioDoor("", "https://calls.example.com").check_signed(URL, body(), [signature(token="")])
    assert refused.value.reason is Refusal.NOT_CONFIGURED
