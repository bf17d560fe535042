"""What hears, thinks and speaks in the demo: local engines, or Azure's SDKs against our emulators.

    profile  recognition and voice                 the assistant's mind
    local    on board                              scripted
    azure    Speech SDK -> emulators.speech, with  OpenAI SDK -> emulators.openai, where
             the same engines behind it            emulators.claim_clerk plays the model
    handover as local, and human agents            scripted
             at a router: ``emulators.demo_handover``

Call Automation is Azure's SDK against ``emulators.phone`` in all.
"""

import json
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

from emulators.claim_clerk import completion_for
from emulators.demo_handover import handover_services
from emulators.demo_services import DemoServices
from emulators.openai import OpenAIEmulator
from emulators.server_warnings import server_warnings, speech_sdk_warnings
from emulators.speech import SpeechEmulator
from pipeline.ports import SpeechToText
from providers.piper import PiperTextToSpeech

FIRST_TOKEN_MS: Final = 200
"""What the pretended model takes to begin, each time it is asked."""
_OUR_NUMBER: Final = "+12025550100"
SPEECH_LOG: Final = "speech-sdk.log"
SERVER_LOG: Final = "server.log"


@asynccontextmanager
async def local_services(out: Path, ears: SpeechToText) -> AsyncIterator[DemoServices]:
    """Nothing: all is in the server."""
    yield DemoServices()


@asynccontextmanager
async def azure_services(out: Path, ears: SpeechToText) -> AsyncIterator[DemoServices]:
    """The emulators of Azure Speech and Azure OpenAI.

    Args:
        out: Where the logs are.
        ears: What the emulated recognition hears with; warmed up here, closed by whoever made it.
    """
    speech_key, model_key = secrets.token_urlsafe(), secrets.token_urlsafe()
    voice = PiperTextToSpeech()
    answer = partial(completion_for, first_token_ms=FIRST_TOKEN_MS)
    try:
        await ears.warm_up()
        await voice.warm_up()
        async with (
            SpeechEmulator(ears=ears, voice=voice, key=speech_key) as speech,
            OpenAIEmulator(answer=answer, api_key=model_key) as model,
        ):
            log_path = (out / SPEECH_LOG).resolve()

            def problems() -> tuple[str, ...]:
                unused = () if speech.heard and speech.requests and model.requests else ("an SDK was not used at all",)
                return (*unused, *_warnings(out))

            yield DemoServices(
                {
                    "SPEECH__MODE": "azure",
                    "SPEECH__AZURE__HOST": speech.endpoint,
                    "SPEECH__AZURE__KEY": speech_key,
                    "SPEECH__AZURE__LOCAL_FALLBACK": "false",  # what the SDK cannot do must not be covered up
                    "SPEECH__AZURE__LOG_PATH": str(log_path),
                    "SPEECH__AZURE__LANGUAGES": json.dumps(["en-US", "fr-FR"]),
                    "SPEECH__AZURE__VOICES": json.dumps({"fr-FR": {"voice": "fr-FR-DeniseNeural"}}),
                    "COMMUNICATION_SERVICES__PHONE_NUMBER": _OUR_NUMBER,
                    "LLM__BASE_URL": model.endpoint,
                    "LLM__API_VERSION": "2024-10-21",
                    "LLM__API_KEY": model_key,
                    "LLM__MODEL": "emulated",
                    "PYTHONWARNINGS": "default",
                },
                problems,
            )
    finally:
        await voice.close()


def _warnings(out: Path) -> tuple[str, ...]:
    """What the server and the SDKs within it have written, beside the server's own quiet lines."""
    written = server_warnings(_read(out / SERVER_LOG))
    native = speech_sdk_warnings(_read(out / SPEECH_LOG))
    # Without a file nobody listened: that is not the same as silence.
    absent = () if (out / SPEECH_LOG).exists() else (f"{SPEECH_LOG}: the Speech SDK has written none",)
    return (
        *absent,
        *(f"{SERVER_LOG}: {line}" for line in written),
        *(f"{SPEECH_LOG}: {line}" for line in native),
    )


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


SCENARIOS: Final[Mapping[str, str]] = MappingProxyType(
    {"local": "water_damage", "azure": "broken_windscreen", "handover": "handover"}
)
"""The call that shows a profile best: without a model nobody writes text messages."""
DOCUMENTS: Final = Path("docs/examples/documents")
"""What the assistant may be asked about."""
Profile = Callable[[Path, SpeechToText], AbstractAsyncContextManager[DemoServices]]
PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {"local": local_services, "azure": azure_services, "handover": partial(handover_services, "azure")}
)
"""By the name that the command line takes."""
ROUTERS: Final[Mapping[str, Profile]] = MappingProxyType(
    {"azure": PROFILES["handover"], "embedded": partial(handover_services, "embedded")}
)
"""The hand-over, by who brings caller and agent together."""
