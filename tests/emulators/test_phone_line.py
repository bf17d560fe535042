"""A line without sockets and clocks."""

import numpy as np
import pytest

from emulators.audible import samples_of
from emulators.caller import PlayableStep, VoicedLine
from emulators.line_effects import LineSettings
from emulators.phone_line import REMEMBERED_ERRORS, PhoneLine
from emulators.scenario import At, Digits, HangUp, Line, Scenario
from tests.emulators.answering_server import STOP_MESSAGE, audio_message, tone

SCENARIO = Scenario("s", ())
SPEAKS_AT_ONCE = VoicedLine(Line("Hi.", when=At(0)), tone(40))


class Reports:
    """What a line reported."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(self, name: str, detail: str) -> None:
        """Take one."""
        self.seen.append((name, detail))


@pytest.fixture
def reports() -> Reports:
    """Nothing yet."""
    return Reports()


def line_of(
    reports: Reports,
    *steps: PlayableStep,
    settings: LineSettings | None = None,
    is_bidirectional: bool = True,
    takes_digits: bool = True,
) -> PhoneLine:
    """A line at 16 kHz."""
    return PhoneLine(
        SCENARIO,
        steps,
        sample_rate_hz=16_000,
        settings=settings or LineSettings(),
        is_bidirectional=is_bidirectional,
        takes_digits=takes_digits,
        report=reports,
    )


def channels(line: PhoneLine) -> tuple[bytes, bytes]:
    """Left and right of the recording."""
    both = np.frombuffer(line.stereo(), dtype="<i2").reshape(-1, 2)
    return both[:, 0].tobytes(), both[:, 1].tobytes()


def test_the_recording_holds_what_was_said_and_heard(reports: Reports) -> None:
    """What is sent at a tick was spoken before it, what is played at it is heard after it."""
    line = line_of(reports, SPEAKS_AT_ONCE)
    line.receive(audio_message(tone(20)))
    sent = [line.tick().pcm for _ in range(3)]
    assert sent == [tone(40)[:640], tone(40)[640:], bytes(640)]
    left, right = channels(line)
    assert left == tone(40) + bytes(2 * 640)
    assert right == bytes(640) + tone(20) + bytes(2 * 640)
    assert reports.seen == [("caller_speaks", "Hi.")]
    assert line.frames_received == 1


def test_a_stop_takes_back_what_was_not_heard(reports: Reports) -> None:
    """The caller hears the first 20 ms of 100."""
    line = line_of(reports)
    line.receive(audio_message(tone(100)))
    line.tick()
    line.receive(STOP_MESSAGE)
    line.tick()
    assert channels(line)[1] == bytes(640) + tone(100)[:640] + bytes(640)
    assert reports.seen == [("stop_audio", "80 ms taken back")]


def test_the_echo_of_a_frame_leaves_with_the_next(reports: Reports) -> None:
    """Without delay: what is heard in 20 ms is in the microphone in the same 20 ms."""
    line = line_of(reports, settings=LineSettings(echo_level_db=0.0, echo_delay_ms=0))
    line.receive(audio_message(tone(20)))
    assert [line.tick().pcm for _ in range(3)] == [bytes(640), tone(20), bytes(640)]
    left, right = channels(line)
    assert left == right


def test_lines_are_placed_where_they_leave(reports: Reports) -> None:
    """The filters of a telephone delay the voice; its place is where it is in the recording."""
    line = line_of(reports, SPEAKS_AT_ONCE, settings=LineSettings(g711=True))
    for _ in range(4):
        line.tick()
    (spoken,) = line.lines
    left = samples_of(channels(line)[0])
    loud = np.flatnonzero(np.abs(left.astype(int)) > 4000)
    assert spoken.first_audible_sample == 160
    assert abs(int(loud[0]) - spoken.first_audible_sample) < 32
    assert abs(int(loud[-1]) - spoken.last_voiced_sample) < 32


def test_a_line_ends_where_it_can_be_heard_to_end(reports: Reports) -> None:
    """A hiss above the telephone's band is voice in the room, and nothing at the other end of the line."""
    hiss = (800 * np.sin(np.arange(3_200) * 2 * np.pi * 6_000 / 16_000)).astype("<i2").tobytes()
    speech = VoicedLine(Line("Yes.", when=At(0)), tone(200) + hiss + bytes(3_200))
    ends = []
    for settings in (LineSettings(), LineSettings(g711=True)):
        line = line_of(reports, speech, settings=settings)
        for _ in range(40):
            line.tick()
        ends.append(line.lines[0].last_voiced_sample)
    assert abs(ends[0] - 6_400) < 32
    assert abs(ends[1] - 160 - 3_200) < 160


@pytest.mark.parametrize("message", [b"\x00", "{", '{"kind":"audio"}', '{"kind":"AudioData","audioData":{"data":"A"}}'])
def test_a_wrong_message_is_a_protocol_error(reports: Reports, message: str | bytes) -> None:
    """It is recorded, and the call goes on."""
    line = line_of(reports)
    line.receive(message)
    assert len(line.protocol_errors) == line.protocol_error_count == 1
    assert reports.seen == [("protocol_error", line.protocol_errors[0])]
    assert line.tick().pcm == line.silence


def test_audio_on_a_one_way_stream_is_a_protocol_error(reports: Reports) -> None:
    """The service would drop it without a word."""
    line = line_of(reports, is_bidirectional=False)
    line.receive(audio_message(tone(20)))
    assert "enableBidirectional" in line.protocol_errors[0]
    assert line.playout.queued_samples == 0


def test_protocol_errors_are_counted_beyond_what_is_kept(reports: Reports) -> None:
    """A server that errs for ever does not fill our memory."""
    line = line_of(reports)
    for _ in range(REMEMBERED_ERRORS + 5):
        line.receive("{")
    assert len(line.protocol_errors) == REMEMBERED_ERRORS
    assert line.protocol_error_count == REMEMBERED_ERRORS + 5


@pytest.mark.parametrize(("takes_digits", "sent"), [(True, "7"), (False, "")])
def test_keys_are_sent_to_whoever_wants_them(reports: Reports, takes_digits: bool, sent: str) -> None:
    """That is, with enableDtmfTones."""
    line = line_of(reports, Digits("7", when=At(0)), takes_digits=takes_digits)
    assert line.tick().digit == sent
    assert reports.seen[0][0] == "pressed"


def test_the_caller_hangs_up(reports: Reports) -> None:
    """The frame says so."""
    line = line_of(reports, HangUp(At(0)))
    assert line.tick().hangs_up
