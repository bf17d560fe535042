"""The telephone service, signing keys and text messages, by the real SDKs; nothing is placed and nothing sent."""

from contextlib import AsyncExitStack
from typing import Any

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.identity.aio import ChainedTokenCredential, EnvironmentCredential

from assembly.checkup.findings import Finding, State
from assembly.checkup.telephone import checks_of_telephone
from emulators.acs_tokens import KEYS_PATH
from emulators.phone import PhoneNetwork
from providers.azure_identity import AzureIdentity
from tests.assembly.checkup.looking import NOBODY, broken, found_by, states
from tests.support.configured import configured

OURS = "+12025550100"
WRONG = "d3Jvbmctd3Jvbmctd3Jvbmc="


class NoIdentity(AzureIdentity):
    """Of a machine that has none: its credential says so, and asks nobody."""

    @property
    def credential(self) -> AsyncTokenCredential:
        """What gives no token."""
        return ChainedTokenCredential(EnvironmentCredential())


async def found(*, identity: AzureIdentity | None = None, **sections: dict[str, Any]) -> dict[str, Finding]:
    """The findings."""
    async with AsyncExitStack() as stack:
        identity = identity or AzureIdentity()
        stack.push_async_callback(identity.close)
        return await found_by(checks_of_telephone(configured(**sections), identity, stack))


async def test_all_is_there() -> None:
    """Signed with the key, and no call and no message has left."""
    async with PhoneNetwork() as network:
        findings = await found(
            communication_services={
                "endpoint": network.endpoint,
                "access_key": network.access_key,
                "phone_number": OURS,
            },
            access={"entra_tenant_id": "t", "entra_audience": "a", "entra_jwks_url": network.endpoint + KEYS_PATH},
        )
        assert (network.legs, list(network.sms.sent), network.refusals) == ((), [], ())
    assert set(states(findings).values()) == {State.OK}
    assert findings["telephone service"].seen.startswith(f"{network.endpoint} takes the access key, in ")
    assert findings["token keys"].seen.startswith(f"1 key at {network.endpoint}, in ")


async def test_the_emulator_that_is_not_there_is_no_fault() -> None:
    """Out of the box nothing is to be fixed; every row says what turns it on."""
    findings = await found(communication_services={"endpoint": "http://127.0.0.1:8091"})
    assert broken(findings) == set()
    assert all(finding.advice for finding in findings.values() if finding.state is State.OFF)


async def test_a_dead_service() -> None:
    """The endpoint is to be looked at, and the keys, which come from there."""
    findings = await found(communication_services={"endpoint": NOBODY})
    assert broken(findings) == {"telephone service", "token keys"}
    assert "communication_services.endpoint" in findings["telephone service"].advice
    assert "communication_services.jwks_url" in findings["token keys"].advice


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"access_key": WRONG}, "set communication_services.access_key to a key of this resource"),
        ({"access_key": "no base64!"}, "set communication_services.access_key"),
        ({"endpoint": "http://127.0.0.1:8091/path"}, "set communication_services.endpoint"),
    ],
)
async def test_a_wrong_key_or_form(change: dict[str, object], advice: str) -> None:
    """Its row says so, and the keys are still there."""
    async with PhoneNetwork() as network:
        jwks_url = network.endpoint + KEYS_PATH
        good: dict[str, object] = {
            "endpoint": network.endpoint,
            "access_key": network.access_key,
            "jwks_url": jwks_url,
        }
        findings = await found(communication_services=good | change)
    assert broken(findings) == {"telephone service"}
    assert advice in findings["telephone service"].advice


async def test_keys_that_are_not_there() -> None:
    """Of the organisation, and of the telephone service; nobody needs those of tokens that are not looked at."""
    async with PhoneNetwork() as network:
        acs: dict[str, object] = {"endpoint": network.endpoint, "access_key": network.access_key}
        entra: dict[str, object] = {"entra_tenant_id": "t", "entra_audience": "a"}
        findings = await found(
            communication_services=acs | {"jwks_url": f"{network.endpoint}/nowhere"},
            access=entra | {"entra_jwks_url": f"{NOBODY}/keys"},
        )
        assert broken(findings) == {"token keys", "Entra ID"}
        assert "access.entra_tenant_id" in findings["Entra ID"].advice
        unchecked = await found(communication_services=acs | {"verify_tokens": False})
        assert unchecked["token keys"].state is State.OFF


async def test_twilio() -> None:
    """The account is asked for; it is told whether it is wrong, closed, not whole, or away."""
    async with PhoneNetwork() as network:
        good: dict[str, object] = {
            "account_sid": network.twilio.account_sid,
            "auth_token": network.twilio.auth_token,
            "phone_number": OURS,
            "base_url": network.endpoint,
        }

        async def row(**changes: object) -> Finding:
            twilio = good | changes
            return (await found(sms={"mode": "twilio", "twilio": twilio}))["text messages"]

        assert (await row()).state is State.OK
        wrong = await row(auth_token="wrong")
        assert (wrong.state, "sms.twilio.auth_token" in wrong.advice) == (State.FIX, True)
        missing = await row(auth_token="", phone_number="")
        assert missing.advice == "set sms.twilio.auth_token, sms.twilio.phone_number"
        away = await row(base_url=NOBODY)
        assert "sms.twilio.base_url" in away.advice
        network.twilio.status = "suspended"
        assert (await row()).seen == "the account is not active"
        assert list(network.sms.sent) == []


async def test_a_number_is_missing() -> None:
    """Who invites humans needs one."""
    findings = await found(conversation={"agent_phone_number": OURS, "agent_mode": "invite"})
    assert broken(findings) == {"phone number"}
    assert "communication_services.phone_number" in findings["phone number"].advice


async def test_messages_need_the_key() -> None:
    """The identity of the machine cannot sign them: the row says so, whatever the service says."""
    findings = await found(communication_services={"endpoint": NOBODY, "access_key": "", "phone_number": OURS})
    assert "communication_services.access_key" in findings["text messages"].advice


async def test_a_machine_without_an_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key it cannot sign: a key or an identity is to be given."""
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_TENANT_ID", "AZURE_USERNAME"):
        monkeypatch.delenv(name, raising=False)
    async with PhoneNetwork() as network:
        acs = {"endpoint": "https://127.0.0.1:1", "access_key": "", "jwks_url": network.endpoint + KEYS_PATH}
        findings = await found(identity=NoIdentity(), communication_services=acs)
    assert broken(findings) == {"telephone service"}
    assert findings["telephone service"].seen == "this machine has no Azure identity that gives a token"
    assert "set communication_services.access_key" in findings["telephone service"].advice
