import os
import signal
import socket
import subprocess
import sys

import pytest

from emulators.speech_cli import build_parser, main


def test_help_tells_how_to_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    """The address for the SDK is in it."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert 'SpeechConfig(host="ws://127.0.0.1:8093")' in capsys.readouterr().out
    assert build_parser().parse_args(["--port", "5", "--key", "k"]).port == 5


def test_a_taken_port_is_told() -> None:
    """With the exit code of a wrong command."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1]), "--threads", "1"]) == 2


def test_it_runs_alone_until_interrupted() -> None:
    """``python -m emulators.speech`` says where it serves."""
    command = [sys.executable, "-m", "emulators.speech", "--port", "0", "--threads", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Speech is served at ws://127.0.0.1:")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
