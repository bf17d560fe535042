"""Whole dialogues with the scripted assistant, as transcripts: who says what, what is known then.

It is Friday, 20 November 2026. A caller's line is followed by the assistant's; a line
in brackets is a value that was stored.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from agent.assistant import EndCall, Expect, Output, Say, UpdateClaim
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.scripted import ScriptedAssistant

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
CLAIM = Claim(
    (
        ClaimField("incident_description", description="What happened?"),
        ClaimField("incident_location", description="Where did it happen?"),
        ClaimField("incident_datetime", FieldType.DATETIME, "When did it happen?"),
        ClaimField("caller_name", description="What is your name?"),
        ClaimField("phone_number", FieldType.PHONE_NUMBER, "On which number can we reach you?"),
    )
)
REPORTED = {
    "incident_description": "A pipe burst",
    "incident_location": "In Boston",
    "incident_datetime": "2026-11-16T09:00",
    "caller_name": "Robert Miller",
    "phone_number": "+12025550143",
}
SUMMARY = (
    "Here is what I noted. Incident description: a pipe burst. Incident location: in Boston. "
    "Incident date and time: Monday, November 16 at 9 AM. Caller name: Robert Miller. "
    "Phone number: two zero two, five five five, zero one four three. Is everything right?"
)


class Transcript:
    """Plays a dialogue, letting every output come true as a pipeline would."""

    def __init__(self, claim: Claim = CLAIM) -> None:
        self.assistant = ScriptedAssistant("Contoso Insurance", "Amelia", lambda: NOW)
        self.dialogue = Dialogue(claim)
        self.lines: list[str] = []
        self.has_ended = False

    async def play(self, outputs: AsyncIterator[Output]) -> None:
        """Let the outputs come true and write down what they are."""
        text = ""
        async for output in outputs:
            match output:
                case Say(text=part):
                    text += part
                case UpdateClaim(field=field, value=value):
                    self.lines.append(f"[{field}: {value}]")
                    self.dialogue = self.dialogue.with_claim(self.dialogue.claim.with_value(field, value))
                case Expect(expecting=expecting, attempts=attempts):
                    self.dialogue = self.dialogue.with_expectation(expecting, attempts)
                case EndCall():
                    self.has_ended = True
        self.lines.append(text)
        self.dialogue = self.dialogue.with_message(Message(Persona.ASSISTANT, text))

    async def says(self, utterance: str) -> list[str]:
        """Let the caller say something; give what was stored and answered."""
        self.lines = []
        outputs = self.assistant.reply(self.dialogue, utterance)
        await self.play(outputs)
        return self.lines


async def confirming() -> Transcript:
    """A call that has come to its last question."""
    claim = CLAIM
    for name, value in REPORTED.items():
        claim = claim.with_value(name, value)
    transcript = Transcript(claim)
    await transcript.play(transcript.assistant.greet(transcript.dialogue))
    return transcript


async def test_a_whole_report_with_one_correction() -> None:
    """The example of the documentation: five values, one of them corrected, confirmed."""
    call = Transcript()
    await call.play(call.assistant.greet(call.dialogue))
    assert call.lines == ["Hello, this is Amelia from Contoso Insurance. I will take your report. What happened?"]
    assert await call.says("A pipe burst in my kitchen and the floor is under water.") == [
        "[incident_description: A pipe burst in my kitchen and the floor is under water]",
        "Thank you. I noted that. Where did it happen?",
    ]
    assert await call.says("It was in my kitchen in Boston.") == [
        "[incident_location: In my kitchen in Boston]",
        "Thank you. I noted: in my kitchen in Boston. When did it happen?",
    ]
    assert await call.says("It happened yesterday at nine in the morning.") == [
        "[incident_datetime: 2026-11-19T09:00]",
        "Thank you. I noted Thursday, November 19 at 9 AM. What is your name?",
    ]
    assert await call.says("No, it was on Monday at nine in the morning.") == [
        "[incident_datetime: 2026-11-16T09:00]",
        "All right. I noted Monday, November 16 at 9 AM. What is your name?",
    ]
    assert await call.says("My name is Robert Miller.") == [
        "[caller_name: Robert Miller]",
        "Thank you. I noted: Robert Miller. On which number can we reach you?",
    ]
    lines = await call.says("You can reach me on two, zero, two, five, five, five, zero, one, four, three.")
    assert lines[0] == "[phone_number: +12025550143]"
    assert lines[1].startswith("Thank you. Here is what I noted. Incident description: a pipe burst in my kitchen")
    assert lines[1].endswith("zero one four three. Is everything right?")
    assert await call.says("Yes, that is right.") == ["Thank you, your claim is filed. Goodbye."]
    assert call.has_ended


@pytest.mark.parametrize(
    ("correction", "value", "answer"),
    [
        ("No, wait, it was the bathroom.", "The bathroom", "All right. I noted: the bathroom. When did it happen?"),
        ("Actually, it was in the hall", "In the hall", "All right. I noted: in the hall. When did it happen?"),
        ("That's wrong, it was Chicago.", "Chicago", "All right. I noted: Chicago. When did it happen?"),
    ],
)
async def test_the_last_value_is_corrected_while_the_next_is_asked(correction: str, value: str, answer: str) -> None:
    """A correction changes what was noted last, and the open question is asked again."""
    call = Transcript(CLAIM.with_value("incident_description", "A pipe burst"))
    await call.play(call.assistant.greet(call.dialogue))
    await call.says("In the kitchen.")
    assert await call.says(correction) == [f"[incident_location: {value}]", answer]
    assert (await call.says("Yesterday at nine."))[0] == "[incident_datetime: 2026-11-19T09:00]"


async def test_a_plain_no_asks_for_the_last_value_again() -> None:
    """Without a new value, the question for it is repeated, and then the dialogue goes on."""
    call = Transcript(CLAIM.with_value("incident_description", "A pipe burst"))
    await call.play(call.assistant.greet(call.dialogue))
    await call.says("In the kitchen.")
    assert await call.says("No.") == ["I am sorry. Where did it happen?"]
    assert await call.says("In the hall.") == [
        "[incident_location: In the hall]",
        "All right. I noted: in the hall. When did it happen?",
    ]


async def test_a_correction_may_name_any_field() -> None:
    """What is named is corrected, whatever is asked for at the time."""
    call = Transcript(CLAIM.with_value("incident_description", "A pipe burst"))
    await call.play(call.assistant.greet(call.dialogue))
    await call.says("In the kitchen.")
    assert await call.says("Actually, my name is Bob.") == [
        "[caller_name: Bob]",
        "Thank you. I noted: Bob. When did it happen?",
    ]


async def test_small_talk_repeats_the_question() -> None:
    """Silence, noise and "what?" get the question again, and store nothing."""
    call = Transcript()
    await call.play(call.assistant.greet(call.dialogue))
    assert await call.says("") == ["Sorry, I did not get that. What happened?"]
    assert await call.says("What?") == ["What happened?"]
    assert await call.says("hello?") == ["Sorry, I did not get that. What happened?"]
    assert call.dialogue.claim.values == {}


async def test_who_wants_a_moment_has_it() -> None:
    """It is no answer, and none in vain; the question waits without being asked again."""
    call = Transcript()
    await call.play(call.assistant.greet(call.dialogue))
    for said in ("Wait, one moment please.", "Hold on.", "Let me think."):
        assert await call.says(said) == ["Take your time."]
    assert (await call.says("A pipe burst."))[0] == "[incident_description: A pipe burst]"


async def test_unknown_values_are_skipped() -> None:
    """Who does not know is asked for the next field; what is missing is left out of the summary."""
    call = Transcript(Claim(CLAIM.fields[3:]))
    await call.play(call.assistant.greet(call.dialogue))
    assert await call.says("I don't know.") == [
        "No problem. We can do that later. On which number can we reach you?",
    ]
    assert await call.says("five five five") == [
        "Sorry. That number is too short for a phone number. On which number can we reach you?",
    ]
    lines = await call.says("202 555 0143")
    assert lines[-1] == (
        "Thank you. Here is what I noted. "
        "Phone number: two zero two, five five five, zero one four three. Is everything right?"
    )


@pytest.mark.parametrize(
    ("answer", "change", "part"),
    [
        ("No, the name is wrong, it is Robert Millar.", "[caller_name: Robert Millar]", "Caller name: Robert Millar."),
        ("No, it was on Tuesday.", "[incident_datetime: 2026-11-17T09:00]", "Tuesday, November 17 at 9 AM."),
        ("Yes, but the phone number is 202 555 0144", "[phone_number: +12025550144]", "zero one four four."),
        ("No, the location is Chicago", "[incident_location: Chicago]", "Incident location: Chicago."),
    ],
)
async def test_the_summary_can_be_corrected(answer: str, change: str, part: str) -> None:
    """A value that names its field, or fits only one, is changed and all is summed up again."""
    call = await confirming()
    assert call.lines[0].endswith(SUMMARY)
    changed, said = await call.says(answer)
    assert changed == change
    assert said.startswith("All right. Here is what I noted.")
    assert part in said
    assert (await call.says("Yes.")) == ["Thank you, your claim is filed. Goodbye."]


async def test_a_plain_no_to_the_summary_asks_which() -> None:
    """The field that is named then is asked for anew."""
    call = await confirming()
    assert await call.says("No.") == ["I am sorry. Which detail is wrong?"]
    assert await call.says("The location.") == ["I am sorry. Where did it happen?"]
    assert (await call.says("In Chicago."))[0] == "[incident_location: In Chicago]"
    assert await call.says("Yes, thank you.") == ["Thank you, your claim is filed. Goodbye."]


@pytest.mark.parametrize("goodbye", ["Goodbye.", "That's all, thank you.", "Nothing else."])
async def test_goodbye_ends_the_call(goodbye: str) -> None:
    """A caller who wants to go is let go; a full claim is filed."""
    call = await confirming()
    assert await call.says(goodbye) == ["Thank you, your claim is filed. Goodbye."]
    assert call.has_ended
    early = Transcript()
    await early.play(early.assistant.greet(early.dialogue))
    await early.says("A pipe burst.")
    assert await early.says(goodbye) == ["Thank you for calling. I have saved what you told me. Goodbye."]
    assert early.has_ended


async def test_silence_is_asked_about() -> None:
    """A nudge repeats the question and changes nothing else."""
    call = Transcript()
    await call.play(call.assistant.greet(call.dialogue))
    expecting = call.dialogue.expecting
    await call.play(call.assistant.nudge(call.dialogue))
    assert call.lines[-1] == "Are you still there? What happened?"
    assert (call.dialogue.expecting, call.dialogue.attempts) == (expecting, 0)


async def test_warming_up_loads_the_parsers() -> None:
    """It needs no network and no key."""
    await Transcript().assistant.warm_up()
