"""What all conversations share, and the maker of them, whatever line they are held over."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from agent.model_records import ObserveModel, unobserved
from agent.search import Search
from agent.texts.bundled import Repertoire
from assembly.caches import build_cache
from assembly.documents import open_documents
from assembly.engines import Engines, build_engines
from assembly.flags import settings_of
from assembly.supervising import Follows
from assembly.times import utc_now
from assembly.translations import open_repertoire
from calls.opening import opening_dialogue, report_resumption
from calls.session import CallSession
from config import Config
from flags.live import LiveFlags
from media.line import Line
from pipeline.conversation import Conversation, Services
from pipeline.records import ExperimentsJoined, Observer
from providers.azure_identity import AzureIdentity
from providers.minilm import SharedMiniLm


@dataclass(frozen=True, slots=True)
class Minds:
    """What hears, thinks and speaks, and what it knows."""

    engines: Engines
    search: Search | None
    """In the documents; None: there are none."""
    repertoire: Repertoire
    """What is said without a model."""


async def open_minds(
    config: Config,
    identity: AzureIdentity,
    stack: AsyncExitStack,
    engines: Engines | None = None,
    observe: ObserveModel = unobserved,
) -> Minds:
    """Load what the configuration wants; closed with ``stack``.

    Args:
        config: See there.
        identity: Of this machine, in Azure.
        stack: Closes it.
        engines: Loaded already, and closed by whoever loaded them; None loads them here.
        observe: Is told what models do.

    Raises:
        ProvidersError, AssemblyError: The message says why.
    """
    cache, embedding = build_cache(config, stack), SharedMiniLm()
    search = await open_documents(config, identity, stack, cache, embedding)
    repertoire = await open_repertoire(config, identity, stack, cache)
    engines = engines or await build_engines(
        config,
        stack,
        observe,
        token_provider=identity.token_provider,
        search=search,
        repertoire=repertoire,
        embedding=embedding,
    )
    return Minds(engines, search, repertoire)


def conversations(
    config: Config, minds: Minds, observer: Observer, flags: LiveFlags
) -> Callable[[CallSession, Line], Conversation]:
    """The maker of conversations; each goes by the flags, which it reads once a turn."""
    engines = minds.engines
    services = Services(
        speech_to_text=engines.speech_to_text,
        text_to_speech=engines.text_to_speech,
        assistant=engines.assistant,
        new_detector=engines.new_detector,
        observer=observer,
        now=time.monotonic,
        utc_now=utc_now,
        turn_detector=engines.turn_detector,
        phrases=engines.phrases,
        speech_model=engines.speech_model,
        follows=Follows(config),
        # A bot has its own sources, and callers should not wait for ours.
        search=None if engines.attendant is not None else minds.search,
        attendant=engines.attendant,
    )
    settings = settings_of(config, minds.repertoire)

    def converse(session: CallSession, line: Line) -> Conversation:
        report_resumption(session, observer, utc_now())
        own = flags.of(session.caller_number or session.call_id)
        if own.experiments:
            observer.observe(ExperimentsJoined(session.call_id, utc_now(), own.experiments))
        return Conversation(
            session.call_id,
            line,
            opening_dialogue(session, utc_now()),
            services=services,
            settings=settings(own.current()),
            deeds=session,
            current_settings=lambda: settings(own.current()),
            tap=session.tap,
        )

    return converse
