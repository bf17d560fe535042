"""Tokens of the emulator, read by PyJWT's own client as any server could."""

import asyncio

import aiohttp
import jwt
from starlette.applications import Starlette

from config import EMULATOR_RESOURCE_ID
from emulators.acs_tokens import (
    CONFIGURATION_PATH,
    DEVELOPMENT_RESOURCE_ID,
    ISSUER,
    KEYS_PATH,
    AcsTokens,
)
from tests.support.serving import serving


async def test_tokens_are_as_the_service_signs_them() -> None:
    """RS256 by a published key, the real issuer, five minutes for a callback and a day for a socket."""
    tokens = AcsTokens(resource_id="my-resource")
    tokens.rotate()
    async with serving(Starlette(routes=tokens.routes())) as address:
        client = jwt.PyJWKClient(f"http://{address}{KEYS_PATH}")
        for token, lifetime_s in ((tokens.callback_token(), 300), (tokens.media_token(), 86_400)):
            key = await asyncio.to_thread(client.get_signing_key_from_jwt, token)
            claims = jwt.decode(token, key.key, algorithms=["RS256"], issuer=ISSUER, audience="my-resource")
            assert claims["exp"] - claims["iat"] == lifetime_s
        assert key.key_id == tokens.key.key_id


async def test_the_configuration_names_the_keys() -> None:
    """Whoever begins at the OpenID configuration finds issuer and keys."""
    tokens = AcsTokens()
    async with serving(Starlette(routes=tokens.routes())) as address, aiohttp.ClientSession() as http:
        async with http.get(f"http://{address}{CONFIGURATION_PATH}") as response:
            fetched = await response.json()
        assert fetched["issuer"] == ISSUER
        assert fetched["jwks_uri"] == f"http://{address}{KEYS_PATH}"


def test_the_private_half_stays_here() -> None:
    """Neither what is published nor what is printed holds it."""
    key = AcsTokens().key
    assert set(key.published) == {"kty", "key_ops", "n", "e", "kid", "use", "alg"}
    assert "private" not in repr(key)


def test_server_and_emulator_know_each_other() -> None:
    """Without any configuration the one takes itself for the resource of the other."""
    assert DEVELOPMENT_RESOURCE_ID == EMULATOR_RESOURCE_ID
