"""What the conversation of a call asks of call control, and what becomes of it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from agent.dialogue import Persona
from agent.facts import EmergencyNotice
from agent.promises import colleague_calls_back
from calls.callbacks import (
    CallbackEvent,
    CallTransferAccepted,
    CallTransferFailed,
    ParticipantAdded,
    ParticipantNotAdded,
    ParticipantsUpdated,
    RecordingStateChanged,
    StartRecordingFailed,
    ToneFailed,
    ToneReceived,
)
from calls.desk import Desk
from calls.errors import CallControlError
from calls.events import CallHandedOver, CallTakenBack, EndReason, Event, HangUpRequested
from calls.handover import (
    AskTransfer,
    HandOver,
    HandOverEvent,
    NoteHandedOver,
    NoteTakenBack,
    ParticipantsChanged,
    TakeBack,
    TakeBackReason,
    TransferAccepted,
    TransferFailed,
    TransferOrdered,
)
from calls.keys import Keys
from calls.ports import CallControl, CallLog, Helpline, SmsSender, TransferTarget
from calls.requests import Requests
from calls.searching import Outcomes, Search
from calls.seeking import HumanLeft, HumanNotReached, HumanReached, HumanWanted, SearchEnded
from calls.session import CallSession, KeyPressed, SmsNotSent, TakenBack
from calls.settings import LiveCallsSettings
from stores.records import RecordingRecord, ReminderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What deeds are done with: the same for all calls."""

    control: CallControl
    sms: SmsSender | None
    log: CallLog
    requests: Requests
    settings: LiveCallsSettings
    utc_now: Callable[[], datetime]
    helpline: Helpline | None = None
    desk: Desk | None = None
    """Where one of several humans is found; None: there are no several."""

    def of(self, control: CallControl | None) -> "Means":
        """Those of a call that ``control`` controls; None: the telephone service, which these are for."""
        if control is None:
            return self
        # There is no service that could record the call, or play music to the caller.
        settings = replace(self.settings, is_recorded_by_service=False, hold_audio_url="", invites_humans=False)
        return replace(self, control=control, settings=settings, desk=None)


class Deeds:
    """The deeds of one call: satisfies ``calls.session.CallDeeds``. To be told whose with ``belong_to``.

    Args:
        means: See there.
        step: Takes a step of this call's lifecycle.
    """

    _session: CallSession
    _address: str
    _keys: Keys

    def __init__(self, means: Means, step: Callable[[Event], object]) -> None:
        self._means = means
        self._step = step
        self._core = HandOver()
        self._settled = asyncio.Event()
        """Set when the service has said what became of the transfer that was asked for."""
        self._connection_id = ""
        self._recording_id = ""
        self._is_recording_asked = False
        self._is_on_hold = False
        self._notices_taken: set[EmergencyNotice] = set()
        self._search: Search | None = None
        self._context: Mapping[str, str] = {}
        """What the human is told for whom is searched."""

    def belong_to(self, session: CallSession, address: str) -> None:
        """Whose deeds these are; ``address``: what the service's requests about the call end with."""
        self._session = session
        self._address = address
        self._keys = Keys(session.caller_number)
        desk, usual = self._means.desk, self._means.settings.initiate
        own_number = session.initiate.agent_phone_number
        if desk is not None and own_number in ("", usual.agent_phone_number):
            # What such calls are about is configured; what a single one is about may tell of its caller.
            topic = usual.task if session.initiate.task == usual.task else ""
            outcomes = Outcomes(connect=self._connect, give_up=self._nobody_reached)
            self._search = Search(desk, self._means.requests, session, topic=topic, outcomes=outcomes)

    def named(self, call_connection_id: str) -> None:
        """The service's name of the call is known."""
        self._connection_id = self._connection_id or call_connection_id

    def hang_up(self, reason: EndReason) -> None:
        """End the call for everybody."""
        self._step(HangUpRequested(reason))

    def transfer(self, context: Mapping[str, str], number: str = "") -> None:
        """Hand the caller over, to the human of this call if nobody is named, or to one who is found for them.

        Without anybody, or without a call to hand over, the caller is taken back at once.
        """
        if not self._connection_id or not self._means.requests.is_open:
            self._nobody_reached()
        elif number or self._search is None:
            self._connect(number or self._session.initiate.agent_phone_number, context)
        else:
            # Once somebody is found this is asked for again, by a sentence of ours: the first reason is the caller's.
            self._context = {**context, **{name: value for name, value in self._context.items() if name == "Reason"}}
            self._search.speaks(context.get("Language", ""))
            self._search.handle(HumanWanted())

    def send_sms(self, text: str) -> None:
        """Write to the caller."""
        number = self._session.caller_number
        if self._means.sms is None or not number or not self._means.requests.is_open:
            self._session.tell(SmsNotSent())
            return
        self._means.requests.start(f"sms {self._session.call_id}", self._send_sms(self._means.sms, number, text))

    def call_for_help(self, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        """Notify an emergency service. The same notice again, in the same call, is answered and not sent again."""
        if notice in self._notices_taken:
            answer(True)
        elif self._means.helpline is None or not self._means.requests.is_open:
            answer(False)
        else:
            work = self._call_for_help(self._means.helpline, notice, answer)
            self._means.requests.start(f"help {self._session.call_id}", work)

    def recording_announced(self) -> None:
        """Let the service record the call, if it is to; once."""
        wanted = self._means.settings.is_recorded_by_service and not self._is_recording_asked
        if wanted and self._connection_id and self._means.requests.is_open:
            self._is_recording_asked = True
            self._means.requests.start(f"record {self._session.call_id}", self._start_recording())

    def end(self) -> None:
        """The call ends: nobody is looked for any more, and its recording ends."""
        if self._search is not None:
            self._search.handle(SearchEnded())
        self.stop_recording()

    def stop_recording(self) -> None:
        """Let the service record no more."""
        recording_id, self._recording_id = self._recording_id, ""
        if recording_id and self._means.requests.is_open:
            self._means.requests.start(f"stop recording {self._session.call_id}", self._stop_recording(recording_id))

    def happened(self, event: CallbackEvent) -> None:
        """What the service says of what was asked for; other events change nothing."""
        match event:
            case CallTransferAccepted() | ParticipantAdded():
                self._settle(TransferAccepted())
            case CallTransferFailed() | ParticipantNotAdded():
                self._settle(TransferFailed())
            case ParticipantsUpdated(raw_ids=raw_ids):
                self._hand_over(ParticipantsChanged(raw_ids))
                if self._means.settings.dtmf_by_callbacks and self._keys.listed(raw_ids):
                    self._ask_for_keys()
            case ToneReceived(digit=digit, sequence_id=sequence_id):
                if self._keys.is_new(sequence_id):
                    self._session.tell(KeyPressed(digit))
            case ToneFailed():
                self._means.requests.report(self._session.call_id, "dtmf", CallControlError("refused afterwards"))
            case RecordingStateChanged(recording_id, is_active):
                if not is_active and recording_id == self._recording_id:
                    self._recording_id = ""
            case StartRecordingFailed():
                self._means.requests.report(self._session.call_id, "recording", CallControlError("refused afterwards"))
            case _:
                pass

    # -- hand-over ----------------------------------------------------------------------

    def _connect(self, number: str, context: Mapping[str, str] | None = None) -> None:
        if not number:
            self._nobody_reached()
            return
        self._hand_over(TransferOrdered(TransferTarget(number, self._context if context is None else context)))

    def _nobody_reached(self) -> None:
        self._context = {}
        self._remind_a_colleague()
        self._session.tell(TakenBack(TakeBackReason.NOT_REACHED))

    def _settle(self, event: HandOverEvent) -> None:
        self._settled.set()
        if self._is_on_hold and self._means.requests.is_open:
            self._is_on_hold = False
            self._start("hold_audio", self._means.control.cancel_play(self._connection_id))
        self._hand_over(event)

    def _hand_over(self, event: HandOverEvent) -> None:
        for command in self._core.handle(event):
            match command:
                case AskTransfer(target):
                    self._settled = asyncio.Event()
                    self._means.requests.start(f"transfer {self._session.call_id}", self._transfer(target))
                case NoteHandedOver():
                    self._found(HumanReached())
                    self._step(CallHandedOver())
                    self._leave_keys_to_the_human()
                case NoteTakenBack():
                    self._step(CallTakenBack())
                    if self._keys.participant and not self._keys.is_asked:
                        self._ask_for_keys()
                case TakeBack(reason):
                    has_left = reason is TakeBackReason.HUMAN_LEFT
                    self._found(HumanLeft() if has_left else HumanNotReached())
                    self._context = {}
                    if reason is TakeBackReason.NOT_REACHED:
                        self._remind_a_colleague()
                    self._session.tell(TakenBack(reason))
                case _:
                    assert_never(command)

    def _found(self, event: HumanReached | HumanNotReached | HumanLeft) -> None:
        """Let the search know what became of the human whom it has found."""
        if self._search is not None:
            self._search.handle(event)

    def _remind_a_colleague(self) -> None:
        """The caller wanted a human, and did not get one."""
        call_id, now = self._session.call_id, self._means.utc_now()
        it = colleague_calls_back(now, "The caller wanted to talk to a human, and nobody was reached.")
        self._means.log.reminder_set(ReminderRecord(call_id, 0, now, it.title, it.description, it.due_at, it.owner))

    async def _transfer(self, target: TransferTarget) -> None:
        """Root of a task: whatever happens, it is said what became of the transfer."""
        call_id, settled = self._session.call_id, self._settled
        control, settings = self._means.control, self._means.settings
        if settings.hold_audio_url:
            playing = control.play(self._connection_id, settings.hold_audio_url, operation_context=call_id)
            self._is_on_hold = await self._means.requests.tried(call_id, playing, stage="hold_audio") is None
        request = (
            control.invite(self._connection_id, target, from_number=settings.phone_number, operation_context=call_id)
            if settings.invites_humans and settings.phone_number
            else control.transfer(self._connection_id, target, operation_context=call_id)
        )
        refused = await self._means.requests.tried(call_id, request, stage="transfer")
        if refused is None:
            try:
                async with asyncio.timeout(self._means.settings.transfer_timeout_s):
                    await settled.wait()
                    return
            except TimeoutError as error:
                self._means.requests.report(call_id, "transfer", error)
        if not settled.is_set():
            self._settle(TransferFailed())

    # -- keys ---------------------------------------------------------------------------

    def _ask_for_keys(self) -> None:
        self._keys.is_asked = True
        control, participant = self._means.control, self._keys.participant
        if self._connection_id and self._means.requests.is_open:
            self._start("dtmf", control.start_continuous_dtmf(self._connection_id, participant))

    def _leave_keys_to_the_human(self) -> None:
        """After a transfer the call is no longer ours, and there is nothing to stop."""
        control, participant = self._means.control, self._keys.participant
        if self._keys.is_asked and self._means.settings.invites_humans and self._means.requests.is_open:
            self._keys.is_asked = False
            self._start("dtmf", control.stop_continuous_dtmf(self._connection_id, participant))

    def _start(self, stage: str, request: Coroutine[object, object, None]) -> None:
        self._means.requests.start(f"{stage} {self._session.call_id}", self._try(stage, request))

    async def _try(self, stage: str, request: Coroutine[object, object, None]) -> None:
        """Root of a task."""
        await self._means.requests.tried(self._session.call_id, request, stage=stage)

    # -- recording and SMS ----------------------------------------------------------------

    async def _start_recording(self) -> None:
        """Root of a task."""
        call_id = self._session.call_id
        request = self._means.control.start_recording(
            self._connection_id, state_callback_url=f"{self._means.settings.callback_url}/acs/callback/{self._address}"
        )
        started = await self._means.requests.tried(call_id, request, stage="recording")
        if isinstance(started, str):
            self._recording_id = started
            self._means.log.recording_started(RecordingRecord(call_id, started, self._means.utc_now()))

    async def _stop_recording(self, recording_id: str) -> None:
        """Root of a task."""
        stopping = self._means.control.stop_recording(recording_id)
        await self._means.requests.tried(self._session.call_id, stopping, stage="recording")

    async def _call_for_help(self, helpline: Helpline, notice: EmergencyNotice, answer: Callable[[bool], None]) -> None:
        """Root of a task: whatever happens, it is said whether somebody was notified."""
        was_notified = False
        try:
            call_id = self._session.call_id
            failed = await self._means.requests.tried(call_id, helpline.notify(call_id, notice), stage="help")
            was_notified = failed is None
            if was_notified:
                self._notices_taken.add(notice)
        finally:
            answer(was_notified)

    async def _send_sms(self, sms: SmsSender, number: str, text: str) -> None:
        """Root of a task: when it fails, the conversation is told."""
        call_id = self._session.call_id
        sent = await self._means.requests.tried(call_id, sms.send(to_number=number, text=text), stage="sms")
        if isinstance(sent, Exception):
            self._session.tell(SmsNotSent())
            return
        self._means.log.written(call_id, at=self._means.utc_now(), persona=Persona.ASSISTANT.value, text=text)
