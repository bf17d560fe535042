"""Checks are made at once, each ends in a row, and none of them ends another."""

import asyncio

import pytest

from assembly.checkup.findings import (
    Check,
    Finding,
    NotWorking,
    Seen,
    State,
    Watch,
    is_this_machine,
    look_at,
    place_of,
)


async def fine() -> Seen:
    """It works."""
    return Seen("there")


async def test_each_check_ends_in_a_row() -> None:
    """In their order: working, not working, never ending, and failing in a way that nobody foresaw."""

    async def broken() -> Seen:
        raise NotWorking("it is dead", "set a.key")

    async def endless() -> Seen:
        await asyncio.Event().wait()
        raise AssertionError

    async def surprising() -> Seen:
        raise KeyError("a secret")

    told: list[Finding] = []
    checks = [Check("a", fine), Check("b", broken), Check("c", endless, "c.url"), Check("d", surprising, "d.url")]
    findings = await look_at(checks, timeout_s=0.05, on_finding=told.append)
    assert findings == [
        Finding("a", State.OK, "there"),
        Finding("b", State.FIX, "it is dead", "set a.key"),
        Finding("c", State.FIX, "nothing within 0.05 s", "look at c.url"),
        Finding("d", State.FIX, "failed: KeyError", "look at d.url"),
    ]
    assert {finding.name for finding in told} == {"a", "b", "c", "d"}


async def test_checks_wait_for_each_other_only_where_they_keep_the_processors_busy() -> None:
    """Two light ones meet; two heavy ones never do."""
    both = asyncio.Barrier(2)
    running = most = 0

    async def meets() -> Seen:
        async with both:
            return Seen("met")

    async def alone() -> Seen:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return Seen("alone")

    checks = [Check("1", meets), Check("2", meets)]
    checks += [Check("3", alone, is_heavy=True), Check("4", alone, is_heavy=True)]
    findings = await look_at(checks, timeout_s=60)
    assert [finding.state for finding in findings] == [State.OK] * 4
    assert most == 1


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://user:secret@example.com:8443/path?secret=1#secret", "https://example.com:8443"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("wss://example.com", "wss://example.com"),
        ("secret", "(no address)"),
        ("http://host:port/", "(no address)"),
        ("", "(no address)"),
    ],
)
def test_of_an_address_only_the_place_is_shown(url: str, place: str) -> None:
    """Users, paths and queries may be secrets."""
    assert place_of(url) == place


def test_small_things() -> None:
    """Durations are in milliseconds, and this machine has several names."""
    assert Watch().took.endswith(" ms")
    assert is_this_machine("localhost")
    assert not is_this_machine("example.com")
