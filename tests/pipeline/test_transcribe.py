import asyncio

from pipeline.events import RecognitionLost, TextRecognised
from pipeline.transcribe import Transcription
from tests.support.fakes import FakeSpeechToText
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
