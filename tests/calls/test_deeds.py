"""What conversations ask of call control, on a clock that jumps."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.facts import EmergencyNotice
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
from calls.deeds import Deeds, Means
from calls.errors import CallControlError, HelpNotReached, SmsRefused
from calls.events import CallHandedOver, CallTakenBack, EndReason, Event, HangUpRequested
from calls.handover import TakeBackReason
from calls.initiate import CallInitiate
from calls.ports import Helpline, TransferTarget
from calls.requests import Requests
from calls.session import CallSession, KeyPressed, SmsNotSent, TakenBack
from calls.settings import LiveCallsSettings
from tests.support.jumping_time import on_jumping_time
from tests.support.telephone import NOW, FakeControl, Notes

CALLER, AGENT = "+15550001111", "+33612345678"
NOT_REACHED = TakenBack(TakeBackReason.NOT_REACHED)


@dataclass
class FakeSms:
    """A service for text messages that remembers, or refuses."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    fails: Exception | None = None

    async def send(
        self, *, to_number: str, text: str, key: uuid.UUID | None = None, first_sent_at: datetime | None = None
    ) -> str:
        if self.fails:
            raise self.fails
        self.sent.append((to_number, text))
        return "m-1"

    async def close(self) -> None:
        pass


@dataclass
class Scene:
    """One call, and everybody that its deeds concern."""

    deeds: Deeds
    session: CallSession
    control: FakeControl
    notes: Notes
    sms: FakeSms
    steps: list[Event]

    async def says(self, *events: CallbackEvent) -> None:
        """The service says something, and a moment passes."""
        for event in events:
            self.deeds.happened(event)
        await asyncio.sleep(0.1)


@asynccontextmanager
async def scene(
    *,
    agent: str = AGENT,
    has_sms: bool = True,
    caller: str = CALLER,
    is_recorded: bool = True,
    helpline: Helpline | None = None,
    invites: bool = False,
    dtmf_by_callbacks: bool = False,
    hold_audio_url: str = "",
) -> AsyncIterator[Scene]:
    """A call that is up."""
    control, notes, sms, steps = FakeControl(), Notes(), FakeSms(), list[Event]()
    settings = LiveCallsSettings(
        public_url="https://bot.example",
        transfer_timeout_s=30.0,
        is_recorded_by_service=is_recorded,
        phone_number="+15559998888",
        invites_humans=invites,
        dtmf_by_callbacks=dtmf_by_callbacks,
        hold_audio_url=hold_audio_url,
    )
    async with Requests(notes, timeout_s=5.0, utc_now=lambda: NOW) as requests:
        means = Means(
            control=control,
            sms=sms if has_sms else None,
            log=notes,
            requests=requests,
            settings=settings,
            utc_now=lambda: NOW,
            helpline=helpline,
        )
        deeds = Deeds(means, steps.append)
        initiate = CallInitiate(agent_phone_number=agent)
        session = CallSession(call_id="c", caller_number=caller, called_number="", deeds=deeds, initiate=initiate)
        deeds.belong_to(session, "c/secret")
        deeds.named("conn")
        yield Scene(deeds, session, control, notes, sms, steps)


@on_jumping_time
async def test_a_hand_over_that_succeeds() -> None:
    """The service is asked with the context, and the lifecycle learns that the caller is theirs."""
    async with scene() as here:
        here.session.request_transfer({"reason": "billing"})
        await asyncio.sleep(0.1)
        assert here.control.transfers == [("conn", TransferTarget(AGENT, {"reason": "billing"}))]
        assert here.steps == []
        await here.says(CallTransferAccepted("conn"))
        assert here.steps == [CallHandedOver()]
        await asyncio.sleep(60)
    assert here.notes.failures == []


@on_jumping_time
async def test_a_hand_over_to_somebody_else() -> None:
    """Whom the assistant names comes before the human of the call; who has none is handed over, too."""
    for agent in (AGENT, ""):
        async with scene(agent=agent) as here:
            here.session.request_transfer({}, "+33155550112")
            await asyncio.sleep(0.1)
            assert here.control.transfers == [("conn", TransferTarget("+33155550112", {}))]


@on_jumping_time
async def test_a_hand_over_that_fails() -> None:
    """Refused at once, refused later, or never answered: the conversation takes the caller back, once."""
    async with scene() as here:
        here.session.request_transfer({})
        await asyncio.sleep(0.1)
        await here.says(CallTransferFailed("conn", 603), CallTransferFailed("conn", 603))
        assert await here.session.next_notice() == NOT_REACHED
        here.session.request_transfer({})
        await asyncio.sleep(30.1)
        assert await here.session.next_notice() == NOT_REACHED
        here.control.transfer_fails = CallControlError("no", status=403)
        here.session.request_transfer({})
        await asyncio.sleep(0.1)
        assert await here.session.next_notice() == NOT_REACHED
        assert here.notes.failures == ["TimeoutError", "CallControlError"]
        assert here.steps == []
        # Somebody of the company is told, each time.
        assert [(each.owner, each.due_at - each.set_at) for each in here.notes.reminders] == [
            ("colleague", timedelta(hours=1))
        ] * 3


@on_jumping_time
async def test_nobody_to_hand_over_to() -> None:
    """Without a number the service is not asked, and the conversation goes on."""
    async with scene(agent="") as here:
        here.session.request_transfer({})
        assert await here.session.next_notice() == NOT_REACHED
        assert here.control.transfers == []
        assert len(here.notes.reminders) == 1


@on_jumping_time
async def test_a_human_who_leaves() -> None:
    """The call that stayed up is the assistant's again."""
    async with scene() as here:
        here.session.request_transfer({})
        await asyncio.sleep(0.1)
        await here.says(CallTransferAccepted("conn"), ParticipantsUpdated("conn", (f"4:{CALLER}", f"4:{AGENT}")))
        await here.says(ParticipantsUpdated("conn", (f"4:{CALLER}",)))
        assert here.steps == [CallHandedOver(), CallTakenBack()]
        assert await here.session.next_notice() == TakenBack(TakeBackReason.HUMAN_LEFT)


@on_jumping_time
async def test_a_human_who_is_invited() -> None:
    """They are called from our number; when they leave, the assistant comes back; when they do not come, at once."""
    async with scene(invites=True) as here:
        here.session.request_transfer({"reason": "billing"})
        await asyncio.sleep(0.1)
        assert here.control.invited == [("+15559998888", TransferTarget(AGENT, {"reason": "billing"}))]
        assert here.control.transfers == []
        await here.says(ParticipantsUpdated("conn", (f"4:{CALLER}", f"4:{AGENT}")), ParticipantAdded("conn"))
        assert here.steps == [CallHandedOver()]
        await here.says(ParticipantsUpdated("conn", (f"4:{CALLER}",)))
        assert await here.session.next_notice() == TakenBack(TakeBackReason.HUMAN_LEFT)
        here.session.request_transfer({})
        await asyncio.sleep(0.1)
        await here.says(ParticipantNotAdded("conn", 480))
        assert await here.session.next_notice() == NOT_REACHED


@on_jumping_time
async def test_a_text_message() -> None:
    """It goes to the caller and is kept; what is refused is not kept, and the conversation is told."""
    async with scene() as here:
        here.session.request_sms("AB 12")
        await asyncio.sleep(0.1)
        assert here.sms.sent == [(CALLER, "AB 12")]
        assert here.notes.messages == [("c", "assistant", "AB 12")]
        here.sms.fails = SmsRefused("no")
        here.session.request_sms("CD 34")
        assert await here.session.next_notice() == SmsNotSent()
        assert here.notes.failures == ["SmsRefused"]
        assert len(here.notes.messages) == 1


@on_jumping_time
async def test_no_way_to_write() -> None:
    """Without a service, or to a withheld number, nothing is sent, and that is said."""
    async with scene(has_sms=False) as here:
        here.session.request_sms("AB 12")
        assert await here.session.next_notice() == SmsNotSent()
    async with scene(caller="") as here:
        here.session.request_sms("AB 12")
        assert await here.session.next_notice() == SmsNotSent()
        assert here.sms.sent == []


@on_jumping_time
async def test_a_recording() -> None:
    """It starts once it was announced, once, is kept, and stops with the call."""
    async with scene() as here:
        assert here.control.recordings == []
        here.session.recording_announced()
        here.session.recording_announced()
        await asyncio.sleep(0.1)
        assert here.control.recordings == ["started conn"]
        assert [(each.call_id, each.recording_id) for each in here.notes.recordings] == [("c", "rec-conn")]
        await here.says(RecordingStateChanged("rec-conn", is_active=True))
        here.deeds.stop_recording()
        here.deeds.stop_recording()
        await asyncio.sleep(0.1)
        assert here.control.recordings == ["started conn", "stopped rec-conn"]


@on_jumping_time
async def test_a_recording_that_ends_by_itself_or_never_begins() -> None:
    """What has stopped is not stopped again; what could not begin is reported."""
    async with scene() as here:
        here.session.recording_announced()
        await asyncio.sleep(0.1)
        await here.says(RecordingStateChanged("rec-conn", is_active=False), StartRecordingFailed("conn", 400))
        here.deeds.stop_recording()
        await asyncio.sleep(0.1)
        assert here.control.recordings == ["started conn"]
        assert here.notes.failures == ["CallControlError"]


@on_jumping_time
async def test_nothing_is_recorded_that_is_not_to_be() -> None:
    """The service records only where it was configured."""
    async with scene(is_recorded=False) as here:
        here.session.recording_announced()
        await asyncio.sleep(0.1)
        assert here.control.recordings == []


@on_jumping_time
async def test_hanging_up_is_a_step() -> None:
    """The lifecycle decides what it means."""
    async with scene() as here:
        here.session.request_hang_up(EndReason.FAILED)
        assert here.steps == [HangUpRequested(EndReason.FAILED)]


@on_jumping_time
async def test_keys_that_come_as_events() -> None:
    """Asked for once, when the caller is in the call; each key reaches the conversation once."""
    async with scene(dtmf_by_callbacks=True) as here:
        await here.says(ParticipantsUpdated("conn", (f"4:{CALLER}",)), ParticipantsUpdated("conn", (f"4:{CALLER}",)))
        assert here.control.dtmf == [f"started 4:{CALLER}"]
        await here.says(*(ToneReceived("conn", digit, number) for digit, number in (("4", 1), ("4", 1), ("#", 2))))
        assert [await here.session.next_notice() for _ in "4#"] == [KeyPressed("4"), KeyPressed("#")]
    assert here.notes.failures == []


@on_jumping_time
async def test_keys_that_the_service_does_not_tell() -> None:
    """Refused at once or afterwards: that is reported, and the call goes on."""
    async with scene(dtmf_by_callbacks=True) as here:
        here.control.dtmf_fails = CallControlError("refused", status=400)
        await here.says(ParticipantsUpdated("conn", (f"4:{CALLER}",)), ToneFailed("conn", 500, 8512))
    assert here.notes.failures == ["CallControlError", "CallControlError"]
    assert here.steps == []


@on_jumping_time
async def test_keys_are_not_asked_for_where_the_media_stream_carries_them() -> None:
    """And what comes all the same is not taken twice."""
    async with scene() as here:
        await here.says(ParticipantsUpdated("conn", (f"4:{CALLER}",)), ToneReceived("conn", "4", 1))
        here.session.tell(SmsNotSent())
        assert await here.session.next_notice() == SmsNotSent()
        assert here.control.dtmf == []


@on_jumping_time
async def test_what_the_caller_types_for_a_human_is_not_for_us() -> None:
    """While an invited human is there no key is asked for or taken; afterwards they are again."""
    here_only, both = (f"4:{CALLER}",), (f"4:{CALLER}", f"4:{AGENT}")
    async with scene(dtmf_by_callbacks=True, invites=True) as here:
        await here.says(ParticipantsUpdated("conn", here_only))
        here.session.request_transfer({})
        await here.says(ParticipantAdded("conn"), ParticipantsUpdated("conn", both), ToneReceived("conn", "1", 1))
        await here.says(ParticipantsUpdated("conn", here_only), ToneReceived("conn", "2", 2))
        assert here.control.dtmf == [f"{what} 4:{CALLER}" for what in ("started", "stopped", "started")]
        assert await here.session.next_notice() == TakenBack(TakeBackReason.HUMAN_LEFT)
        assert await here.session.next_notice() == KeyPressed("2")
    assert here.notes.failures == []


@on_jumping_time
async def test_the_caller_waits_with_music() -> None:
    """From the order until it is known what became of it, whichever way."""
    for outcome in (ParticipantAdded("conn"), ParticipantNotAdded("conn")):
        async with scene(invites=True, hold_audio_url="https://bot.example/hold.wav") as here:
            here.session.request_transfer({})
            await asyncio.sleep(0.1)
            assert here.control.plays == ["started https://bot.example/hold.wav"]
            assert len(here.control.invited) == 1
            await here.says(outcome, outcome)
            assert here.control.plays[1:] == ["cancelled"]
        assert here.notes.failures == []


@on_jumping_time
async def test_music_that_cannot_be_played() -> None:
    """That is reported; the human is called all the same, and nothing is cancelled."""
    async with scene(invites=True, hold_audio_url="https://bot.example/hold.wav") as here:
        here.control.play_fails = CallControlError("refused", status=400)
        here.session.request_transfer({})
        await here.says()
        await here.says(ParticipantAdded("conn"))
        assert len(here.control.invited) == 1
        assert len(here.control.plays) == 1
    assert here.notes.failures == ["CallControlError"]


@dataclass
class Dispatch:
    """Takes notices, or fails."""

    failures: list[Exception] = field(default_factory=list)
    taken: list[EmergencyNotice] = field(default_factory=list)

    async def notify(self, call_id: str, notice: EmergencyNotice) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(notice)


@on_jumping_time
async def test_help_is_called_once_and_the_truth_told() -> None:
    """Not before it is taken is it said to be; the same notice again is not sent again; another one is."""
    notice, other = (EmergencyNotice("fire", place, CALLER, "smoke") for place in ("Elm Street 4", "Oak Street 1"))
    dispatch, told = Dispatch([HelpNotReached("no answer")]), list[bool]()
    async with scene(helpline=dispatch) as here:
        for each in (notice, notice, notice, other):
            here.session.request_help(each, told.append)
            await asyncio.sleep(0.1)
    assert told == [False, True, True, True]
    assert dispatch.taken == [notice, other]
    assert here.notes.failures == ["HelpNotReached"]


@on_jumping_time
async def test_nobody_to_call_for_help() -> None:
    """Then that is the answer, at once."""
    told = list[bool]()
    async with scene() as here:
        here.session.request_help(EmergencyNotice("fire", "", "", ""), told.append)
    assert told == [False]
