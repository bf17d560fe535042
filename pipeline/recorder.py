"""The recording of a call, on its way to the disk."""

from collections.abc import Callable
from pathlib import Path

from media.recording import StereoRecording
from media.wav_file import WavFile


async def record(
    recording: StereoRecording | None, folder: Path | None, call_id: str, on_failure: Callable[[str, Exception], None]
) -> None:
    """Write until cancelled, as ``<call id>.wav``. A disk that fails costs the recording, never the call.

    Args:
        recording: What is heard and said; None: nothing is recorded.
        folder: Where to; None: nowhere.
        call_id: See above.
        on_failure: Told of the stage and of what happened.
    """
    if recording is None or folder is None:
        return
    try:
        await WavFile(folder / f"{call_id}.wav", recording).run()
    except OSError as error:
        on_failure("recording", error)
