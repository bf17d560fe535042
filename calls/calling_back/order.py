"""What a call back is about, made from the call in which it was agreed. Pure."""

from dataclasses import replace

from agent.claim import ClaimField, FieldType
from agent.language_tags import english_name
from agent.quoted import on_one_line
from calls.initiate import CallInitiate
from stores.records import CallRecord, ReminderRecord


def order_of(reminder: ReminderRecord, call: CallRecord, default: CallInitiate) -> CallInitiate:
    """The order to call back: by whom the customer was spoken to, in their language, about the reminder.

    Args:
        reminder: Of the assistant.
        call: In which it was set.
        default: Of calls of which nothing else is known.
    """
    was = call.initiate
    about = on_one_line(reminder.title)
    own = (
        default
        if was is None
        else replace(
            default,
            bot_company=was.bot_company,
            bot_name=was.bot_name,
            task=was.task,
            agent_phone_number=was.agent_phone_number,
            language=was.language,
            language_name=english_name(was.language),
            prosody_rate=was.prosody_rate,
        )
    )
    fields = tuple(
        ClaimField(each.name, FieldType(each.type), each.description, each.required) for each in call.claim_fields
    )
    language = call.caller_language or own.language
    return replace(
        own,
        task=f"{own.task} You have called the customer back, as was agreed, about this: "
        f"{about}: {on_one_line(reminder.description)}",
        claim=fields or own.claim,
        language=language,
        is_language_ordered=True,
        calls_back_about=about,
    )
