"""Lets in what Twilio has signed.

Twilio signs the URL that it was told and the parameters that it posts, with the auth
token of the account (HMAC-SHA1, ``X-Twilio-Signature``). The URL is the public one: what
a proxy made of it does not count.

Source: Twilio's "Security: validating signatures from Twilio"; the signature itself is
computed by Twilio's own library.
"""

import hmac
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from twilio.request_validator import RequestValidator

from calls.doors import Refusal
from calls.errors import Refused

_LONGEST_BODY_BYTES = 64 * 1024
_MOST_PARAMETERS = 256
_LONGEST_SIGNATURE = 256


class TwilioDoor:
    """Checks webhooks of one account.

    Args:
        auth_token: Of the account; empty: nobody is let in.
        public_url: http or https URL under which Twilio reaches this server, path prefix
            included: what was configured there, up to the path of the route.
    """

    def __init__(self, auth_token: str, public_url: str) -> None:
        self._validator = RequestValidator(auth_token) if auth_token else None
        self._public_url = public_url.rstrip("/")

    def check(self, request: Request, body: bytes) -> Mapping[str, str]:
        """The parameters that Twilio posted, once its signature is found good.

        Args:
            request: Its path and query are those of the URL that was given to Twilio.
            body: Of the request, urlencoded as Twilio sends it.

        Raises:
            Refused: It is not signed by this account; nothing of it may be used.
        """
        written: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        path = written.decode("latin-1").removeprefix(request.scope.get("root_path", ""))
        query = request.url.query
        url = f"{self._public_url}{path}?{query}" if query else f"{self._public_url}{path}"
        return self.check_signed(url, body, request.headers.getlist("x-twilio-signature"))

    def check_signed(self, url: str, body: bytes, signatures: Sequence[str]) -> Mapping[str, str]:
        """The same for a URL, a body, and the values of all headers X-Twilio-Signature."""
        if self._validator is None:
            raise Refused(Refusal.NOT_CONFIGURED)
        if not signatures or not signatures[0].strip():
            raise Refused(Refusal.MISSING_SIGNATURE)
        if len(signatures) > 1:
            raise Refused(Refusal.DOUBLED_SIGNATURE)
        if len(body) > _LONGEST_BODY_BYTES or len(signatures[0]) > _LONGEST_SIGNATURE:
            raise Refused(Refusal.TOO_LONG)
        parameters = _parameters(body)
        given = signatures[0].strip().encode()
        # All are compared, in constant time: the library's own comparison is not.
        good = [
            hmac.compare_digest(given, self._validator.compute_signature(form, parameters).encode())
            for form in _forms(url)
        ]
        if not any(good):
            raise Refused(Refusal.WRONG_SIGNATURE)
        return parameters


def _parameters(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError as error:
        raise Refused(Refusal.UNREADABLE_FORM) from error
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        # Which of two values was signed, and which would be used? Twilio sends each name once.
        raise Refused(Refusal.UNREADABLE_FORM)
    return parameters


def _forms(url: str) -> tuple[str, str]:
    """The URL without and with its port: Twilio signs now the one, now the other."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    without, with_port = parts._replace(netloc=host), parts._replace(netloc=f"{host}:{port}")
    return without.geturl(), with_port.geturl()
