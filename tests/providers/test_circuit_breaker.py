"""The breaker's table, line by line, on a clock of its own."""

import pytest

from providers.circuit_breaker import BreakerSettings, BreakerState, CircuitBreaker

SETTINGS = BreakerSettings(failures_max=3, open_s=5, open_max_s=60)

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


def after(script: str) -> CircuitBreaker:
    """Play a script such as "fail@1 enter@2 ok@3"."""
    breaker = CircuitBreaker(SETTINGS)
    for step in script.split():
        what, _, rest = step.partition("@")
        at, _, retry = rest.partition("/")
        match what:
            case "enter":
                assert breaker.enter(float(at)), step
            case "refused":
                assert not breaker.allows(float(at)), step
                assert not breaker.enter(float(at)), step
            case "fail":
                breaker.failed(float(at), float(retry) if retry else None)
            case "ok":
                breaker.succeeded()
            case "left":
                breaker.abandoned()
            case _:
                raise AssertionError(step)
    return breaker


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("enter@0", CLOSED),
        ("enter@0 fail@1 enter@1 fail@2 enter@2", CLOSED),
        # A success between them: they are not in a row.
        ("fail@1 fail@2 ok@3 fail@4 fail@5 enter@6", CLOSED),
        ("fail@1 fail@2 fail@3 refused@3 refused@7.9", OPEN),
        ("fail@1 fail@2 fail@3 enter@8", HALF_OPEN),
        ("fail@1 fail@2 fail@3 enter@8 refused@8 refused@100", HALF_OPEN),
        ("fail@1 fail@2 fail@3 enter@8 ok@9 enter@9 enter@9", CLOSED),
        # Twice as long after a probe that failed, and again.
        ("fail@1 fail@2 fail@3 enter@8 fail@9 refused@18.9 enter@19", HALF_OPEN),
        ("fail@1 fail@2 fail@3 enter@8 fail@9 enter@19 fail@20 refused@39.9 enter@40", HALF_OPEN),
        # A minute is the most.
        ("fail@0 fail@0 fail@0 enter@5 fail@5 enter@15 fail@15 enter@35 fail@35 enter@75 fail@75 enter@135", HALF_OPEN),
        # Nobody waited for the probe: the next request is one.
        ("fail@1 fail@2 fail@3 enter@8 left@9 enter@9", HALF_OPEN),
        ("enter@0 left@1 fail@1 fail@2 enter@3", CLOSED),
        # The service says when to come back; not before, and no later than a minute from now.
        ("fail@1/0.7 refused@1.6 enter@1.7", HALF_OPEN),
        ("fail@1/3600 refused@60 enter@61", HALF_OPEN),
        # Two requests were under way; the shorter wish does not shorten the longer.
        ("enter@0 enter@0 fail@1/20 fail@1/2 refused@4 refused@20 enter@21", HALF_OPEN),
        # One that began before it opened ends well: that says nothing about now.
        ("enter@0 fail@1 fail@2 fail@3 ok@4 refused@5", OPEN),
        ("enter@0 fail@1 fail@2 fail@3 fail@4 refused@7.9 enter@8", HALF_OPEN),
    ],
)
def test_the_table(script: str, state: BreakerState) -> None:
    """Every way through it ends where the table says."""
    assert after(script).state is state
