import asyncio

import pytest

from pipeline.errors import RecognitionError
from pipeline.events import RecognitionLost, TextRecognised
from pipeline.transcribe import Transcription
from tests.support.fakes import FakeRecognition, FakeSpeechToText
from tests.support.jumping_time import run_virtually


def test_positions_stay_those_of_the_call_after_a_failure() -> None:
    """A recognition that was opened late counts from its own start; the events count from the call's."""

    async def call() -> tuple[list[object], list[Exception], FakeSpeechToText]:
        engine = FakeSpeechToText(["One.", "Two."], delay_s=0.01, language="fr-FR")
        events: asyncio.Queue[TextRecognised | RecognitionLost] = asyncio.Queue()
        failures: list[Exception] = []
        stage = Transcription(engine, "c", emit=events.put, on_failure=failures.append)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(stage.run())
            await asyncio.sleep(1)
            stage.push(bytes(32_000))
            stage.speech_started(4_000)
            stage.speech_stopped(8_000)
            await asyncio.sleep(1)
            engine.opened[0].fail()
            await asyncio.sleep(0.05)
            stage.push(bytes(3_200))  # lost: nothing is open
            stage.speech_started(9_000)
            await asyncio.sleep(1)
            stage.speech_started(20_000)
            stage.speech_stopped(25_000)
            await asyncio.sleep(1)
            task.cancel()
        return [events.get_nowait() for _ in range(events.qsize())], failures, engine

    events, failures, engine = run_virtually(call())
    assert events == [
        TextRecognised(4_000, 4_000, "One.", is_final=False, language="fr-FR"),
        TextRecognised(4_000, 8_000, "One.", is_final=True, language="fr-FR"),
        RecognitionLost(),
        TextRecognised(20_000, 20_000, "Two.", is_final=False, language="fr-FR"),
        TextRecognised(20_000, 25_000, "Two.", is_final=True, language="fr-FR"),
    ]
    assert len(failures) == 1
    assert [recognition.is_closed for recognition in engine.opened] == [True, True]


async def switched(engine: FakeSpeechToText, *, goes_on: bool) -> list[TextRecognised | RecognitionLost]:
    """A stretch in one language, whose text is late; then another is listened for, perhaps amid the next stretch."""
    events: asyncio.Queue[TextRecognised | RecognitionLost] = asyncio.Queue()
    failures: list[Exception] = []
    stage = Transcription(engine, "c", emit=events.put, on_failure=failures.append, languages=("en-US", "fr-FR"))
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(stage.run())
        await asyncio.sleep(0.01)
        stage.push(bytes(16_000))
        stage.speech_started(1_000)
        stage.speech_stopped(7_000)
        stage.push(bytes(16_000))
        if goes_on:
            stage.speech_started(10_000)
        stage.listen_for(("fr-FR",))
        await asyncio.sleep(0.01)
        stage.push(bytes(16_000))
        if not goes_on:
            stage.speech_started(17_000)
        stage.speech_stopped(22_000)
        await asyncio.sleep(8)
        task.cancel()
    assert failures == []
    return [events.get_nowait() for _ in range(events.qsize())]


@pytest.mark.parametrize("goes_on", [False, True])
def test_another_language_loses_nothing(goes_on: bool) -> None:
    """What was said before is told by the old recognition; what goes on is heard from its begin by the new one."""
    engine = FakeSpeechToText(["French, please.", "D'accord, merci."], delay_s=1.0, language="")
    events = run_virtually(switched(engine, goes_on=goes_on))
    assert engine.listened_for == [("en-US", "fr-FR"), ("fr-FR",)]
    finals = [event for event in events if isinstance(event, TextRecognised) and event.is_final]
    begins = 10_000 if goes_on else 17_000
    assert finals == [
        TextRecognised(1_000, 7_000, "French, please.", is_final=True),
        TextRecognised(begins, 22_000, "D'accord, merci.", is_final=True, language="fr-FR"),
    ]
    assert RecognitionLost() not in events
    assert [recognition.is_closed for recognition in engine.opened] == [True, True]
    heard_again = 16_000 - begins if goes_on else 0
    assert [recognition.pushed_bytes for recognition in engine.opened] == [48_000, 16_000 + 2 * heard_again]


def test_a_recognition_that_owes_a_text_is_not_waited_for_for_ever() -> None:
    """It is closed after some seconds, and the new one has been there all the time."""
    engine = FakeSpeechToText(["never told", "Merci."], delay_s=60.0)
    events = run_virtually(switched(engine, goes_on=False))
    assert [event for event in events if isinstance(event, RecognitionLost)] == []
    assert engine.opened[0].is_closed


def test_a_language_that_cannot_be_had_leaves_the_old_one() -> None:
    """The failure is told; who listened goes on."""

    class English(FakeSpeechToText):
        async def open(self, call_id: str, languages: tuple[str, ...] = ()) -> FakeRecognition:
            if "fr-FR" in languages:
                raise RecognitionError("English only")
            return await super().open(call_id, languages)

    async def call() -> tuple[list[TextRecognised | RecognitionLost], int]:
        events: asyncio.Queue[TextRecognised | RecognitionLost] = asyncio.Queue()
        failures: list[Exception] = []
        stage = Transcription(English(["Hello."]), "c", emit=events.put, on_failure=failures.append)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(stage.run())
            await asyncio.sleep(0.01)
            stage.listen_for(("fr-FR",))
            await asyncio.sleep(0.05)
            stage.push(bytes(32_000))
            stage.speech_started(1_000)
            stage.speech_stopped(9_000)
            await asyncio.sleep(1)
            task.cancel()
        return [events.get_nowait() for _ in range(events.qsize())], len(failures)

    events, failures = run_virtually(call())
    assert [event.text for event in events if isinstance(event, TextRecognised) and event.is_final] == ["Hello."]
    assert RecognitionLost() not in events
    assert failures >= 1
