"""What stands behind a peer in one call: the services of ``benchmarks.delayed_services``, without a framework."""

from collections.abc import AsyncIterator

from agent.assistant import Say
from agent.claim import Claim
from agent.dialogue import Dialogue
from benchmarks.delayed_services import (
    FIRST_SENTENCE_TOKENS,
    GREETING,
    WORD_MS,
    DelayedAssistant,
    DelayedVoice,
    Delays,
    answer_tokens,
)
from benchmarks.load_services import PreparedVoice
from benchmarks.peers.scripted_recognition import ScriptedRecognition


class StreamedSpeech:
    """One answer, spoken while it is written: the first sound comes after the delay, the rest at once."""

    def __init__(self, first_sound_ms: float) -> None:
        self._first = DelayedVoice(Delays(first_sound_ms=first_sound_ms))
        self._rest = PreparedVoice(word_ms=WORD_MS)
        self._has_begun = False

    async def sound_of(self, text: str) -> bytes:
        """The sound of the next piece of text, any part of a sentence; nothing for marks and blanks."""
        if not any(character.isalnum() for character in text):
            return b""
        voice = self._rest if self._has_begun else self._first
        self._has_begun = True
        return b"".join([speech.pcm async for speech in voice.synthesize(text)])


class CallServices:
    """Recognition, model and voice of one call."""

    def __init__(self, delays: Delays) -> None:
        self.recognition = ScriptedRecognition(delays)
        self._delays = delays
        self._assistant = DelayedAssistant(delays)
        self._voice = DelayedVoice(delays)
        self._first_sentence = GREETING

    async def tokens(self, utterance: str) -> AsyncIterator[str]:
        """The model's answer to this, as it is written."""
        # A voice that takes tokens would know no more of the answer than its first one when it
        # draws its delay: it gets that of the sentence, as a voice that takes sentences does.
        self._first_sentence = "".join(answer_tokens(utterance)[: len(FIRST_SENTENCE_TOKENS)])
        async for output in self._assistant.reply(Dialogue(Claim(())), utterance):
            if isinstance(output, Say):
                yield output.text

    async def sound_of(self, text: str) -> bytes:
        """The sound of a chunk, whole."""
        return b"".join([speech.pcm async for speech in self._voice.synthesize(text)])

    def streamed_speech(self) -> StreamedSpeech:
        """The voice for the answer that is being written."""
        return StreamedSpeech(self._delays.first_sound_of(self._first_sentence))
