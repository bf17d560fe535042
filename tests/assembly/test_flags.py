"""From the configuration to the flags of a call."""

import asyncio
from pathlib import Path

from assembly.flags import flag_source, has_live_flags, live_flags, settings_of
from emulators.app_configuration import AppConfigurationEmulator
from flags.features import Features
from flags.records import FlagRecord, FlagRefused, FlagsUnavailable
from providers.azure_identity import AzureIdentity
from tests.support.configured import configured


async def test_without_a_live_source_the_configuration_holds() -> None:
    """For every call alike."""
    config = configured(features={"vad_threshold": 0.7})
    assert not has_live_flags(config)
    async with live_flags(config, AzureIdentity()) as flags:
        assert flags.of("+12025550143").current() is config.features


async def test_a_file_is_followed(tmp_path: Path) -> None:
    """A change is there soon, what is wrong is told, and what the file does not name is as configured."""
    path = tmp_path / "flags.yaml"
    path.write_text("recognition_retry_max: 1\ncolour: red\n", encoding="utf-8")
    config = configured(features={"vad_threshold": 0.7}, flags={"path": path, "poll_sec": 0.1})
    assert has_live_flags(config)
    records: list[FlagRecord] = []
    async with live_flags(config, AzureIdentity(), records.append) as flags, asyncio.timeout(30):
        call = flags.of("+12025550143")
        assert (call.current().recognition_retry_max, call.current().vad_threshold) == (1, 0.7)
        path.write_text("recognition_retry_max: 22", encoding="utf-8")
        while call.current().recognition_retry_max != 22:
            await asyncio.sleep(0.02)
    assert [record.flag for record in records if isinstance(record, FlagRefused)] == ["colour"]


async def test_a_store_is_followed_and_what_it_said_stays_when_it_is_gone() -> None:
    """Within its TTL, without a restart."""
    async with AppConfigurationEmulator() as store, asyncio.timeout(60):
        store.put("recognition_retry_max", "1")
        section = {"connection_string": store.connection_string, "ttl_sec": 1}
        config = configured(app_configuration=section)
        assert has_live_flags(config)
        records: list[FlagRecord] = []
        async with live_flags(config, AzureIdentity(), records.append) as flags:
            call = flags.of("+12025550143")
            assert call.current().recognition_retry_max == 1
            store.put("recognition_retry_max", "2")
            while call.current().recognition_retry_max != 2:
                await asyncio.sleep(0.02)
            store.is_down = True
            while not any(isinstance(record, FlagsUnavailable) for record in records):
                await asyncio.sleep(0.02)
            assert call.current().recognition_retry_max == 2


def test_a_store_without_a_key_is_opened_by_the_identity_of_this_machine() -> None:
    """Nothing is asked for it before it is needed."""
    config = configured(app_configuration={"endpoint": "https://name.azconfig.io", "ttl_sec": 10})
    found = flag_source(config, AzureIdentity())
    assert found is not None
    assert (found[0].name, found[1]) == ("app_configuration", 9)


def test_the_same_flags_are_the_same_settings() -> None:
    """So that a call takes nothing for a change that is none."""
    settings = settings_of(configured())
    first = settings(Features(vad_threshold=0.7))
    assert settings(Features(vad_threshold=0.7)) is first
    assert first.segments.threshold == 0.7
    assert settings(Features()) is not first
