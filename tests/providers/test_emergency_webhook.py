"""Calls for help by a webhook, over real sockets."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from agent.facts import EmergencyNotice
from calls.errors import HelpNotReached
from providers.emergency_webhook import EmergencyWebhook, WebhookPatience
from tests.support.emergency_service import EmergencyService
from tests.support.serving import serving

NOW_S = 1_760_000_000.0
FIRE = EmergencyNotice("fire", "4 Elm Street", "Ann, +12025550143", "Smoke, “zwei Kinder”.")


@asynccontextmanager
async def reaching(
    answers: Sequence[int | float] = (), *, secret: str = "shared", attempt_timeout_s: float = 20.0
) -> AsyncIterator[tuple[EmergencyWebhook, EmergencyService, list[float]]]:
    """A webhook with its service, and how long was paused between attempts."""
    service, pauses = EmergencyService("shared", now_s=NOW_S, answers=answers), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async with serving(service.app) as address:
        patience = WebhookPatience(attempt_timeout_s=attempt_timeout_s)
        webhook = EmergencyWebhook(
            f"http://{address}/help", secret, now_s=lambda: NOW_S, patience=patience, sleep=pause
        )
        try:
            yield webhook, service, pauses
        finally:
            await webhook.close()


async def test_a_notice_is_taken() -> None:
    """Signed, as JSON, with everything that is known."""
    async with reaching() as (webhook, service, pauses):
        await webhook.notify("c-1", FIRE)
    assert service.refusals == []
    (told,) = service.notices
    assert told.pop("id") == service.keys[0]
    assert told == {
        "call_id": "c-1",
        "service": "fire",
        "location": "4 Elm Street",
        "contact": "Ann, +12025550143",
        "reason": "Smoke, “zwei Kinder”.",
    }
    assert pauses == []


@pytest.mark.parametrize("status", [500, 503, 429, 408])
async def test_what_may_pass_is_tried_again(status: int) -> None:
    """As the same notice: whoever has taken it twice knows it."""
    async with reaching([status, status]) as (webhook, service, pauses):
        await webhook.notify("c-1", FIRE)
    assert len(service.notices) == 3
    assert len(set(service.keys)) == 1
    assert pauses == [0.25, 0.5]


async def test_it_is_not_tried_for_ever() -> None:
    """Who does not take it three times was not reached."""
    async with reaching([500, 502, 503]) as (webhook, service, _):
        with pytest.raises(HelpNotReached, match="refused: 503"):
            await webhook.notify("c-1", FIRE)
    assert len(service.notices) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 410, 301, 307])
async def test_a_refusal_is_final(status: int) -> None:
    """A redirect is one too: help is sent to the configured address, or not at all."""
    async with reaching([status]) as (webhook, service, _):
        with pytest.raises(HelpNotReached, match=str(status)):
            await webhook.notify("c-1", FIRE)
    assert len(service.notices) == 1


async def test_no_answer_is_tried_again() -> None:
    """Each attempt has its own time."""
    async with reaching([30.0, 204], attempt_timeout_s=2.0) as (webhook, service, _):
        await webhook.notify("c-1", FIRE)
    assert len(service.notices) == 2


async def test_a_wrong_secret_is_refused() -> None:
    """The receiver can tell who calls."""
    async with reaching(secret="wrong") as (webhook, service, _):
        with pytest.raises(HelpNotReached, match="401"):
            await webhook.notify("c-1", FIRE)
    assert (service.notices, service.refusals) == ([], ["wrong signature"])


async def test_a_service_that_is_not_there() -> None:
    """It could not be reached, and nothing of the notice is in the error."""

    async def pause(seconds: float) -> None:
        pass

    webhook = EmergencyWebhook("http://127.0.0.1:1/help", "shared", now_s=lambda: NOW_S, sleep=pause)
    with pytest.raises(HelpNotReached, match="could not be reached") as failed:
        await webhook.notify("c-1", FIRE)
    await webhook.close()
    assert failed.value.__cause__ is not None
    assert "Elm" not in str(failed.value)


def test_all_attempts_fit_into_what_a_reply_waits() -> None:
    """Else a notice that was taken late would be told as unconfirmed."""
    from agent.tools.notify_emergencies import ANSWER_WITHIN_S

    patience = WebhookPatience()
    pauses_s = sum(patience.first_pause_s * 2**number for number in range(patience.attempts - 1))
    assert patience.attempts * patience.attempt_timeout_s + pauses_s < ANSWER_WITHIN_S
