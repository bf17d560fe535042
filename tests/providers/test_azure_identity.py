"""The identity of this machine, against an identity endpoint on loopback, as App Service has it."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from providers.azure_identity import COGNITIVE_SERVICES_SCOPE, AzureIdentity
from tests.support.serving import serving


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """No identity of the machine that runs the tests."""
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT", "MSI_SECRET"):
        monkeypatch.delenv(name, raising=False)


async def test_managed_identity_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own token is taken, although a secret in the environment could have got another; it is cached."""
    asked: list[tuple[str, str]] = []

    async def token(request: Request) -> Response:
        asked.append((request.query_params["resource"], request.query_params.get("client_id", "")))
        resource = request.query_params["resource"]
        expiry = {"expires_on": "4102444800", "resource": resource, "token_type": "Bearer"}
        return JSONResponse({"access_token": "of-the-machine", **expiry})

    monkeypatch.setenv("AZURE_CLIENT_ID", "c")
    monkeypatch.setenv("AZURE_TENANT_ID", "t")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "s")
    async with serving(Starlette(routes=[Route("/token", token)])) as address:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://{address}/token")
        monkeypatch.setenv("IDENTITY_HEADER", "header")
        identity = AzureIdentity(client_id="mine")
        provide = identity.token_provider()
        assert [await provide() for _ in range(3)] == ["of-the-machine"] * 3
        assert (await identity.credential.get_token(COGNITIVE_SERVICES_SCOPE)).token == "of-the-machine"
        await identity.close()
    assert asked == [("https://cognitiveservices.azure.com", "mine")]


async def test_one_credential_for_all_and_one_close() -> None:
    """The same object each time; closing is idempotent, and closes nothing that was never made."""
    identity = AzureIdentity()
    await identity.close()
    first = identity.credential
    assert identity.credential is first
    await identity.close()
    await identity.close()
    assert identity.credential is not first
    await identity.close()
