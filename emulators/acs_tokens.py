"""The tokens that Call Automation signs, and the keys that it publishes for whoever checks them.

A new token of five minutes for every callback, one of 24 hours for every media socket,
both RS256; the issuer is named as the real one. The keys are served where the real ones
are, below the endpoint of the resource.

Source: Microsoft's "Secure webhook endpoints and WebSocket connections".
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER = "https://acscallautomation.communication.azure.com"
DEVELOPMENT_RESOURCE_ID = "e0000000-0000-4000-8000-616e74697068"
"""What a server on this machine takes for the resource of its emulator; no secret."""
KEYS_PATH = "/calling/keys"
CONFIGURATION_PATH = "/calling/.well-known/acsopenidconfiguration"
CALLBACK_LIFETIME_S = 5 * 60
MEDIA_LIFETIME_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair with its id."""

    key_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    private: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65_537, key_size=2_048), repr=False
    )

    @property
    def published(self) -> dict[str, object]:
        """The public half, as a JWK."""
        jwk: dict[str, object] = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {**jwk, "kid": self.key_id, "use": "sig", "alg": "RS256"}


class AcsTokens:
    """Signs for one resource.

    Args:
        resource_id: The audience of the tokens.
        now_s: The time of day, in seconds since 1970.
        key: To begin with; a new one by default.

    Attributes:
        key: What the next token is signed with.
        keys_asked: How often the keys were fetched.
    """

    def __init__(
        self,
        *,
        resource_id: str = DEVELOPMENT_RESOURCE_ID,
        now_s: Callable[[], float] = time.time,
        key: SigningKey | None = None,
    ) -> None:
        self.resource_id = resource_id
        self.key = key or SigningKey()
        self.keys_asked = 0
        self._published = [self.key]
        self._now_s = now_s

    def rotate(self, *, withdraw_old: bool = False) -> None:
        """Sign with a new key from now on; the old ones stay published unless they are withdrawn."""
        self.key = SigningKey()
        self._published = [self.key] if withdraw_old else [*self._published, self.key]

    def callback_token(self) -> str:
        """For one callback."""
        return self._signed(CALLBACK_LIFETIME_S)

    def media_token(self) -> str:
        """For one media socket."""
        return self._signed(MEDIA_LIFETIME_S)

    def _signed(self, lifetime_s: int) -> str:
        now_s = int(self._now_s())
        claims = {"iss": ISSUER, "aud": self.resource_id, "iat": now_s, "nbf": now_s, "exp": now_s + lifetime_s}
        return jwt.encode(claims, self.key.private, algorithm="RS256", headers={"kid": self.key.key_id})

    def routes(self) -> list[Route]:
        """Where the keys are published."""

        async def keys(request: Request) -> Response:
            self.keys_asked += 1
            return JSONResponse({"keys": [key.published for key in self._published]})

        async def configuration(request: Request) -> Response:
            jwks_url = f"{str(request.base_url).rstrip('/')}{KEYS_PATH}"
            algorithms = {"id_token_signing_alg_values_supported": ["RS256"]}
            return JSONResponse({"issuer": ISSUER, "jwks_uri": jwks_url, **algorithms})

        return [Route(KEYS_PATH, keys), Route(CONFIGURATION_PATH, configuration)]
