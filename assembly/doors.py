"""The doors of the routes: who may come in, and by what."""

import logging
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from assembly.keys import StoredKeys
from assembly.settings import live_calls_settings
from calls.doors import DoorRoute, Refusals
from calls.messages import Messages
from calls.token_door import TokenDoor
from calls.tokens import TokenRules
from calls.twilio_door import TwilioDoor
from calls.twilio_webhook import twilio_routes
from config import Config
from providers.jwks import JwksKeys
from web.api_keys import ApiKeys, Sessions
from web.doors import WebDoor

_log = logging.getLogger("antiphon.server")


async def token_door(
    keys_url: str, rules: TokenRules, stack: AsyncExitStack, *, is_emulated: bool = False
) -> TokenDoor:
    """A door for the tokens of one issuer; its keys are on their way when this returns."""
    keys = await stack.enter_async_context(JwksKeys(keys_url, is_often_away=is_emulated))
    return TokenDoor(keys, rules, now_s=time.time)


async def acs_token_door(config: Config, stack: AsyncExitStack) -> TokenDoor | None:
    """The door for callbacks and media sockets; None when their tokens are not to be looked at."""
    acs = config.communication_services
    if not acs.verify_tokens:
        return None
    rules = TokenRules(acs.issuer, acs.resource_id)
    return await token_door(acs.keys_url, rules, stack, is_emulated=acs.is_emulated)


async def web_door(config: Config, keys: StoredKeys, refusals: Refusals, stack: AsyncExitStack) -> WebDoor:
    """The door of the pages and of the API."""
    access = config.access
    organisation: TokenDoor | None = None
    if access.entra_tenant_id:
        rules = TokenRules(access.token_issuer, access.entra_audience, tenant=access.entra_tenant_id)
        organisation = await token_door(access.token_keys_url, rules, stack)
    return WebDoor(
        ApiKeys(keys.hashes),
        Sessions(keep_s=access.session_hours * 3_600),
        refusals,
        time.monotonic,
        organisation,
        is_https=config.server.public_url.startswith("https:"),
    )


def show_pages(config: Config, keys: StoredKeys) -> None:
    """Tell the user at the terminal where the pages are, and the key that was made for them: now, and never again."""
    url = live_calls_settings(config).callback_url
    pages = [*(["talk"] if config.webrtc.enabled else []), "report"]
    if not keys.new_key:
        _log.info("event=pages %s", " ".join(f"{page}={url}/{page}" for page in pages))
        return
    links = "".join(f"\n  {'open' if page == 'report' else page}  {url}/{page}?key={keys.new_key}" for page in pages)
    print(  # noqa: T201 - no log: it is a secret, and its owner reads this
        f"antiphon: a key for the pages was made; it is not shown again (its hash is in {keys.kept_at}).\n"
        f"  key   {keys.new_key}{links}",
        file=sys.stderr,
    )


def twilio_doors(config: Config, messages: Messages, refusals: Refusals) -> Sequence[DoorRoute]:
    """The address of Twilio's webhook; none when Twilio is not configured."""
    token = config.sms.twilio.auth_token.get_secret_value()
    if config.sms.mode != "twilio" or not token:
        return ()
    return twilio_routes(messages, TwilioDoor(token, live_calls_settings(config).callback_url), refusals)
