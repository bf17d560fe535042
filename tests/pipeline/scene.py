"""A whole conversation on a virtual clock: in-memory line, scripted services, the real machine between."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from agent.assistant import Assistant
from agent.dialogue import Dialogue
from agent.search import Search
from media.tap import Tap
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.phrases import PhraseBook
from pipeline.ports import TextToSpeech, TurnDetector
from pipeline.records import (
    AssistantSaid,
    CallerHeard,
    StageFailed,
)
from tests.support.fakes import (
    AT,
    FakeAssistant,
    FakeLine,
    FakeSpeechToText,
    FakeVoice,
    Loudness,
    Records,
    empty_dialogue,
)
from tests.support.jumping_time import run_virtually


@dataclass
class Scene:
    """One call with everything that a test may look at."""

    texts: list[str] = field(default_factory=list)
    assistant: FakeAssistant = field(default_factory=FakeAssistant)
    voice: TextToSpeech = field(default_factory=FakeVoice)
    records: Records = field(default_factory=Records)
    tasks_left: set[str] = field(default_factory=set)
    follows: Callable[[Dialogue, str], bool] = lambda dialogue, whisper: True
    """Whether a whisper is understood."""
    phrases: PhraseBook = field(default_factory=PhraseBook)
    turn_detector: TurnDetector | None = None
    search: Search | None = None
    in_front: Callable[[Assistant], Assistant] = lambda assistant: assistant
    """Who stands before the assistant."""
    languages: tuple[str, ...] = ()
    """What the call can be held in."""
    language_heard: str = ""
    """What the recogniser finds out."""
    # Both voices are the same square wave: an echo canceller would take the caller's.
    settings: ConversationSettings = field(default_factory=lambda: ConversationSettings(is_echo_cancelled=False))
    current_settings: Callable[[], ConversationSettings] | None = None
    tap: Tap = field(default_factory=Tap)

    def play(self, *parts: tuple[str, int], **settings: object) -> str:
        return run_virtually(self._play(*parts))

    async def _play(self, *parts: tuple[str, int]) -> str:
        now = asyncio.get_running_loop().time
        self.ears = FakeSpeechToText(self.texts, language=self.language_heard)
        self.line = FakeLine(now)
        self.conversation = Conversation(
            "call-1",
            self.line,
            replace(empty_dialogue(), languages=self.languages),
            services=Services(
                speech_to_text=self.ears,
                text_to_speech=self.voice,
                assistant=self.in_front(self.assistant),
                new_detector=Loudness,
                observer=self.records,
                now=now,
                utc_now=lambda: AT,
                turn_detector=self.turn_detector,
                search=self.search,
                phrases=self.phrases,
                follows=self.follows,
            ),
            settings=self.settings,
            current_settings=self.current_settings,
            tap=self.tap,
        )
        async with asyncio.TaskGroup() as tasks:
            caller = tasks.create_task(self.line.caller(*parts))
            self.before(tasks)
            reason = await self.conversation.run()
            caller.cancel()
            self.tasks_left = {task.get_name() for task in asyncio.all_tasks() if "call-1" in task.get_name()}
        return reason

    def before(self, tasks: asyncio.TaskGroup) -> None:
        """What else happens during the call."""

    def said(self) -> list[str]:
        return [record.text for record in self.records.of(AssistantSaid)]

    def heard(self) -> list[str]:
        return [record.text for record in self.records.of(CallerHeard) if record.is_final]

    def failures(self) -> list[tuple[str, str]]:
        return [(record.stage, record.reason) for record in self.records.of(StageFailed)]
