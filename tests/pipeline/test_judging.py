import asyncio

from pipeline.commands import JudgeTurn
from pipeline.events import TurnScored
from pipeline.judging import Judging
from tests.support.jumping_time import on_jumping_time


class Slow:
    """Takes a second for each question; notes them."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.languages: list[str] = []

    async def warm_up(self) -> None:
        pass

    async def finished(self, pcm: bytes, text: str, language: str = "") -> float:
        self.asked.append(text)
        self.languages.append(language)
        await asyncio.sleep(1)
        if text == "bad":
            raise ValueError("broken by the test")
        return 0.7


@on_jumping_time
async def test_the_newest_question_replaces_what_waits() -> None:
    """A judgement of a silence that is over helps nobody; a failure is told and survived."""
    model, scored, failures = Slow(), asyncio.Queue[TurnScored](), list[Exception]()
    judging = Judging(model, recent=lambda: b"", emit=scored.put, on_failure=failures.append)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(judging.run())
        judging.ask(JudgeTurn(1, "one"))
        await asyncio.sleep(0.5)
        judging.ask(JudgeTurn(2, "two"))
        judging.ask(JudgeTurn(3, "bad"))
        await asyncio.sleep(3)
        judging.ask(JudgeTurn(4, "four", "fr-FR"))
        await asyncio.sleep(3)
        task.cancel()
    assert model.asked == ["one", "bad", "four"]
    assert model.languages == ["", "", "fr-FR"]
    assert [scored.get_nowait() for _ in range(scored.qsize())] == [
        TurnScored(1, 0.7, "one"),
        TurnScored(4, 0.7, "four"),
    ]
    assert [type(error) for error in failures] == [ValueError]


@on_jumping_time
async def test_without_a_model_nothing_is_asked() -> None:
    """The words decide alone."""
    scored = asyncio.Queue[TurnScored]()
    judging = Judging(None, recent=lambda: b"", emit=scored.put, on_failure=lambda error: None)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(judging.run())
        judging.ask(JudgeTurn(1, "one"))
        await asyncio.sleep(1)
        task.cancel()
    assert scored.empty()
