"""The emulator of App Configuration, as the service's own SDK sees it."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from azure.appconfiguration import ConfigurationSetting, FeatureFlagConfigurationSetting
from azure.appconfiguration.aio import AzureAppConfigurationClient
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from emulators.app_configuration import AppConfigurationEmulator, main


@asynccontextmanager
async def opened(store: AppConfigurationEmulator) -> AsyncIterator[AzureAppConfigurationClient]:
    """A client of the store."""
    client = AzureAppConfigurationClient.from_connection_string(store.connection_string, retry_total=0)
    try:
        yield client
    finally:
        await client.close()


async def test_settings_are_set_read_and_deleted() -> None:
    """By key and label, with an ETag that is another one after each change."""
    async with AppConfigurationEmulator() as store, opened(store) as client:
        first = await client.set_configuration_setting(ConfigurationSetting(key="a/b", value="1"))
        other = await client.set_configuration_setting(ConfigurationSetting(key="a/b", label="prod", value="2"))
        for label, value in ((None, "1"), ("prod", "2")):
            setting = await client.get_configuration_setting("a/b", label=label)
            assert setting is not None
            assert setting.value == value
        assert first.etag != other.etag
        await client.delete_configuration_setting("a/b")
        with pytest.raises(ResourceNotFoundError):
            await client.get_configuration_setting("a/b")
        await client.delete_configuration_setting("a/b")


@pytest.mark.parametrize(
    ("key_filter", "label_filter", "found"),
    [
        (None, None, ["ab", "abc", "b,c", "prod:b*"]),
        ("ab*", None, ["ab", "abc"]),
        ("ab", None, ["ab"]),
        ("ab,abc", None, ["ab", "abc"]),
        (r"b\,c", None, ["b,c"]),
        ("*", "\0", ["ab", "abc", "b,c"]),
        ("*", "prod", ["prod:b*"]),
    ],
)
async def test_filters(key_filter: str | None, label_filter: str | None, found: list[str]) -> None:
    """Of keys and of labels, over pages of two."""
    async with AppConfigurationEmulator(page_size=2) as store, opened(store) as client:
        for key in ("abc", "ab", "b,c"):
            store.put(key, "x")
        store.put("b*", "x", label="prod")
        settings = client.list_configuration_settings(key_filter=key_filter, label_filter=label_filter)
        names = [f"{setting.label}:{setting.key}" if setting.label else setting.key async for setting in settings]
        assert sorted(names) == sorted(found)


async def test_only_pages_that_have_changed_come() -> None:
    """Each by the ETag that it had."""
    async with AppConfigurationEmulator(page_size=2) as store, opened(store) as client:
        for key in "abcd":
            store.put(key, "1")
        pages = client.list_configuration_settings().by_page()
        etags = [pages.etag async for _ in pages]
        assert len(etags) == 2
        store.put("d", "2")
        changed = client.list_configuration_settings().by_page(match_conditions=etags)
        assert [[setting.key async for setting in page] async for page in changed] == [["c", "d"]]
        assert store.answers[-2:] == [304, 200]


async def test_feature_flags_are_known_as_such() -> None:
    """By their content type and the prefix of their keys."""
    async with AppConfigurationEmulator() as store, opened(store) as client:
        store.put_feature({"id": "openers_enabled", "enabled": True, "conditions": {"client_filters": []}})
        (flag,) = [setting async for setting in client.list_configuration_settings()]
        assert isinstance(flag, FeatureFlagConfigurationSetting)
        assert (flag.feature_id, flag.enabled) == ("openers_enabled", True)


async def test_who_does_not_sign_is_refused() -> None:
    """With the service's form of an error; so is everybody while it is down."""
    async with AppConfigurationEmulator() as store, aiohttp.ClientSession() as http:
        endpoint = store.connection_string.partition(";")[0].removeprefix("Endpoint=")
        for query, status in (("?api-version=1", 401), ("", 400)):
            async with http.get(f"{endpoint}/kv{query}") as answer:
                assert answer.status == status
                assert answer.content_type == "application/problem+json"
        async with opened(store) as client:
            store.is_down = True
            with pytest.raises(HttpResponseError):
                await client.get_configuration_setting("a")
    assert store.answers == [401, 400, 503]


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """And the command ends."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 2
    assert capsys.readouterr().err
