"""One native synthesizer of the Speech SDK with its connection: one request at a time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import Any

import azure.cognitiveservices.speech as speechsdk
from azure.cognitiveservices.speech import CancellationErrorCode, CancellationReason, PropertyId

from providers.azure_cast import AzureVoiceSettings
from providers.azure_speech import AzureSpeechAccount
from providers.errors import SpeechServiceFailed

_PERMANENT = (
    CancellationErrorCode.AuthenticationFailure,
    CancellationErrorCode.BadRequest,
    CancellationErrorCode.Forbidden,
)
_FORMATS = (
    (16_000, speechsdk.SpeechSynthesisOutputFormat.Raw16Khz16BitMonoPcm),
    (24_000, speechsdk.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm),
)
_NO_TIMEOUT_MS = 60_000
_NO_SLOWNESS = 1_000
"""The SDK gives up a stream after 3 s without sound, or when it is slow; a model that thinks is. Ours decide."""


@dataclass(frozen=True, slots=True)
class SoundCame:
    """The next sound of the request."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class WordCame:
    """A word, or a mark, and its place in the request's sound."""

    text: str
    offset_ticks: int
    duration_ticks: int
    is_word: bool


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """The request is over; with a code when it failed."""

    code: str = ""
    is_permanent: bool = False


RequestEvent = SoundCame | WordCame | RequestEnded
Tell = Callable[[RequestEvent], None]


class AzureSynthesizer:
    """A synthesizer. Its methods may block and are called on threads; the properties from anywhere."""

    def __init__(
        self,
        account: AzureSpeechAccount,
        token: str,
        settings: AzureVoiceSettings,
        *,
        opens: bool = True,
        streams_text: bool = False,
    ) -> None:
        """Connect, if it is to be done in advance; this goes on in the background.

        Args:
            account: Where.
            token: Empty with a key.
            settings: How.
            opens: Connect before the first request; wait for ``is_connected`` then: a request
                that comes before it opens a connection of its own.
            streams_text: For texts that come piece by piece, instead of SSML.

        Raises:
            SpeechServiceFailed: The SDK does not take the settings.
        """
        self._settings = settings
        self._tell: Tell | None = None
        self._pending: Any = None
        self._input: Any = None
        self.is_connected = False
        self.is_lost = False
        """The connection was there, and is gone."""
        self.made_at = time.monotonic()
        self.token = token
        self._lock = RLock()
        self._is_closed = False
        try:
            config = account.new_config(token, synthesis_stream=streams_text)
            self._configure(config)
            self._synthesizer = speechsdk.SpeechSynthesizer(speech_config=config, audio_config=None)
            self._connection = speechsdk.Connection.from_speech_synthesizer(self._synthesizer)
            self._listen()
            if opens:
                self._connection.open(True)
        except RuntimeError as error:
            raise SpeechServiceFailed("InvalidSettings", is_permanent=True) from error

    def _configure(self, config: speechsdk.SpeechConfig) -> None:
        settings = self._settings
        config.speech_synthesis_voice_name = settings.voice
        config.speech_synthesis_language = settings.language
        config.set_speech_synthesis_output_format(dict(_FORMATS)[settings.sample_rate_hz])
        config.set_property(PropertyId.SpeechSynthesis_FrameTimeoutInterval, str(_NO_TIMEOUT_MS))
        config.set_property(PropertyId.SpeechSynthesis_RtfTimeoutThreshold, str(_NO_SLOWNESS))
        config.set_property_by_name("SpeechSynthesis_MaxRetryTimes", "0")  # the pool tries again, elsewhere
        if settings.endpoint_id:
            config.endpoint_id = settings.endpoint_id

    def _listen(self) -> None:
        synthesizer = self._synthesizer
        synthesizer.synthesizing.connect(lambda event: self._post(SoundCame(event.result.audio_data)))
        synthesizer.synthesis_word_boundary.connect(self._word)
        synthesizer.synthesis_completed.connect(lambda _: self._post(RequestEnded()))
        synthesizer.synthesis_canceled.connect(self._cancelled)
        self._connection.connected.connect(lambda _: self._connected())
        self._connection.disconnected.connect(lambda _: self._lost())

    def _post(self, event: RequestEvent) -> None:
        tell = self._tell
        if tell is not None:
            tell(event)

    def _word(self, event: speechsdk.SpeechSynthesisWordBoundaryEventArgs) -> None:
        duration_ticks = round(event.duration.total_seconds() * 10_000_000)
        is_word = event.boundary_type is speechsdk.SpeechSynthesisBoundaryType.Word
        self._post(WordCame(event.text, event.audio_offset, duration_ticks, is_word))

    def _cancelled(self, event: speechsdk.SpeechSynthesisEventArgs) -> None:
        details = event.result.cancellation_details
        code = details.error_code.name if details.reason is CancellationReason.Error else "Cancelled"
        self._post(RequestEnded(code, details.error_code in _PERMANENT))

    def _connected(self) -> None:
        self.is_connected, self.is_lost = True, False

    def _lost(self) -> None:
        self.is_connected, self.is_lost = False, True

    def renew(self, token: str) -> None:
        """Use this token for the next connection."""
        if token != self.token:
            self.token = token
            self._synthesizer.authorization_token = token

    def speak_ssml(self, ssml: str, tell: Tell) -> None:
        """Begin a request.

        Args:
            ssml: What is to be said.
            tell: Called on native threads, with ``RequestEnded`` last.
        """
        with self._lock:
            if not self._is_closed:
                self._tell = tell
                self._pending = self._synthesizer.speak_ssml_async(ssml)

    def speak_stream(self, settings: AzureVoiceSettings, tell: Tell) -> None:
        """Begin a request whose text comes with ``write``, and ends with ``end_text``.

        Args:
            settings: Rate, style and lexicon; the voice is the one that this was made with.
            tell: As for ``speak_ssml``.
        """
        request = speechsdk.SpeechSynthesisRequest(input_type=speechsdk.SpeechSynthesisRequestInputType.TextStream)
        if settings.rate:
            request.rate = settings.rate
        if settings.style:
            request.style = settings.style
        if settings.lexicon_url:
            request.custom_lexicon_url = settings.lexicon_url
        with self._lock:
            if not self._is_closed:
                self._tell = tell
                self._input = request.input_stream
                self._pending = self._synthesizer.speak_async(request)

    def write(self, text: str) -> None:
        """The text goes on."""
        with self._lock:
            if self._input is not None:
                self._input.write(text)

    def end_text(self) -> None:
        """The text is whole. Idempotent."""
        with self._lock:
            text, self._input = self._input, None
            if text is not None:
                text.close()

    def finish(self) -> None:
        """After ``RequestEnded``: free what the request held, ready for the next one."""
        with self._lock:
            self._tell = None
            self.end_text()
            pending, self._pending = self._pending, None
            if pending is not None:
                pending.get()

    def mute(self) -> None:
        """Tell nothing more of this request."""
        self._tell = None

    def close(self) -> None:
        """Break off what is being said, and release."""
        with self._lock:
            self._is_closed = True
            self._release()

    def _release(self) -> None:
        self.mute()
        try:
            # An open input would make the next request of this process's SDK wait for ever.
            self.end_text()
            self._synthesizer.stop_speaking_async().get()
            self.finish()
            self._connection.close()
        except RuntimeError:
            pass  # it had ended by itself
        synthesizer, connection = self._synthesizer, self._connection
        for signal in (
            synthesizer.synthesizing,
            synthesizer.synthesis_word_boundary,
            synthesizer.synthesis_completed,
            synthesizer.synthesis_canceled,
            connection.connected,
            connection.disconnected,
        ):
            signal.disconnect_all()
        # Released here, on this thread, and in this order.
        del self._connection, connection, self._synthesizer, synthesizer
