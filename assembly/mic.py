"""``python server.py mic``: the assistant by this machine's microphone and loudspeaker, or by two files."""

import asyncio
import io
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from typing import Final

from rich.console import Console

from agent.language_tags import closest, english_name
from assembly.conversing import conversations, open_minds
from assembly.engines import Engines
from assembly.errors import CannotTalk
from assembly.flags import live_flags
from assembly.mic_lines import begin_output, file_line, list_devices, microphone_line, write_output
from assembly.mic_options import MicOptions, check
from assembly.mic_options import add_arguments as add_arguments
from assembly.mic_options import options_of as options_of
from assembly.mic_session import AnswersOwed, hang_up_when_answered, hold_mic_call, mic_call, press_keys
from assembly.mic_view import MicView
from assembly.settings import claim_of, initiate_of
from assembly.times import utc_now
from assembly.typed_keys import unbuffered
from calls.events import EndReason
from calls.holding import Converse
from calls.initiate import CallInitiate
from calls.session import CallSession
from config import Config, load
from media.file_line import FileLine, FileOutput
from media.microphone_line import MicrophoneLine
from media.sound_devices import PortAudio, load_portaudio
from pipeline.records import Observer
from providers.azure_identity import AzureIdentity
from telemetry.observers import Observers

_LEAD_MS: Final = 200
"""Sound is sent so much ahead, as far as is allowed: a driver may want a tenth of a second at a time."""


def run(
    options: MicOptions, console: Console | None = None, portaudio: Callable[[], PortAudio] = load_portaudio
) -> int:
    """Hold a conversation until either side ends it, or list the devices.

    Args:
        options: See there.
        console: Where it is shown.
        portaudio: Loads the library; asked only where devices are wanted.

    Returns:
        The exit code: 0, also after Ctrl-C.

    Raises:
        ConfigError, ProvidersError, AssemblyError, MediaError: It cannot begin; the message says why.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    console = console or Console(soft_wrap=True)
    check(options)
    if options.is_listing:
        list_devices(portaudio(), console)
        return 0
    config = config_for(load(options.config_path), options)
    try:
        asyncio.run(talk(config, options, console, portaudio))
    except KeyboardInterrupt:
        console.print()
    return 0


def config_for(config: Config, options: MicOptions) -> Config:
    """The configuration of a call without a telephone: who is spoken to is as the command line says."""
    said = {"bot_company": options.company, "bot_name": options.name, "task": options.task}
    who = config.conversation.model_copy(update={key: value for key, value in said.items() if value})
    # A loudspeaker takes sound in larger pieces than a telephone network; what is cut off is thrown away here.
    speech = config.speech.model_copy(update={"playout_lead_ms": _LEAD_MS})
    emergencies = config.emergencies.model_copy(update={"webhook_url": ""})
    return config.model_copy(update={"conversation": who, "speech": speech, "emergencies": emergencies})


def mic_initiate(config: Config, language: str) -> CallInitiate:
    """What the call is about.

    Raises:
        CannotTalk: No call is held in this language.
    """
    usual = initiate_of(config)
    if not language:
        return usual
    tag = closest(language, config.languages)
    if tag is None:
        raise CannotTalk(
            f"--language {language}: calls are held in {', '.join(config.languages)}; "
            "conversation.languages and a voice for each add others (docs/languages.md)"
        )
    return replace(usual, language=tag, language_name=english_name(tag), is_language_ordered=True)


async def talk(
    config: Config,
    options: MicOptions,
    console: Console,
    portaudio: Callable[[], PortAudio] = load_portaudio,
    engines: Engines | None = None,
) -> None:
    """Hold the conversation, and show it.

    Args:
        config: See ``config_for``.
        options: What was asked for.
        console: Where it is shown.
        portaudio: Loads the library; asked only where devices are wanted.
        engines: Loaded already, and closed by whoever loaded them; None loads them here.
    """
    session = mic_call(f"mic-{utc_now():%Y%m%dT%H%M%S}", mic_initiate(config, options.language))
    view, owed = MicView(console, config.conversation.bot_name, claim_of(config)), AnswersOwed()
    output = FileOutput(both_sides=options.both_sides) if options.output_path is not None else None
    # Before the models: whoever has named a wrong device or file should not wait for them.
    line: FileLine | MicrophoneLine
    if options.input_path is None:
        line = microphone_line(options, portaudio())
    else:
        hang_up = hang_up_when_answered(session, owed, limit_s=options.linger_s)
        line = await file_line(options.input_path, output, hang_up)
    if options.output_path is not None:
        begin_output(options.output_path)
    async with AsyncExitStack() as stack:
        converse = await _loaded(config, stack, Observers(owed, view), view, console, engines)
        stack.enter_context(_hanging_up(session))
        beside = [partial(view.draw, line)]
        if isinstance(line, MicrophoneLine):
            await line.open()
            stack.push_async_callback(line.close)
            view.note("Talk after the tone. 0-9 * # press keys, Ctrl-C hangs up.")
            keys = _keyboard()
            if keys is not None:
                stack.enter_context(unbuffered(keys))
                beside.append(partial(press_keys, session, keys))
        if output is not None and options.output_path is not None:
            beside.append(partial(write_output, output, options.output_path, view.note))
        await hold_mic_call(session, converse, line, *beside)
    view.summary(is_lost=isinstance(line, MicrophoneLine) and line.is_lost)
    if isinstance(line, MicrophoneLine) and (line.overruns or line.underruns):
        view.note(f"Sound was lost {line.overruns} times on its way in, {line.underruns} times on its way out.")


async def _loaded(
    config: Config, stack: AsyncExitStack, observer: Observer, view: MicView, console: Console, engines: Engines | None
) -> Converse:
    """The maker of conversations, as for a telephone call; says that it takes a while."""
    began = time.monotonic()
    if not console.is_terminal:
        view.note("Loading what hears and speaks …")
    with console.status("Loading what hears and speaks …") if console.is_terminal else nullcontext():
        identity = AzureIdentity()
        stack.push_async_callback(identity.close)
        minds = await open_minds(config, identity, stack, engines)
        flags = await stack.enter_async_context(live_flags(config, identity))
    view.note(f"Ready after {time.monotonic() - began:.1f} s.")
    return conversations(config, minds, observer, flags)


def _keyboard() -> int | None:
    """Where keys are typed; None where there is nothing to type on."""
    with suppress(io.UnsupportedOperation, AttributeError, ValueError):
        return sys.stdin.fileno()
    return None


@contextmanager
def _hanging_up(session: CallSession) -> Iterator[None]:
    """Let the first Ctrl-C (or SIGTERM) hang up; a second one stops at once."""
    loop = asyncio.get_running_loop()

    def hang_up(number: int) -> None:
        loop.remove_signal_handler(number)
        session.end(EndReason.CALLER_HUNG_UP)

    numbers = (signal.SIGINT, signal.SIGTERM)
    with suppress(NotImplementedError):  # where the system cannot, Ctrl-C stops at once
        for number in numbers:
            loop.add_signal_handler(number, hang_up, number)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)
