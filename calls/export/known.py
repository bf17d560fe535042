"""What a call itself knows of the people in it: from its claims, its numbers, and what was said. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from calls.export.names import answered, introduced, names_in
from calls.export.spans import ADDRESS, EMAIL, NAME, PHONE, POLICY
from stores.records import CallHistory

_BY_TYPE: Final = (("phone_number", PHONE), ("email", EMAIL))
_BY_NAME: Final = tuple(
    (re.compile(rf"(?:^|_)(?:{words})(?:_|$)"), kind)
    for words, kind in (
        ("phone|mobile|telephone|fax", PHONE),
        ("e?mail|email_address", EMAIL),
        ("address|location|street|city|town|place|residence|home|zip|zipcode|postcode|postal_code", ADDRESS),
        (
            "policy|contract|account|customer_number|member|insurance_number|licen[cs]e|plate|registration|passport|iban"
            "|card|vin|case|claim_number|ssn|tax",
            POLICY,
        ),
        (
            "name|names|firstname|lastname|surname|party|parties|witness|witnesses|person|persons|people|policyholder"
            "|insured|driver|owner|victim|beneficiary",
            NAME,
        ),
    )
)
"""What fields hold whose names have such a word; the first counts."""


@dataclass(frozen=True, slots=True)
class Known:
    """Something that a call knows."""

    kind: str
    value: str


def kind_of(field: str, type_name: str, fields: Mapping[str, str]) -> str:
    """What a field of a claim holds; empty: nothing personal by itself.

    Args:
        field: Its name.
        type_name: Its type in the schema; empty: not known.
        fields: What the configuration says of fields, by name; an empty kind frees one.
    """
    if field in fields:
        return fields[field]
    for known, kind in _BY_TYPE:
        if type_name == known:
            return kind
    return next((kind for expression, kind in _BY_NAME if expression.search(field.casefold())), "")


def known_of(history: CallHistory, fields: Mapping[str, str]) -> list[Known]:
    """Everything that a call knows, also what was corrected later or said in passing.

    Args:
        history: The call.
        fields: See ``kind_of``.
    """
    call = history.call
    types = {field.name: field.type for field in call.claim_fields}
    found = [Known(PHONE, call.phone_number)] if call.phone_number else []
    if call.initiate is not None and call.initiate.agent_phone_number:
        found.append(Known(PHONE, call.initiate.agent_phone_number))
    for change in history.claim_changes:
        kind = kind_of(change.field, types.get(change.field, ""), fields)
        if kind:
            found += [each for value in (change.old_value, change.new_value) if value for each in _told(kind, value)]
    for tool in history.tool_calls:
        found += [
            each
            for field, value in _arguments(tool.arguments)
            if (kind := kind_of(field, types.get(field, ""), fields))
            for each in _told(kind, value)
        ]
    own = _own_names(history)
    found += [
        Known(NAME, name)
        for name in _said_names(history)
        if name.casefold() not in own and not all(word.casefold() in own for word in name.split())
    ]
    return [known for known in dict.fromkeys(found) if known.value.strip()]


def _told(kind: str, value: str) -> list[Known]:
    """What a value tells; a model stores "my name is Ann Smith" as it was said."""
    return [Known(kind, each) for each in (names_in(value) if kind == NAME else [value])]


def _own_names(history: CallHistory) -> frozenset[str]:
    """What the assistant and its company are called: no person."""
    about = history.call.initiate
    names = (about.bot_name, about.bot_company) if about is not None else ()
    return frozenset(each.casefold() for name in names for each in (name, *name.split()) if each)


def _said_names(history: CallHistory) -> Iterator[str]:
    question = ""
    for message in history.messages:
        yield from introduced(message.text)
        if message.persona == "caller":
            yield from answered(question, message.text)
        question = message.text if message.persona == "assistant" else ""
    if history.call.initiate is not None:
        yield from introduced(history.call.initiate.task)


def _arguments(text: str) -> Iterator[tuple[str, str]]:
    """The named values of a tool's arguments, ``{"field": …, "value": …}`` among them."""
    try:
        content = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return
    yield from _named(content)


def _named(content: Any) -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping):
        field, value = content.get("field"), content.get("value")
        if isinstance(field, str) and isinstance(value, str):
            yield field, value
        for name, each in content.items():
            if isinstance(each, str) and name not in ("field", "value"):
                yield str(name), each
            else:
                yield from _named(each)
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for each in content:
            yield from _named(each)
