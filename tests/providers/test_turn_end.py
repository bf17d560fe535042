import asyncio
from threading import Event, current_thread, main_thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.errors import InferenceClosed, InferenceFailed, WeightsNotFound
from providers.turn_end import TurnEndModel, TurnEndWords, fuse, is_decided
from vad.end_of_turn import EndOfTurn
from vad.sentence_end import NEUTRAL

PCM = bytes(3_200)
UNSURE = "near the old bridge"
"""Words that may be all, or not."""

probabilities = st.floats(0, 1)


class FakeVoice:
    """Says what the test wants; waits where the test wants."""

    def __init__(self, probability: float = 0.5, *, error: Exception | None = None) -> None:
        self.value = probability
        self.error = error
        self.heard: list[bytes] = []
        self.may_answer = Event()
        self.may_answer.set()
        self.was_on_main_thread = False

    def probability(self, pcm: bytes) -> float:
        self.heard.append(pcm)
        self.was_on_main_thread |= current_thread() is main_thread()
        assert self.may_answer.wait(10)
        if self.error is not None:
            raise self.error
        return self.value


async def test_the_voice_decides_where_words_do_not() -> None:
    """A falling voice makes the same words rather finished than a level one."""
    voice = FakeVoice()
    model = TurnEndModel(load_voice_model=lambda: voice)
    voice.value = 0.95
    falling = await model.finished(PCM, UNSURE)
    voice.value = 0.05
    level = await model.finished(PCM, UNSURE)
    assert falling > 0.5 > level
    assert voice.heard == [PCM, PCM]
    assert not voice.was_on_main_thread
    await model.close()


@pytest.mark.parametrize("text", ["Yeah.", "no thanks", "my number is four seven two", "I would like to", "um"])
async def test_words_that_decide_ask_nobody(text: str) -> None:
    """A "yes", half a number, an open sentence: the voice is not asked."""
    voice = FakeVoice(0.5)
    model = TurnEndModel(load_voice_model=lambda: voice)
    finished = await model.finished(PCM, text)
    assert finished < 0.05 or finished > 0.95
    assert voice.heard == []
    await model.close()


async def test_a_yes_is_finished_although_it_sounds_open() -> None:
    """A "Yeah." is answered at once, whatever the voice model believes."""
    model = TurnEndModel(load_voice_model=lambda: FakeVoice(0.001))
    assert EndOfTurn().wait_ms(await model.finished(PCM, "Yeah.")) <= 210
    await model.close()


@pytest.mark.parametrize(
    "text", ["four seven two", "my number is 472 913", "two", "zero one seven six five five five zero one nine"]
)
async def test_digits_are_waited_for_although_they_sound_closed(text: str) -> None:
    """A group of digits ends with a falling voice; the next group may take 700 ms."""
    model = TurnEndModel(load_voice_model=lambda: FakeVoice(0.999))
    assert EndOfTurn().wait_ms(await model.finished(PCM, text)) > 1_000
    await model.close()


async def test_without_words_the_voice_alone_is_heard() -> None:
    """No text yet, or a language without rules: the voice may go far to either side."""
    voice = FakeVoice(0.99)
    for model, text in (
        (TurnEndModel(load_voice_model=lambda: voice), ""),
        (TurnEndModel(language="fi", load_voice_model=lambda: voice), "minun nimeni on"),
    ):
        voice.value = 0.99
        assert await model.finished(PCM, text) > 0.85
        voice.value = 0.01
        assert await model.finished(PCM, text) < 0.15
        await model.close()


async def test_without_sound_the_words_alone_are_heard() -> None:
    """No audio is no evidence."""
    voice = FakeVoice()
    model = TurnEndModel(load_voice_model=lambda: voice)
    assert await model.finished(b"", UNSURE) == await model.finished(b"", UNSURE)
    assert voice.heard == []
    await model.close()


async def test_too_many_waiting_are_answered_by_words() -> None:
    """One works, one waits, the third does not queue: it has its answer at once."""
    voice = FakeVoice(0.99)
    voice.may_answer.clear()
    model = TurnEndModel(threads=1, most_waiting=1, load_voice_model=lambda: voice)
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(model.finished(PCM, UNSURE))
        waiting = tasks.create_task(model.finished(PCM, UNSURE))
        await asyncio.sleep(0)
        by_words = await model.finished(PCM, UNSURE)
        assert model.by_words_alone == 1
        voice.may_answer.set()
    assert working.result() == waiting.result() > by_words
    await model.close()


async def test_a_request_that_is_replaced_leaves_the_queue() -> None:
    """A cancelled request that waited is never judged, and its place is free again."""
    voice = FakeVoice()
    voice.may_answer.clear()
    model = TurnEndModel(threads=1, most_waiting=1, load_voice_model=lambda: voice)
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(model.finished(b"\1\1", UNSURE))
        stale = tasks.create_task(model.finished(b"\2\2", UNSURE))
        await asyncio.sleep(0)
        stale.cancel()
        await asyncio.sleep(0)
        fresh = tasks.create_task(model.finished(b"\3\3", UNSURE))
        await asyncio.sleep(0)
        voice.may_answer.set()
    assert working.done()
    assert fresh.done()
    assert stale.cancelled()
    assert voice.heard == [b"\1\1", b"\3\3"]
    assert model.by_words_alone == 0
    await model.close()


async def test_a_failing_model_leaves_the_words() -> None:
    """A run that fails costs the voice, not the turn."""
    model = TurnEndModel(load_voice_model=lambda: FakeVoice(error=InferenceFailed("broken by the test")))
    assert await model.finished(PCM, UNSURE) == await model.finished(b"", UNSURE)
    assert model.by_words_alone == 1
    await model.close()


async def test_loads_once() -> None:
    """Warming up loads and runs the model; later requests use it."""
    voice, loaded = FakeVoice(), []

    def load() -> FakeVoice:
        loaded.append(1)
        return voice

    model = TurnEndModel(load_voice_model=load)
    assert not loaded
    await model.warm_up()
    assert len(voice.heard) == 1
    await model.finished(PCM, UNSURE)
    assert loaded == [1]
    await model.close()


async def test_missing_weights_are_told_at_warm_up() -> None:
    """A server without the weights learns it before the first call."""

    def load() -> FakeVoice:
        raise WeightsNotFound("pipecat-ai", "model.onnx", "the test took it")

    model = TurnEndModel(load_voice_model=load)
    with pytest.raises(WeightsNotFound):
        await model.warm_up()
    await model.close()


async def test_refuses_work_when_closed() -> None:
    """Closing may be done twice; after it the voice cannot be asked."""
    model = TurnEndModel(load_voice_model=FakeVoice)
    await model.close()
    await model.close()
    with pytest.raises(InferenceClosed):
        await model.finished(PCM, UNSURE)


async def test_the_installed_model() -> None:
    """The real weights load, and a question is answered with a probability."""
    model = TurnEndModel()
    await model.warm_up()
    assert 0 < await model.finished(bytes(64_000), UNSURE) < 1
    assert model.by_words_alone == 0
    await model.close()


@given(probabilities, probabilities, probabilities)
def test_more_voice_is_never_less(words: float, one: float, other: float) -> None:
    """What the fusion says rises with the voice."""
    assert fuse(words, max(one, other)) >= fuse(words, min(one, other))


@given(probabilities.filter(lambda p: p != NEUTRAL), probabilities.filter(lambda p: p != NEUTRAL), st.just(None))
def test_more_words_are_never_less(one: float, other: float, voice: float | None) -> None:
    """What the fusion says rises with the words."""
    assert fuse(max(one, other), voice) >= fuse(min(one, other), voice)


@given(probabilities, st.none() | probabilities)
def test_gives_a_probability(words: float, voice: float | None) -> None:
    """Whatever both say, the result lies between 0 and 1."""
    assert 0 <= fuse(words, voice) <= 1


def test_decided() -> None:
    """Only what is surely open or surely closed is decided by words."""
    assert is_decided(0.01)
    assert is_decided(0.95)
    assert not is_decided(0.1)
    assert not is_decided(0.9)


def test_the_words_alone_are_on_the_models_scale() -> None:
    """What decides without the voice decides the same way; an unknown language says nothing."""
    words = TurnEndWords()
    assert words.finished("Yes, please.") > 0.8
    assert words.finished("My name is") < 0.2
    assert 0.3 < TurnEndWords("fi").finished("minun nimeni on") < 0.5


async def test_each_text_is_judged_by_its_own_language() -> None:
    """Thanks in French are no half sentence in English; a language whose words are not known is left to the voice."""
    words = TurnEndWords()
    assert words.finished("merci beaucoup", "fr-FR") > 0.8
    assert words.finished("je voudrais parler à", "fr") < 0.2
    assert words.finished("Yes, please.", "en-GB") == words.finished("Yes, please.")
    # To the English ear this is surely open: "on" asks for more.
    assert words.finished("minun nimeni on") < 0.2 < words.finished("minun nimeni on", "fi-FI")
    for heard in (0.1, 0.9):
        model = TurnEndModel(load_voice_model=lambda heard=heard: FakeVoice(heard))  # type: ignore[misc]
        assert (await model.finished(PCM, "minun nimeni on", "fi-FI") > 0.5) is (heard > 0.5)
        await model.close()
