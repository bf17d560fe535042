"""How a conversation begins."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.character import Character
from agent.claim import ClaimField
from agent.dialogue import Message, Persona
from calls.initiate import CallInitiate
from calls.opening import EarlierCalls, opening_dialogue, report_resumption
from calls.session import CallSession
from pipeline.records import CallResumed, ClaimValueSet
from stores.records import CallHistory, CallRecord, Direction, FieldRecord, InitiateRecord, MessageRecord
from tests.calls.test_session import NotedDeeds
from tests.support.fake_store import FakeStore
from tests.support.telephone import NOW, Notes

ABOUT = CallInitiate("Contoso", "Amelia", "Help.", "+12025550177", claim=(ClaimField("name"),))
THEN = InitiateRecord("Fabrikam", "Robin", "Remind them.", "")
NUMBER = "+15550001111"


def earlier(
    call_id: str = "c0",
    *,
    ended_at: datetime | None = NOW - timedelta(hours=1),
    persona: str = "caller",
) -> CallHistory:
    """A call in which something was said."""
    call = CallRecord(
        *(call_id, Direction.INBOUND, NUMBER, NOW - timedelta(hours=2)),
        claim_fields=(FieldRecord("place", "text", "Where?"), FieldRecord("email", "email")),
        ended_at=ended_at,
        initiate=THEN,
    )
    said = MessageRecord(call_id, 0, NOW, persona, "In Boston.")
    return CallHistory(call, (said,), claim={"place": "Boston", "gone": "x"})


class Kept(FakeStore):
    """A store with these calls, newest first."""

    def __init__(self, *histories: CallHistory) -> None:
        super().__init__()
        self.histories = histories
        self.asked: list[str | None] = []

    async def latest_calls(self, *, limit: int = 50, phone_number: str | None = None) -> list[CallHistory]:
        self.asked.append(phone_number)
        return list(self.histories[:limit])


def session(initiate: CallInitiate = ABOUT) -> CallSession:
    """A call that has just come in."""
    return CallSession(call_id="c1", caller_number=NUMBER, called_number="", deeds=NotedDeeds(), initiate=initiate)


async def found(store: Kept, *, hours: float = 3.0, number: str = NUMBER) -> str | None:
    """The id of the call that the next one goes on with."""
    history = await EarlierCalls(store, within=lambda _: timedelta(hours=hours), utc_now=lambda: NOW)(number)
    return None if history is None else history.call.call_id


async def test_the_latest_conversation_is_found() -> None:
    """Calls that are up, and those in which the caller said nothing, are passed over."""
    up, silent = earlier("up", ended_at=None), earlier("silent", persona="assistant")
    assert await found(Kept(up, silent, earlier("c2"), earlier("c3"))) == "c2"
    assert await found(Kept(up, silent)) is None
    assert await found(Kept()) is None


async def test_what_is_long_ago_is_over() -> None:
    """The time counts from the end of the call."""
    store = Kept(earlier(ended_at=NOW - timedelta(hours=3, seconds=1)))
    assert await found(store, hours=3.0) is None
    assert await found(store, hours=3.1) == "c0"


async def test_zero_means_zero() -> None:
    """The store is not even asked; nor for somebody without a number."""
    store = Kept(earlier(ended_at=NOW))
    assert await found(store, hours=0) is None
    assert await found(store, number="") is None
    assert store.asked == []


def test_a_first_call_begins_from_nothing() -> None:
    """Who speaks, the claim and the human are those of the call."""
    dialogue = opening_dialogue(session())
    assert dialogue.character == Character("Contoso", "Amelia", "Help.")
    assert (dialogue.caller_number, dialogue.agent_number) == (NUMBER, "+12025550177")
    assert [field.name for field in dialogue.claim.fields] == ["name"]
    assert (dialogue.messages, dialogue.is_resumed) == ((), False)


def test_a_second_call_begins_where_the_first_one_stopped() -> None:
    """Claim, schema, words and character are those of the earlier call."""
    call = session()
    call.earlier = earlier()
    dialogue = opening_dialogue(call)
    assert dialogue.is_resumed
    assert [field.name for field in dialogue.claim.fields] == ["place", "email"]
    assert dict(dialogue.claim.values) == {"place": "Boston"}
    assert dialogue.messages == (Message(Persona.CALLER, "In Boston."),)
    assert dialogue.character == Character("Fabrikam", "Robin", "Remind them.")
    assert dialogue.agent_number == "+12025550177", "the earlier call had no human of its own"


def test_what_was_written_then_is_a_quotation_now() -> None:
    """A text message of the earlier call is not taken for the caller's own voice."""
    call, history = session(), earlier()
    written = replace(history.messages[0], action="sms")
    call.earlier = replace(history, messages=(written,))
    assert opening_dialogue(call).messages == (Message(Persona.CALLER, "In Boston.", is_written=True),)


@pytest.mark.parametrize("initiate", [None, replace(THEN, agent_phone_number="+12025550188")])
def test_calls_of_older_versions(initiate: InitiateRecord | None) -> None:
    """A row without its own configuration has that of the new call."""
    call, before = session(), earlier()
    call.earlier = replace(before, call=replace(before.call, initiate=initiate))
    dialogue = opening_dialogue(call)
    assert dialogue.character is not None
    assert dialogue.character.company == ("Contoso" if initiate is None else "Fabrikam")
    assert dialogue.agent_number == ("+12025550177" if initiate is None else "+12025550188")


def test_the_new_record_holds_what_is_known() -> None:
    """The call that it goes on with, and every value."""
    notes, call = Notes(), session()
    report_resumption(call, notes, NOW)
    assert notes.records == []
    call.earlier = earlier()
    report_resumption(call, notes, NOW)
    assert notes.records == [
        CallResumed("c1", NOW, "c0"),
        ClaimValueSet("c1", NOW, "place", None, "Boston", "earlier call"),
        ClaimValueSet("c1", NOW, "gone", None, "x", "earlier call"),
    ]


def test_what_is_spoken_from_the_first_word() -> None:
    """The call's own language, or what the numbers tell; who calls again goes on in theirs."""
    numbers = (("+1555", "de-DE"),)
    about = CallInitiate(language="fr", languages=("en-US", "fr-FR", "de-DE"), prosody_rate=0.9)
    german = replace(about, language_by_number=numbers)
    ordered = replace(german, is_language_ordered=True)
    beginnings = ((about, "", "fr-FR"), (german, "de-DE", "de-DE"), (ordered, "fr-FR", "fr-FR"))
    for initiate, tells, spoken in beginnings:
        dialogue = opening_dialogue(session(initiate))
        assert dialogue.languages == ("fr-FR", "en-US", "de-DE")
        assert (dialogue.language, dialogue.spoken_language, dialogue.speed) == (tells, spoken, 0.9)
    again = session(about)
    again.earlier = replace(earlier(), call=replace(earlier().call, caller_language="de-AT"))
    dialogue = opening_dialogue(again)
    assert (dialogue.spoken_language, dialogue.is_language_chosen, dialogue.speed) == ("de-DE", False, 0.9)


async def test_a_call_back_goes_on_and_says_why() -> None:
    """Claim and words are those of the earlier call; who speaks, and what for, is the order's."""
    ours = session(replace(ABOUT, calls_back_about="Tow truck"))
    ours.earlier = earlier()
    dialogue = opening_dialogue(ours)
    assert dialogue.calls_back_about == "Tow truck"
    assert dialogue.is_resumed
    assert dialogue.claim.values == {"place": "Boston"}
    assert dialogue.character == replace(ABOUT).character
    assert opening_dialogue(session()).calls_back_about == ""
