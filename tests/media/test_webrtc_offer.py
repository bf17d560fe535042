"""Offers, before anything is opened for them: which are taken, and what is said of the others."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import BadOffer
from media.webrtc_offer import LONGEST_SDP, check_offer

SESSION = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
ALONE = SESSION.replace("BUNDLE 0 1", "BUNDLE 0")
SECURITY = (
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n"
    f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\na=setup:actpass\r\n"
)
CANDIDATE = "a=candidate:1 1 udp 2130706431 192.0.2.9 50000 typ host\r\n"
AUDIO = (
    "m=audio 50000 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 192.0.2.9\r\na=mid:0\r\na=sendrecv\r\na=rtcp-mux\r\n"
    f"a=rtpmap:96 opus/48000/2\r\n{SECURITY}{CANDIDATE}"
)
VIDEO = AUDIO.replace("m=audio", "m=video").replace("a=mid:0", "a=mid:1").replace("opus/48000/2", "VP8/90000")
DATA = (
    "m=application 50000 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 192.0.2.9\r\na=mid:1\r\n"
    f"a=sctp-port:5000\r\n{SECURITY}"
)
GOOD = SESSION + AUDIO + DATA


def reason(sdp: str, *, must_send: bool = True) -> str:
    """Why it is refused."""
    with pytest.raises(BadOffer) as refused:
        check_offer(sdp, must_send=must_send)
    return str(refused.value)


def test_a_browsers_offer_is_taken() -> None:
    """Audio both ways or to us, with a data channel or without."""
    check_offer(GOOD)
    check_offer(ALONE + AUDIO)
    check_offer(ALONE.replace("a=group:BUNDLE 0\r\n", "") + AUDIO)
    check_offer(GOOD.replace("sendrecv", "sendonly"))


def test_who_listens_alone_need_not_send() -> None:
    """But must want to hear."""
    check_offer(GOOD.replace("sendrecv", "recvonly"), must_send=False)
    assert "recvonly" in reason(GOOD.replace("sendrecv", "sendonly"), must_send=False)


@pytest.mark.parametrize(
    ("sdp", "why"),
    [
        ("", "no audio"),
        ("hello", "no audio"),
        ("m=audio", "cannot be read"),
        (SESSION + DATA, "no audio"),
        (SESSION + VIDEO, "no audio"),
        (SESSION + AUDIO + VIDEO, "nothing else"),
        (SESSION + AUDIO + AUDIO, "nothing else"),
        (GOOD.replace("m=audio 50000", "m=audio 0"), "turned off"),
        (GOOD.replace("sendrecv", "recvonly"), "sendrecv or sendonly"),
        (GOOD.replace("sendrecv", "inactive"), "sendrecv or sendonly"),
        (GOOD.replace("opus/48000/2", "speex/16000"), "Opus"),
        (GOOD.replace("a=rtcp-mux\r\n", ""), "rtcp-mux"),
        (GOOD.replace("a=ice-pwd:abcdefghijklmnopqrstuv\r\n", ""), "ICE"),
        (GOOD.replace(CANDIDATE, ""), "candidates"),
        (GOOD.replace("BUNDLE 0 1", "BUNDLE 9 1"), "bundle"),
        (GOOD.replace("a=group:BUNDLE 0 1\r\n", ""), "bundle"),
        (GOOD.replace("a=mid:1", "a=mid:0"), "bundle"),
        (ALONE + AUDIO + CANDIDATE * 200, "more than 100 candidates"),
        (GOOD + "a" * LONGEST_SDP, "longer"),
    ],
)
def test_others_are_told_why_not(sdp: str, why: str) -> None:
    """In words, which quote nothing of it."""
    text = reason(sdp)
    assert why in text
    assert "192.0.2.9" not in text


@given(st.text(max_size=300))
def test_any_text_is_taken_or_refused(text: str) -> None:
    """Nothing else comes of what a stranger writes, alone or amid a good offer."""
    middle = len(SESSION + AUDIO) // 2
    for sdp in (text, GOOD + text, GOOD[:middle] + text + GOOD[middle:]):
        try:
            check_offer(sdp)
        except BadOffer:
            continue


def test_any_damage_is_taken_or_refused() -> None:
    """Lines that are lost, doubled, cut, or at another place."""
    chance = random.Random(3)
    for _ in range(1_500):
        lines = GOOD.split("\r\n")
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(lines))
            match chance.randrange(4):
                case 0:
                    del lines[place]
                case 1:
                    lines.insert(chance.randrange(len(lines)), lines[place])
                case 2:
                    lines[place] = lines[place][: chance.randrange(len(lines[place]) + 1)]
                case _:
                    lines[place] = lines[place].replace(chance.choice(" :/="), "", 1)
        try:
            check_offer("\r\n".join(lines))
        except BadOffer:
            continue
