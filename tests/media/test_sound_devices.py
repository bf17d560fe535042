"""Which devices there are."""

import sys
from types import ModuleType

import pytest

from media.errors import SoundUnavailable
from media.sound_devices import Direction, SoundDevice, find_device, load_portaudio, sound_devices
from tests.support.fake_portaudio import DEVICES, FakePortAudio

HEADSET = SoundDevice(2, "USB headset", "ALSA", 1, 1, 44_100)


def test_all_are_listed() -> None:
    """With what they can do."""
    assert sound_devices(FakePortAudio())[2] == HEADSET
    assert len(sound_devices(FakePortAudio())) == len(DEVICES)


@pytest.mark.parametrize(
    ("wanted", "direction", "index"),
    [
        ("", Direction.MICROPHONE, 0),
        ("", Direction.LOUDSPEAKER, 1),
        ("2", Direction.MICROPHONE, 2),
        ("usb", Direction.LOUDSPEAKER, 2),
        ("usb head", Direction.MICROPHONE, 2),
    ],
)
def test_one_is_found_by_number_or_words(wanted: str, direction: Direction, index: int) -> None:
    """Or is the usual one."""
    assert find_device(FakePortAudio(), wanted, direction).index == index


@pytest.mark.parametrize(
    ("wanted", "direction", "why"),
    [
        ("9", Direction.MICROPHONE, "--microphone 9: Error querying device 9; --devices"),
        ("1", Direction.MICROPHONE, "--microphone 1: Not an input device: 'Laptop loudspeaker'; --devices"),
        ("usb", Direction.MICROPHONE, "--microphone usb: Multiple input devices found for 'usb'; --devices"),
        ("tv", Direction.LOUDSPEAKER, "--loudspeaker tv: No output device matching 'tv'; --devices"),
    ],
)
def test_what_is_not_found_is_explained(wanted: str, direction: Direction, why: str) -> None:
    """In one line, by the option that named it."""
    with pytest.raises(SoundUnavailable) as refused:
        find_device(FakePortAudio(), wanted, direction)
    assert str(refused.value).startswith(why)
    assert "\n" not in str(refused.value)


def test_a_machine_may_have_no_usual_one() -> None:
    """As servers do."""
    with pytest.raises(SoundUnavailable, match="no usual loudspeaker"):
        find_device(FakePortAudio(usual=(0, -1)), "", Direction.LOUDSPEAKER)


def test_a_machine_without_portaudio_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is there, and raises as it is imported."""

    class Finder:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    with pytest.raises(SoundUnavailable, match="apt install libportaudio2"):
        load_portaudio()


def test_where_it_is_installed_it_is_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it brings."""
    library = ModuleType("sounddevice")
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    assert load_portaudio() is library
