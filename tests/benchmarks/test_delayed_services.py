"""Services of known delay, on a clock that jumps."""

import asyncio

from agent.assistant import Say
from agent.claim import Claim
from agent.dialogue import Dialogue
from benchmarks.delayed_services import (
    ANSWER_TOKENS,
    DELAYS,
    FIRST_CLAUSE_TOKENS,
    FIRST_SENTENCE_TOKENS,
    DelayedAssistant,
    DelayedRecognition,
    DelayedSpeechToText,
    DelayedStreamingVoice,
    DelayedVoice,
    Delays,
    TimedWord,
    answer_tokens,
    floor_ms,
)
from pipeline.chunker import Chunker
from pipeline.ports import Hypothesis
from tests.support.jumping_time import on_jumping_time

WORDS = (TimedWord("hello", 0, 3_200), TimedWord("there", 3_200, 6_400), TimedWord("friend", 16_000, 19_200))
FRAME = bytes(640)


def test_floor() -> None:
    """The floor is the sum of what the services take one after the other."""
    assert floor_ms(DELAYS["ideal"]) == 0
    assert floor_ms(DELAYS["fixed"]) == 100 + 300 + (len(FIRST_CLAUSE_TOKENS) - 1) * 20 + 100
    assert floor_ms(DELAYS["slow_final"]) == floor_ms(DELAYS["fixed"])


def test_the_first_sentence_is_the_first_chunk() -> None:
    """The chunker speaks what the floor counts, when its last token is there; another one speaks a sentence first."""
    tokens = answer_tokens("Please try again.")
    chunker = Chunker(language="en", first_clause_min_characters=8)
    chunks = [chunk for token in tokens[: len(FIRST_CLAUSE_TOKENS)] for chunk in chunker.feed(token)]
    assert chunks == ["".join(tokens[: len(FIRST_CLAUSE_TOKENS)])]
    chunker = Chunker()
    chunks = [chunk for token in tokens for chunk in chunker.feed(token)]
    assert chunks[0].strip() == "".join(tokens[: len(FIRST_SENTENCE_TOKENS)])


def test_every_part_of_an_answer_draws_the_same_delay() -> None:
    """Who speaks a clause first gets no other luck than who speaks a sentence; another answer has its own."""
    delays = DELAYS["realistic"]
    tokens, others = answer_tokens("Please try again."), answer_tokens("No.")
    clause = "".join(tokens[: len(FIRST_CLAUSE_TOKENS)])
    assert delays.first_sound_of(clause) == delays.first_sound_of("".join(tokens))
    assert delays.first_sound_of(clause) != delays.first_sound_of("".join(others))


class Heard:
    """Hypotheses, and when they came."""

    def __init__(self, recognition: DelayedRecognition) -> None:
        self._recognition = recognition
        self.seen: list[tuple[float, Hypothesis]] = []

    async def collect(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        async for hypothesis in self._recognition.hypotheses():
            self.seen.append((round(loop.time() - began, 3), hypothesis))


async def play(recognition: DelayedRecognition, until_sample: int, *, start_at: int, stop_at: int) -> None:
    """Push frames in real time; the hints come when the audio is there."""
    for end in range(320, until_sample + 1, 320):
        await asyncio.sleep(0.020)
        recognition.push(FRAME)
        if end == start_at:
            recognition.speech_started(0)
        if end == stop_at:
            recognition.speech_stopped(6_400)


@on_jumping_time
async def test_words_come_after_their_delay() -> None:
    """A partial has the words that ended so long ago; the final comes when asked for, if it is there by then."""
    recognition = DelayedRecognition(WORDS, DELAYS["fixed"])
    heard = Heard(recognition)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heard.collect())
        await play(recognition, 16_000, start_at=1_600, stop_at=9_600)
        await recognition.close()
    assert [(at, one.text, one.is_final) for at, one in heard.seen] == [
        (0.3, "hello", False),
        (0.5, "hello there", False),
        (0.6, "hello there", True),
    ]
    assert {one.start_sample for _, one in heard.seen} == {0}


@on_jumping_time
async def test_a_word_that_was_told_is_in_the_final() -> None:
    """Its place is a guess: it may lie behind where the detector found the end of the voice."""
    late = (TimedWord("hello", 0, 3_200), TimedWord("there", 6_000, 7_600))
    recognition = DelayedRecognition(late, DELAYS["fixed"])
    heard = Heard(recognition)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heard.collect())
        await play(recognition, 16_000, start_at=1_600, stop_at=12_800)
        await recognition.close()
    assert [(one.text, one.is_final) for _, one in heard.seen][-2:] == [("hello there", False), ("hello there", True)]


@on_jumping_time
async def test_a_slow_final_counts_from_the_last_word() -> None:
    """A final that takes longer than it takes to ask for it is told so long after the last word."""
    recognition = DelayedRecognition(WORDS, DELAYS["slow_final"])
    heard = Heard(recognition)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heard.collect())
        await play(recognition, 24_000, start_at=1_600, stop_at=9_600)
        await recognition.close()
    assert [(at, one.text) for at, one in heard.seen if one.is_final] == [(1.0, "hello there")]


@on_jumping_time
async def test_a_late_word_is_told_after_the_stop() -> None:
    """The recogniser goes on thinking when the server has heard the silence; the final comes when it is due."""
    recognition = DelayedRecognition(WORDS, Delays(partial_ms=400, final_ms=1_000))
    heard = Heard(recognition)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heard.collect())
        await play(recognition, 24_000, start_at=1_600, stop_at=9_600)
        await recognition.close()
    assert [(at, one.text, one.is_final) for at, one in heard.seen] == [
        (0.6, "hello", False),
        (0.8, "hello there", False),
        (1.4, "hello there", True),
    ]


@on_jumping_time
async def test_each_word_belongs_to_one_stretch() -> None:
    """The second stretch has the words that the first had not, and one without words gets an empty final."""
    recognition = DelayedRecognition(WORDS, Delays())
    heard = Heard(recognition)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(heard.collect())
        await play(recognition, 12_800, start_at=1_600, stop_at=9_600)
        recognition.speech_started(12_800)
        await play(recognition, 9_600, start_at=0, stop_at=0)
        recognition.speech_stopped(19_200)
        recognition.speech_started(20_000)
        recognition.speech_stopped(22_000)
        recognition.speech_stopped(22_000)
        await asyncio.sleep(0.1)
        await recognition.close()
    finals = [(one.start_sample, one.text) for _, one in heard.seen if one.is_final]
    assert finals == [(0, "hello there"), (12_800, "friend"), (20_000, "")]


@on_jumping_time
async def test_nothing_is_told_after_the_close() -> None:
    """What is due after the close is forgotten."""
    engine = DelayedSpeechToText(DELAYS["slow_final"], lambda call_id: WORDS)
    recognition = await engine.open("call")
    recognition.speech_started(0)
    for _ in range(20):
        recognition.push(FRAME)
    recognition.speech_stopped(6_400)
    await recognition.close()
    await recognition.close()
    await asyncio.sleep(2)
    assert [one async for one in recognition.hypotheses()] == []


@on_jumping_time
async def test_tokens_come_at_the_models_pace() -> None:
    """The first token after the delay, each further one in its time, however long the reader takes for one."""
    loop = asyncio.get_running_loop()
    began, at = loop.time(), []
    async for output in DelayedAssistant(DELAYS["fixed"]).reply(Dialogue(Claim(())), "hello"):
        assert isinstance(output, Say)
        at.append(round(loop.time() - began, 3))
        if len(at) == 3:
            await asyncio.sleep(0.015)
    assert at == [round(0.3 + 0.02 * n, 3) for n in range(len(ANSWER_TOKENS))]


@on_jumping_time
async def test_the_voice_waits_and_speaks() -> None:
    """The sound comes after the delay; without one, at once."""
    loop = asyncio.get_running_loop()
    for name, delay_s in (("fixed", 0.1), ("ideal", 0.0)):
        began = loop.time()
        (speech,) = [each async for each in DelayedVoice(DELAYS[name]).synthesize("well then")]
        assert round(loop.time() - began, 3) == delay_s
        assert len(speech.words) == 2


@on_jumping_time
async def test_a_voice_that_takes_tokens_begins_with_the_first() -> None:
    """The delay is paid once and is that of the answer; marks have no sound."""
    loop = asyncio.get_running_loop()
    delays, tokens = DELAYS["realistic"], answer_tokens("No.")
    stream = await DelayedStreamingVoice(delays).open_stream()
    began, heard_at, words = loop.time(), [], 0

    async def write() -> None:
        for token in tokens:
            await stream.write(token)
        await stream.end()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(write())
        async for speech in stream.speeches():
            heard_at.append(loop.time() - began)
            words += len(speech.words)
    assert round(heard_at[0], 4) == round(heard_at[-1], 4) == round(delays.first_sound_of("".join(tokens)) / 1000, 4)
    assert words == sum(any(character.isalnum() for character in token) for token in tokens)
