"""``/talk/…``: how a browser begins, steers and ends a call. The sound itself goes by WebRTC.

The browser gathers its candidates before it sends the offer, and so do we before we
answer: one request begins a call, and none has to follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from agent.language_tags import closest, english_name
from calls.errors import CannotPlace
from calls.peer_calls import PeerCalls
from calls.session import CallSession, HandOverAsked, KeyPressed, LanguageChosen, Notice
from media.errors import BadOffer
from media.webrtc_offer import LONGEST_SDP
from media.webrtc_peer import IceServer
from web.api.answers import json_response
from web.api.examples import CALL_ID
from web.api.models import Shown
from web.api.operations import Answer, Operation, Parameter
from web.api.parameters import explained
from web.bodies import json_body
from web.errors import RequestRefused
from web.talk.assistants import Assistants, speaking

_LONGEST_BODY_BYTES = 2 * LONGEST_SDP
_MOST_DIGITS = 32
_RETRY_AFTER = {"retry-after": "5"}
_EXAMPLE_SDP = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\n…"

_Body = TypeVar("_Body", bound=BaseModel)


class _Post(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OfferPost(_Post):
    """An offer, and whom to talk to."""

    sdp: Annotated[str, Field(max_length=LONGEST_SDP, description="Complete: all candidates are in it.")]
    type: Literal["offer"]
    assistant: Annotated[str, Field(max_length=200, description="See `/talk/settings`; empty: the default.")] = ""
    language: Annotated[str, Field(max_length=35, description="BCP 47; empty: as configured.")] = ""


class KeysPost(_Post):
    """Keys of the telephone, in this order."""

    digits: Annotated[str, Field(pattern=rf"^[0-9*#A-D]{{1,{_MOST_DIGITS}}}$")]


class LanguagePost(_Post):
    """What the call is to go on in."""

    language: Annotated[str, Field(min_length=1, max_length=35, description="BCP 47, one of the assistant's.")]


class AnswerGet(Shown):
    """The call, and the answer to its offer."""

    call_id: str
    sdp: str
    type: Literal["answer"] = "answer"


class IceServerGet(Shown):
    """A STUN or TURN server, as a browser's ``RTCIceServer``."""

    urls: list[str]
    username: str
    credential: str


class SpokenGet(Shown):
    """A language."""

    tag: str = Field(description="BCP 47")
    name: str = Field(description="In English.")


class AssistantGet(Shown):
    """Somebody to talk to."""

    name: str
    company: str
    languages: list[SpokenGet]


class TalkSettingsGet(Shown):
    """What a page needs to know before it calls."""

    ice_servers: list[IceServerGet]
    assistants: list[AssistantGet]
    default: str = Field(description="The name of the assistant that is meant when none is named.")


@dataclass(frozen=True, slots=True)
class Signalling:
    """What the routes are made of."""

    peer_calls: PeerCalls
    assistants: Assistants
    ice_servers: tuple[IceServer, ...] = ()

    async def settings(self, request: Request) -> Response:
        """``GET /talk/settings``."""
        shown = TalkSettingsGet(
            ice_servers=[
                IceServerGet(urls=list(each.urls), username=each.username, credential=each.credential)
                for each in self.ice_servers
            ],
            assistants=[
                AssistantGet(
                    name=name,
                    company=about.bot_company,
                    languages=[SpokenGet(tag=tag, name=english_name(tag)) for tag in about.languages],
                )
                for name, about in self.assistants.by_name.items()
            ],
            default=self.assistants.default,
        )
        return json_response(shown)

    async def begin(self, request: Request) -> Response:
        """``POST /talk/calls``."""
        offer = await _read(request, OfferPost)
        about = self.assistants.named(offer.assistant)
        if about is None:
            raise RequestRefused(
                404, "There is no such assistant", [f"assistant: {', '.join(self.assistants.by_name)}"]
            )
        if offer.language:
            about = speaking(about, offer.language)
            if about is None:
                raise RequestRefused(400, "The assistant does not speak this language")
        try:
            call_id, answer = await self.peer_calls.take(offer.sdp, about)
        except BadOffer as error:
            raise RequestRefused(400, "The offer cannot be taken", [str(error)]) from error
        except CannotPlace as error:
            details = [error.reason.value]
            raise RequestRefused(503, "No call can be taken now", details, _RETRY_AFTER) from error
        return json_response(AnswerGet(call_id=call_id, sdp=answer), status_code=201)

    async def end(self, request: Request) -> Response:
        """``POST /talk/calls/{call_id}/end``; whatever body it has does not matter."""
        if not self.peer_calls.end(request.path_params["call_id"]):
            raise RequestRefused(404, "There is no such call")
        return Response(status_code=204)

    async def keys(self, request: Request) -> Response:
        """``POST /talk/calls/{call_id}/keys``."""
        session = self._session(request)
        for digit in (await _read(request, KeysPost)).digits:
            _tell(session, KeyPressed(digit))
        return Response(status_code=204)

    async def language(self, request: Request) -> Response:
        """``POST /talk/calls/{call_id}/language``."""
        session = self._session(request)
        tag = closest((await _read(request, LanguagePost)).language, session.initiate.languages)
        if tag is None:
            raise RequestRefused(400, "The call cannot be held in this language")
        _tell(session, LanguageChosen(tag))
        return Response(status_code=204)

    async def hand_over(self, request: Request) -> Response:
        """``POST /talk/calls/{call_id}/hand-over``."""
        _tell(self._session(request), HandOverAsked())
        return Response(status_code=204)

    def _session(self, request: Request) -> CallSession:
        session = self.peer_calls.session(request.path_params["call_id"])
        if session is None:
            raise RequestRefused(404, "There is no such call")
        return session


def talk_operations(signalling: Signalling) -> Sequence[Operation]:
    """``/talk/settings``, and ``/talk/calls`` with all below it. Who may use them is decided in front of them."""
    return [
        Operation(
            method="GET",
            path="/talk/settings",
            endpoint=signalling.settings,
            operation_id="getTalkSettings",
            tag="talk",
            summary="What a page needs to know before it calls",
            answers={200: Answer(description="It.", model=TalkSettingsGet, example=_settings_example())},
        ),
        _beginning(signalling),
        _steering(signalling, "end", "endTalk", "Hang up", "Also of a call that has ended. The body does not matter."),
        _steering(
            signalling, "keys", "pressKeys", "Press keys of the telephone", body=KeysPost, example={"digits": "12#"}
        ),
        _steering(
            signalling,
            "language",
            "chooseLanguage",
            "Go on in another language",
            "400 when the call cannot be held in it.",
            body=LanguagePost,
            example={"language": "fr-FR"},
        ),
        _steering(signalling, "hand-over", "askForHuman", "Ask for a human", "As when the caller says so."),
    ]


def _beginning(signalling: Signalling) -> Operation:
    return Operation(
        method="POST",
        path="/talk/calls",
        endpoint=signalling.begin,
        operation_id="beginTalk",
        tag="talk",
        summary="Begin a call by WebRTC",
        description=(
            "One offer with one audio stream, which sends and receives, and all candidates in it; keys may come over a "
            "data channel named `keys`, one message a digit. The call is one like all others: it is found in `/calls`, "
            "and followed in `/live/{call_id}`."
        ),
        body=OfferPost,
        body_example={"sdp": _EXAMPLE_SDP, "type": "offer", "assistant": "", "language": "en-US"},
        answers={
            201: Answer(
                description="The call is being connected.",
                model=AnswerGet,
                example={"call_id": CALL_ID, "sdp": _EXAMPLE_SDP, "type": "answer"},
            ),
            400: Answer(description="The body is not JSON, or the offer cannot be taken; the reason says why."),
            404: Answer(description="There is no such assistant."),
            413: Answer(description="The body is too long."),
            415: Answer(description="The body is to be application/json."),
            503: Answer(
                description="No call can be taken now: too many are up, or the server stops.",
                headers={"Retry-After": "In seconds."},
            ),
        },
    )


def _steering(
    signalling: Signalling,
    what: str,
    operation_id: str,
    summary: str,
    description: str = "",
    *,
    body: type[BaseModel] | None = None,
    example: dict[str, str] | None = None,
) -> Operation:
    endpoints = {
        "end": signalling.end,
        "keys": signalling.keys,
        "language": signalling.language,
        "hand-over": signalling.hand_over,
    }
    answers = {
        204: Answer(description="Done."),
        404: Answer(description="No such call from a browser is up on this replica."),
    }
    if body is not None:
        answers |= {
            400: Answer(description="The body is not JSON, or what it asks for cannot be."),
            413: Answer(description="The body is too long."),
            415: Answer(description="The body is to be application/json."),
        }
    if what != "end":
        answers[503] = Answer(description="Too much of what was asked before is not done yet.")
    return Operation(
        method="POST",
        path=f"/talk/calls/{{call_id}}/{what}",
        endpoint=endpoints[what],
        operation_id=operation_id,
        tag="talk",
        summary=summary,
        description=description,
        parameters=[_call_id()],
        body=body,
        body_example=example,
        answers=answers,
    )


def _call_id() -> Parameter:
    return Parameter(
        name="call_id",
        description="As the answer to the offer has named it.",
        schema={"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"},
        example=CALL_ID,
    )


def _settings_example() -> dict[str, object]:
    return {
        "ice_servers": [{"urls": ["stun:stun.example.com:3478"], "username": "", "credential": ""}],
        "assistants": [
            {"name": "Amelia", "company": "Contoso Insurance", "languages": [{"tag": "en-US", "name": "English"}]}
        ],
        "default": "Amelia",
    }


def _tell(session: CallSession, notice: Notice) -> None:
    if not session.tell(notice):
        raise RequestRefused(503, "Too much of what was asked before is not done yet", headers=_RETRY_AFTER)


async def _read(request: Request, model: type[_Body]) -> _Body:
    """The body as this model.

    Raises:
        RequestRefused: 400 when it is no JSON or a field is wrong; each is named. What ``json_body`` raises.
    """
    body = await json_body(request, longest_bytes=_LONGEST_BODY_BYTES)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise RequestRefused(400, "The body cannot be taken", explained(error, "there is no such field")) from error
