"""The door of the pages and of the API: whoever comes in shows a key, a session, or a token.

    what is shown                               who does so
    ``Authorization: Bearer <key or token>``    programs
    ``api-key: <key>``                          programs
    ``?key=<key>``, once                        a link; it is answered with a session
    the session's cookie                        browsers, after ``?key=`` or ``/login``

The first of these that a request has must be good. ``PUBLIC`` lists what has no door.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from calls.doors import Door, Refusal, Refusals
from calls.errors import Refused
from calls.token_door import TokenDoor
from calls.tokens import bearer_token
from web.api_keys import LONGEST_KEY, ApiKeys, Sessions
from web.errors import error_response
from web.login_page import LoginPage, local_url

PUBLIC = frozenset({"/health/liveness", "/login"})
"""The paths that anybody may ask: whether the process lives, and the form that asks for a key."""

COOKIE = "antiphon_session"
_LONGEST_FORM_BYTES = 8_192
_SAFE = frozenset({"GET", "HEAD"})
_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class WebDoor:
    """What opens the pages and the API."""

    keys: ApiKeys
    sessions: Sessions
    refusals: Refusals
    now: Callable[[], float]
    """Seconds that never go back."""
    token_door: TokenDoor | None = None
    """Checks tokens of the organisation; None: no token opens."""
    is_https: bool = False
    """Whether browsers reach this server over https alone, whatever a proxy makes of it."""
    page: LoginPage = field(default_factory=LoginPage)

    async def check(self, request: Request) -> str:
        """Let a request in.

        Returns:
            The key of its query, which has to become a session; else empty.

        Raises:
            Refused: It may not come in.
        """
        authorization = request.headers.getlist("authorization")
        if authorization:
            await self._check_bearer(authorization)
        elif given := request.headers.getlist("api-key"):
            self.check_key(given)
        elif given := request.query_params.getlist("key"):
            if request.method not in _SAFE:
                raise Refused(Refusal.MISSING_CREDENTIALS)
            self.check_key(given)
            return given[0]
        else:
            self._check_session(request)
        return ""

    def check_key(self, given: Sequence[str]) -> None:
        """Raises ``Refused`` unless this is one key, and a good one."""
        if not given or not given[0]:
            raise Refused(Refusal.MISSING_CREDENTIALS)
        if len(given) > 1:
            raise Refused(Refusal.DOUBLED_CREDENTIALS)
        if len(given[0]) > LONGEST_KEY:
            raise Refused(Refusal.TOO_LONG)
        if not self.keys.opens(given[0]):
            raise Refused(Refusal.WRONG_KEY)

    async def _check_bearer(self, authorization: Sequence[str]) -> None:
        shown = bearer_token(authorization)
        if self.token_door is not None and shown.count(".") == 2:  # no key has a dot
            await self.token_door.check(authorization)
        else:
            self.check_key([shown])

    def _check_session(self, request: Request) -> None:
        session = request.cookies.get(COOKIE, "")
        if not session:
            raise Refused(Refusal.MISSING_CREDENTIALS)
        if not self.sessions.is_known(session, now=self.now()):
            raise Refused(Refusal.UNKNOWN_SESSION)
        # A browser adds the cookie whoever made it ask; only our own pages may change anything.
        if request.method not in _SAFE and not _is_from_our_page(request):
            raise Refused(Refusal.CROSS_SITE)

    def begin_session(self, request: Request, url: str) -> Response:
        """Lead a browser to a page of ours, with a session that its scripts cannot read."""
        response = RedirectResponse(local_url(url), status_code=303, headers={"cache-control": "no-store"})
        response.set_cookie(
            COOKIE,
            self.sessions.begin(now=self.now()),
            max_age=int(self.sessions.keep_s),
            path="/",
            secure=self.is_https or request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    def refuse(self, request: Request, reason: Refusal) -> Response:
        """Say no: with the form to a browser, in the one form of errors to a program."""
        self.refusals.note(Door.WEB, reason)
        if reason is Refusal.KEYS_UNAVAILABLE:
            return error_response(503, "The issuer of the token cannot be asked now", headers={"retry-after": "5"})
        if request.method in _SAFE and "text/html" in request.headers.get("accept", ""):
            return self._form(_without_key(request), reason)
        headers = {"www-authenticate": "Bearer", "cache-control": "no-store"}
        return error_response(401, "A good API key or token is needed", headers=headers)

    def _form(self, next_url: str, reason: Refusal | None = None) -> Response:
        problem = "" if reason in (None, Refusal.MISSING_CREDENTIALS) else "That was not accepted."
        page = self.page.render(next_url=next_url, problem=problem)
        headers = {**_HEADERS, "content-security-policy": self.page.content_security_policy}
        return HTMLResponse(page, status_code=200 if reason is None else 401, headers=headers)

    async def ask(self, request: Request) -> Response:
        """``GET /login``."""
        return self._form(request.query_params.get("next", ""))

    async def answer(self, request: Request) -> Response:
        """``POST /login``: a good key begins a session."""
        next_url = ""
        try:
            form = await _form_of(request)
            next_url = form.get("next", [""])[0]
            self.check_key(form.get("key", []))
        except Refused as refused:
            self.refusals.note(Door.WEB, refused.reason)
            return self._form(next_url, refused.reason)
        return self.begin_session(request, next_url)


def login_routes(door: WebDoor) -> list[Route]:
    """``/login``: the form, and where it is sent."""
    return [Route("/login", door.ask, methods=["GET"]), Route("/login", door.answer, methods=["POST"])]


class WebRoute(Route):
    """A route behind the door."""

    def __init__(self, route: Route, door: WebDoor) -> None:
        super().__init__(
            route.path,
            route.endpoint,
            methods=route.methods,
            name=route.name,
            middleware=[Middleware(_Guard, door=door)],
        )
        self.door = Door.WEB


def behind(door: WebDoor, routes: Sequence[Route]) -> list[Route]:
    """The same routes with this door in front of each, but for those in ``PUBLIC``."""
    return [route if route.path in PUBLIC else WebRoute(route, door) for route in routes]


class _Guard:
    """Stands in front of one route."""

    def __init__(self, app: ASGIApp, *, door: WebDoor) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        response: Response | None = None
        try:
            if await self._door.check(request):
                response = self._door.begin_session(request, _without_key(request))
        except Refused as refused:
            response = self._door.refuse(request, refused.reason)
        if response is None:
            await self._app(scope, receive, send)
        else:
            await response(scope, receive, send)


def _is_from_our_page(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # Browsers name the site over https and on this machine only; the origin, with every POST.
    origin = request.headers.get("origin", "")
    return bool(origin) and urlsplit(origin).netloc == request.headers.get("host")


def _without_key(request: Request) -> str:
    """What was asked for, so that the key stays in no history and no bookmark."""
    query = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "key"])
    return f"{request.url.path}?{query}" if query else request.url.path


async def _form_of(request: Request) -> dict[str, list[str]]:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _LONGEST_FORM_BYTES:
                raise Refused(Refusal.TOO_LONG)
        return parse_qs(body.decode(), max_num_fields=8)
    except (ClientDisconnect, ValueError) as error:
        raise Refused(Refusal.MISSING_CREDENTIALS) from error
