"""What a call was about: written by a language model, or put together of sentences of the call."""

from datetime import datetime
from typing import Annotated, Final

import msgspec

from agent.language_tags import english_name
from agent.quoted import DATA_RULE, as_data, on_one_line
from calls.after.asking import FormAsker, OnUsage
from calls.after.story import caller_sentences, company_of, has_caller_spoken, language_of, missing_fields, transcript
from stores.records import CallHistory, Satisfaction, SynthesisRecord

_QUOTED_SENTENCES: Final = 3
_LONGEST_SHORT: Final = 160


class SynthesisForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the model fills in."""

    short: Annotated[
        str, msgspec.Meta(min_length=1, max_length=_LONGEST_SHORT, description="One sentence, no greeting, no names.")
    ]
    long: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=4_000, description="All that matters, a few paragraphs of Markdown."),
    ]
    satisfaction: Annotated[Satisfaction, msgspec.Meta(description="How the caller felt about the call.")]
    improvement_suggestions: Annotated[
        str, msgspec.Meta(max_length=2_000, description="How the company could serve such callers better.")
    ]


async def synthesis_by_model(
    history: CallHistory, asker: FormAsker, *, work_id: str, made_at: datetime, on_usage: OnUsage
) -> SynthesisRecord | None:
    """What a model makes of a call; None when it does not manage."""
    form = await asker.ask(
        SynthesisForm,
        name="write_synthesis",
        instructions=_instructions(history),
        material=material_of(history),
        on_usage=on_usage,
    )
    if form is None:
        return None
    return SynthesisRecord(
        history.call.call_id,
        made_at,
        work_id,
        short=form.short.strip(),
        long=form.long.strip(),
        satisfaction=form.satisfaction,
        improvement_suggestions=form.improvement_suggestions.strip(),
    )


def extractive_synthesis(history: CallHistory, *, work_id: str, made_at: datetime) -> SynthesisRecord:
    """What was said first, what was noted, and what is open; nobody has judged how the caller felt."""
    return SynthesisRecord(
        history.call.call_id,
        made_at,
        work_id,
        short=_first_of(history),
        long=_quoted(history),
        satisfaction=Satisfaction.UNKNOWN,
        is_extractive=True,
    )


def material_of(history: CallHistory) -> str:
    """A call as a model is shown it."""
    call = history.call
    lines = [f"The call: {call.direction.value}, ended: {call.end_reason or 'unknown'}."]
    for number, values in enumerate(history.claims):
        known = "; ".join(f"{name} = {on_one_line(value)}" for name, value in values.items())
        lines.append(f"Claim {number + 1}, known: {known or 'nothing'}")
    lines.append(f"Missing: {', '.join(missing_fields(history)) or 'nothing'}")
    lines += [
        f"Reminder for {on_one_line(each.owner)}, due {each.due_at:%Y-%m-%d %H:%M} UTC: "
        f"{on_one_line(each.title)}: {on_one_line(each.description)}"
        for each in history.due
    ]
    lines += [f"Tool: {on_one_line(each.name)}" for each in history.tool_calls]
    return "\n".join((*lines, "What was said:", as_data(transcript(history))))


def _instructions(history: CallHistory) -> str:
    company = company_of(history)
    return (
        f"You read the transcript of a telephone call that an assistant has held for {company or 'a company'}, and "
        "write what its staff need to know.\n"
        f"- Write short and long in {english_name(language_of(history))}: the caller may read them, too.\n"
        "- Tell only what was said or noted. Invent nothing, and leave out what is unknown.\n"
        "- satisfaction: what the caller's words show; unknown if they show nothing.\n"
        f"- {DATA_RULE}"
    )


def _first_of(history: CallHistory) -> str:
    said = caller_sentences(history, most=1) or tuple(history.claim.values())[:1]
    if not said:
        return "The caller said little." if has_caller_spoken(history) else "The caller said nothing."
    short = " ".join(said[0].split())
    return short if len(short) <= _LONGEST_SHORT else f"{short[: _LONGEST_SHORT - 1].rstrip()}…"


def _quoted(history: CallHistory) -> str:
    said = [f"> {' '.join(each.split())}" for each in caller_sentences(history, most=_QUOTED_SENTENCES)]
    noted = [f"- {name.replace('_', ' ')}: {' '.join(value.split())}" for name, value in history.claim.items() if value]
    left = [f"- {name.replace('_', ' ')} is not known" for name in missing_fields(history)]
    left += [
        f"- {' '.join(each.title.split())} ({each.owner}, {each.due_at:%Y-%m-%d %H:%M} UTC)" for each in history.due
    ]
    parts = (("The caller said", said), ("Noted", noted), ("Open", left))
    return "\n\n".join("\n".join((f"**{title}**", "", *lines)) for title, lines in parts if lines)
