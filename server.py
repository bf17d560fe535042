"""The entry: its command line; start, drain, stop. What is put together stands in ``assembly``."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from assembly import chat, erasing, exporting, failed_work, indexing, mic, router_command, topics
from assembly.after_call import working_after_calls
from assembly.application import Application, application
from assembly.checkup import command as checkup
from assembly.errors import AssemblyError
from calls.errors import CallsError
from config import Config, ConfigError, load
from media.errors import MediaError
from providers.errors import ProvidersError
from routing.errors import RoutingError
from stores.errors import StoreError
from telemetry.logs import configure_logging
from web.api_keys import hash_of, new_key
from web.serving import ServingSettings, draining_server, serve_calls


async def serve(config: Config) -> None:
    """Run until a signal, then drain and stop. Raises what ``application`` raises."""
    async with application(config) as built, working_after_calls(config, built):
        await _run(built, config)


async def _run(built: Application, config: Config) -> None:
    settings = ServingSettings(config.server.host, config.server.port, config.server.drain_timeout_sec)
    server = draining_server(built.app, settings)
    # What was loaded stays for ever: the collector need not walk it while calls are up.
    gc.collect()
    gc.freeze()
    await serve_calls(server, built.live_calls, settings, before_exit=built.feed.close)


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="server.py",
        description="Antiphon answers telephone calls with an AI assistant, over Azure Communication Services.",
        epilog=(
            "Everything is configured by config.yaml and by environment variables SECTION__FIELD, for example\n"
            "LLM__MODEL or FEATURES__VAD_SILENCE_TIMEOUT_MS; a wrong key is explained. Without any configuration the\n"
            "server listens on 127.0.0.1:8080 with local speech engines and the scripted assistant.\n"
            "To talk to it: open /talk in a browser. To call it: python -m emulators.phone --help"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    checking = commands.add_parser(
        "check",
        help="try each configured service, and print what works and what to fix",
        description=(
            "Read the configuration, try each service that is configured, and print a table of what works and what to\n"
            "fix. No call is placed, no message is sent, no secret is shown; a language model is asked for one word."
        ),
        epilog=(
            "ok   it works; what was seen, and how long it took\n"
            "fix  it is configured and does not work; what to change, by the key of the configuration\n"
            "off  it is not configured; the key that would turn it on\n\n"
            "Exit code: 0 all that is configured works, 1 something is to be fixed, 2 the configuration cannot be read."
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_config(checking)
    checking.add_argument(
        "--json", action="store_true", help="print JSON: {ok, findings: [{name, state, seen, advice}]}"
    )
    checking.add_argument(
        "--timeout",
        type=float,
        default=checkup.TIMEOUT_S,
        metavar="SECONDS",
        help="longest wait for each service (default: %(default)g)",
    )
    _add_more(commands)
    commands.add_parser("key", help="make an API key, and print it with the hash that access.api_key_hashes wants")
    _add_serve(commands)
    return parser


def _add_more(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What ``assembly`` teaches."""
    index = commands.add_parser(
        "index", help="bring a folder of documents into the index that the assistant answers from"
    )
    indexing.add_arguments(index)
    _add_config(index)
    chatting = commands.add_parser("chat", help="talk to the assistant by keyboard: no key, no sound, no telephone")
    chat.add_arguments(chatting)
    _add_config(chatting)
    talking = commands.add_parser("mic", help="talk to the assistant by microphone and loudspeaker, or by WAV files")
    mic.add_arguments(talking)
    _add_config(talking)
    erase = commands.add_parser("erase", help="delete everything that is kept of a customer, by telephone number")
    erasing.add_arguments(erase)
    _add_config(erase)
    working = commands.add_parser("work", help="list the work after calls that has failed, and have it done again")
    failed_work.add_arguments(working)
    _add_config(working)
    export = commands.add_parser("export", help="write conversations for fine-tuning, without personal data")
    exporting.add_arguments(export)
    _add_config(export)
    routing = commands.add_parser("router", help="set up human agents, and see whom a caller would be handed to")
    router_command.add_arguments(routing)
    _add_topics(commands)


def _add_topics(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    checked = commands.add_parser("topics", help="look for mistakes in topics, which need no programmer")
    topics.add_arguments(checked)
    _add_config(checked)


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serving = commands.add_parser(
        "serve",
        help="answer calls until SIGTERM or Ctrl-C; then finish those that are up",
        description=(
            "Answer calls. The first SIGTERM or Ctrl-C takes no more calls and waits for those that are up; "
            "the second hangs them up."
        ),
    )
    _add_config(serving)
    serving.add_argument("--host", help="address to listen on (default: server.host)")
    serving.add_argument("--port", type=int, help="port to listen on (default: server.port)")


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="FILE", help="YAML file (default: config.yaml, if there is one)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    options = build_parser().parse_args(arguments)
    if options.command == "key":
        key = new_key()
        print(f"key   {key}\nhash  {hash_of(key)}")  # noqa: T201 - what was asked for
        return 0
    try:
        if options.command == "check":
            return asyncio.run(checkup.run(options.config, timeout_s=options.timeout, is_json=options.json))
        if options.command == "index":
            return indexing.run(options.folder, options.config, language=options.language)
        if options.command == "erase":
            return erasing.run(options.number, options.config)
        if options.command == "work":
            return failed_work.run(options.config, is_again=options.again)
        if options.command == "topics":
            return topics.run(options.folder, options.config)
        if options.command == "export":
            return exporting.run(options)
        if options.command == "router":
            return router_command.run(options)
        if options.command == "chat":
            return chat.run(chat.options_of(options))
        if options.command == "mic":
            return mic.run(mic.options_of(options))
        config = load(options.config)
        changes = {key: value for key in ("host", "port") if (value := getattr(options, key)) is not None}
        config = config.model_copy(update={"server": config.server.model_copy(update=changes)})
        configure_logging(config.monitoring.log_level)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the server has its own handlers
        uvicorn_loop = uvicorn.Config("server:serve", loop="auto").get_loop_factory()
        with asyncio.Runner(loop_factory=uvicorn_loop) as runner:
            runner.run(serve(config))
    except (ConfigError, StoreError, ProvidersError, CallsError, RoutingError, AssemblyError, MediaError) as error:
        print(f"antiphon: {error}", file=sys.stderr)  # noqa: T201 - the user at a terminal reads this
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
