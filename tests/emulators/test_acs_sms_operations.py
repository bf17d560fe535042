"""Short messages with the real SDK, both ways."""

import pytest
from azure.communication.sms.aio import SmsClient
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

from emulators.acs_rest import RestFault
from emulators.errors import DeliveryFailed
from tests.emulators.controlled_call import PERSON, SERVER, Rig, rig


def sms_client(up: Rig, key: str = "") -> SmsClient:
    """The real one."""
    credential = AzureKeyCredential(key or up.network.access_key)
    return SmsClient(up.network.endpoint, credential, retry_backoff_factor=0.0)


async def test_a_message_is_sent() -> None:
    """It is kept, and its report comes by Event Grid."""
    async with rig() as up, sms_client(up) as client:
        await up.network.subscribe(up.webhook_url())
        (result,) = await client.send(SERVER, PERSON, "Your claim is 42.", enable_delivery_report=True, tag="call-1")
        report = await up.server.grid_event("SMSDeliveryReportReceived")
    assert result.successful
    assert (result.http_status_code, result.to) == (202, PERSON)
    (sms,) = up.network.sms.sent
    assert (sms.sender, sms.recipient, sms.text) == (SERVER, PERSON, "Your claim is 42.")
    assert report["data"]["messageId"] == result.message_id == sms.message_id
    assert (report["data"]["deliveryStatus"], report["data"]["tag"]) == ("Delivered", "call-1")


async def test_a_message_that_does_not_arrive() -> None:
    """It is taken; the report says that it failed."""
    async with rig() as up, sms_client(up) as client:
        await up.network.subscribe(up.webhook_url())
        up.network.sms.fail_next(PERSON, "The number is blocked.")
        (result,) = await client.send(SERVER, PERSON, "Hi.", enable_delivery_report=True)
        report = await up.server.grid_event("SMSDeliveryReportReceived")
    assert result.successful
    assert report["data"]["deliveryStatusDetails"] == "The number is blocked."


async def test_several_recipients_one_of_them_wrong() -> None:
    """Each has its result; the call does not fail."""
    async with rig() as up, sms_client(up) as client:
        good, bad = await client.send(SERVER, [PERSON, "12"], "Hi.")
    assert (good.successful, bad.successful) == (True, False)
    assert bad.http_status_code == 400
    assert len(up.network.sms.sent) == 1


async def test_a_lost_reply_sends_once() -> None:
    """The SDK repeats the request with the same repeatability ids."""
    async with rig() as up, sms_client(up) as client:
        up.network.fail_next(RestFault("sms", after_effect=True))
        (result,) = await client.send(SERVER, PERSON, "Hi.")
    assert [sms.message_id for sms in up.network.sms.sent] == [result.message_id]


async def test_a_number_that_is_not_ours() -> None:
    """400, as are messages without text; a wrong key is 401."""
    async with rig() as up:
        async with sms_client(up) as client:
            with pytest.raises(HttpResponseError, match="not a number of this resource"):
                await client.send("+12025550999", PERSON, "Hi.")
            with pytest.raises(HttpResponseError, match="1 to 2048"):
                await client.send(SERVER, PERSON, "")
        async with sms_client(up, "YW5vdGhlcg==") as client:
            with pytest.raises(ClientAuthenticationError):
                await client.send(SERVER, PERSON, "Hi.")
    assert up.network.sms.sent == ()


async def test_a_message_comes_in() -> None:
    """By Event Grid; the webhook must take it."""
    async with rig() as up:
        with pytest.raises(DeliveryFailed, match="no webhook"):
            await up.network.send_sms(PERSON, "Nobody listens.")
        await up.network.subscribe(up.webhook_url())
        sms = await up.network.send_sms(PERSON, "It is number 12.")
        event = await up.server.grid_event("SMSReceived")
    assert event["data"]["message"] == "It is number 12."
    assert event["data"]["messageId"] == sms.message_id
    assert event["data"]["from"] == PERSON.removeprefix("+")
