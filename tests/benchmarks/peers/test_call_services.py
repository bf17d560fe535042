"""What stands behind a peer, on a clock that jumps."""

import asyncio

from benchmarks.delayed_services import DELAYS, FIRST_SENTENCE_TOKENS, WORD_MS, answer_tokens
from benchmarks.peers.call_services import CallServices
from tests.support.jumping_time import on_jumping_time

SAID = "Please try again."
WORD_BYTES = WORD_MS * 32


@on_jumping_time
async def test_the_model_writes_the_same_answer_as_for_us() -> None:
    """The tokens are those of our own benchmark, and the last comes when it would there."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    tokens = [token async for token in CallServices(DELAYS["fixed"]).tokens(SAID)]
    assert tuple(tokens) == answer_tokens(SAID)
    assert round(loop.time() - began, 3) == round(0.3 + 0.02 * (len(tokens) - 1), 3)


@on_jumping_time
async def test_only_the_first_sound_of_a_streamed_answer_waits() -> None:
    """Each word has its sound once, marks have none, and the delay is paid once."""
    speech = CallServices(DELAYS["fixed"]).streamed_speech()
    loop = asyncio.get_running_loop()
    began = loop.time()
    sounds = [await speech.sound_of(token) for token in ("Thank", " you", ",", " I")]
    assert [len(sound) for sound in sounds] == [WORD_BYTES, WORD_BYTES, 0, WORD_BYTES]
    assert round(loop.time() - began, 3) == 0.1


@on_jumping_time
async def test_a_streamed_answer_draws_what_its_sentence_would() -> None:
    """Where delays are drawn, tokens get no better luck than sentences."""
    delays = DELAYS["realistic"]
    services = CallServices(delays)
    tokens = [token async for token in services.tokens(SAID)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    await services.streamed_speech().sound_of(tokens[0])
    sentence = "".join(tokens[: len(FIRST_SENTENCE_TOKENS)])
    assert round(loop.time() - began, 4) == round(delays.first_sound_of(sentence) / 1000, 4)
    began = loop.time()
    await services.sound_of(sentence)
    assert round(loop.time() - began, 4) == round(delays.first_sound_of(sentence) / 1000, 4)
