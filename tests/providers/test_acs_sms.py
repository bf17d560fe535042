"""Text messages by the real SDK, to the emulated service."""

import uuid
from datetime import UTC, datetime

import pytest

from calls.errors import SmsRefused
from emulators.network_faults import RestFault
from emulators.phone import PhoneNetwork
from providers.acs_sms import AcsSms

OURS, THEIRS = "+12025550100", "+12025550143"


async def test_a_message_is_sent() -> None:
    """From our number, and the service names it."""
    async with PhoneNetwork() as network:
        sms = AcsSms(network.endpoint, network.access_key, from_number=OURS)
        message_id = await sms.send(to_number=THEIRS, text="Your reference is AB 12.")
        await sms.close()
        (sent,) = network.sms.sent
    assert (sent.sender, sent.recipient, sent.text) == (OURS, THEIRS, "Your reference is AB 12.")
    assert message_id == sent.message_id


async def test_a_refusal_is_an_error() -> None:
    """Of the number alone, or of the request; neither quotes what was to be sent."""
    async with PhoneNetwork() as network:
        sms = AcsSms(network.endpoint, network.access_key, from_number=OURS, retries=0)
        with pytest.raises(SmsRefused) as refused:
            await sms.send(to_number="12", text="secret")
        assert refused.value.status == 400
        network.fail_next(RestFault("sms", status=503))
        with pytest.raises(SmsRefused, match="503") as failed:
            await sms.send(to_number=THEIRS, text="secret")
        await sms.close()
    assert "secret" not in f"{refused.value}{failed.value}"


async def test_a_service_that_is_not_there() -> None:
    """It could not be reached, and that is said."""
    sms = AcsSms("http://127.0.0.1:1", "c2VjcmV0", from_number=OURS, retries=0)
    with pytest.raises(SmsRefused, match="could not be reached"):
        await sms.send(to_number=THEIRS, text="x")
    await sms.close()


async def test_a_key_makes_a_message_one_message() -> None:
    """Sent again, by another process too, it is sent once; another key is another message."""
    key, first = uuid.UUID(int=7), datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    ids = []
    async with PhoneNetwork() as network:
        for number in (key, key, uuid.UUID(int=8), None, None):
            sms = AcsSms(network.endpoint, network.access_key, from_number=OURS)
            ids.append(await sms.send(to_number=THEIRS, text="Thank you.", key=number, first_sent_at=first))
            await sms.close()
        assert len(network.sms.sent) == 4
    assert ids[0] == ids[1]
    assert len(set(ids)) == 4
