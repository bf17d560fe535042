"""Text messages by Twilio's own client, to its twin."""

import pytest

from calls.errors import SmsRefused
from emulators.phone import PhoneNetwork
from providers.twilio_sms import TwilioSms

OURS, THEIRS = "+12025550100", "+12025550143"


async def test_a_message_is_sent() -> None:
    """From our number, and the service names it."""
    async with PhoneNetwork() as network:
        sms = TwilioSms(
            network.twilio.account_sid, network.twilio.auth_token, from_number=OURS, base_url=network.endpoint
        )
        message_id = await sms.send(to_number=THEIRS, text="Your reference is AB 12.")
        await sms.close()
        (sent,) = network.sms.sent
    assert (sent.sender, sent.recipient, sent.text) == (OURS, THEIRS, "Your reference is AB 12.")
    assert message_id == sent.message_id


async def test_a_wrong_token_is_an_error() -> None:
    """With the status, and without what was to be sent."""
    async with PhoneNetwork() as network:
        sms = TwilioSms(network.twilio.account_sid, "wrong", from_number=OURS, base_url=network.endpoint)
        with pytest.raises(SmsRefused) as refused:
            await sms.send(to_number=THEIRS, text="secret")
        await sms.close()
    assert refused.value.status == 401
    assert "secret" not in str(refused.value)


async def test_a_service_that_is_not_there() -> None:
    """It could not be reached, and that is said."""
    sms = TwilioSms("AC00000000000000000000000000000000", "t", from_number=OURS, base_url="http://127.0.0.1:1")
    with pytest.raises(SmsRefused, match="could not be reached"):
        await sms.send(to_number=THEIRS, text="x")
    await sms.close()


async def test_the_account_is_asked_for() -> None:
    """Nothing is sent; a wrong token and an account that may not be used are told."""
    async with PhoneNetwork() as network:
        twilio = network.twilio
        sms = TwilioSms(twilio.account_sid, twilio.auth_token, from_number=OURS, base_url=network.endpoint)
        await sms.ping()
        twilio.status = "closed"
        with pytest.raises(SmsRefused, match="not active"):
            await sms.ping()
        await sms.close()
        wrong = TwilioSms(twilio.account_sid, "wrong", from_number=OURS, base_url=network.endpoint)
        with pytest.raises(SmsRefused) as refused:
            await wrong.ping()
        await wrong.close()
        assert list(network.sms.sent) == []
    assert refused.value.status == 401


async def test_nobody_is_there_to_ask_for_the_account() -> None:
    """It could not be reached, and that is said."""
    sms = TwilioSms("AC00000000000000000000000000000000", "t", from_number=OURS, base_url="http://127.0.0.1:1")
    with pytest.raises(SmsRefused, match="could not be reached"):
        await sms.ping()
    await sms.close()
