r"""The HMAC that signs requests to Azure Communication Services, as the service checks it.

String to sign: ``VERB\n<path?query>\n<x-ms-date>;<host[:port]>;<hash>`` where the
hash is the base64 SHA-256 of the body and the key is the base64-decoded access
key (Microsoft's "Sign an HTTP request with HMAC"; checked against the Python SDK).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from emulators.errors import Unauthorized

SIGNED_HEADERS = "x-ms-date;host;x-ms-content-sha256"
CLOCK_TOLERANCE = timedelta(minutes=15)
"""How old a signature may be; Azure's REST references give this figure."""


def signature_of(*, method: str, path_and_query: str, date: str, host: str, content_hash: str, access_key: str) -> str:
    """Sign one request.

    Args:
        method: The verb, in capitals.
        path_and_query: As on the request line, still percent-encoded.
        date: The header ``x-ms-date``.
        host: The header ``Host``, with the port if it has one.
        content_hash: Base64 SHA-256 of the body.
        access_key: Base64.

    Returns:
        The signature in base64.
    """
    text = f"{method}\n{path_and_query}\n{date};{host};{content_hash}"
    digest = hmac.new(base64.b64decode(access_key), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def verify(
    *,
    method: str,
    path_and_query: str,
    headers: Mapping[str, str],
    body: bytes,
    access_key: str,
    now: datetime,
) -> None:
    """Check the signature of one request.

    Args:
        method: The verb, in capitals.
        path_and_query: As received, still percent-encoded.
        headers: By lower-case name.
        body: As received.
        access_key: Base64.
        now: Timezone-aware.

    Raises:
        Unauthorized: It is missing, malformed, too old or wrong; the message says which.
    """
    date = _header(headers, "x-ms-date")
    claimed_hash = _header(headers, "x-ms-content-sha256")
    claimed_signature = _claimed_signature(_header(headers, "authorization"))
    _check_date(date, now)
    if not _same(claimed_hash, base64.b64encode(hashlib.sha256(body).digest()).decode()):
        raise Unauthorized("x-ms-content-sha256 is not the hash of the body")
    # The asyncio SDK signs "%3A" and sends ":" in participant paths, and the service takes it.
    path, mark, query = path_and_query.partition("?")
    spellings = (path_and_query, path.replace(":", "%3A") + mark + query)
    for spelling in spellings:
        expected = signature_of(
            method=method,
            path_and_query=spelling,
            date=date,
            host=_header(headers, "host"),
            content_hash=claimed_hash,
            access_key=access_key,
        )
        if _same(claimed_signature, expected):
            return
    raise Unauthorized("the signature does not match: another key, host or path was signed")


def is_access_key(text: str) -> bool:
    """Tell whether this can be an access key: base64 of something."""
    try:
        return bool(base64.b64decode(text, validate=True))
    except binascii.Error:
        return False


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name, "")
    if not value:
        raise Unauthorized(f"the header {name} is missing")
    return value


def _claimed_signature(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    signed, _, signature = rest.partition("&Signature=")
    if scheme != "HMAC-SHA256" or not signature:
        raise Unauthorized("Authorization is not of the form HMAC-SHA256 SignedHeaders=…&Signature=…")
    if signed.removeprefix("SignedHeaders=").lower() != SIGNED_HEADERS:
        raise Unauthorized(f"the signed headers must be {SIGNED_HEADERS}")
    return signature


def _check_date(date: str, now: datetime) -> None:
    try:
        sent_at = parsedate_to_datetime(date)
    except ValueError as error:
        raise Unauthorized("x-ms-date is not an RFC 1123 date") from error
    if sent_at.tzinfo is None:
        sent_at = sent_at.replace(tzinfo=UTC)
    if abs(now - sent_at) > CLOCK_TOLERANCE:
        raise Unauthorized("x-ms-date is too far from now")


def _same(claimed: str, expected: str) -> bool:
    return hmac.compare_digest(claimed.encode(), expected.encode())
