"""What a browser offers, looked at before anything is opened for it. Sans-IO."""

from aiortc.sdp import MediaDescription, SessionDescription

from media.errors import BadOffer

LONGEST_SDP = 64 * 1024
OPUS = "audio/opus"
"""What is spoken here: every browser does, and no other codec has its rate."""
_MOST_CANDIDATES = 100


def check_offer(sdp: str, *, must_send: bool = True) -> None:
    """Refuse what is no offer of one audio stream, with data channels or without.

    Args:
        sdp: Session description, complete: no candidate follows it.
        must_send: Whether the other side must send sound; else it must want ours.

    Raises:
        BadOffer: Says why.
    """
    if len(sdp) > LONGEST_SDP:
        raise BadOffer(f"the offer is longer than {LONGEST_SDP} characters")
    try:
        offer = SessionDescription.parse(sdp)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError) as error:
        raise BadOffer("sdp cannot be read") from error
    kinds = [media.kind for media in offer.media]
    if "audio" not in kinds:
        raise BadOffer("the offer has no audio")
    if kinds.count("audio") > 1 or kinds.count("application") > 1 or not set(kinds) <= {"audio", "application"}:
        raise BadOffer("the offer may have one audio stream and data channels, and nothing else")
    mids = [media.rtp.muxId for media in offer.media]
    bundles = [group.items for group in offer.group if group.semantic == "BUNDLE"]
    # aiortc leaves sockets open where a bundle does not fit to what is bundled.
    if len(set(mids)) < len(mids) or not all(mids) or bundles not in ([mids], *([[]] if len(mids) == 1 else [])):
        raise BadOffer("the streams of the offer must all be in one bundle, in their order")
    _check_audio(offer.media[kinds.index("audio")], must_send=must_send)
    if not all(media.ice and media.ice.usernameFragment and media.ice.password and media.dtls for media in offer.media):
        raise BadOffer("the offer lacks its ICE credentials or its DTLS fingerprint")
    candidates = sum(len(media.ice_candidates) for media in offer.media)
    if not candidates:
        raise BadOffer("the offer has no candidates: it must be sent when they have been gathered")
    if candidates > _MOST_CANDIDATES:
        raise BadOffer(f"the offer has more than {_MOST_CANDIDATES} candidates")


def _check_audio(audio: MediaDescription, *, must_send: bool) -> None:
    if audio.port == 0:
        raise BadOffer("the audio of the offer is turned off")
    wanted = ("sendrecv", "sendonly") if must_send else ("sendrecv", "recvonly")
    if (audio.direction or "sendrecv") not in wanted:
        raise BadOffer(f"the audio of the offer must be {' or '.join(wanted)}")
    if not any(codec.mimeType.lower() == OPUS for codec in audio.rtp.codecs):
        raise BadOffer("the audio of the offer must have the codec Opus")
    if not audio.rtcp_mux:
        raise BadOffer("the audio of the offer must share its port with RTCP (rtcp-mux)")
