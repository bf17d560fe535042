"""One session of recognition within a call: a native recogniser that may still be being made, and its place.

Making and closing block, so they happen on native threads; the session is used from the
loop in between.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread

from media.audio_ring import AudioRing
from media.frames import BYTES_PER_SAMPLE, silence
from providers.azure_recognizer import AzureRecognizer
from providers.azure_speech import NativeThreads
from providers.azure_timeline import Timeline
from providers.errors import SpeechServiceFailed


class AzureSession:
    """A session that begins at a sample of the call. Belongs to the loop; ``on_made`` is called on a thread."""

    def __init__(self, threads: NativeThreads, start_sample: int, now: float) -> None:
        """Nothing happens before ``begin``."""
        self._threads = threads
        self._timeline = Timeline(start_sample)
        self._native: AzureRecognizer | None = None
        self._making: Future[AzureRecognizer] | None = None
        self.began_at = now
        self.is_connected = False
        """The service has accepted us; set by who listens."""

    @property
    def is_listening(self) -> bool:
        """Sound goes to the service."""
        return self._native is not None

    def begin(self, make: Callable[[], AzureRecognizer], on_made: Callable[[], None]) -> None:
        """Make the recogniser.

        Raises:
            SpeechServiceFailed: The engine was closed.
        """
        self._making = self._threads.submit(make)
        self._making.add_done_callback(lambda _: on_made())

    def adopt(self, ring: AudioRing) -> bool:
        """The recogniser is made: pass on what has come meanwhile, or is to be heard again.

        Returns:
            Whether the session listens; not when it was retired before.

        Raises:
            SpeechServiceFailed: It could not be made.
        """
        if self._making is None:
            return False
        native = self._making.result()
        missed = ring.read(self._timeline.call_sample(0), ring.end_sample)
        if len(missed):
            # What the ring has lost already is left out.
            self._timeline = Timeline(ring.end_sample - len(missed))
            native.write(missed.astype("<i2").tobytes())
            self._timeline.fed(len(missed))
        self._native = native
        return True

    def write(self, pcm: bytes) -> None:
        """Pass on the call's next sound; before the session listens it is for the ring alone."""
        if self._native is not None:
            self._native.write(pcm)
            self._timeline.fed(len(pcm) // BYTES_PER_SAMPLE)

    def pad(self, samples: int) -> None:
        """Pass on silence that is not of the call."""
        if self._native is not None:
            self._native.write(silence(samples))
            self._timeline.padded(samples)

    def commit(self) -> None:
        """Ask for the final text of what was passed on."""
        if self._native is not None:
            self._native.commit()

    def renew(self, token: str) -> None:
        """Use this token for the next connection."""
        if self._native is not None:
            self._native.renew(token)

    def call_sample(self, service_sample: int) -> int:
        """Where a sample that the service counts lies in the call."""
        return self._timeline.call_sample(service_sample)

    def retire(self) -> None:
        """End in the background; nothing of it is heard any more. Idempotent."""
        making, self._making = self._making, None
        native, self._native = self._native, None
        if native is not None:
            native.mute()
        if making is None:
            return
        try:
            self._threads.submit(_end, making)
        except SpeechServiceFailed:
            Thread(target=_end, args=(making,), name="azure-speech-late").start()  # the engine is gone


def _end(making: "Future[AzureRecognizer]") -> None:
    """Close a recogniser that may still be being made; on a native thread."""
    try:
        native = making.result()
    except SpeechServiceFailed:
        return
    native.close()
