"""The call that a path names: by its id, or by the number of its other side."""

from typing import Final

import phonenumbers
from starlette.requests import Request

from stores.records import CallHistory
from stores.store import Store
from web.api.operations import Answer, Parameter
from web.errors import RequestRefused

_LONGEST_ID: Final = 128


def call_parameter() -> Parameter:
    """How it is described."""
    return Parameter(
        name="call",
        description="The id of a call; or a telephone number in E.164 form, which means the latest call with it.",
        schema={"type": "string", "pattern": r"^([A-Za-z0-9_-]{1,128}|\+[1-9][0-9]{6,14})$"},
        example="5f2b7c0e9d3a4b6c8e1f0a2d4c6b8e0f",
    )


def no_call() -> Answer:
    """What is answered when there is none."""
    return Answer(description="There is no such call.")


async def find_call(store: Store, request: Request) -> CallHistory:
    """The call that the path of a request names.

    Raises:
        RequestRefused: 404, there is none.
        StoreError: See there.
    """
    named = request.path_params["call"]
    history = None
    if named.startswith("+"):
        if number := _e164(named):
            history = next(iter(await store.latest_calls(limit=1, phone_number=number)), None)
    elif "\0" not in named and len(named) <= _LONGEST_ID:
        history = await store.history(named)
    if history is None:
        raise RequestRefused(404, "There is no such call")
    return history


def _e164(text: str) -> str:
    try:
        return str(phonenumbers.format_number(phonenumbers.parse(text), phonenumbers.PhoneNumberFormat.E164))
    except phonenumbers.NumberParseException:
        return ""
