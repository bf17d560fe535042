"""A call without a telephone."""

import asyncio
import os
from dataclasses import dataclass

import numpy as np
import pytest

from agent.assistant import Assistant, Say
from agent.facts import EmergencyNotice
from assembly.mic_session import QUIET_S, AnswersOwed, hang_up_when_answered, hold_mic_call, mic_call, press_keys
from calls.events import EndReason
from calls.handover import TakeBackReason
from calls.holding import Converse
from calls.initiate import CallInitiate
from calls.opening import opening_dialogue
from calls.session import CallSession, KeyPressed, SmsNotSent, TakenBack
from media.file_line import FileLine, FileOutput
from media.line import Line
from pipeline.conversation import Conversation, ConversationSettings, Services
from pipeline.records import AssistantSaid, CallerHeard, ConversationEnded, Observer, Record, StageFailed
from telemetry.observers import Observers
from tests.support.fakes import AT, FakeAssistant, FakeSpeechToText, FakeVoice, Loudness, Records, loud
from tests.support.jumping_time import on_jumping_time


def call() -> CallSession:
    return mic_call("mic-1", CallInitiate(bot_name="Amelia"))


async def test_nobody_can_be_reached_and_nothing_sent() -> None:
    """The conversation is told so, and tells the caller."""
    session = call()
    session.request_transfer({"Reason": "wants a human"}, "+12025550199")
    session.request_sms("Hello")
    assert await session.next_notice() == TakenBack(TakeBackReason.NOT_REACHED)
    assert await session.next_notice() == SmsNotSent()
    answers: list[bool] = []
    session.request_help(EmergencyNotice("fire", "here", "fire", "me"), answers.append)
    assert answers == [False]
    session.request_hang_up()
    session.recording_announced()
    assert not session.ended.is_set()


def test_an_answer_is_owed_from_the_first_word_to_the_last_of_the_answer() -> None:
    """And not where there is nobody any more who could understand it."""
    owed = AnswersOwed()
    seen: list[bool] = []
    records: tuple[Record, ...] = (
        AssistantSaid("mic-1", AT, 0, "Hello."),
        CallerHeard("mic-1", AT, 1, "In", is_final=False),
        AssistantSaid("mic-1", AT, 0, "Hello.", was_interrupted=True),
        CallerHeard("mic-1", AT, 1, "In Boston.", is_final=True),
        AssistantSaid("mic-1", AT, 1, "Thank you."),
        CallerHeard("mic-1", AT, 2, "Yes", is_final=False),
        StageFailed("mic-1", AT, "reply", "ModelError"),
        StageFailed("mic-1", AT, "recognition", "RecognitionError"),
    )
    for record in records:
        owed.observe(record)
        seen.append(owed.is_owed)
    assert seen == [False, True, True, True, False, True, True, False]


@dataclass
class Over:
    """A line whose recording has been over for so long."""

    silent_s: float
    over_s: float


@pytest.mark.parametrize(
    ("line", "is_owed", "hangs_up"),
    [
        (Over(0, 0), False, False),
        (Over(QUIET_S - 0.1, QUIET_S), False, False),
        (Over(QUIET_S, QUIET_S), False, True),
        (Over(QUIET_S, QUIET_S), True, False),
        (Over(0, 29.9), False, False),
        (Over(0, 30), True, True),
    ],
)
async def test_who_has_had_every_answer_hangs_up(line: Over, is_owed: bool, hangs_up: bool) -> None:
    """Or who has waited long enough."""
    session, owed = call(), AnswersOwed()
    if is_owed:
        owed.observe(CallerHeard("mic-1", AT, 1, "In Boston.", is_final=False))
    hang_up_when_answered(session, owed, limit_s=30)(line)  # type: ignore[arg-type]
    assert session.ended.is_set() == hangs_up
    assert session.end_reason == (EndReason.CALLER_HUNG_UP if hangs_up else None)


async def test_keys_of_a_telephone_are_pressed() -> None:
    """Others do nothing."""
    reading, writing = os.pipe()
    os.write(writing, b"1x\n#")
    os.close(writing)
    session = call()
    await press_keys(session, reading)
    os.close(reading)
    assert [await session.next_notice() for _ in range(2)] == [KeyPressed("1"), KeyPressed("#")]


@on_jumping_time
async def test_what_runs_beside_ends_with_the_conversation() -> None:
    """Both when it ends by itself, and when it is ended."""
    session = call()
    ended: list[str] = []

    async def beside() -> None:
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append("beside")

    loop = asyncio.get_running_loop()
    line = FileLine(b"", now=loop.time, sleep=asyncio.sleep)

    async def hang_up() -> None:
        await asyncio.sleep(3)
        session.end(EndReason.CALLER_HUNG_UP)

    await hold_mic_call(session, conversations(Records()), line, beside, hang_up)
    assert ended == ["beside"]
    assert asyncio.all_tasks() == {asyncio.current_task()}


@on_jumping_time
async def test_a_recorded_caller_is_answered_and_hangs_up() -> None:
    """Four seconds after the answer has been heard, though the recording was over long before."""
    session, owed, records = call(), AnswersOwed(), Records()
    loop = asyncio.get_running_loop()
    look = hang_up_when_answered(session, owed, limit_s=60)
    recording = bytes(32_000) + loud(800)
    output = FileOutput(both_sides=False)
    line = FileLine(recording, now=loop.time, sleep=asyncio.sleep, output=output, on_frame=look)
    answer = FakeAssistant([6.0, Say("one two three four five six seven eight nine ten.")])
    began = loop.time()
    await hold_mic_call(session, conversations(Observers(owed, records), answer), line)
    assert [record.text for record in records.of(AssistantSaid)][-1].endswith("nine ten.")
    assert records.of(ConversationEnded)[-1].reason == "caller_hung_up"
    played = np.frombuffer(output.finish(), "<i2")
    last = np.flatnonzero(played)[-1] / 16_000
    assert loop.time() - began == pytest.approx(last + QUIET_S, abs=0.1)
    assert len(played) / 16_000 == pytest.approx(last + QUIET_S, abs=0.1)


def conversations(observer: Observer, assistant: Assistant | None = None) -> Converse:
    """Makes a conversation of stand-ins, on the loop's clock."""

    def converse(session: CallSession, line: Line) -> Conversation:
        services = Services(
            speech_to_text=FakeSpeechToText(["In Boston."]),
            text_to_speech=FakeVoice(),
            assistant=assistant or FakeAssistant(),
            new_detector=Loudness,
            observer=observer,
            now=asyncio.get_running_loop().time,
            utc_now=lambda: AT,
        )
        settings = ConversationSettings(is_echo_cancelled=False)
        dialogue = opening_dialogue(session, AT)
        return Conversation(session.call_id, line, dialogue, services=services, settings=settings, deeds=session)

    return converse
