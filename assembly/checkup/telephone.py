"""The telephone service, the keys of those who sign tokens, and text messages. Nothing is called, nothing is sent."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

from assembly.application import build_control, build_sms
from assembly.checkup.findings import Check, NotWorking, Seen, State, Watch, place_of
from calls.errors import CallControlError, SmsRefused, UnreadableKeys
from config import CommunicationServicesConfig, Config
from providers.azure_identity import AzureIdentity
from providers.jwks import fetch_keys
from providers.twilio_sms import TwilioSms

_EMULATOR = "python -m emulators.phone"
_DEFAULT_ENDPOINT: str = CommunicationServicesConfig.model_fields["endpoint"].default


def checks_of_telephone(config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> Iterator[Check]:
    """In the order in which they are shown; ``stack`` closes what they open."""
    trial = TelephoneTrial(config, identity, stack)
    yield Check("telephone service", trial.lets_in, "communication_services.endpoint")
    yield Check("phone number", trial.has_number, "communication_services.phone_number")
    yield Check("token keys", trial.signs, "communication_services.jwks_url")
    yield Check("text messages", trial.writes, "sms.mode")
    yield Check("Entra ID", trial.organisation_signs, "access.entra_jwks_url")


class TelephoneTrial:
    """The services as calls will use them."""

    def __init__(self, config: Config, identity: AzureIdentity, stack: AsyncExitStack) -> None:
        self._config = config
        self._acs = config.communication_services
        self._identity = identity
        self._stack = stack

    @property
    def _is_default(self) -> bool:
        """The emulator on this machine, which is not there unless somebody calls."""
        return self._acs.endpoint == _DEFAULT_ENDPOINT

    async def lets_in(self) -> Seen:
        """Ask for a call that there cannot be, signed as all requests will be."""
        watch = Watch()
        try:
            await build_control(self._config, self._identity, self._stack).ping()
        except CallControlError as error:
            if self._is_default and not error.status:
                return _no_emulator(f"the phone emulator comes with a call: {_EMULATOR}")
            raise self._explained(error) from error
        how = "the access key" if self._acs.usable_access_key else "the identity of this machine"
        return Seen(f"{place_of(self._acs.endpoint)} takes {how}, in {watch.took}")

    def _explained(self, error: CallControlError) -> NotWorking:
        place, has_key = place_of(self._acs.endpoint), bool(self._acs.usable_access_key)
        text = str(error)
        if error.status in (401, 403):
            key = "set communication_services.access_key to a key of this resource (and look at the clock)"
            role = "give the identity of this machine a role on the resource, or set communication_services.access_key"
            return NotWorking(text, key if has_key else role)
        if "access key" in text:
            return NotWorking(text, "set communication_services.access_key to the key as the portal shows it")
        if "endpoint" in text:
            example = "https://<resource>.communication.azure.com"
            return NotWorking(text, f"set communication_services.endpoint to the address of the resource, {example}")
        if not error.status and not has_key:
            advice = "set communication_services.access_key, or give this machine an Azure identity"
            return NotWorking(text, f"{advice}; look at communication_services.endpoint")
        return NotWorking(text, f"look at communication_services.endpoint: {place} does not answer as it should")

    async def has_number(self) -> Seen:
        """That there is one where one is needed; whether it is ours, the service tells when it is used."""
        key, who = "communication_services.phone_number", self._config.conversation
        if self._acs.phone_number:
            return Seen(f"{self._acs.phone_number}: calls are placed from it")
        if who.agent_phone_number and who.agent_mode == "invite":
            raise NotWorking("none, and conversation.agent_mode invite takes one", f"set {key} to your number, E.164")
        return Seen("none: calls come in, none is placed", f"{key} turns it on", State.OFF)

    async def signs(self) -> Seen:
        """Fetch the keys that callbacks and media sockets are signed with."""
        if not self._acs.verify_tokens:
            advice = "communication_services.verify_tokens turns it on"
            return Seen("tokens of the telephone service are not looked at", advice, State.OFF)
        url = self._acs.keys_url
        try:
            return await _keys_at(url)
        except UnreadableKeys as error:
            if self._is_default and not self._acs.jwks_url:
                return _no_emulator("they come with the phone emulator")
            advice = f"look at communication_services.jwks_url, and whether this machine gets out to {place_of(url)}"
            raise NotWorking(str(error), advice) from error

    async def organisation_signs(self) -> Seen:
        """Fetch the keys of Microsoft Entra ID."""
        access = self._config.access
        if not access.entra_tenant_id:
            return Seen("API keys alone open", "access.entra_tenant_id and access.entra_audience turn it on", State.OFF)
        try:
            return await _keys_at(access.token_keys_url)
        except UnreadableKeys as error:
            advice = f"look at access.entra_tenant_id and access.entra_jwks_url: {place_of(access.token_keys_url)}"
            raise NotWorking(str(error), f"{advice} publishes no keys for it") from error

    async def writes(self) -> Seen:
        """Let the account be shown, or a signature be checked: no message is sent."""
        if self._config.sms.mode == "twilio":
            return await self._twilio_writes()
        if not self._acs.phone_number:
            return Seen("none are sent", "communication_services.phone_number turns them on", State.OFF)
        await self.lets_in()
        return Seen(f"from {self._acs.phone_number}, by the telephone service")

    async def _twilio_writes(self) -> Seen:
        twilio = self._config.sms.twilio
        given = {
            "account_sid": twilio.account_sid,
            "auth_token": twilio.auth_token.get_secret_value(),
            "phone_number": twilio.phone_number,
        }
        missing = [f"sms.twilio.{name}" for name, value in given.items() if not value]
        if missing:
            raise NotWorking("sms.mode is twilio, and the account is not whole", f"set {', '.join(missing)}")
        sms = build_sms(self._config, self._identity, self._stack)
        assert isinstance(sms, TwilioSms)
        watch = Watch()
        try:
            await sms.ping()
        except SmsRefused as error:
            raise NotWorking(str(error), _of_twilio(error, twilio.base_url)) from error
        return Seen(f"from {twilio.phone_number}, by Twilio: the account is there, in {watch.took}")


def _of_twilio(error: SmsRefused, base_url: str) -> str:
    if error.status in (401, 403, 404):
        return "set sms.twilio.account_sid and sms.twilio.auth_token to those of one active account"
    return f"look at sms.twilio.base_url: {place_of(base_url)} does not answer as it should"


async def _keys_at(url: str) -> Seen:
    watch = Watch()
    keys = await fetch_keys(url)
    plural = "" if len(keys) == 1 else "s"
    return Seen(f"{len(keys)} key{plural} at {place_of(url)}, in {watch.took}")


def _no_emulator(seen: str) -> Seen:
    return Seen(seen, "communication_services.endpoint turns Azure on", State.OFF)
