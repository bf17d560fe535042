"""Human agents by the command line: in process, and by the pretended Job Router."""

import asyncio
import io
from pathlib import Path

import pytest
from rich.console import Console
from starlette.applications import Starlette

from assembly.errors import AssemblyError
from assembly.router_command import read_workers, run
from calls.doors import Refusals
from emulators.job_router import JobRouterEmulator
from emulators.loopback import LoopbackServer
from routing.model_scorer import FormulaScorer
from routing.recording import RecordedScorer
from server import build_parser, main
from stores.bells import bell_of
from stores.database import Database
from stores.router_history import RouterHistory
from tests.routing.bench import START
from web.router_score import score_routes

EXAMPLE = Path(__file__).parents[2] / "docs/examples/routing/workers.yaml"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A router in process."""
    file = tmp_path / "config.yaml"
    url = f"sqlite:///{tmp_path}/calls.db"
    file.write_text(
        f"database: {{url: '{url}'}}\nrouting: {{mode: embedded, workers_path: '{EXAMPLE}',"
        " offer_expires_sec: 3600}\n",
        encoding="utf-8",
    )
    return file


def test_setup_and_job(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Says what it would change, changes it, and changes it once; then who scored highest and who got the offer."""
    assert main(["router", "setup", "--dry-run", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "would create queue antiphon" in told
    assert told.count("would create worker") == 5
    assert main(["router", "setup", "--config", str(config)]) == 0
    assert "created policy antiphon-best-worker" in capsys.readouterr().out
    assert main(["router", "setup", "--config", str(config)]) == 0
    assert "Nothing to change: 5 workers" in capsys.readouterr().out
    assert main(["router", "job", "--label", "Lang=en", "--wait", "60", "--config", str(config)]) == 0
    told = capsys.readouterr().out
    assert "ann scored highest: 0.83." in told
    assert "Ann (ann) got the offer, and has 3600 s to accept it." in told
    assert "ann ← offer" in told
    assert "The job was cancelled" in told


def test_what_differs_is_named(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its fields."""
    assert main(["router", "setup", "--config", str(config)]) == 0
    changed = tmp_path / "workers.yaml"
    changed.write_text(EXAMPLE.read_text(encoding="utf-8").replace("CSAT: 2.8", "CSAT: 2.7"), encoding="utf-8")
    capsys.readouterr()
    assert main(["router", "setup", "--workers", str(changed), "--config", str(config)]) == 0
    assert capsys.readouterr().out == "changed worker ann: labels\n"


def test_nobody_is_there(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told why, and nothing is left behind."""
    assert main(["router", "setup", "--config", str(config)]) == 0
    asking = ["router", "job", "--require", "Languages=tlh", "--wait", "0.2", "--config", str(config)]
    assert main(asking) == 1
    told = capsys.readouterr().out
    assert "of 5 workers 5 are available, 0 of them have what is required" in told
    assert "The job was cancelled" in told


def test_a_job_that_is_kept(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Goes on waiting for its worker."""
    assert main(["router", "setup", "--config", str(config)]) == 0
    assert main(["router", "job", "--keep", "--wait", "60", "--config", str(config)]) == 0
    assert "cancelled" not in capsys.readouterr().out
    assert main(["router", "job", "--wait", "60", "--config", str(config)]) == 0
    assert "Eve (eve) got the offer" in capsys.readouterr().out


def test_mistakes_are_explained(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and what to do."""
    none = tmp_path / "none.yaml"
    none.write_text("{}", encoding="utf-8")
    assert main(["router", "setup", "--config", str(none)]) == 2
    assert "set routing.mode (ROUTING__MODE)" in capsys.readouterr().err
    assert main(["router", "job", "--label", "Lang", "--config", str(config)]) == 2
    assert "Lang: must be of the form NAME=VALUE" in capsys.readouterr().err
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("workers: [{id: ann}]", encoding="utf-8")
    assert main(["router", "setup", "--workers", str(wrong), "--config", str(config)]) == 2
    assert f"{wrong}:\n  workers.0.target: " in capsys.readouterr().err
    assert main(["router", "job", "--config", str(config)]) == 2
    assert "there is no queue antiphon" in capsys.readouterr().err
    with pytest.raises(AssemblyError, match="--workers"):
        read_workers(None, "antiphon")
    with pytest.raises(AssemblyError, match="cannot be read"):
        read_workers(tmp_path / "nothing.yaml", "antiphon")


async def test_by_job_router(tmp_path: Path) -> None:
    """The same by Azure's SDK: the service asks our function, whose scores are told from the database."""
    url = f"sqlite:///{tmp_path}/calls.db"
    database = await Database.open(url)
    history = RouterHistory(database, bell_of(database))
    scorer = RecordedScorer(FormulaScorer(), history, utc_now=lambda: START)
    app = Starlette(routes=list(score_routes(scorer, key="function-key", refusals=Refusals())))
    async with LoopbackServer(app) as ours, JobRouterEmulator() as service:
        config = tmp_path / "config.yaml"
        config.write_text(
            f"database: {{url: '{url}'}}\n"
            f"communication_services: {{endpoint: '{service.endpoint}', access_key: '{service.access_key}'}}\n"
            f"routing: {{mode: azure, score_key: function-key, score_url: '{ours.endpoint}/router/score',\n"
            f"  workers_path: '{EXAMPLE}'}}\n",
            encoding="utf-8",
        )

        async def told(*arguments: str) -> str:
            output = io.StringIO()
            console = Console(file=output, width=200)
            options = build_parser().parse_args(["router", *arguments, "--config", str(config)])
            assert await asyncio.to_thread(run, options, console=console) == 0
            return output.getvalue()

        assert "created worker eve" in await told("setup")
        assert "Nothing to change" in await told("setup")
        answer = await told("job", "--label", "Lang=en", "--wait", "60")
        assert "ann scored highest: 0.83." in answer
        assert "Ann (ann) got the offer" in answer
        assert service.refusals == []
    await database.close()
