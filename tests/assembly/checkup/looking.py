"""Checks made, as the tests of this folder make them."""

from collections.abc import Iterable

from assembly.checkup.findings import Check, Finding, State, look_at

PATIENCE_S = 60.0
NOBODY = "http://127.0.0.1:1"
"""Where nobody listens."""


async def found_by(checks: Iterable[Check], *, timeout_s: float = PATIENCE_S) -> dict[str, Finding]:
    """The findings, by name."""
    return {finding.name: finding for finding in await look_at(list(checks), timeout_s=timeout_s)}


def states(findings: dict[str, Finding]) -> dict[str, State]:
    """Of each."""
    return {name: finding.state for name, finding in findings.items()}


def broken(findings: dict[str, Finding]) -> set[str]:
    """Names of those that are to be fixed."""
    return {name for name, finding in findings.items() if finding.state is State.FIX}
