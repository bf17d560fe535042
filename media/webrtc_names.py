"""Candidates that hide behind a name: what browsers offer whose page may not use the microphone. Sans-IO.

Such a name (``….local``) is to be asked for in the local network, by multicast. We do not ask: the
browser knows our address, and its own is seen when it comes. Until then its candidates stand for
where its request came from.
"""

import ipaddress

_PREFIX = "a=candidate:"
_ADDRESS = 4
"""Which word of a candidate's line is its address."""
_UNKNOWN = "127.0.0.1"


def without_names(sdp: str, address: str) -> str:
    """The offer with this address in the place of all names.

    Args:
        sdp: The offer.
        address: Where the request came from, as far as we see; what is no IP address counts as this machine.
    """
    seen = address if _is_ip(address) else _UNKNOWN
    return "".join(_without_name(line, seen) for line in sdp.splitlines(keepends=True))


def _without_name(line: str, address: str) -> str:
    words = line.split(" ")
    if not line.startswith(_PREFIX) or len(words) <= _ADDRESS or not words[_ADDRESS].lower().endswith(".local"):
        return line
    words[_ADDRESS] = address
    return " ".join(words)


def _is_ip(address: str) -> bool:
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True
