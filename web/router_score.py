"""``POST /router/score``: the scoring function that Azure's Job Router calls for each job.

Whoever asks shows the key as functions in Azure take it: the header ``x-functions-key``, or ``?code=``.
What is asked and answered: ``routing.score_request``.
"""

import hmac

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from calls.doors import Door, DoorRoute, Refusal, Refusals
from routing.errors import MalformedScoreRequest
from routing.ports import Scorer
from routing.score_request import LONGEST_BODY_BYTES, parse_score_request, score_answer

PATH = "/router/score"


def score_routes(scorer: Scorer, *, key: str, refusals: Refusals) -> list[DoorRoute]:
    """The route of the scoring function.

    Args:
        scorer: Says who suits, in time.
        key: Opens it; not empty.
        refusals: Is told who was refused.
    """
    if not key:
        raise ValueError("the scoring function needs a key")

    async def score(request: Request) -> Response:
        refusal = _refusal(request, key)
        if refusal is not None:
            refusals.note(Door.SCORING, refusal)
            return _error(401, "there is nothing here for you")
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > LONGEST_BODY_BYTES:
                    return _error(413, f"the body is too long: at most {LONGEST_BODY_BYTES} bytes")
            asked = parse_score_request(bytes(body))
        except ClientDisconnect:
            return _error(400, "the request broke off")  # nobody reads this
        except MalformedScoreRequest as error:
            return _error(400, str(error))
        scores = await scorer.score(asked.job_labels, asked.workers)
        return Response(score_answer(asked, scores), media_type="application/json")

    return [DoorRoute(PATH, score, methods=["POST"], door=Door.SCORING)]


def _refusal(request: Request, key: str) -> Refusal | None:
    """Why it may not come in; None: it may. Compared in constant time."""
    shown = [*request.headers.getlist("x-functions-key"), *request.query_params.getlist("code")]
    if not shown:
        return Refusal.MISSING_SECRET
    if len(shown) > 1:
        return Refusal.DOUBLED_SECRET
    return None if hmac.compare_digest(shown[0].encode(), key.encode()) else Refusal.WRONG_SECRET


def _error(status: int, message: str) -> Response:
    return JSONResponse({"error": {"message": message, "details": []}}, status_code=status)
