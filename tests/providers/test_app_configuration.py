"""Flags in App Configuration, by the SDK over a real socket."""

import json
from collections.abc import AsyncIterator, Mapping

import pytest

from emulators.app_configuration import AppConfigurationEmulator
from flags.errors import FlagsUnreadable
from providers import app_configuration
from providers.app_configuration import AppConfiguration
from providers.errors import InvalidConnection
from tests.flags.contract_source import SourceContract


class StorePlace:
    """A store, as somebody at the portal changes it."""

    def __init__(self, store: AppConfigurationEmulator) -> None:
        self.store = store
        self.source = AppConfiguration(connection_string=store.connection_string)

    async def say(self, flags: Mapping[str, object]) -> None:
        """Text, as the portal takes it; what is more than a value as JSON."""
        self.store.clear()
        for name, value in flags.items():
            self.store.put(name, value if isinstance(value, str) else json.dumps(value))

    async def fall(self) -> None:
        """An outage."""
        self.store.is_down = True

    async def rise(self) -> None:
        """Its end."""
        self.store.is_down = False


@pytest.fixture(params=[100, 1])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[StorePlace]:
    """An empty store, with large and with small pages."""
    async with AppConfigurationEmulator(page_size=request.param) as store:
        place = StorePlace(store)
        yield place
        await place.source.close()


class TestAppConfiguration(SourceContract):
    """A store is a source."""


async def test_nothing_new_costs_one_answer_without_a_body(place: StorePlace) -> None:
    """304 for each page, with the token of what was seen before."""
    await place.say({"vad_threshold": 0.7, "recording_enabled": True})
    await place.source.read()
    place.store.answers.clear()
    assert await place.source.read() is None
    assert set(place.store.answers) == {304}
    assert place.store.tokens[-1].startswith("jtqGc1I4=")


async def test_labels_and_prefixes_choose(place: StorePlace) -> None:
    """A store may be shared; what is special in a filter stands for itself in a prefix."""
    for label in (None, "prod"):
        place.store.put("phone*,vad_threshold", "0.6" if label is None else "0.7", label=label)
        place.store.put("vad_threshold", "0.8", label=label)
        place.store.put("phones", "0.8", label=label)
        place.store.put_feature({"id": "phone*,openers_enabled", "enabled": label is None}, label=label)
        place.store.put_feature({"id": "other", "enabled": True}, label=label)
    for label, threshold, openers in (("", "0.6", True), ("prod", "0.7", False)):
        source = AppConfiguration(connection_string=place.store.connection_string, label=label, key_prefix="phone*,")
        assert await source.read() == {"vad_threshold": threshold, "openers_enabled": openers}
        assert await source.read() is None
        await source.close()


async def test_feature_flags_of_the_service_are_flags(place: StorePlace) -> None:
    """Beside plain values; without a prefix one request finds both."""
    place.store.put("vad_threshold", "0.7")
    place.store.put_feature({"id": "openers_enabled", "enabled": False, "conditions": {"client_filters": []}})
    assert await place.source.read() == {"vad_threshold": "0.7", "openers_enabled": False}


async def test_what_refuses_us_is_explained(place: StorePlace) -> None:
    """By its status; the secret is in nothing that is said."""
    source = AppConfiguration(connection_string=place.store.connection_string.replace("YW50", "YW51"))
    with pytest.raises(FlagsUnreadable, match="answered 401: the key or the role is not right") as caught:
        await source.read()
    assert "YW51" not in str(caught.value)
    await source.close()
    nobody = AppConfiguration(connection_string="Endpoint=http://127.0.0.1:9;Id=x;Secret=YWI=")
    with pytest.raises(FlagsUnreadable, match="cannot be reached"):
        await nobody.read()
    await nobody.close()
    odd = AppConfiguration(connection_string="Endpoint=http://127.0.0.1:9;Id=x;Secret=abcde")
    with pytest.raises(FlagsUnreadable, match="makes no sense"):
        await odd.read()
    await odd.close()


@pytest.mark.parametrize("text", ["secret", "Endpoint=x;Id=;Secret=y", ""])
def test_a_connection_string_that_is_none_is_no_way(text: str) -> None:
    """It is told where it was read, not when it is needed."""
    with pytest.raises(InvalidConnection, match=r"app_configuration\.connection_string") as caught:
        AppConfiguration(connection_string=text)
    assert "secret" not in str(caught.value)


async def test_a_store_of_somebody_else_is_not_read_to_its_end(
    place: StorePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands of settings are no flags."""
    monkeypatch.setattr(app_configuration, "MOST_SETTINGS", 2)
    await place.say({"a": "1", "b": "1", "c": "1"})
    with pytest.raises(FlagsUnreadable, match="key_prefix"):
        await place.source.read()
