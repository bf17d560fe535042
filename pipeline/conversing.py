"""Conversing: a model that hears and speaks by itself, as one stage in the place of words and voice.

    Listening ─► CallerSound ─► session ─► SpokenItems ─► Playing
                  (turns are ours: it is told when one is over, and how much of an answer was heard)

The session lives as long as the call; one that is lost is opened again and told what was
said. Meanwhile the call goes on with our own assistant and voice.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import assert_never

from agent.assistant import Decline, EndCall, Output, Say
from agent.chat import ToolCall, ToolResult
from agent.dialogue import Dialogue
from agent.errors import AssistantError, ModelBrokeOff, ModelUnavailable
from agent.foresight import foreseen
from agent.voice_led import VoiceLed
from media.level import first_audible_sample
from media.playout import Word
from media.resample import Resampler
from pipeline.caller_sound import CallerSound
from pipeline.commands import Cause, StartReply
from pipeline.ports import ItemSpoken, SpeechModel, SpeechSession, SpokenSound, SpokenText, Used
from pipeline.reply import Effect
from pipeline.speak import SpokenPiece
from pipeline.spoken_items import SpokenItems

_RETRY_AFTER_S = (0.1, 0.5, 2.0, 5.0)
_READY_WITHIN_S = 2.0
"""So long the first words wait for the connection; then our own voice says them."""
_READY_AGAIN_WITHIN_S = 0.3
"""Later a session that was lost is waited for no longer than for a moment: the caller has asked something."""
_ROUNDS_MAX = 4
"""With the model in one reply; in the last one it is offered no tools, so it has to talk."""
_COMMITS_REMEMBERED = 8
_OWN_CAUSES = frozenset({Cause.GREETING, Cause.ANSWER, Cause.NUDGE})


class Conversing:
    """One call's dialogue with such a model."""

    def __init__(
        self,
        model: SpeechModel,
        mind: VoiceLed,
        call_id: str,
        *,
        line_rate_hz: int,
        hearing_rate_hz: int,
        dialogue: Callable[[], Dialogue],
        inform: Callable[[Dialogue, str], Awaitable[Dialogue]],
        on_transcript: Callable[[int, str], None],
        on_usage: Used,
        on_budget_spent: Callable[[str], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        self._model = model
        self._mind = mind
        self._call_id = call_id
        self._line_rate = line_rate_hz
        self._to_model = Resampler(from_hz=line_rate_hz, to_hz=model.sample_rate_hz)
        self._sound = CallerSound(sample_rate_hz=model.sample_rate_hz, hearing_rate_hz=hearing_rate_hz)
        self._dialogue = dialogue
        self._inform = inform
        self._on_transcript = on_transcript
        self._on_usage = on_usage
        self._on_budget_spent = on_budget_spent
        self._on_failure = on_failure
        self._session: SpeechSession | None = None
        self._connected = asyncio.Event()
        self._is_wanted = asyncio.Event()
        self._is_wanted.set()
        self._until_pause: asyncio.Timeout | None = None
        self._failures = 0
        """Since it last said something: a session that opens and falls at once is no success."""
        self._items = SpokenItems(line_rate_hz=line_rate_hz)
        self._turns: deque[tuple[int, int, str]] = deque(maxlen=_COMMITS_REMEMBERED)
        """Number of the commit, turn, and what was understood of it."""

    # -- the session --------------------------------------------------------------------

    async def run(self) -> None:
        """Keep a session open until cancelled."""
        while True:
            await self._is_wanted.wait()
            session: SpeechSession | None = None
            try:
                messages = self._mind.remembered(self._dialogue())
                session = await self._model.open(self._call_id, messages, self._transcribed, self._on_usage)
                self._sound.begin_anew()
                self._turns.clear()
                self._session = session
                self._connected.set()
                if self._is_wanted.is_set():
                    async with asyncio.timeout(None) as self._until_pause:
                        await session.run()
                        raise ModelBrokeOff("the session ended before the call")
                continue
            except TimeoutError:
                continue  # paused
            except AssistantError as error:
                self._on_failure(error)
            finally:
                self._until_pause = None
                self._connected.clear()
                self._session = None
                if session is not None:
                    await session.close()
            await asyncio.sleep(_RETRY_AFTER_S[min(self._failures, len(_RETRY_AFTER_S) - 1)])
            self._failures += 1

    def pause(self) -> None:
        """A human speaks with the caller: the model hears nothing of it. The session ends."""
        self._is_wanted.clear()
        if self._until_pause is not None:
            self._until_pause.reschedule(asyncio.get_running_loop().time())

    def resume(self) -> None:
        """Open a session again; it is told what was said meanwhile."""
        self._is_wanted.set()

    def refuses(self, order: StartReply) -> bool:
        """Whether this is an attack that the model is not to answer; what it has heard of it is not committed."""
        return order.cause is Cause.ANSWER and self._mind.refuses(self._dialogue(), order.text)

    async def is_ready_for(self, cause: Cause) -> bool:
        """Whether the model can say this, and may; what is said because it failed, it cannot."""
        if limit := self._mind.spent_limit(self._dialogue()):
            self._on_budget_spent(limit)
        if limit or cause not in _OWN_CAUSES:
            return False
        try:
            async with asyncio.timeout(_READY_WITHIN_S if cause is Cause.GREETING else _READY_AGAIN_WITHIN_S):
                await self._connected.wait()
        except TimeoutError:
            return False
        return True

    # -- the caller's sound -------------------------------------------------------------

    def push(self, pcm: bytes) -> None:
        """Take the next sound of the caller, at the line's rate."""
        self._append(self._sound.push(self._to_model.feed(pcm)))

    def speech_started(self, onset_sample: int) -> None:
        """The caller speaks, or goes on, since then."""
        self._append(self._sound.speech_started(onset_sample))

    def speech_stopped(self) -> None:
        """The caller is silent."""
        self._sound.speech_stopped()

    def _append(self, pcm: bytes) -> None:
        if pcm and self._session is not None:
            self._session.append(pcm)

    def _commit(self, session: SpeechSession, order: StartReply) -> None:
        sound = self._sound.turn(order.turn_began_sample)
        if sound.is_anew:
            session.clear()
        if sound.pcm:
            session.append(sound.pcm)
        if sound.is_heard:
            self._turns.append((session.commit(), order.turn, ""))
        elif order.text:
            session.add_text(order.text)

    def _transcribed(self, commit: int, text: str) -> None:
        """What the service has understood; a turn may have been committed in several pieces."""
        turn = next((each for number, each, _ in self._turns if number == commit), None)
        if turn is None:
            return
        self._turns = deque(
            ((number, each, text if number == commit else before) for number, each, before in self._turns),
            maxlen=_COMMITS_REMEMBERED,
        )
        texts = [understood for _, each, understood in self._turns if each == turn]
        if all(texts):
            self._on_transcript(turn, " ".join(texts))

    # -- one reply ----------------------------------------------------------------------

    async def reply(
        self, order: StartReply, dialogue: Dialogue
    ) -> AsyncGenerator[tuple[str, SpokenPiece] | SpokenText | ItemSpoken | Decline | Effect, None]:
        """Let it answer: sound with the item that it is of, words as they come, and effects.

        Its words are judged as they come, mostly ahead of their sound; with ``Decline`` it is stopped, and the
        rest is ours to say.

        Raises:
            agent.errors.AssistantError: It failed, or said nothing.
        """
        if order.cause is Cause.ANSWER:
            dialogue = await self._mind.informed(await self._inform(dialogue, order.text))
        session = self._session
        if session is None:
            raise ModelUnavailable("there is no session")
        self._items = SpokenItems(line_rate_hz=self._line_rate)
        instructions, outputs = await self._begin(session, order, dialogue)
        for output in outputs:
            if not isinstance(output, Say | Decline):
                yield output
        is_answer = order.cause is Cause.ANSWER
        to_line = Resampler(from_hz=self._model.sample_rate_hz, to_hz=self._line_rate)
        has_spoken, last_item_id = False, ""
        runs = self._mind.tool_runs(dialogue, order.text)
        words = self._mind.watch(dialogue, order.text)
        for number in range(_ROUNDS_MAX if is_answer else 1):
            tools = self._mind.tools if is_answer and number < _ROUNDS_MAX - 1 else ()
            calls: list[ToolCall] = []
            async with aclosing(session.respond(instructions, tools)) as parts:
                async for part in parts:
                    match part:
                        case SpokenSound(item_id=item_id, pcm=pcm):
                            has_spoken, last_item_id = True, item_id
                            self._failures = 0
                            line_pcm = to_line.feed(pcm)
                            yield item_id, SpokenPiece(line_pcm, (), first_audible_sample(line_pcm))
                        case ToolCall():
                            calls.append(part)
                        case SpokenText() | ItemSpoken():
                            text = part.text if isinstance(part, SpokenText) else ""
                            if outputs := self._mind.objections(words, text, dialogue):
                                for output in outputs:
                                    if not isinstance(output, Say):
                                        yield output
                                return
                            yield part
                        case _:
                            assert_never(part)
            is_over = not calls
            async with aclosing(runs.run(calls, dialogue)) as outcomes:
                async for outcome in outcomes:
                    if isinstance(outcome, ToolResult):
                        session.tool_result(outcome.call_id, outcome.text)
                    elif not isinstance(outcome, Say | Decline):
                        dialogue = foreseen(dialogue, outcome)
                        is_over = is_over or (isinstance(outcome, EndCall) and has_spoken)  # a goodbye is said once
                        yield outcome
            if is_over:
                break
            instructions = self._mind.instructions(dialogue)
        if rest := to_line.finish():
            yield last_item_id, SpokenPiece(rest, (), first_audible_sample(rest))
        if not has_spoken:
            raise AssistantError("the model had nothing to say")

    async def _begin(
        self, session: SpeechSession, order: StartReply, dialogue: Dialogue
    ) -> tuple[str, tuple[Output, ...]]:
        if order.cause is Cause.GREETING:
            return await self._mind.greeting(dialogue)
        if order.cause is Cause.NUDGE:
            return await self._mind.nudge(dialogue)
        self._commit(session, order)
        return self._mind.instructions(dialogue), ()

    def queued(self, item_id: str, start: int, samples: int) -> tuple[Word, ...]:
        """Sound of an item is queued there; where all words of the reply are now."""
        self._items.add_sound(item_id, start, samples)
        return self._items.words()

    def worded(self, part: SpokenText) -> tuple[Word, ...]:
        """More words are known; where all words of the reply are now."""
        self._items.add_text(part.item_id, part.text)
        return self._items.words()

    def completed(self, item_id: str) -> tuple[str, tuple[Word, ...]]:
        """An item is whole; its text, and where all words of the reply are."""
        return self._items.complete(item_id), self._items.words()

    def cut(self, played_samples: int) -> None:
        """The reply is over, and this much of it was heard: the model is told what of its words was not."""
        items, self._items = self._items, SpokenItems(line_rate_hz=self._line_rate)
        for item_id, heard_ms in items.cuts(played_samples):
            if self._session is not None:
                self._session.cut(item_id, heard_ms)

    def heard_whole(self) -> None:
        """The reply is over, and all of it was heard."""
        self._items = SpokenItems(line_rate_hz=self._line_rate)
