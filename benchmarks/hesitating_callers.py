"""Callers who pause in mid-sentence and callers who dictate in groups: real speech, cut where a sentence goes on.

Three kinds of speakers: prompts recorded for telephones as halves of sentences, sentences of
other people cut at a quiet place between two words, and the synthetic caller, whose voice
falls at the end of whatever it is given.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks import end_of_turn_sentences as said
from benchmarks.asterisk_sounds import AsteriskSounds, Samples, SoundsUnavailable
from benchmarks.caller_tracks import RECORDINGS, spread_words
from benchmarks.delayed_services import TimedWord
from benchmarks.end_of_turn_data import read_recording, voiced_part
from benchmarks.live_caller import Clip
from benchmarks.load_services import RATE_HZ
from emulators.caller_voice import caller_voice
from media.frames import samples_in
from providers.piper import PiperTextToSpeech

Part = tuple[Samples, str | tuple[TimedWord, ...]] | int
"""A recording and its words (with their places, where these are known), or so many milliseconds of silence."""

PROMPT_PAIRS = """
confbridge-mute-in|To mute or unmute yourself|700|vm-helpexit|press star for help or pound to exit.
queue-thereare|You are currently caller number|700|queue-callswaiting|waiting to speak with a representative.
confbridge-lock-in|To lock, or unlock the conference|600|vm-next|press six to play the next message.
confbridge-dec-talk-vol-in|To decrease your speaking volume to other participants|800|vm-repeat|press five to repeat the current message.
conf-thereare|There are currently|500|conf-otherinparty|other participants in the conference.
queue-quantity1|Currently, there are more than|900|queue-callswaiting|callers waiting to speak with a representative.
confbridge-remove-last-in|To remove the participant who most recently joined the conference|700|vm-review-urgent|press four to mark this message as urgent.
vm-theperson|The person at extension|600|vm-isunavail|is unavailable.
confbridge-leave-in|To leave the conference|800|vm-helpexit|press star for help or pound to exit.
to-call-this-number|To call this number|500|vm-next|press six to play the next message.
to-listen-to-it|To listen to it|900|vm-repeat|press five to repeat the current message.
to-rerecord-it|To re-record it|600|vm-review-urgent|press four to mark this message as urgent.
"""  # noqa: E501
"""Recording, words, milliseconds of silence, recording, words. At the first eight other frameworks were measured."""

CUT_SENTENCES = """
azure/LanguageDetection_enUS.wav|0.0|2.07|3.23|600|This is testing the language id with|English language.
azure/aboutSpeechSdk.wav|21.19|24.26|26.75|700|When a scenario is not achievable with the Speech SDK,|look for a REST API alternative.
azure/aboutSpeechSdk.wav|48.84|50.1|52.0|800|For more information,|see speech-to-text basics.
azure/speechService.wav|0.68|1.31|2.59|500|What is|the speech service?
azure/speechService.wav|23.3|24.83|26.08|900|These features make up|the speech services.
azure/enrollment_audio_steve.wav|13.48|15.68|17.79|600|Training will provide a better experience with|greater accuracy when talking or dictating.
azure/enrollment_audio_steve.wav|8.17|9.76|13.02|700|The sound of my voice will help|the transcription service to recognize my unique voice in the future.
librispeech/librispeech-1995-1837-0001.wav|0.0|0.86|2.4|800|It was the first|great sorrow of his life.
librispeech/librispeech-1995-1837-0001.wav|2.5|6.39|8.67|500|It was not so much the loss of the cotton itself, but the fantasy,|the hopes, the dreams built around it.
picovoice/test_en.wav|0.55|2.6|3.58|900|Today only platforms one and|three are used.
picovoice/test_en_norm.wav|0.0|3.17|4.67|600|The expression goes six times ten equals sixty,|not six hundred thousand.
picovoice/test_en_norm.wav|4.67|5.69|6.72|700|That gives us a twelve|percent chance.
librivox/sense_and_sensibility_01_austen_64kb-0870.wav|0.1|4.77|6.88|800|And Mister John Dashwood had then leisure to consider how much there might|be prudently in his power to do for them.
speechbrain/spk1_snt1.wav|0.0|1.8|2.98|500|The child almost hurt|the small dog.
speechbrain/spk1_snt2.wav|0.0|1.37|3.17|900|Drop the two|when you add the figures.
speechbrain/spk1_snt3.wav|0.0|1.44|2.78|600|At that high level|the air is pure.
speechbrain/spk1_snt4.wav|0.0|1.71|2.59|700|A thin stripe runs|down the middle.
speechbrain/spk1_snt5.wav|0.0|1.63|2.59|800|Sunday is the best|part of the week.
speechbrain/spk1_snt6.wav|0.0|1.37|2.3|500|The pencils have all|been used.
"""  # noqa: E501
"""File, first second, where it is cut, last second, milliseconds of silence, words before and after."""

READ_PAIRS = """
My policy number is four seven two|700|nine one three.
I would like to|600|change my delivery address.
The accident happened near|800|the central train station.
Could you tell me if|500|my claim was accepted?
I live at number twelve|900|in the old market street.
What I wanted to ask is|700|when the technician will come.
The other driver gave me her name, and|600|the number of her insurance.
It was around|900|seven in the evening.
"""

READ_DICTATIONS = (
    "four seven two|nine one three",
    "zero one seven|five five five|three eight two",
    "five five five|zero one nine nine",
)
DIGIT_GAP_MS = 60
GROUP_GAP_MS = 700
_DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def rows(table: str) -> list[list[str]]:
    """The cells of a table."""
    return [line.split("|") for line in table.strip().splitlines()]


def clip_of(name: str, kind: str, parts: Sequence[Part]) -> Clip:
    """Put recordings and silences together; words are spread over their recording by their letters."""
    sound: list[Samples] = []
    words: list[TimedWord] = []
    position = 0
    for part in parts:
        samples = np.zeros(samples_in(part, RATE_HZ), dtype=np.int16) if isinstance(part, int) else part[0]
        if not isinstance(part, int):
            words += _placed(part[1], position, len(samples))
        sound.append(samples)
        position += len(samples)
    return Clip(name, kind, np.concatenate(sound).tobytes(), tuple(words))


def _placed(said: str | tuple[TimedWord, ...], position: int, samples: int) -> Sequence[TimedWord]:
    if isinstance(said, str):
        return spread_words(said, position, position + samples)
    return [
        TimedWord(word.text, position + word.start_sample, position + min(word.end_sample, samples)) for word in said
    ]


def prompt_hesitations(sounds: AsteriskSounds) -> Iterator[Clip]:
    """Prompts recorded as beginnings, and what goes on after the pause."""
    for first, words, pause, second, rest in rows(PROMPT_PAIRS):
        parts: list[Part] = [(voiced_part(sounds.load(first)), words), int(pause)]
        yield clip_of(first, "pause", [*parts, (voiced_part(sounds.load(second)), rest)])


def cut_sentences(folder: Path = RECORDINGS) -> Iterator[Clip]:
    """Sentences of other people with a silence put in; nothing where the recordings are absent."""
    for name, start, cut, end, pause, head, tail in rows(CUT_SENTENCES):
        try:
            samples = read_recording(folder / name)
        except OSError:
            continue
        first, middle, last = (int(float(second) * RATE_HZ) for second in (start, cut, end))
        parts: list[Part] = [(voiced_part(samples[first:middle]), head), int(pause)]
        yield clip_of(f"{name} {start}", "pause", [*parts, (voiced_part(samples[middle:last]), tail)])


def dictations(sounds: AsteriskSounds, folder: Path = RECORDINGS) -> Iterator[Clip]:
    """Numbers and names dictated in groups by two speakers, one of them only where the recordings are present."""
    for dictated in said.DICTATIONS.split("\n"):
        for speaker in ("asterisk", "alnum") if dictated.strip() else ():
            parts: list[Part] = []
            try:
                for group in dictated.split():
                    for character in group:
                        parts += [_character(character, sounds, folder, speaker), DIGIT_GAP_MS]
                    parts[-1] = GROUP_GAP_MS
            except (OSError, SoundsUnavailable):
                continue
            yield clip_of(f"{speaker} {dictated}", "dictation", parts[:-1])


def _character(character: str, sounds: AsteriskSounds, folder: Path, speaker: str) -> Part:
    word = _DIGIT_WORDS[int(character)] if character.isdigit() else character
    if speaker == "asterisk":
        samples = sounds.load(f"{'digits' if character.isdigit() else 'letters'}/{character}")
    else:
        samples = read_recording(folder / "moonshine_alnum" / f"{word}.wav")
    return voiced_part(samples), word


async def read_hesitations() -> AsyncIterator[Clip]:
    """The synthetic caller, hesitating and dictating.

    Raises:
        pipeline.errors.SynthesisError: The voice failed.
    """
    voice = caller_voice()
    try:
        for head, pause, tail in rows(READ_PAIRS):
            parts: list[Part] = [await read(voice, head), int(pause), await read(voice, tail)]
            yield clip_of(f"read {head}", "pause", parts)
        for dictated in READ_DICTATIONS:
            groups: list[Part] = []
            for group in dictated.split("|"):
                groups += [await read(voice, group), GROUP_GAP_MS]
            yield clip_of(f"read {dictated}", "dictation", groups[:-1])
    finally:
        await voice.close()


async def read(voice: PiperTextToSpeech, text: str) -> tuple[Samples, tuple[TimedWord, ...]]:
    """A text in a synthetic voice, without silence at its ends, and where its words lie."""
    pcm, words = b"", []
    async for speech in voice.synthesize(text):
        start = len(pcm) // 2
        for word in speech.words:
            words.append(TimedWord(word.text, start, len(pcm) // 2 + word.end_sample))
            start = words[-1].end_sample
        pcm += speech.pcm
    # The voice trims its own silence: what is cut off here is shorter than a tenth of a second.
    return voiced_part(np.frombuffer(pcm, dtype="<i2").astype(np.int16)), tuple(words)
