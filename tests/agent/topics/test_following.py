"""Topics in front of the script, as transcripts: who says what, and what is done."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.assistant import AwaitTurnEnd, EndCall, Expect, FollowTopic, Say, TransferCall, UpdateClaim
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.foresight import foreseen
from agent.scripted import ScriptedAssistant
from agent.texts.bundled import Repertoire
from agent.topics.following import TopicAssistant
from agent.topics.matching import Matcher, MatchSettings
from agent.topics.ports import Answered
from tests.support.passages import passage
from tests.support.topics import NOW, FakeAnswerer, FakeService, WordsInCommon, courses, topics_of

XBOX = """\
topic: xbox
title: your Xbox
triggers: [my xbox broke, gaming]
steps:
  - ask: What about it?
    into: question
  - action: answer
    question: "{question}"
    into: answer
    otherwise:
      - message: I found nothing.
      - ask: Do you want a colleague?
        into: wants
        type: yes_no
      - if: wants
        is: yes
        then: [hand_over: about the Xbox]
      - end: topic
  - message: "{answer}"
"""
REFUND = """\
topic: refund
title: a refund
triggers: [give money back]
steps:
  - ask: When did you buy it?
    into: bought
    type: datetime
  - action: http
    method: POST
    url: https://api.example.com/refund
    body: {bought: "{bought}"}
  - message: It is on its way.
  - end: call
"""
CLAIM = Claim((ClaimField("place", description="Where did it happen?"), ClaimField("when", FieldType.DATETIME)))
ANSWERS = FakeAnswerer({"How does it work": Answered("Like this.")})


class Transcript:
    """Plays a dialogue; every output comes true."""

    def __init__(self, claim: Claim = CLAIM, *, agent_number: str = "", service: FakeService | None = None) -> None:
        topics = topics_of(XBOX, REFUND)
        self.assistant = TopicAssistant(
            ScriptedAssistant("Contoso", "Amelia", lambda: NOW),
            courses(topics, http=service or FakeService({"refund": None}), answerer=ANSWERS),
            Matcher(topics, WordsInCommon(), MatchSettings(begins_above=0.9, asks_above=0.3)),
            repertoire=Repertoire(),
        )
        self.dialogue = Dialogue(claim, agent_number=agent_number)
        self.ended = False
        self.transfers: list[str] = []

    async def open(self) -> str:
        """The greeting."""
        return await self._play(self.assistant.greet(self.dialogue))

    async def say(self, said: str) -> str:
        """What is answered."""
        answer = await self._play(self.assistant.reply(self.dialogue, said))
        self.dialogue = self.dialogue.with_message(Message(Persona.CALLER, said))
        self.dialogue = self.dialogue.with_message(Message(Persona.ASSISTANT, answer))
        return answer

    async def nudge(self) -> str:
        """What is said into silence."""
        return await self._play(self.assistant.nudge(self.dialogue))

    async def _play(self, outputs: object) -> str:
        text, dialogue = "", self.dialogue
        async for output in outputs:  # type: ignore[attr-defined]
            match output:
                case Say(text=part):
                    text += part
                case Expect(expecting=expecting, attempts=attempts):
                    dialogue = dialogue.with_expectation(expecting, attempts)
                case AwaitTurnEnd(has_ended=has_ended):
                    has_ended.set_result(None)
                case EndCall():
                    self.ended = True
                case TransferCall(reason=reason):
                    self.transfers.append(reason)
                case FollowTopic() | UpdateClaim():
                    dialogue = foreseen(dialogue, output)
                case _:
                    pass
        self.dialogue = dialogue
        return text


@pytest.mark.parametrize(
    "lines",
    [
        # Very near: it begins at once; when it is over, the script asks again.
        [
            ("My Xbox broke", "All right. What about it?"),
            ("How does it work", "Thank you. Like this. Where did it happen?"),
            ("In Boston", "Thank you. I noted: in Boston. What is the when?"),
        ],
        # In doubt: asked for first. "No" takes up what was said as the script would have.
        [
            ("My house", "Do you want to talk about your Xbox?"),
            ("No.", "Thank you. I noted: my house. What is the when?"),
        ],
        [
            ("My house", "Do you want to talk about your Xbox?"),
            ("What?", "Do you want to talk about your Xbox?"),
            ("Yes", "All right. What about it?"),
        ],
        [
            ("My house", "Do you want to talk about your Xbox?"),
            ("No, give my money back please", "All right. When did you buy it?"),
        ],
        # Whoever did not mean it is not asked again.
        [
            ("My house", "Do you want to talk about your Xbox?"),
            ("No, in Boston", "Thank you. I noted: in Boston. What is the when?"),
            ("my yard", "Sorry. I did not understand the date and time. What is the when?"),
        ],
        # Nothing near: the script.
        [("In Boston.", "Thank you. I noted: in Boston. What is the when?")],
        # Questions are repeated, refusals explained, and another topic is gone to.
        [
            ("give my money back", "All right. When did you buy it?"),
            ("Pardon?", "When did you buy it?"),
            ("um", "Sorry, I did not get that. When did you buy it?"),
            ("the cat", "I did not understand the date and time. When did you buy it?"),
            ("gaming", "All right. What about it?"),
        ],
        # After some attempts it is given up.
        [
            ("give my money back", "All right. When did you buy it?"),
            ("um", "Sorry, I did not get that. When did you buy it?"),
            ("um", "Sorry, I did not get that. When did you buy it?"),
            ("um", "No problem. I am sorry, I cannot do that just now. Where did it happen?"),
        ],
        [
            ("give my money back", "All right. When did you buy it?"),
            ("I don't know.", "No problem. I am sorry, I cannot do that just now. Where did it happen?"),
        ],
        # Otherwise.
        [
            ("gaming", "All right. What about it?"),
            ("Who are you", "Thank you. I found nothing. Do you want a colleague?"),
            ("maybe", "Sorry, I did not get that. Do you want a colleague?"),
            ("no", "Thank you. Where did it happen?"),
        ],
        # A human who is not there.
        [
            ("gaming", "All right. What about it?"),
            (
                "let me talk to a human",
                "I am sorry, nobody can take your call just now. I am still here to help you. What about it?",
            ),
        ],
    ],
)  # fmt: skip
async def test_dialogues(lines: Sequence[tuple[str, str]]) -> None:
    """Line by line."""
    call = Transcript()
    await call.open()
    for said, answer in lines:
        assert await call.say(said) == answer


async def test_who_wants_a_moment_has_it() -> None:
    """And answers the same question then."""
    call = Transcript(service=FakeService({"refund": None}))
    await call.open()
    await call.say("give my money back")
    assert await call.say("One moment, please.") == "Take your time."
    assert "It is on its way." in await call.say("yesterday at nine")


async def test_a_topic_ends_the_call() -> None:
    """Having done what it does."""
    service = FakeService({"refund": None})
    call = Transcript(service=service)
    await call.open()
    await call.say("give my money back")
    assert await call.say("yesterday at nine") == "Thank you. It is on its way. Goodbye."
    assert call.ended
    assert service.asked[0].body == {"bought": "2026-11-19T09:00"}


async def test_a_topic_hands_over() -> None:
    """With its reason; and so does a caller who asks for it in the middle of one."""
    call = Transcript(agent_number="+12025550100")
    await call.open()
    await call.say("gaming")
    await call.say("Who are you")
    assert await call.say("yes") == "Thank you. I am connecting you to a colleague."
    await call.say("gaming")
    assert "to a colleague" in await call.say("a human, please")
    assert call.transfers == ["about the Xbox", "asked for a human"]
    assert call.dialogue.topic == ""


async def test_goodbye_leaves_the_topic() -> None:
    """The script says what it says to whoever goes."""
    call = Transcript()
    await call.open()
    await call.say("gaming")
    assert (await call.say("Goodbye.")).startswith("Thank you for calling.")
    assert call.ended


def whispered(call: Transcript, text: str) -> None:
    """A supervisor tells the assistant this."""
    call.dialogue = call.dialogue.with_message(Message(Persona.SUPERVISOR, text))


@pytest.mark.parametrize("said", ["How does it work", "um", "I don't know", "give my money back"])
async def test_a_supervisors_order_leaves_the_topic_that_waits(said: str) -> None:
    """What the caller said was for the topic: it is no value of the claim."""
    call = Transcript(agent_number="+12025550100")
    await call.open()
    await call.say("gaming")
    whispered(call, "Ask for the when.")
    assert await call.say(said) == "All right. What is the when?"
    assert call.dialogue.topic == ""
    assert call.dialogue.claim.values == {}


@pytest.mark.parametrize("begun", ["gaming", "my house"])
async def test_a_supervisors_order_ends_or_hands_over_within_a_topic(begun: str) -> None:
    """Also while the caller is asked whether they mean it; nothing of the topic is done before."""
    call = Transcript(agent_number="+12025550100")
    await call.open()
    await call.say(begun)
    whispered(call, "hand over")
    assert await call.say("yes") == "All right. I am connecting you to a colleague."
    assert call.transfers == ["a supervisor has asked for it"]
    assert call.dialogue.topic == ""
    call = Transcript()
    await call.open()
    await call.say(begun)
    whispered(call, "hang up")
    assert (await call.say("yes")).startswith("All right. Thank you for calling.")
    assert call.ended


async def test_an_order_comes_before_a_topic_that_would_begin() -> None:
    """It is for the next reply: after the topic it would be forgotten."""
    call = Transcript()
    await call.open()
    whispered(call, "hang up")
    await call.say("my xbox broke")
    assert call.ended
    assert call.dialogue.topic == ""


async def test_whoever_says_goodbye_in_a_topic_goes_whatever_was_ordered() -> None:
    """An order to ask keeps nobody; and what is no order leaves the topic alone."""
    call = Transcript()
    await call.open()
    await call.say("gaming")
    whispered(call, "Be kind.")
    assert await call.say("um") == "Sorry, I did not get that. What about it?"
    whispered(call, "Ask for the place.")
    await call.say("Goodbye.")
    assert call.ended


async def test_silence_is_asked_for_with_the_topics_question() -> None:
    """Not with the script's; without a topic, with that."""
    call = Transcript()
    await call.open()
    assert await call.nudge() == "Are you still there? Where did it happen?"
    await call.say("gaming")
    assert (await call.nudge()).endswith("What about it?")
    assert await call.say("How does it work") == "Thank you. Like this. Where did it happen?"


async def test_in_doubt_nobody_is_asked_who_owes_a_value_of_a_type() -> None:
    """A date, a number: what is near to a topic by chance is none."""
    call = Transcript(Claim((CLAIM.fields[1],)))
    await call.open()
    assert await call.say("My house") == "Sorry. I did not understand the date and time. What is the when?"


async def test_without_a_claim_topics_lead_the_call() -> None:
    """What no topic knows is said so, and asked again; whoever wants nothing more goes."""
    call = Transcript(Claim(()))
    assert await call.open() == "Hello, this is Amelia from Contoso. How can I help you?"
    assert await call.say("The weather is nice") == "I am sorry, I cannot answer that. How can I help you?"
    assert await call.say("gaming") == "All right. What about it?"
    assert await call.say("How does it work") == "Thank you. Like this. Is there anything else that I can do for you?"
    await call.say("No, thanks.")
    assert call.ended


async def test_a_question_of_another_kind_is_answered_by_the_documents() -> None:
    """Then the topic asks again."""
    call = Transcript()
    await call.open()
    await call.say("give my money back")
    call.dialogue = replace(call.dialogue, passages=(passage("We are open until five."),))
    answer = await call.say("Are you open now?")
    assert "We are open until five." in answer
    assert answer.endswith("When did you buy it?")


async def test_a_state_that_no_file_knows_is_left() -> None:
    """As after a restart with other topics."""
    call = Transcript()
    await call.open()
    call.dialogue = replace(call.dialogue, topic='{"topic":"gone","at":3}')
    assert await call.say("In Boston") == "Thank you. I noted: in Boston. What is the when?"
    await call.assistant.warm_up()
