"""The image holds what the server needs, and nothing else."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIED = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
SOURCES = {source for line in COPIED for source in line.split()}
OF_OTHERS = {"emulators"}
"""Packages that the server does without."""


def test_every_package_is_in_the_image() -> None:
    """A package that is new is not forgotten."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages - OF_OTHERS | {"server.py", "pyproject.toml", "uv.lock"} == SOURCES


def test_what_is_copied_is_let_through() -> None:
    """Docker sees no more of the tree than that."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == SOURCES
    assert lines[1] == "*"


def test_the_server_needs_nothing_else(tmp_path: Path) -> None:
    """Its command line works where only this is."""
    for source in SOURCES:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, tmp_path)
    order = (
        "import sys, server; server.build_parser().format_help(); print(server.__file__, 'emulators' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", order], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.split() == [str(tmp_path / "server.py"), "False"]
