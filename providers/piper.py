"""Text-to-speech without a cloud: a Piper voice, spoken piece by piece."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Sequence
from dataclasses import replace
from threading import Lock

import onnxruntime as ort

from agent.language_tags import closest
from pipeline.errors import SynthesisError
from pipeline.ports import AS_IT_IS, Delivery, Speech, SpokenWord
from providers.errors import ProvidersError
from providers.inference import InferenceThreads
from providers.phonemes import Phonemizer
from providers.piper_model import PiperModel, VoiceSettings
from providers.pronunciation import Lexicon
from providers.speech_pieces import pause_after_ms, pieces_of
from providers.spoken_text import AS_WRITTEN, SpokenForm, spoken_forms
from providers.voice_finish import finished

_BYTES_PER_SAMPLE = 2
_LANGUAGES = ("en-US",)


class SpeechCache:
    """What was synthesised lately, by what was asked for. Overflow: the longest unused goes first."""

    def __init__(self, most_bytes: int) -> None:
        """Keep at most so many bytes of sound."""
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._speeches: OrderedDict[Hashable, Speech] = OrderedDict()

    def get(self, asked: Hashable) -> Speech | None:
        """Look up what was asked for; it counts as used."""
        speech = self._speeches.get(asked)
        if speech is not None:
            self._speeches.move_to_end(asked)
        return speech

    def put(self, asked: Hashable, speech: Speech) -> None:
        """Keep the sound of what was asked for, unless it alone is too large."""
        if asked in self._speeches or len(speech.pcm) > self._most_bytes:
            return
        self._speeches[asked] = speech
        self._held_bytes += len(speech.pcm)
        while self._held_bytes > self._most_bytes:
            _, dropped = self._speeches.popitem(last=False)
            self._held_bytes -= len(dropped.pcm)


class PiperTextToSpeech:
    """The voice of all calls; satisfies ``pipeline.ports.TextToSpeech``."""

    def __init__(
        self,
        *,
        sample_rate_hz: int = 16_000,
        voice: VoiceSettings | None = None,
        pitch: float = 1.0,
        threads: int = 2,
        cache_bytes: int = 16_000_000,
        phrases: tuple[str, ...] = (),
        phrases_delivery: Delivery = AS_IT_IS,
        lexicon: Lexicon = AS_WRITTEN,
    ) -> None:
        """Load nothing yet; see ``warm_up``.

        Args:
            sample_rate_hz: Rate of the sound that is given out.
            voice: Speed and variation; the voice's own when None. With both noises at 0
                the same text always gives the same samples.
            pitch: Factor of the pitch, and of the speed: with a ``length_scale`` of the
                same size the speed stays, and another speaker is heard.
            threads: Syntheses at the same time.
            cache_bytes: Sound kept for texts that come again.
            phrases: Texts that ``warm_up`` synthesises, to be there at once.
            phrases_delivery: How they will be asked for.
            lexicon: What the company's words sound like.
        """
        self._sample_rate_hz = sample_rate_hz
        self._voice = voice or VoiceSettings()
        self._pitch = pitch
        self._threads = InferenceThreads(threads, name="piper")
        self._cache = SpeechCache(cache_bytes)
        self._phrases = phrases
        self._phrases_delivery = phrases_delivery
        self._lexicon = lexicon
        self._loading = Lock()
        self._loaded: tuple[Phonemizer, PiperModel] | None = None

    @property
    def sample_rate_hz(self) -> int:
        """As given to the constructor."""
        return self._sample_rate_hz

    @property
    def languages(self) -> tuple[str, ...]:
        """English."""
        return _LANGUAGES

    async def warm_up(self) -> None:
        """Load dictionary and voice, and speak the phrases.

        Raises:
            providers.errors.WeightsNotFound: The weights are not installed.
        """
        await self._threads.run(self._load)
        for phrase in self._phrases or ("Hello.",):
            async for _ in self.synthesize(phrase, self._phrases_delivery):
                pass

    async def close(self) -> None:
        """End the threads. Syntheses that are still under way fail. Idempotent."""
        await self._threads.close()

    async def synthesize(self, text: str, delivery: Delivery = AS_IT_IS) -> AsyncIterator[Speech]:
        """Speak a text, piece by piece; nothing for a text without words.

        The words are those of the text; one that cannot be said ends where the one
        before it ends. A piece that another follows ends with a short silence.

        Raises:
            pipeline.errors.SynthesisError: The model failed, the engine was closed, or it is not English.
        """
        if delivery.language and closest(delivery.language, _LANGUAGES) is None:
            raise SynthesisError(f"the local voice speaks English, not {delivery.language}")
        forms = spoken_forms(text, self._lexicon)
        if not any(form.said for form in forms):
            return
        pieces = pieces_of(forms)
        for index, words in enumerate(pieces):
            speech = await self._speech_of(words, delivery.speed)
            if index + 1 < len(pieces) and speech.pcm:
                silence_samples = pause_after_ms(words) * self._sample_rate_hz // 1000
                speech = Speech(speech.pcm + bytes(silence_samples * _BYTES_PER_SAMPLE), speech.words)
            yield speech

    async def _speech_of(self, words: tuple[SpokenForm, ...], speed: float) -> Speech:
        known = self._cache.get((words, speed))
        if known is not None:
            return known
        options = ort.RunOptions()
        try:
            speech = await self._threads.run(self._speak, words, speed, options)
        except asyncio.CancelledError:
            # Nobody waits any more: give the thread back at the next layer of the model.
            options.terminate = True
            raise
        except ProvidersError as error:
            raise SynthesisError(str(error)) from error
        self._cache.put((words, speed), speech)
        return speech

    def _speak(self, words: Sequence[SpokenForm], speed: float, options: ort.RunOptions) -> Speech:
        phonemizer, model = self._load()
        phonemes = phonemizer.phonemes([word.said for word in words])
        if not any(word.sounds for word in phonemes):
            return Speech(b"", tuple(SpokenWord(word.written, 0) for word in words))
        voice = replace(self._voice, length_scale=self._voice.length_scale / speed)
        utterance = model.speak(phonemes, voice, options)
        samples, ends = finished(
            utterance.audio,
            utterance.word_ends,
            from_rate_hz=model.sample_rate_hz * self._pitch,
            to_rate_hz=self._sample_rate_hz,
        )
        return Speech(
            samples.astype("<i2").tobytes(),
            tuple(SpokenWord(word.written, end) for word, end in zip(words, ends, strict=True)),
        )

    def _load(self) -> tuple[Phonemizer, PiperModel]:
        with self._loading:
            if self._loaded is None:
                self._loaded = (Phonemizer(), PiperModel())
            return self._loaded
