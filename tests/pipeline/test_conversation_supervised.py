"""Conversations that a supervisor listens to, whispers into and takes over."""

import asyncio

import numpy as np

from agent.assistant import Say
from agent.dialogue import Persona
from pipeline.events import GivenBack, Supervised, TakenOver, Whispered
from pipeline.records import BargedIn, Record
from pipeline.records import GivenBack as WasGivenBack
from pipeline.records import TakenOver as WasTakenOver
from pipeline.records import Whispered as WasWhispered
from pipeline.reply import FixedPhrases
from tests.pipeline.scene import Scene
from tests.support.fakes import FakeAssistant, loud

HUMAN_LEFT = FixedPhrases().human_left


class Watched(Scene):
    """Somebody does something at these seconds; what they say is said as long as the floor is theirs."""

    deeds: tuple[tuple[float, Supervised], ...] = ()
    says_at_s: float = 0.0
    began: float = 0.0

    def before(self, tasks: asyncio.TaskGroup) -> None:
        async def act() -> None:
            for at_s, deed in self.deeds:
                await asyncio.sleep(at_s - (asyncio.get_running_loop().time() - self.began))
                await self.conversation.happened(deed)

        async def speak() -> None:
            await asyncio.sleep(self.says_at_s)
            for _ in range(25):
                self.tap.speak(loud(20))
                await asyncio.sleep(0.02)

        self.began = asyncio.get_running_loop().time()
        tasks.create_task(act())
        if self.says_at_s:
            tasks.create_task(speak())

    def sent_between(self, from_s: float, until_s: float) -> int:
        """Milliseconds of sound that was sent to the caller meanwhile."""
        sent = [pcm for at, pcm in self.line.sent if from_s <= at - self.began < until_s]
        return sum(20 for pcm in sent if np.any(np.frombuffer(pcm, dtype="<i2")))


def test_a_whisper_is_known_to_the_next_reply() -> None:
    """And to those after it; it is in the record, and never spoken."""
    scene = Watched(["It broke.", "And now?"], FakeAssistant([Say("I see.")], [Say("A tow truck.")]))
    scene.deeds = ((3.5, Whispered("Offer a tow truck.")),)
    scene.play(("waits", 1_500), ("speaks", 600), ("waits", 2_500), ("speaks", 600), ("waits", 2_500))
    assert [dialogue.whispers for _, dialogue in scene.assistant.asked] == [(), ("Offer a tow truck.",)]
    assert scene.said() == ["Hello there.", "I see.", "A tow truck."]
    assert [record.text for record in scene.records.of(WasWhispered)] == ["Offer a tow truck."]
    assert scene.failures() == []


def test_what_nobody_can_go_by_is_told_to_be_so() -> None:
    """A script without a rule for it."""
    scene = Watched(["It broke."], follows=lambda dialogue, whisper: whisper == "hand over")
    scene.deeds = ((1.0, Whispered("hand over")), (1.1, Whispered("be kind")))
    scene.play(("waits", 2_000))
    assert [record.is_understood for record in scene.records.of(WasWhispered)] == [True, False]


def test_a_supervisor_takes_over_and_gives_back() -> None:
    """Our voice stops amid its answer; theirs is heard; what is said then is kept, and known when we go on."""
    long = "One two three four five six seven eight nine ten eleven twelve."
    texts = ["It broke.", "Who are you?", "Thank you."]
    scene = Watched(texts, FakeAssistant([Say(long)], [Say("You are welcome.")]))
    scene.deeds, scene.says_at_s = ((3.0, TakenOver()), (30.0, GivenBack())), 4.0
    talk = (("waits", 1_500), ("speaks", 600), ("waits", 3_400), ("speaks", 600), ("waits", 28_000))
    scene.play(*talk, ("speaks", 600), ("waits", 3_000))
    assert scene.sent_between(3.05, 3.95) == 0
    assert scene.sent_between(3.95, 4.6) == 500
    assert scene.sent_between(4.7, 29.9) == 0, "no answer, no nudge"
    assert scene.heard() == ["It broke.", "Who are you?", "Thank you."]
    said = scene.said()
    assert said[0] == "Hello there."
    assert long.startswith(said[1])
    assert said[2:] == [HUMAN_LEFT, "You are welcome."]
    last = scene.assistant.asked[-1][1].messages
    assert [message.text for message in last if message.persona is Persona.CALLER] == ["It broke.", "Who are you?"]
    assert any(message.persona is Persona.SUPERVISOR for message in last)
    kinds: list[type[Record]] = [WasTakenOver, WasGivenBack]
    assert [type(record) for record in scene.records.seen if type(record) in kinds] == kinds
    assert scene.records.of(BargedIn) == [], "nobody has interrupted"
    assert scene.failures() == []
    assert scene.tasks_left == set()
