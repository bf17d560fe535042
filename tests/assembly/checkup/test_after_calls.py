"""What happens once calls are over, as it is configured."""

from typing import Any

import pytest

from assembly.checkup.after_calls import checks_of_after_calls
from assembly.checkup.findings import Finding, State
from tests.assembly.checkup.looking import broken, found_by, states
from tests.support.configured import configured

OURS = {"phone_number": "+12025550100"}


async def found(**sections: dict[str, Any]) -> dict[str, Finding]:
    """The findings."""
    return await found_by(checks_of_after_calls(configured(**sections)))


async def test_out_of_the_box_nothing_is_done() -> None:
    """And every row says what turns it on."""
    findings = await found()
    assert states(findings) == dict.fromkeys(("report by message", "call-backs", "retention"), State.OFF)
    advice = [finding.advice for finding in findings.values()]
    for key, said in zip(("sms.report", "communication_services.phone_number", "retention_days"), advice, strict=True):
        assert key in said


async def test_what_is_configured_is_told() -> None:
    """When, how often, and for how long."""
    findings = await found(
        communication_services=OURS,
        sms={"report": True},
        call_backs={"from_time": "10:30", "weekdays": ["fri", "mon"], "attempts": 2},
        database={"retention_days": 90},
        conversation={"time_zone": "Europe/Paris"},
    )
    assert set(states(findings).values()) == {State.OK}
    assert findings["report by message"].seen == "callers are told by text message what was noted"
    assert findings["call-backs"].seen == "mon, fri, 10:30 to 18:00 where the number belongs, up to 2 times"
    assert findings["retention"].seen == "calls and recordings are deleted 90 days after their end"
    assert not any(finding.advice for finding in findings.values())


async def test_numbers_that_tell_no_time_zone() -> None:
    """Without one of the company they are called by UTC, which may be at night."""
    findings = await found(communication_services=OURS, call_backs={"attempts": 1}, database={"retention_days": 1})
    assert findings["call-backs"].seen.endswith(", once")
    assert "conversation.time_zone" in findings["call-backs"].advice
    assert findings["retention"].seen.endswith("1 day after their end")


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"call_backs": {"enabled": False}}, "call_backs.enabled"),
        ({"features": {"callback_timeout_hour": 0}}, "features.callback_timeout_hour"),
    ],
)
async def test_who_calls_nobody_back(sections: dict[str, Any], key: str) -> None:
    """By which key that can be changed."""
    finding = (await found(communication_services=OURS, **sections))["call-backs"]
    assert (finding.state, key in finding.advice) == (State.OFF, True)


@pytest.mark.parametrize(
    ("mode", "key"), [("communication_services", "communication_services.phone_number"), ("twilio", "sms.twilio")]
)
async def test_a_report_that_nothing_can_send(mode: str, key: str) -> None:
    """It would be promised in vain."""
    findings = await found(sms={"report": True, "mode": mode})
    assert broken(findings) == {"report by message"}
    assert key in findings["report by message"].advice
