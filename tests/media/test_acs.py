"""The codec, with a table of everything that a broken sender may send."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.acs import MAX_MESSAGE_CHARACTERS, STOP_AUDIO, AcsCodec, encode_audio
from media.line import AudioReceived, DigitReceived, LineOpened, MessageRejected, Rejection

PCM = bytes(range(256)) * 2 + bytes(128)
DATA = base64.b64encode(PCM).decode()


def audio(**fields: object) -> str:
    return json.dumps({"kind": "AudioData", "audioData": fields})


@pytest.mark.parametrize(
    "message",
    [
        audio(data=DATA, silent=False, timestamp="2026-01-01T00:00:00.000Z", participantRawID="4:+15550001111"),
        audio(data=DATA),
        json.dumps({"Kind": "AudioData", "AudioData": {"Data": DATA}, "StopAudio": None}),
        json.dumps({"KIND": "audiodata", "AUDIODATA": {"DATA": DATA, "SILENT": False}}),
        json.dumps({"kind": "AudioData", "AudioData": {"data": DATA, "isSilent": False}}),
        json.dumps({"audioData": {"data": DATA, "new": [1]}, "extra": {}, "kind": "AudioData"}),
    ],
)
def test_audio_is_read_in_any_casing(message: str) -> None:
    """The service and its samples disagree on casing; all of them are understood."""
    assert AcsCodec().receive_text(message) == AudioReceived(PCM)


def test_a_silent_frame_without_data_still_takes_its_time() -> None:
    """Silence is twenty milliseconds of zeros, never nothing."""
    assert AcsCodec(sample_rate_hz=24_000).receive_text(audio(silent=True)) == AudioReceived(bytes(960))


@pytest.mark.parametrize("rate", [16_000, 24_000])
def test_the_announced_rate_is_taken(rate: int) -> None:
    """The rate comes from the metadata, it is never assumed."""
    codec = AcsCodec()
    metadata = {"subscriptionId": "x", "encoding": "PCM", "sampleRate": rate, "channels": 1, "length": 640}
    assert codec.receive_text(json.dumps({"kind": "AudioMetadata", "audioMetadata": metadata})) == LineOpened(rate)
    assert codec.sample_rate_hz == rate


@pytest.mark.parametrize(
    ("data", "digit"), [("3", "3"), ("*", "*"), ("#", "#"), ("pound", "#"), ("Asterisk", "*"), ("a", "A")]
)
def test_keys_are_read_by_sign_and_by_name(data: str, digit: str) -> None:
    """Whether the service writes # or pound is not documented: both are understood."""
    assert AcsCodec().receive_text(json.dumps({"kind": "DtmfData", "dtmfData": {"data": data}})) == DigitReceived(digit)


BAD = [
    ("", Rejection.NOT_JSON),
    ("{", Rejection.NOT_JSON),
    ("\ud800", Rejection.NOT_JSON),
    ("[" * 100_000, Rejection.NOT_JSON),
    ("[]", Rejection.NOT_AN_OBJECT),
    ("null", Rejection.NOT_AN_OBJECT),
    ("42", Rejection.NOT_AN_OBJECT),
    ("{}", Rejection.MISSING_KIND),
    ('{"kind":7}', Rejection.MISSING_KIND),
    ('{"kind":""}', Rejection.MISSING_KIND),
    ('{"kind":"MarkData","markData":{}}', Rejection.UNKNOWN_KIND),
    ('{"kind":"AudioDatas"}', Rejection.UNKNOWN_KIND),
    ('{"kind":"AudioData"}', Rejection.MISSING_FIELD),
    ('{"kind":"AudioData","audioData":null}', Rejection.MISSING_FIELD),
    ('{"kind":"AudioData","audioData":"AAAA"}', Rejection.MISSING_FIELD),
    (audio(), Rejection.MISSING_FIELD),
    (audio(data=None, silent=False), Rejection.MISSING_FIELD),
    (audio(data=17), Rejection.WRONG_TYPE),
    (audio(data=DATA, silent="no"), Rejection.WRONG_TYPE),
    (audio(data=DATA, participantRawID=5), Rejection.WRONG_TYPE),
    (audio(data="%%%%"), Rejection.BAD_BASE64),
    (audio(data="AAA"), Rejection.BAD_BASE64),
    (audio(data="AA=A"), Rejection.BAD_BASE64),
    (audio(data="AAAA AAAA"), Rejection.BAD_BASE64),
    (audio(data="é"), Rejection.BAD_BASE64),
    (audio(data="AAAA"), Rejection.ODD_SIZE),
    (audio(data=""), Rejection.EMPTY),
    ('{"kind":"AudioMetadata"}', Rejection.MISSING_FIELD),
    ('{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM"}}', Rejection.MISSING_FIELD),
    ('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":"16000"}}', Rejection.MISSING_FIELD),
    ('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":true}}', Rejection.MISSING_FIELD),
    ('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":8000}}', Rejection.WRONG_RATE),
    ('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":-1}}', Rejection.WRONG_RATE),
    ('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":16000,"channels":2}}', Rejection.WRONG_CHANNELS),
    ('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":16000,"encoding":"OPUS"}}', Rejection.WRONG_ENCODING),
    ('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":16000,"encoding":1}}', Rejection.WRONG_ENCODING),
    ('{"kind":"DtmfData"}', Rejection.MISSING_FIELD),
    ('{"kind":"DtmfData","dtmfData":{"data":3}}', Rejection.MISSING_FIELD),
    ('{"kind":"DtmfData","dtmfData":{"data":"33"}}', Rejection.BAD_DIGIT),
    ('{"kind":"DtmfData","dtmfData":{"data":""}}', Rejection.BAD_DIGIT),
    ("x" * (MAX_MESSAGE_CHARACTERS + 1), Rejection.TOO_LONG),
]


@pytest.mark.parametrize(("message", "reason"), BAD, ids=range(len(BAD)))
def test_a_bad_message_is_counted_explained_and_survived(message: str, reason: Rejection) -> None:
    """Each is rejected for its own reason, and the next good one is understood."""
    codec = AcsCodec()
    rejected = codec.receive_text(message)
    assert isinstance(rejected, MessageRejected)
    assert rejected.reason is reason
    assert rejected.detail
    assert codec.rejected == {reason: 1}
    assert codec.receive_text(audio(data=DATA)) == AudioReceived(PCM)
    assert codec.frames_in == 1


def test_a_binary_message_is_counted() -> None:
    """ACS sends text only."""
    rejected = AcsCodec().receive_bytes(b"\x00")
    assert isinstance(rejected, MessageRejected)
    assert rejected.reason is Rejection.BINARY


def test_the_rate_does_not_change_in_mid_call() -> None:
    """A re-connection may describe the stream again, but not another one."""
    codec = AcsCodec()
    codec.receive_text(audio(data=DATA))
    rejected = codec.receive_text('{"kind":"AudioMetadata","audioMetadata":{"sampleRate":24000}}')
    assert isinstance(rejected, MessageRejected)
    assert rejected.reason is Rejection.WRONG_RATE
    assert codec.sample_rate_hz == 16_000


def test_only_the_first_participant_is_heard() -> None:
    """Unmixed streams interleave; two voices in one stream would be noise."""
    codec = AcsCodec()
    assert isinstance(codec.receive_text(audio(data=DATA, participantRawID="4:+1")), AudioReceived)
    other = codec.receive_text(audio(data=DATA, participantRawID="8:acs:2"))
    assert isinstance(other, MessageRejected)
    assert other.reason is Rejection.OTHER_PARTICIPANT
    assert isinstance(codec.receive_text(audio(data=DATA, participantRawID="4:+1")), AudioReceived)


def test_what_we_send_has_the_documented_casing() -> None:
    """Byte for byte what the Python documentation of the service shows."""
    assert json.loads(encode_audio(PCM)) == {"Kind": "AudioData", "AudioData": {"Data": DATA}, "StopAudio": None}
    assert json.loads(STOP_AUDIO) == {"Kind": "StopAudio", "AudioData": None, "StopAudio": {}}


@given(st.binary(min_size=2, max_size=2_000).filter(lambda pcm: len(pcm) % 2 == 0))
def test_sound_survives_the_way_there_and_back(pcm: bytes) -> None:
    """Whatever is encoded is decoded to the same samples."""
    assert AcsCodec().receive_text(encode_audio(pcm)) == AudioReceived(pcm)


@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_text_whatever_raises(message: str) -> None:
    """The codec answers anything with an event."""
    assert AcsCodec().receive_text(message) is not None


@pytest.mark.parametrize("reason", list(Rejection))
def test_every_reason_is_explained(reason: Rejection) -> None:
    """Whoever reads the log understands it."""
    assert len(reason.explanation.split()) >= 4
