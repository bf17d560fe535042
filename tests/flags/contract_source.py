"""What every source of flags must do.

A test module of an implementation subclasses ``SourceContract`` and provides the fixture ``place``.
"""

from collections.abc import Mapping
from typing import Protocol

import pytest

from flags.definitions import define, standing_definitions
from flags.errors import FlagsUnreadable
from flags.experiments import Experiment, Variant
from flags.features import Features
from flags.live import LiveFlags
from flags.records import FlagRecord, FlagRefused, FlagsAvailable, FlagsChanged, FlagsUnavailable
from flags.source import FlagSource


class Place(Protocol):
    """Where flags stand, as whoever changes them sees it."""

    source: FlagSource
    """The one under test, reading there."""

    async def say(self, flags: Mapping[str, object]) -> None:
        """Let exactly these stand there."""

    async def fall(self) -> None:
        """From now on it cannot be read."""

    async def rise(self) -> None:
        """It can be read again."""


OPENERS = {"experiment": "openers", "variants": [{"name": "with", "value": True, "weight": 9}, {"value": False}]}


async def flags_of(place: Place) -> Features:
    """What the source says, as flags; nothing of it is refused."""
    said = await place.source.read()
    assert said is not None
    standing = Features()
    definitions, refused = define(said, source="", standing=standing, before=standing_definitions(standing))
    assert refused == ()
    return definitions.plain


class SourceContract:
    """The tests."""

    async def test_values_come_as_the_flags_type(self, place: Place) -> None:
        """Numbers, whole and not, truth, and that 0 and false are values."""
        await place.say({"vad_threshold": 0.7, "vad_cutoff_timeout_ms": 0, "openers_enabled": False})
        flags = await flags_of(place)
        assert (flags.vad_threshold, flags.vad_cutoff_timeout_ms, flags.openers_enabled) == (0.7, 0, False)
        assert flags.vad_silence_timeout_ms == Features().vad_silence_timeout_ms

    async def test_nothing_new_is_no_news(self, place: Place) -> None:
        """As long as nothing changes, nothing is read anew; a change is seen, and what is taken away, too."""
        await place.say({"vad_threshold": 0.7, "recording_enabled": True})
        assert (await flags_of(place)).recording_enabled
        assert await place.source.read() is None
        assert await place.source.read() is None
        await place.say({"vad_threshold": 0.8})
        flags = await flags_of(place)
        assert (flags.vad_threshold, flags.recording_enabled) == (0.8, False)
        await place.say({})
        assert await flags_of(place) == Features()

    async def test_an_experiment_comes_whole(self, place: Place) -> None:
        """Names, weights and values."""
        await place.say({"openers_enabled": OPENERS})
        said = await place.source.read()
        assert said is not None
        standing = Features()
        definitions, refused = define(said, source="", standing=standing, before=standing_definitions(standing))
        assert refused == ()
        variants = (Variant("with", True, 9), Variant("false", False, 1))
        assert definitions.experiments == {"openers_enabled": Experiment("openers", variants)}

    async def test_a_place_that_falls_is_told_and_read_whole_when_it_rises(self, place: Place) -> None:
        """Also when nothing has changed meanwhile."""
        await place.say({"vad_threshold": 0.7})
        await flags_of(place)
        await place.fall()
        for _ in range(2):
            with pytest.raises(FlagsUnreadable):
                await place.source.read()
        await place.rise()
        assert (await flags_of(place)).vad_threshold == 0.7

    async def test_flags_follow(self, place: Place) -> None:
        """Bad ones stay what they were and are named; while the place is gone all stay; none of it raises."""
        await place.say({"vad_threshold": 0.7})
        records: list[FlagRecord] = []
        name = place.source.name
        async with LiveFlags(Features(), place.source, every_s=3_600, observe=records.append) as flags:
            call = flags.of("+12025550143")
            assert call.current().vad_threshold == 0.7
            assert call.current() is call.current()
            await place.say({"vad_threshold": "loud", "answer_soft_timeout_sec": 4, "colour": "red"})
            await flags.read()
            assert (call.current().vad_threshold, call.current().answer_soft_timeout_sec) == (0.7, 4)
            await place.fall()
            await flags.read()
            await flags.read()
            assert (call.current().vad_threshold, call.current().answer_soft_timeout_sec) == (0.7, 4)
            await place.rise()
            await place.say({})
            await flags.read()
            assert call.current() == Features()
        assert FlagsChanged(name, ("vad_threshold",)) in records
        refused = {record.flag: record.reason for record in records if isinstance(record, FlagRefused)}
        assert set(refused) == {"vad_threshold", "colour"}
        assert "there is no such flag" in refused["colour"]
        assert len([record for record in records if isinstance(record, FlagsUnavailable)]) == 1
        assert FlagsAvailable(name) in records
