import wave
from pathlib import Path

import numpy as np

from benchmarks import end_of_turn_sentences as said
from benchmarks.end_of_turn_data import (
    Pause,
    line_noise,
    natural_pauses,
    read_recording,
    rows,
    spread_pause_ms,
    voiced_part,
)


def tone(length_ms: int, amplitude: float = 3_000) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """A hum at 16 kHz."""
    wave_form = amplitude * np.sin(2 * np.pi * 200 * np.arange(16 * length_ms) / 16_000)
    return wave_form.astype(np.int16)


def test_cuts_the_silence_off() -> None:
    """What remains begins and ends with the voice, at the usual level."""
    quiet = np.zeros(8_000, np.int16)
    voiced = voiced_part(np.concatenate([quiet, tone(1_000), quiet]))
    assert abs(len(voiced) - 16_000) <= 160
    level = 20 * np.log10(np.sqrt(np.mean(np.square(voiced.astype(float)))) / 32768)
    assert abs(level + 20) < 0.5


def test_silence_is_appended() -> None:
    """The pause so far follows the voice, as a quiet line sounds."""
    pause = Pause("p", "sentence", tone(100).tobytes(), "Hello.", True, 0)
    heard = pause.with_silence(150)
    assert len(heard) == (1_600 + 2_400) * 2
    assert heard[len(pause.pcm) :] == line_noise(150)
    assert np.abs(np.frombuffer(line_noise(150), "<i2")).max() <= 12


def test_tables_are_well_formed() -> None:
    """Every row has its cells, every name is there once, every pause is a number."""
    for table, cells in ((said.ASTERISK_SENTENCES, 2), (said.ASTERISK_ANSWERS, 2), (said.ASTERISK_FRAGMENTS, 2)):
        assert all(len(row) == cells and all(row) for row in rows(table))
        names = [row[0] for row in rows(table)]
        assert len(names) == len(set(names))
    fragments = {name for name, _ in rows(said.ASTERISK_FRAGMENTS)}
    assert all(name in fragments and int(pause) >= 500 for name, pause in rows(said.HESITATIONS))
    for _, start, end, state, text in rows(said.NATURAL_PAUSES):
        assert float(start) < float(end)
        assert state == "end" or int(state) > 0
        assert text


def test_halves_and_pauses_do_not_change() -> None:
    """The same words are in the same half today and tomorrow; both halves are used."""
    texts = [text for _, text in rows(said.ASTERISK_SENTENCES)]
    halves = [Pause("", "sentence", b"", text, True, 0).half for text in texts]
    assert halves == [Pause("", "sentence", b"", text, True, 0).half for text in texts]
    assert 0.35 < np.mean(halves) < 0.65
    assert spread_pause_ms("vm-theperson") == spread_pause_ms("vm-theperson")


def test_absent_recordings_are_left_out(tmp_path: Path) -> None:
    """Without the recordings there are no natural pauses, and no error."""
    assert list(natural_pauses(tmp_path)) == []


def test_reads_a_recording_at_another_rate(tmp_path: Path) -> None:
    """The first channel of a file comes at 16 kHz."""
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 8_000, 0, "NONE", ""))
        file.writeframes(np.repeat(tone(1_000)[::2], 2).astype("<i2").tobytes())
    assert abs(len(read_recording(path)) - 16_000) < 2_000
