"""Whether a line gives an echo at all."""

from media.echo_filter import HOP
from media.echo_presence import EchoPresence

LOUD = HOP * 3000.0**2
SILENT = HOP * 3.0**2


def _after(
    frames: int, presence: EchoPresence, *, played: float, heard: float, is_proven: bool = False
) -> EchoPresence:
    for _ in range(frames):
        presence.follow(played=played, heard=heard, is_proven=is_proven)
    return presence


def test_silence_after_loud_sound_refutes_an_echo() -> None:
    """A loud second and a half of which nothing comes back is enough."""
    assert not _after(30, EchoPresence(), played=LOUD, heard=SILENT).is_absent
    assert _after(80, EchoPresence(), played=LOUD, heard=SILENT).is_absent


def test_silence_after_silence_proves_nothing() -> None:
    """What was not played cannot come back."""
    assert not _after(1000, EchoPresence(), played=SILENT, heard=SILENT).is_absent


def test_a_voice_proves_nothing() -> None:
    """As long as somebody speaks there may be an echo below."""
    assert not _after(1000, EchoPresence(), played=LOUD, heard=LOUD).is_absent


def test_an_echo_with_the_longest_delay_is_not_refuted_too_early() -> None:
    """What was played in the last 600 ms may still come."""
    presence = EchoPresence()
    for _ in range(20):
        _after(20, presence, played=LOUD, heard=SILENT)
        _after(9, presence, played=SILENT, heard=SILENT)
        _after(20, presence, played=SILENT, heard=LOUD / 10)
    assert not presence.is_absent


def test_a_noisy_line_takes_longer() -> None:
    """Noise hides a soft echo: it is refuted when its shape was not found for seconds either."""
    noise = LOUD / 100
    assert not _after(100, EchoPresence(), played=LOUD, heard=noise).is_absent
    assert _after(200, EchoPresence(), played=LOUD, heard=noise).is_absent
    assert not _after(200, EchoPresence(), played=LOUD, heard=noise, is_proven=True).is_absent


def test_what_was_found_once_is_doubted_for_long() -> None:
    """Some phones gate their echo: after one was found much more must be refuted."""
    presence = EchoPresence()
    presence.found()
    assert not _after(120, presence, played=LOUD, heard=SILENT).is_absent
    assert _after(120, presence, played=LOUD, heard=SILENT).is_absent


def test_a_pause_is_no_evidence() -> None:
    """After ``wake`` what was played before does not count as what plays now."""
    presence = EchoPresence()
    _after(40, presence, played=LOUD, heard=LOUD)
    presence.wake()
    assert not _after(1000, presence, played=SILENT, heard=SILENT).is_absent
