"""``python server.py chat``: by a pipe, by a terminal, and by hand."""

import asyncio
import io
import os
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from rich.console import Console

from agent.assistant import Say
from agent.dialogue import Dialogue
from assembly.chat import LANGUAGES, ChatOptions, build_written_assistant, chat_settings, converse, run
from assembly.chat_session import ChatSession
from assembly.chat_view import ChatView
from assembly.engines import assistant_of
from assembly.settings import claim_of
from config import ConfigError
from emulators.direct_line import DirectLineEmulator
from emulators.direct_line_script import Answer, Ends, Says, answers
from emulators.server_process import ServerProcess
from providers.openai_endpoint import TokenProvider
from tests.support.configured import CLAIM, configured
from tests.support.fakes import AT

CONFIG = configured(conversation={"claim": CLAIM})
ROOT = Path(__file__).parents[2]


async def transcript(typed: str, *, is_terminal: bool = False) -> list[str]:
    """What is shown to somebody who types this, and ends."""
    reading, writing = os.pipe()
    os.write(writing, typed.encode())
    os.close(writing)
    written = io.StringIO()
    console = Console(file=written, force_terminal=is_terminal, color_system=None, width=80)
    assistant = assistant_of(CONFIG, None, clock=lambda: AT)
    chat = ChatSession(assistant, chat_settings(CONFIG, ChatOptions()), utc_now=lambda: AT)
    await converse(chat, ChatView(console, "Amelia"), descriptor=reading)
    os.close(reading)
    return written.getvalue().splitlines()


async def test_a_whole_conversation() -> None:
    """Greeting, claim, read-back, goodbye; then it is over, whatever else was typed."""
    lines = await transcript("In Boston.\nYes, that is right.\nIs anybody there?\n")
    assert lines[0].endswith("Where did it happen?")
    assert "  claim    incident_location: In Boston" in lines
    assert lines[-1] == "The assistant has ended the conversation."
    assert "you: Is anybody there?" not in lines


async def test_commands_are_not_said_to_the_assistant() -> None:
    """Claim, keys, what is wrong, and the end."""
    lines = await transcript("/claim\n/keys 1x\n/keys\n/sing\n/quit\nIn Boston.\n")
    assert lines[1:] == [
        "you: /claim",
        "claim:",
        "  incident_location: (missing)",
        "you: /keys 1x",
        "/keys takes what a telephone has: 0123456789*#",
        "you: /keys",
        "/keys takes what a telephone has: 0123456789*#",
        "you: /sing",
        "/claim what is known · /keys 123# press keys · /quit end · anything else is said to the assistant",
        "you: /quit",
        "Ended.",
    ]


async def test_keys_are_pressed() -> None:
    """As on a telephone."""
    lines = await transcript("/keys 42#\n")
    assert "  claim    incident_location: 4 2" in lines


async def test_the_end_of_the_input_is_the_end() -> None:
    """In the middle of a line too."""
    assert (await transcript(""))[-1] == "Ended."
    assert (await transcript("In Bos"))[-1] == "Ended."


async def test_a_terminal_is_taught_and_prompted() -> None:
    """Somebody looks on."""
    lines = await transcript("/quit\n", is_terminal=True)
    assert lines[0].startswith("/claim what is known")
    assert lines[2].startswith("you › ")


def test_the_command_line_comes_before_the_configuration() -> None:
    """Company, name, task, language and the numbers; what is not given stays."""
    usual = chat_settings(CONFIG, ChatOptions())
    assert (usual.initiate.bot_name, usual.language) == ("Amelia", "")
    own = chat_settings(
        CONFIG,
        ChatOptions(company="Acme", name="Ann", task="Help.", language="fr-FR", caller="", agent="+12025550177"),
    )
    about = own.initiate
    assert (about.bot_company, about.bot_name, about.task, about.language) == ("Acme", "Ann", "Help.", "fr-FR")
    assert (about.agent_phone_number, own.caller_number, own.language) == ("+12025550177", "", "fr-FR")
    assert about.claim == usual.initiate.claim
    assert own.phrases.spoken_to("fr-FR").language == "fr"
    assert about.languages == ("fr-FR", *(each for each in LANGUAGES if each != "fr-FR"))
    assert chat_settings(CONFIG, ChatOptions(language="de")).language == "de-DE"
    italian = chat_settings(CONFIG, ChatOptions(language="it-IT"))
    assert (italian.language, italian.initiate.languages[0]) == ("it-IT", "it-IT")
    two = configured(conversation={"languages": ["en-US", "en-GB"]})
    assert chat_settings(two, ChatOptions()).initiate.languages == ("en-US", "en-GB")


async def test_a_written_assistant_speaks_every_language_and_may_show_every_tool() -> None:
    """No voice limits it, and nothing that it wants is really done; no speech engine is loaded for it."""
    config = configured(llm={"base_url": "http://127.0.0.1:1", "api_key": "k", "model": "small"})
    async with AsyncExitStack() as stack:
        assistant = build_written_assistant(config, stack, no_tokens)
        french = Dialogue(claim_of(config), language="fr-FR")
        greeting = "".join([part.text async for part in assistant.greet(french) if isinstance(part, Say)])
    assert "Bonjour" in greeting


def no_tokens() -> TokenProvider:
    """Nobody needs any."""
    raise AssertionError


def test_a_wrong_configuration_is_an_error(tmp_path: Path) -> None:
    """Whoever runs the command explains it."""
    with pytest.raises(ConfigError, match="no configuration file"):
        run(ChatOptions(config_path=tmp_path / "missing.yaml"))


def test_ctrl_c_ends_it_cleanly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it waits for the caller: no traceback, exit code 0."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTIPHON_CONFIG", os.devnull)

    class Interrupted(io.StringIO):
        """Somebody presses Ctrl-C when they are asked something."""

        def write(self, text: str) -> int:
            if "happened?" in text:
                signal.raise_signal(signal.SIGINT)
            return super().write(text)

    # What is started in the background ignores the signal, and all that it starts: not this.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    reading, writing = os.pipe()
    try:
        with os.fdopen(reading) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            written = Interrupted()
            assert run(ChatOptions(), Console(file=written)) == 0
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(writing)
    assert "What happened?" in written.getvalue()
    assert "Traceback" not in written.getvalue()


async def test_a_bot_by_keyboard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is configured, the bot greets, is told what is typed, and ends it."""
    script = (*answers("Welcome to Contoso."), Answer((Says("Which city? *Boston*?"), Ends())))
    async with DirectLineEmulator(script) as service:
        config = tmp_path / "bot.yaml"
        config.write_text(
            "conversation: {assistant: direct_line}\n"
            f"direct_line: {{secret: {service.secret}, endpoint: '{service.endpoint}', greeting_timeout_ms: 60000}}\n"
        )
        reading, writing = os.pipe()
        os.write(writing, b"A pipe burst.\n")
        os.close(writing)
        written = io.StringIO()
        with os.fdopen(reading) as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            options = ChatOptions(config_path=config)
            console = Console(file=written, color_system=None, width=80)
            assert await asyncio.to_thread(run, options, console) == 0
        assert service.texts == ["A pipe burst."]
    lines = written.getvalue().splitlines()
    assert any(line.endswith("Welcome to Contoso.") for line in lines)
    assert any("Which city? Boston?" in line for line in lines)
    assert lines[-1] == "The assistant has ended the conversation."


async def test_it_runs_with_no_key_and_a_pipe(tmp_path: Path) -> None:
    """As a user runs it: a transcript, nothing else, exit code 0, and nothing is left behind."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "server.py"),
        *("chat", "--name", "Ann"),
        cwd=tmp_path,
        env=ServerProcess.surroundings({}),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, error = await process.communicate(b"A pipe burst.\n/claim\n")
    lines = out.decode().splitlines()
    assert (process.returncode, error) == (0, b"")
    assert "Ann" in lines[0]
    assert "  claim    incident_description: A pipe burst" in lines
    assert lines[-1] == "Ended."
    assert os.listdir(tmp_path) == []
