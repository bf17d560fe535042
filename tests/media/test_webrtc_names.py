"""Candidates that hide behind a name."""

import pytest

from media.webrtc_names import without_names

OFFER = (
    "v=0\r\n"
    "a=candidate:1 1 udp 2113937151 0c1d2e3f-aaaa-bbbb-cccc-1234567890ab.local 40000 typ host generation 0\r\n"
    "a=candidate:2 1 udp 2113937151 192.0.2.7 40001 typ host generation 0\r\n"
    "a=mid:0\r\n"
)


@pytest.mark.parametrize(
    ("address", "shown"),
    [("192.0.2.9", "192.0.2.9"), ("2001:db8::9", "2001:db8::9"), ("", "127.0.0.1"), ("testclient", "127.0.0.1")],
)
def test_a_name_stands_for_where_the_request_came_from(address: str, shown: str) -> None:
    """Nothing else of the offer changes."""
    lines, before = without_names(OFFER, address).split("\r\n"), OFFER.split("\r\n")
    assert lines[1] == f"a=candidate:1 1 udp 2113937151 {shown} 40000 typ host generation 0"
    assert [lines[0], *lines[2:]] == [before[0], *before[2:]]


def test_what_is_no_candidate_is_left() -> None:
    """Also what only begins like one."""
    for text in ("", "a=candidate:x.local", "a=x 1 2 3 name.local 5\n"):
        assert without_names(text, "192.0.2.9") == text
