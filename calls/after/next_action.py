"""What the company should do after a call: decided by a language model, or by rules.

The rules, the first that fits:

    an emergency service was notified, or wanted               high_priority
    the caller was handed over, or wanted to be                requires_expertise
    nobody spoke                                               case_closed
    the customer has promised to do something                  customer_will_send_info
    a colleague is to do something                             requires_expertise
    something of the claim is missing                          requires_expertise
    everything is known                                        case_closed

That something could be sold to the caller, rules do not see.
"""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from agent.quoted import DATA_RULE
from calls.after.asking import FormAsker, OnUsage
from calls.after.story import has_caller_spoken, missing_fields
from calls.after.synthesis import material_of
from calls.events import EndReason
from stores.records import CallHistory, NextAction, NextActionRecord

CUSTOMER: Final = "customer"
ASSISTANT: Final = "assistant"
"""Owners of reminders; all others are of the company."""
_INSTRUCTIONS: Final = (
    "You read the transcript of a telephone call that an assistant has held for a company, and decide what the company "
    "does next.\n"
    "- case_closed: nothing is left to be done.\n"
    "- commercial_offer: the customer may want something that the company sells.\n"
    "- customer_will_send_info: the company waits for something from the customer.\n"
    "- high_priority: somebody or something is in danger, or the customer is about to leave.\n"
    "- propose_new_contract: the contract that the customer has does not fit any more.\n"
    "- requires_expertise: a colleague who knows more has to look at it.\n"
    f"- {DATA_RULE}"
)


class NextActionForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model fills in."""

    action: Annotated[NextAction, msgspec.Meta(description="What the company does next.")]
    justification: Annotated[
        str, msgspec.Meta(min_length=1, max_length=1_000, description="Why, in one or two sentences.")
    ]


async def next_action_by_model(
    history: CallHistory, asker: FormAsker, *, work_id: str, decided_at: datetime, on_usage: OnUsage
) -> NextActionRecord | None:
    """What a model decides; None when it does not manage."""
    form = await asker.ask(
        NextActionForm,
        name="decide_next_action",
        instructions=_INSTRUCTIONS,
        material=material_of(history),
        on_usage=on_usage,
    )
    if form is None:
        return None
    return NextActionRecord(history.call.call_id, decided_at, work_id, form.action, form.justification.strip())


def next_action_by_rules(history: CallHistory, *, work_id: str, decided_at: datetime) -> NextActionRecord:
    """What the rules on top of this module decide."""
    action, justification = _decided(history)
    return NextActionRecord(history.call.call_id, decided_at, work_id, action, f"By rule: {justification}")


def _decided(history: CallHistory) -> tuple[NextAction, str]:
    tools = {each.name for each in history.tool_calls}
    owners = {each.owner.strip().casefold() for each in history.due}
    missing = missing_fields(history)
    if "notify_emergencies" in tools:
        return NextAction.HIGH_PRIORITY, "an emergency was reported in the call."
    if history.call.end_reason == EndReason.TRANSFERRED.value:
        return NextAction.REQUIRES_EXPERTISE, "the caller was handed over to a colleague."
    if "talk_to_human" in tools:
        return NextAction.REQUIRES_EXPERTISE, "the caller wanted to talk to a colleague."
    if not has_caller_spoken(history):
        return NextAction.CASE_CLOSED, "nobody spoke."
    if CUSTOMER in owners:
        return NextAction.CUSTOMER_WILL_SEND_INFO, "the customer has something to do, as a reminder says."
    if owners - {CUSTOMER, ASSISTANT}:
        return NextAction.REQUIRES_EXPERTISE, "a colleague has something to do, as a reminder says."
    if missing:
        names = ", ".join(name.replace("_", " ") for name in missing)
        return NextAction.REQUIRES_EXPERTISE, f"still unknown: {names}."
    return NextAction.CASE_CLOSED, "everything that was to be found out is known."
