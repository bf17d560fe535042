"""Calls to work on."""

from dataclasses import replace

from stores.records import (
    CallHistory,
    CallRecord,
    Direction,
    FieldRecord,
    InitiateRecord,
    MessageRecord,
    ReminderRecord,
    ToolCallRecord,
)
from tests.stores.contract import at

CALL = CallRecord(
    "0a1b2c3d4e5f",
    Direction.INBOUND,
    "+33612345678",
    at(0),
    (FieldRecord("place", "text"), FieldRecord("policy_number", "text"), FieldRecord("email", "email", required=False)),
    ended_at=at(90),
    end_reason="caller_hung_up",
    initiate=InitiateRecord("Contoso", "Amelia", "Take reports."),
)


def said(*texts: str) -> tuple[MessageRecord, ...]:
    """Who said what, in turn: ``caller: …``, ``assistant: …``; ``sms`` before the colon: by text message."""
    found = []
    for sequence, text in enumerate(texts):
        who, _, words = text.partition(": ")
        persona, _, how = who.partition(" ")
        found.append(MessageRecord(CALL.call_id, sequence, at(sequence), persona, words, action=how or "talk"))
    return tuple(found)


def reminder(title: str, owner: str) -> ReminderRecord:
    """Due in an hour."""
    return ReminderRecord(CALL.call_id, 0, at(5), title, "Send the photos.", at(3_600), owner)


def tool(name: str) -> ToolCallRecord:
    """That a model has run."""
    return ToolCallRecord(CALL.call_id, 0, at(6), 1, name, "{}", "ok")


TALK = CallHistory(
    CALL,
    said(
        "assistant: Hello, this is Amelia. What happened?",
        "caller: Hello.",
        "caller: There is water in my kitchen. It comes from the ceiling!",
        "assistant: Where is that?",
        "caller: At 4 Oak Street in Boston.",
    ),
    claim={"place": "4 Oak Street"},
)
WHOLE = replace(TALK, claim={"place": "4 Oak Street", "policy_number": "A1"})
SILENT = replace(TALK, messages=said("assistant: Hello?", "assistant: Goodbye."), claim={})
