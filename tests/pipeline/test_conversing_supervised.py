"""A model that hears and speaks by itself, in calls that a supervisor whispers into and takes over."""

import asyncio

from pipeline.events import GivenBack, TakenOver, Whispered
from pipeline.records import StageFailed
from pipeline.reply import FixedPhrases
from tests.pipeline.test_conversing import HELLO, FakeModel, Scene, says

HUMAN_LEFT = FixedPhrases().human_left


class Whispering(Scene):
    """A supervisor whispers after the first answer."""

    async def beside(self) -> None:
        await asyncio.sleep(3.0)
        await self.conversation.happened(Whispered("Offer a tow truck."))


def test_a_whisper_stands_in_the_instructions_of_the_next_answer() -> None:
    """The session goes on: what was said in it is known there."""
    scene = Whispering(FakeModel(HELLO, says("One.", "i2"), says("Two.", "i3")), ["One.", "Two."])
    scene.play(("waits", 1_000), ("speaks", 600), ("waits", 3_000), ("speaks", 600), ("waits", 2_500))
    assert scene.said() == ["Hello there.", "One.", "Two."]
    assert ["Offer a tow truck." in each for each in scene.model.instructions] == [False, False, True]
    assert len(scene.model.sessions) == 1


class Taking(Scene):
    """A supervisor speaks with the caller for five seconds."""

    async def beside(self) -> None:
        await asyncio.sleep(3.0)
        await self.conversation.happened(TakenOver())
        await asyncio.sleep(0.5)
        self.heard_before = self.model.sessions[0].heard_bytes
        await asyncio.sleep(4.5)
        await self.conversation.happened(GivenBack())


def test_a_model_hears_nothing_of_a_human_and_is_told_of_it_afterwards() -> None:
    """Its session ends, without having failed; the next one knows what was said."""
    scene = Taking(FakeModel(HELLO, says("One.", "i2"), says("Two.", "i3")), ["One.", "Who are you?", "Two."])
    talk = (("waits", 1_000), ("speaks", 600), ("waits", 2_400), ("speaks", 600), ("waits", 6_000))
    scene.play(*talk, ("speaks", 600), ("waits", 2_500))
    assert scene.said() == ["Hello there.", "One.", HUMAN_LEFT, "Two."]
    first, _ = scene.model.sessions
    assert (first.is_closed, first.heard_bytes) == (True, scene.heard_before)
    assert [message.text for message in scene.model.known[1]][:4] == ["Hello there.", "One.", "One.", "Who are you?"]
    assert "A human colleague has just spoken with the caller" in scene.model.instructions[-1]
    assert scene.records.of(StageFailed) == []
    assert scene.tasks_left == set()
