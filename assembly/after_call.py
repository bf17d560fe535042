"""The work after calls, put together. Started by the command alone: a process can have it once."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from assembly.application import Application, build_sms
from assembly.engines import build_chat, needs_tokens, slow_first
from assembly.settings import prices_of
from assembly.times import utc_now
from calls.after.asking import FormAsker
from calls.after.learning import Learning
from calls.after.sweep import Sweep
from calls.after.work import AfterCall, WorkMeans
from config import Config
from providers.azure_identity import AzureIdentity
from providers.dbos_work import DbosWork
from stores.backend import Backend
from stores.call_work import CallWork
from stores.callbacks import Callbacks
from stores.outcomes import Outcomes
from stores.single import turn_of
from stores.sqlite import Sqlite

_TURN = "work"
_PATIENCE_MS = 60_000


@contextlib.asynccontextmanager
async def working_after_calls(config: Config, built: Application) -> AsyncIterator[None]:
    """See to the work after calls; leaving it breaks the work off, to be gone on with at the next start."""
    async with AsyncExitStack() as stack:
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        backend = built.store.database.backend
        sweep = Sweep(
            turn_of(backend, _TURN),
            CallWork(built.store.database),
            DbosWork(work_url(backend), at_once=config.after_call.at_once),
            AfterCall(build_means(config, built, identity, stack)),
            utc_now=utc_now,
            clock=time.monotonic,
        )
        tasks = asyncio.TaskGroup()
        await tasks.__aenter__()
        sweeping = tasks.create_task(sweep.run(), name="work after calls")
        try:
            yield
        finally:
            sweeping.cancel()
            # It has been ended: the group need not wrap the body's own error.
            await tasks.__aexit__(None, None, None)


def build_means(config: Config, built: Application, identity: AzureIdentity, stack: AsyncExitStack) -> WorkMeans:
    """What the work is done with: the slow model first, when there is one."""
    tokens = identity.token_provider() if needs_tokens(config) else None
    # Nobody waits on the line.
    patient = config.llm.model_copy(update=dict.fromkeys(("first_token_timeout_ms", "stall_timeout_ms"), _PATIENCE_MS))
    unhurried = config.model_copy(update={"llm": patient.model_copy(update={"hedges_max_percent": 0.0})})
    chat = build_chat(unhurried, stack, built.telemetry.observe_model, tokens)
    database = built.store.database
    return WorkMeans(
        store=built.store,
        outcomes=Outcomes(database),
        works=CallWork(database),
        utc_now=utc_now,
        written=built.journal.drained,
        on_ended=built.telemetry.observe_work,
        has_opted_out=Callbacks(database).has_opted_out,
        asker=None if chat is None else FormAsker(slow_first(chat, unhurried.llm)),
        sms=build_sms(config, identity, stack) if config.sms.report else None,
        prices=prices_of(config),
        is_marked_for_training=config.after_call.training_marks,
        learning=None
        if built.routing.router is None
        else Learning(
            built.routing.router, built.routing.history, weight=config.routing.learning_weight, utc_now=utc_now
        ),
    )


def work_url(backend: Backend) -> str:
    """Where is kept how far the work is: a file beside the SQLite database, or the PostgreSQL database itself."""
    if isinstance(backend, Sqlite):
        return f"sqlite:///{backend.path.with_name(f'{backend.path.stem}.work.db')}"
    return backend.url.render_as_string(hide_password=False)
