"""Answering: the life of one reply after the other, from the order to the last word heard.

    order ─► words (assistant) ─► chunks ─► voice ─► Playing
             one task a reply, with these two as its children

A reply that is held is prepared up to its first piece of sound. Openers and
fillers are said from the phrase book while the words are still being written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from statistics import median
from types import MappingProxyType

from agent.assistant import Decline
from agent.closing import closing
from agent.errors import AssistantError
from agent.openers import Openers, OpenerTexts
from media.clock import LineClock
from media.frames import duration_ms, sample_count
from media.playout import Heard
from pipeline.commands import Cause, ReleaseReply, StartReply
from pipeline.conversing import Conversing
from pipeline.errors import SynthesisError
from pipeline.events import ReplyAudible, ReplyCompleted, ReplyFailed
from pipeline.latency import AnswerTimer
from pipeline.memory import Draft, Memory
from pipeline.phrases import PhraseBook
from pipeline.playing import Playing
from pipeline.ports import Delivery, ItemSpoken, SpokenText
from pipeline.reply import Replying
from pipeline.speak import Chunk, Chunks, Speaking, SpokenPiece, Stage, delivery_of

_CHUNKS_MAX = 4
"""Overflow rule: the model waits for the voice; what it writes far ahead may never be heard."""
_REMEMBERED_REPLIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenerSettings:
    """When an opener is said."""

    is_enabled: bool = True
    texts: OpenerTexts = field(default_factory=OpenerTexts)
    other_texts: Mapping[str, OpenerTexts] = field(default_factory=lambda: MappingProxyType({}))
    """In other languages, by ISO 639-1 code."""
    answer_within_ms: int = 250
    """An answer that is expected within this needs no opener."""
    delays_answer_max_ms: int = 200
    """An opener may be so much longer than the wait that it covers."""
    silence_before_ms: int = 300
    """The caller has been silent for at least so long; longer where it is in doubt whether they have finished."""
    unknown_wait_ms: int = 120
    """As long as nobody knows how long answers take: wait so long before opening."""


Emit = Callable[[ReplyAudible | ReplyCompleted | ReplyFailed], Awaitable[None]]
Spoken = Callable[[StartReply, str], None]
Failed = Callable[[str, Exception], None]


class Answering:
    """The replies of one call. One at a time; ``reply`` numbers them."""

    def __init__(
        self,
        call_id: str,
        *,
        replying: Replying,
        speaking: Speaking,
        playing: Playing,
        memory: Memory,
        clock: LineClock,
        phrases: PhraseBook,
        openers: OpenerSettings,
        line_rate_hz: int,
        now: Callable[[], float],
        emit: Emit,
        on_spoken: Spoken,
        on_failure: Failed,
        conversing: Conversing | None = None,
    ) -> None:
        self._call_id = call_id
        self._replying = replying
        self._speaking = speaking
        self._playing = playing
        self._memory = memory
        self._clock = clock
        self._phrases = phrases
        self._settings = openers
        self._openers = Openers(openers.texts, openers.other_texts)
        self._rate = line_rate_hz
        self._now = now
        self._emit = emit
        self._on_spoken = on_spoken
        self._on_failure = on_failure
        self._conversing = conversing
        self.reply = 0
        self.draft: Draft | None = None
        self.timer: AnswerTimer | None = None
        self._task: asyncio.Task[None] | None = None
        self._began_at = 0.0
        self._first_sound_ms: list[float] = []
        self._has_sound = False
        self.is_held = False
        self._open_later: asyncio.TimerHandle | None = None

    def behave(self, openers: OpenerSettings) -> None:
        """Openers are said so from now on; their texts stay, as they were spoken ahead."""
        self._settings = openers

    def begin(self, order: StartReply, tasks: asyncio.TaskGroup) -> None:
        """Begin a reply; none is running."""
        self.reply += 1
        self.draft = Draft(order, whispers_known=len(self._memory.dialogue.whispers))
        self._began_at = self._now()
        self._has_sound = False
        self.is_held = order.is_held
        self._playing.begin_reply(is_held=order.is_held)
        self.timer = None
        if not order.is_held:
            self._committed(order)
        self._task = tasks.create_task(self._reply(order, self.reply), name=f"reply-{self._call_id}-{self.reply}")

    def release(self, order: ReleaseReply) -> None:
        """What was prepared is the answer: play it, after an opener if it is not ready."""
        if self.draft is None:
            return
        self.draft.released(order)
        self.is_held = False
        words_at = self.draft.words_at
        self._playing.release(None)
        for chunk in self.draft.unspoken:
            self._on_spoken(self.draft.order, chunk)
        self.draft.unspoken.clear()
        self._memory.released(self.draft)
        self._committed(order)
        if self.timer is not None and words_at is not None:
            self.timer.words_ready(max(words_at, self._now()))

    def _committed(self, order: StartReply | ReleaseReply) -> None:
        if order.last_voiced_sample is None or order.turn_ended_sample is None:
            return
        self.timer = AnswerTimer(
            voice_ended_at=self._clock.time_of(order.last_voiced_sample),
            turn_ended_at=self._clock.time_of(order.turn_ended_sample),
            text_ready_at=self._now(),
        )

    # -- openers ----------------------------------------------------------------------

    def allow_opener(self, from_sample: int) -> None:
        """The reply that is running may begin with an opener, from this sample of the caller's audio on."""
        settings = self._settings
        if not settings.is_enabled or self._has_sound or self.draft is None:
            return
        waited_ms = (self._now() - self._began_at) * 1000
        last_voiced = self.draft.order.last_voiced_sample
        voice_ended_at = self._clock.time_of(from_sample if last_voiced is None else last_voiced)
        soonest = voice_ended_at + settings.silence_before_ms / 1000
        opens_at = max(soonest, self._clock.time_of(from_sample))
        wait_ms = (opens_at - self._now()) * 1000
        remaining_ms: float | None = None
        if self._first_sound_ms:
            remaining_ms = median(self._first_sound_ms) - waited_ms
            if remaining_ms <= settings.answer_within_ms:
                return
            remaining_ms -= max(0.0, wait_ms)
            if opens_at > soonest and remaining_ms <= settings.answer_within_ms:
                return  # in doubt whether the caller has finished, what was put off is soon not needed
        else:
            wait_ms = max(wait_ms, settings.unknown_wait_ms - waited_ms)
        loop = asyncio.get_running_loop()
        self._open_later = loop.call_later(max(0.0, wait_ms) / 1000, self._open, self.draft.order.text, remaining_ms)

    def _open(self, text: str, remaining_ms: float | None) -> None:
        self._open_later = None
        if self._has_sound or self.draft is None or self.is_held:
            return
        longest_ms = None if remaining_ms is None else remaining_ms + self._settings.delays_answer_max_ms
        self._say_first(self._openers.candidates(text, self._memory.dialogue.spoken_language), longest_ms)

    def fill(self) -> None:
        """Say that the answer is coming; also when the words that it answers are still waited for."""
        if self.draft is None or self.is_held or not self._has_sound or self._playing.is_dry:
            self._say_first(self._openers.fillers(self._memory.dialogue.spoken_language), None)

    def _say_first(self, texts: tuple[str, ...], longest_ms: float | None) -> None:
        for text in texts:
            piece = self._phrases.piece(text, self._rate, self._memory.dialogue.spoken_language)
            if piece is None or (longest_ms is not None and duration_ms(len(piece.pcm) // 2, self._rate) > longest_ms):
                continue
            self._openers.used(text)
            self._playing.add_opener(piece)
            return

    # -- one reply --------------------------------------------------------------------

    async def _reply(self, order: StartReply, reply: int) -> None:
        draft = self.draft
        assert draft is not None
        try:
            conversing = self._conversing
            if conversing and not conversing.refuses(order) and await conversing.is_ready_for(order.cause):
                await self._converse(conversing, order, draft)
            else:
                await self._write_and_speak(order, draft, reply)
        except (AssistantError, SynthesisError) as failure:
            await self._failed(reply, failure)
        except Exception as failure:  # noqa: BLE001 - the root of the task: a bug in one reply must not end the call
            await self._failed(reply, failure)
        else:
            await self._emit(ReplyCompleted(reply, ends_call=draft.ends_call, hands_over=draft.hands_over))
            self._playing.complete_reply()
        finally:
            self._memory.left(draft)

    async def _write_and_speak(self, order: StartReply, draft: Draft, reply: int) -> None:
        """Our own way: words, and a voice for them. Raises the first failure of either."""
        if (ready := self._spoken_ahead(order)) is not None:
            await self._play_ahead(order, draft, ready)
            return
        chunks: Chunks = asyncio.Queue(_CHUNKS_MAX)
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(self._write(order, draft, chunks), name=f"words-{self._call_id}-{reply}")
                stages.create_task(self._speak(order, draft, chunks), name=f"voice-{self._call_id}-{reply}")
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    def _spoken_ahead(self, order: StartReply) -> SpokenPiece | None:
        text = self._replying.fixed_text(order, self._memory.dialogue)
        language = self._memory.dialogue.spoken_language
        return None if text is None else self._phrases.piece(text, self._rate, language)

    async def _play_ahead(self, order: StartReply, draft: Draft, ready: SpokenPiece) -> None:
        """Say what the phrase book has, at once and without the voice, which may be what has failed."""
        async for part in self._replying.reply(order, self._memory.dialogue, is_streamed=True):
            if isinstance(part, str):
                self._words_ready(draft)
                self._sound_is_there(order, ready)
                self._tell(draft, part)
                await self._playing.queue(ready)
            elif not isinstance(part, Delivery):
                self._memory.add_effect(draft, part)

    async def _converse(self, conversing: Conversing, order: StartReply, draft: Draft) -> None:
        """The way of a model that speaks by itself: sound at once, and its words beside it."""
        async with aclosing(conversing.reply(order, self._memory.dialogue)) as parts:
            async for part in parts:
                match part:
                    case (item_id, piece):
                        self._words_ready(draft)
                        self._sound_is_there(order, piece)
                        start = await self._playing.queue(piece)
                        self._playing.set_words(conversing.queued(item_id, start, sample_count(piece.pcm)))
                    case SpokenText():
                        self._playing.set_words(conversing.worded(part))
                    case ItemSpoken(item_id=item_id):
                        text, words = conversing.completed(item_id)
                        self._playing.set_words(words)
                        self._tell(draft, text)
                    case Decline(text=text):
                        conversing.cut((await self._playing.cut()).samples)
                        await self._say(order, draft, text)
                    case _:
                        self._memory.add_effect(draft, part)

    async def _say(self, order: StartReply, draft: Draft, text: str) -> None:
        """In our own voice, as the end of a reply that was another's."""
        async for piece in self._speaking.speak(text, delivery_of(self._memory.dialogue)):
            self._sound_is_there(order, piece)
            await self._playing.queue(piece)
        self._tell(draft, text)

    async def _write(self, order: StartReply, draft: Draft, chunks: Chunks) -> None:
        dialogue, is_streamed = self._memory.dialogue, self._speaking.is_streamed
        delivery = delivery_of(dialogue)
        async with closing(self._replying.reply(order, dialogue, is_streamed=is_streamed)) as parts:
            async for part in parts:
                if isinstance(part, str):
                    self._words_ready(draft)
                    await chunks.put(Chunk(part, delivery))
                elif isinstance(part, Delivery):
                    delivery = part
                else:
                    self._memory.add_effect(draft, part)
        await chunks.put(None)

    def _words_ready(self, draft: Draft) -> None:
        if draft.words_at is None:
            draft.words_at = self._now()
        if self.timer is not None:
            self.timer.words_ready(self._now())

    async def _speak(self, order: StartReply, draft: Draft, chunks: Chunks) -> None:
        async def play(piece: SpokenPiece) -> None:
            self._sound_is_there(order, piece)
            await self._playing.queue(piece)

        stage = Stage(tell=lambda text: self._tell(draft, text), play=play, room=self._playing.room)
        await self._speaking.say(chunks, delivery_of(self._memory.dialogue), stage)

    def _tell(self, draft: Draft, chunk: str) -> None:
        """Say what is being said; of a held reply, when it is released."""
        if self.is_held:
            draft.unspoken.append(chunk)
        else:
            self._on_spoken(draft.order, chunk)

    def _sound_is_there(self, order: StartReply, piece: SpokenPiece) -> None:
        if self._has_sound or piece.first_audible_sample is None:
            return
        self._has_sound = True
        self._drop_opener()
        if order.cause is Cause.ANSWER:
            self._first_sound_ms.append((self._now() - self._began_at) * 1000)
            del self._first_sound_ms[:-_REMEMBERED_REPLIES]

    async def _failed(self, reply: int, error: Exception) -> None:
        self._on_failure("speech" if isinstance(error, SynthesisError) else "reply", error)
        self._playing.complete_reply()
        await self._emit(ReplyFailed(reply))

    def _drop_opener(self) -> None:
        if self._open_later is not None:
            self._open_later.cancel()
            self._open_later = None

    # -- its end ------------------------------------------------------------------------

    async def cancel(self) -> None:
        """End the reply that is running or held, and wait until it has ended."""
        self._drop_opener()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        if self.is_held:
            # Nothing of it was ever on the wire: there is nothing to be stopped.
            self.is_held = False
            self._playing.begin_reply()
            self.forget()

    def forget(self) -> None:
        """Whatever this reply still has on its way is too late."""
        if self._conversing is not None:
            self._conversing.cut(0)
        self.draft = None
        self.timer = None
        self.reply += 1

    def voice_ended(self, last_voiced: int) -> None:
        """The caller's voice ended here: surer than what was thought when the turn was decided."""
        if self.timer is None or self.draft is None:
            return
        if self.timer.voice_ended(self._clock.time_of(last_voiced)):
            self.draft.order = replace(self.draft.order, last_voiced_sample=last_voiced)

    def confirm(self) -> None:
        """The reply is heard: what it answers and does becomes true."""
        if self.draft is not None:
            self._memory.confirm(self.draft)

    def transcribed(self, turn: int, text: str) -> None:
        """What the caller said, as a model that hears by itself has understood it: that is what is remembered."""
        draft = self.draft
        if draft is not None and draft.order.turn == turn and not draft.is_confirmed:
            if draft.order.cause is Cause.ANSWER:
                draft.text = text
        else:
            self._memory.correct(turn, text)

    def over(self, heard: Heard, *, was_cut: bool) -> None:
        """The reply has ended, or was cut: remember what was heard of it."""
        draft, self.draft = self.draft, None
        if self._conversing is not None:
            if was_cut:
                self._conversing.cut(heard.samples)
            else:
                self._conversing.heard_whole()
        if draft is not None:
            self._memory.assistant_said(draft, heard, was_cut=was_cut)
