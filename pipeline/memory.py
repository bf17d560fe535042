"""What a call remembers: the dialogue, changed only by what came true.

What the caller said counts once it is being answered; what the assistant said
counts as far as it was heard; an effect counts once its reply is heard.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, assert_never

import msgspec

from agent.assistant import (
    AwaitTurnEnd,
    Cite,
    EndCall,
    Expect,
    FollowTopic,
    NewClaim,
    NoteGuard,
    NoteToolCall,
    NotifyEmergencies,
    Reserve,
    SendSms,
    SetLanguage,
    SetReminder,
    SetSpeed,
    Spend,
    StopSpending,
    TransferCall,
    UpdateClaim,
    Withhold,
)
from agent.dialogue import Dialogue, Message, Persona
from agent.facts import EmergencyNotice, ModelUsage
from agent.language_tags import closest, is_telling
from agent.options import Options
from agent.supervised import SPOKEN_BY_SUPERVISOR
from media.playout import Heard
from pipeline.commands import Cause, ReleaseReply, StartReply
from pipeline.ports import Deeds
from pipeline.records import (
    AssistantSaid,
    BudgetSpent,
    CallerHeard,
    ClaimValueSet,
    GivenBack,
    GuardTripped,
    LanguageIdentified,
    ModelAsked,
    Observer,
    ReminderSet,
    SpeechChanged,
    TakenOver,
    ToolCalled,
    Whispered,
)
from pipeline.reply import Effect, RecordingAnnounced

_HELP: Final = "notify_emergencies"
"""As what a call for help is on record."""


class _NoDeeds:
    """Of a conversation that nobody can do anything for."""

    def request_transfer(self, context: Mapping[str, str], number: str = "") -> None:
        """Nobody is there."""

    def request_sms(self, text: str) -> None:
        """Nothing is sent."""

    def request_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        """Nobody is there."""
        answer(False)

    def recording_announced(self) -> None:
        """Nothing is recorded."""


NO_DEEDS: Final[Deeds] = _NoDeeds()


class Draft:
    """A reply in the making: its effects wait until it is heard."""

    def __init__(self, order: StartReply, *, whispers_known: int = 0) -> None:
        self.order = order
        self.whispers_known = whispers_known
        """So much had a supervisor told when it was begun."""
        self.text = order.text
        """What it answers; the words may get their final spelling when it is released."""
        self.effects: list[Effect] = []
        self.for_turn_end: list[NotifyEmergencies | AwaitTurnEnd] = []
        """They wait until the turn is over, no longer."""
        self.cited = Cite(())
        self.reserved: ModelUsage | None = None
        """What a request has cost at least whose ``Spend`` has not come."""
        self.is_confirmed = False
        self.ends_call = False
        self.hands_over = False
        self.unspoken: list[str] = []
        """Chunks that are held with it."""
        self.words_at: float | None = None
        """When its first speakable chunk was there, in monotonic seconds."""

    def released(self, order: ReleaseReply) -> None:
        """It is the answer to this."""
        self.text = order.text
        self.order = replace(self.order, text=order.text, last_voiced_sample=order.last_voiced_sample, is_held=False)


class Memory:
    """The memory of one call. Reports every change as a record."""

    def __init__(
        self,
        call_id: str,
        dialogue: Dialogue,
        *,
        observer: Observer,
        utc_now: Callable[[], datetime],
        deeds: Deeds = NO_DEEDS,
        on_language: Callable[[tuple[str, ...]], None] = lambda _: None,
    ) -> None:
        self._on_language = on_language
        """Told what to listen for when that changes."""
        self._deeds = deeds
        self.transfer = TransferCall()
        """The last one that came true."""
        self._call_id = call_id
        self.dialogue = dialogue
        self._observer = observer
        self._utc_now = utc_now
        self._last_turn = 0
        self._unsettled: CallerHeard | None = None
        """Said and being answered; its final text may still come."""

    def behave(self, options: Options) -> None:
        """Replies are made so from now on."""
        self.dialogue = replace(self.dialogue, options=options)

    def add_effect(self, draft: Draft, effect: Effect) -> None:
        """Take an effect of a reply: now if the reply is heard already, else when it is."""
        if isinstance(effect, EndCall):
            draft.ends_call = True
        if isinstance(effect, TransferCall):
            draft.hands_over = True
        match effect:
            case Spend(usage=usage):
                draft.reserved = None
                self.spend(usage)
            case Reserve(usage=reserved):
                draft.reserved = reserved
            case StopSpending(limit=limit):
                self.stop_spending(limit)
            case NotifyEmergencies() | AwaitTurnEnd() if draft.order.is_held:
                draft.for_turn_end.append(effect)
            case NotifyEmergencies() | AwaitTurnEnd():
                self._turn_ended(effect, draft.order.turn)
            case Cite():
                draft.cited = Cite(tuple(dict.fromkeys((*draft.cited.citations, *effect.citations))))
            case _ if draft.is_confirmed:
                self._apply(effect, draft.order.turn)
            case _:
                draft.effects.append(effect)

    def left(self, draft: Draft) -> None:
        """Nothing more of the reply is being made: what was broken off is paid for, too."""
        reserved, draft.reserved = draft.reserved, None
        if reserved is not None:
            self.spend(reserved)

    def spend(self, usage: ModelUsage) -> None:
        """A model was asked, and that is what it cost."""
        self.dialogue = replace(self.dialogue, spent=self.dialogue.spent.plus(usage))
        self._observer.observe(ModelAsked(self._call_id, self._utc_now(), usage))

    def stop_spending(self, limit: str) -> None:
        """No model is asked any more. Told once a call, however many replies come to it."""
        if not self.dialogue.spent.limit:
            self.dialogue = replace(self.dialogue, spent=replace(self.dialogue.spent, limit=limit))
            self._observer.observe(BudgetSpent(self._call_id, self._utc_now(), limit))

    def released(self, draft: Draft) -> None:
        """The turn is over, and this is its answer: help that it calls for is called, what waits for it is done."""
        waiting, draft.for_turn_end = draft.for_turn_end, []
        for effect in waiting:
            self._turn_ended(effect, draft.order.turn)

    def confirm(self, draft: Draft) -> None:
        """The reply is heard (or its turn is over without one): what it answers and does becomes true. Once."""
        if draft.is_confirmed:
            return
        draft.is_confirmed = True
        self.settle()
        if draft.order.cause in (Cause.ANSWER, Cause.HAND_OVER) and draft.text:
            self.dialogue = self.dialogue.with_message(Message(Persona.CALLER, draft.text))
            self._last_turn = draft.order.turn
            self._unsettled = CallerHeard(self._call_id, self._utc_now(), draft.order.turn, draft.text, is_final=True)
        if draft.order.cause is Cause.MESSAGE:
            # It was kept when it came.
            self.dialogue = self.dialogue.with_message(Message(Persona.CALLER, draft.text, is_written=True))
        if draft.order.cause in (Cause.ANSWER, Cause.MESSAGE):
            self.dialogue = replace(self.dialogue, whispers_followed=draft.whispers_known)
        for effect in draft.effects:
            self._apply(effect, draft.order.turn)
        draft.effects.clear()

    def caller_unanswered(self, turn: int, text: str) -> None:
        """The call ended before this could be answered."""
        self.settle()
        self._last_turn = max(self._last_turn, turn)
        last = self.dialogue.last_said
        if text and (last is None or last.text != text):
            self.dialogue = self.dialogue.with_message(Message(Persona.CALLER, text))
            self._observer.observe(CallerHeard(self._call_id, self._utc_now(), turn, text, is_final=True))

    def caller_speaks(self, language: str, text: str) -> None:
        """The recogniser has found out what this is (BCP 47); empty: it does not tell.

        What was chosen stays. What was found out before gives way to a text that is long
        enough to tell: "ok" is said in every language.
        """
        known = self.dialogue.language
        if not language or language == known or len(self.dialogue.languages) == 1 or self.dialogue.is_language_chosen:
            return
        if not known or is_telling(text):
            self.dialogue = replace(self.dialogue, language=language)
            self._observer.observe(LanguageIdentified(self._call_id, self._utc_now(), language))

    def language_chosen(self, language: str) -> None:
        """The caller has chosen this (BCP 47) by hand; one that the call cannot be held in changes nothing."""
        spoken = closest(language, self.dialogue.languages)
        if spoken is not None and (spoken != self.dialogue.language or not self.dialogue.is_language_chosen):
            self._speak(spoken)

    def _speak(self, language: str) -> None:
        self._change_speech(replace(self.dialogue, language=language, is_language_chosen=True))
        self._on_language(self.dialogue.heard_languages)

    def whispered(self, text: str, *, is_understood: bool) -> None:
        """A supervisor has told the assistant this: from the next reply on it goes by it."""
        self.dialogue = self.dialogue.with_message(Message(Persona.SUPERVISOR, text))
        self._observer.observe(Whispered(self._call_id, self._utc_now(), text, is_understood))

    def taken_over(self) -> None:
        """A supervisor speaks with the caller."""
        self.settle()
        self._observer.observe(TakenOver(self._call_id, self._utc_now()))

    def given_back(self) -> None:
        """The assistant leads the call again; what it is told of the meantime is no order."""
        self.settle()
        self.dialogue = self.dialogue.with_message(Message(Persona.SUPERVISOR, SPOKEN_BY_SUPERVISOR))
        self.dialogue = replace(self.dialogue, whispers_followed=len(self.dialogue.whispers))
        self._observer.observe(GivenBack(self._call_id, self._utc_now()))

    def caller_said(self, turn: int, text: str, *, is_final: bool) -> None:
        """The caller has said this to somebody else, who answers it; its final text may still come, if this is not."""
        self.settle()
        self.dialogue = self.dialogue.with_message(Message(Persona.CALLER, text))
        self._last_turn = turn
        self._unsettled = CallerHeard(self._call_id, self._utc_now(), turn, text, is_final=True)
        if is_final:
            self.settle()

    def correct(self, turn: int, text: str) -> None:
        """The final text of a turn that is being answered has come, and differs."""
        heard = self._unsettled
        if heard is None and turn > self._last_turn:
            # Nothing had been understood of it, and that was answered; now its words are there.
            self.caller_unanswered(turn, text)
        if heard is None or heard.turn != turn:
            return  # written already: rows are not changed
        self._unsettled = replace(heard, text=text)
        self.dialogue = self.dialogue.with_correction(heard.text, text)

    def settle(self) -> None:
        """No correction can come any more: report what the caller said last."""
        heard, self._unsettled = self._unsettled, None
        if heard is not None:
            self._observer.observe(heard)

    def assistant_said(self, draft: Draft, heard: Heard, *, was_cut: bool) -> None:
        """The reply has ended, or was cut: this is what was heard of it."""
        self.settle()
        if not heard.text:
            return
        cited = draft.cited.citations
        said = Message(Persona.ASSISTANT, heard.text, was_cut, citations=cited)
        self.dialogue = self.dialogue.with_message(said)
        unheard, turn = heard.unheard_text, draft.order.turn
        self._observer.observe(
            AssistantSaid(self._call_id, self._utc_now(), turn, heard.text, unheard, was_cut, citations=cited)
        )

    def human_found(self, name: str) -> None:
        """Who takes over next; empty: nobody knows their name."""
        self.dialogue = replace(self.dialogue, human_name=name)

    def handover_context(self) -> dict[str, str]:
        """What a human is told who takes over: the call, the reason, what is known, the caller's language (BCP 47)."""
        known = "; ".join(f"{name}: {value}" for name, value in self.dialogue.claim.values.items())
        language = self.dialogue.supposed_language
        context = {"CallId": self._call_id, "Reason": self.transfer.reason, "Claim": known}
        return {**context, "Language": language} if language else context

    def _turn_ended(self, effect: NotifyEmergencies | AwaitTurnEnd, turn: int) -> None:
        if isinstance(effect, NotifyEmergencies):
            self._call_for_help(effect, turn)
        elif not effect.has_ended.done():  # its reply may be gone
            effect.has_ended.set_result(None)

    def _call_for_help(self, effect: NotifyEmergencies, turn: int) -> None:
        def answered(was_notified: bool) -> None:
            # It is on record whatever becomes of the reply: help may be on its way.
            notice = msgspec.json.encode(effect.notice).decode()
            result = "Somebody was notified." if was_notified else "Not confirmed: nobody may have been notified."
            self._observer.observe(ToolCalled(self._call_id, self._utc_now(), turn, _HELP, notice, result))
            if not effect.was_notified.done():  # its reply may be gone
                effect.was_notified.set_result(was_notified)

        self._deeds.request_help(effect.notice, answered)

    def _set_value(self, field: str, value: str) -> None:
        old_value = self.dialogue.claim.values.get(field)
        if old_value == value:
            return
        self.dialogue = self.dialogue.with_claim(self.dialogue.claim.with_value(field, value))
        number = len(self.dialogue.filed_claims)
        self._observer.observe(
            ClaimValueSet(self._call_id, self._utc_now(), field, old_value, value, claim_number=number)
        )

    def _change_speech(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self._observer.observe(SpeechChanged(self._call_id, self._utc_now(), dialogue.language, dialogue.speed))

    def _apply(self, effect: Effect, turn: int) -> None:
        match effect:
            case UpdateClaim(field=field, value=value):
                self._set_value(field, value)
            case NewClaim():
                self.dialogue = self.dialogue.with_new_claim()
            case SetReminder(reminder=reminder):
                self.dialogue = self.dialogue.with_reminder(reminder)
                self._observer.observe(ReminderSet(self._call_id, self._utc_now(), reminder))
            case SetLanguage(language=language):
                self._speak(language)
            case SetSpeed(speed=speed):
                self._change_speech(replace(self.dialogue, speed=speed))
            case NoteToolCall(name=name, arguments=arguments, result=result):
                self._observer.observe(ToolCalled(self._call_id, self._utc_now(), turn, name, arguments, result))
            case NoteGuard(rules=rules, is_outgoing=is_outgoing):
                self._observer.observe(GuardTripped(self._call_id, self._utc_now(), turn, rules, is_outgoing))
            case Withhold():
                self.dialogue = self.dialogue.with_last_withheld()
            case Expect(expecting=expecting, attempts=attempts):
                self.dialogue = self.dialogue.with_expectation(expecting, attempts)
            case TransferCall():
                self.transfer = effect  # the turn machine hands over, after the last word
            case SendSms(text=text):
                self._deeds.request_sms(text)
            case RecordingAnnounced():
                self._deeds.recording_announced()
            case EndCall():
                pass  # the turn machine ends the call, after the last word
            case FollowTopic(state=state):
                self.dialogue = replace(self.dialogue, topic=state)
            case Cite() | NotifyEmergencies() | AwaitTurnEnd() | Spend() | Reserve() | StopSpending():
                pass  # these do not wait
            case _:
                assert_never(effect)
