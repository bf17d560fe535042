"""One native recogniser of the Speech SDK: opened, fed, and closed without leaving a thread behind."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import azure.cognitiveservices.speech as speechsdk
from azure.cognitiveservices.speech import CancellationErrorCode, CancellationReason, PropertyId, ResultReason

from providers.azure_speech import AzureSpeechAccount
from providers.errors import SpeechServiceFailed

_UNTHROTTLED_MS = 30_000
"""The SDK sends so much at once, then twice as fast as real time. What is replayed must arrive at once."""
_PERMANENT = (
    CancellationErrorCode.AuthenticationFailure,
    CancellationErrorCode.BadRequest,
    CancellationErrorCode.Forbidden,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureRecognitionSettings:
    """How the service is to listen."""

    languages: tuple[str, ...] = ("en-US",)
    """BCP 47. With more than one the service finds out which is spoken, all the time (10 candidates at most)."""
    phrases: tuple[str, ...] = ()
    """Names and terms that callers are likely to say."""
    segmentation_silence_ms: int = 500
    """Silence that ends a phrase of the service, 100 to 5000."""
    stable_partials: int = 0
    """So often a word must have been seen before a partial text has it; 0 leaves it to the service."""
    endpoint_id: str = ""
    """Of a custom model."""
    commits: bool = False
    """Ask for the final text at the end of each stretch instead of after the service's silence (SDK 1.53)."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The socket is open."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The socket is lost."""


@dataclass(frozen=True, slots=True)
class TextHeard:
    """A text; positions count 100 ns from the session's first sample."""

    text: str
    offset_ticks: int
    duration_ticks: int
    is_final: bool
    language: str


@dataclass(frozen=True, slots=True)
class SessionFailed:
    """The session has ended; a new one may do better, unless it is permanent."""

    code: str
    is_permanent: bool


SessionEvent = Connected | Disconnected | TextHeard | SessionFailed
Tell = Callable[[SessionEvent], None]


class AzureRecognizer:
    """One session. The constructor and ``close`` may block; the rest takes microseconds.

    Everything stays connected until the stop has been answered: a callback that comes
    while its context is taken down ends the process.
    """

    def __init__(self, account: AzureSpeechAccount, token: str, settings: AzureRecognitionSettings, tell: Tell) -> None:
        """Connect, and begin to listen; both go on in the background.

        Args:
            account: Where.
            token: Empty with a key.
            settings: How.
            tell: Called on native threads.

        Raises:
            SpeechServiceFailed: The SDK does not take the settings.
        """
        self._tell = tell
        self._is_muted = False
        try:
            self._stream = speechsdk.audio.PushAudioInputStream()  # 16 kHz, 16 bits, mono
            self._recognizer = self._new_recognizer(account, token, settings)
            self._connection = speechsdk.Connection.from_recognizer(self._recognizer)
            self._listen()
            self._connection.open(True)
            self._add_phrases(settings.phrases)
            self._starting = self._recognizer.start_continuous_recognition_async()
        except RuntimeError as error:
            raise SpeechServiceFailed("InvalidSettings", is_permanent=True) from error

    def _new_recognizer(
        self, account: AzureSpeechAccount, token: str, settings: AzureRecognitionSettings
    ) -> speechsdk.SpeechRecognizer:
        config = account.new_config(token)
        config.set_property(PropertyId.Speech_SegmentationSilenceTimeoutMs, str(settings.segmentation_silence_ms))
        if settings.stable_partials:
            stable = PropertyId.SpeechServiceResponse_StablePartialResultThreshold
            config.set_property(stable, str(settings.stable_partials))
        config.set_property_by_name("SPEECH-TransmitLengthBeforThrottleMs", str(_UNTHROTTLED_MS))  # their spelling
        config.set_property_by_name("SPEECH-Error-MaxRetryCount", "0")
        if settings.endpoint_id:
            config.endpoint_id = settings.endpoint_id
        audio = speechsdk.audio.AudioConfig(stream=self._stream)
        if len(settings.languages) == 1:
            config.speech_recognition_language = settings.languages[0]
            return speechsdk.SpeechRecognizer(speech_config=config, audio_config=audio)
        config.set_property(PropertyId.SpeechServiceConnection_LanguageIdMode, "Continuous")
        candidates = speechsdk.languageconfig.AutoDetectSourceLanguageConfig(languages=list(settings.languages))
        return speechsdk.SpeechRecognizer(config, audio, auto_detect_source_language_config=candidates)

    def _add_phrases(self, phrases: tuple[str, ...]) -> None:
        if phrases:
            grammar = speechsdk.PhraseListGrammar.from_recognizer(self._recognizer)
            for phrase in phrases:
                grammar.addPhrase(phrase)

    def _listen(self) -> None:
        self._recognizer.recognizing.connect(lambda event: self._heard(event.result, is_final=False))
        self._recognizer.recognized.connect(lambda event: self._heard(event.result, is_final=True))
        self._recognizer.canceled.connect(self._cancelled)
        self._connection.connected.connect(lambda _: self._post(Connected()))
        self._connection.disconnected.connect(lambda _: self._post(Disconnected()))

    def _post(self, event: SessionEvent) -> None:
        if not self._is_muted:
            self._tell(event)

    def _heard(self, result: speechsdk.SpeechRecognitionResult, *, is_final: bool) -> None:
        is_text = result.reason in (ResultReason.RecognizingSpeech, ResultReason.RecognizedSpeech)
        language = result.properties.get(PropertyId.SpeechServiceConnection_AutoDetectSourceLanguageResult) or ""
        text = result.text if is_text else ""
        self._post(TextHeard(text, result.offset, result.duration, is_final, language))

    def _cancelled(self, event: speechsdk.SpeechRecognitionCanceledEventArgs) -> None:
        details = event.cancellation_details
        if details.reason is CancellationReason.Error:
            self._post(SessionFailed(details.code.name, details.code in _PERMANENT))
        else:
            self._post(SessionFailed("EndOfStream", is_permanent=False))

    def write(self, pcm: bytes) -> None:
        """Take 16 kHz sound; copied, and sent in pieces of 100 ms. Does not block, and never raises."""
        with contextlib.suppress(RuntimeError):
            self._stream.write(pcm)

    def commit(self) -> None:
        """Ask for the final text of what was written; the service may ignore it."""
        with contextlib.suppress(RuntimeError):
            self._stream.commit()

    def renew(self, token: str) -> None:
        """Use this token for the next connection."""
        self._recognizer.authorization_token = token

    def mute(self) -> None:
        """Tell nothing any more."""
        self._is_muted = True

    def close(self) -> None:
        """Stop and release; blocks for 10 s when the service does not answer."""
        self.mute()
        try:
            self._starting.get()
            self._recognizer.stop_continuous_recognition_async().get()
        except RuntimeError:
            pass  # it had ended by itself
        recognizer, connection = self._recognizer, self._connection
        for signal in (recognizer.recognizing, recognizer.recognized, recognizer.canceled):
            signal.disconnect_all()
        connection.connected.disconnect_all()
        connection.disconnected.disconnect_all()
        self._stream.close()
        # Released here, on this thread, and in this order.
        del self._starting, self._connection, connection, self._recognizer, recognizer, self._stream
