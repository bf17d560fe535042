"""The tools that there are."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

import agent.tools
from agent.tool import ToolMeans, spec_of
from agent.toolset import toolset
from tests.support.passages import FakeSearch

ALL = ToolMeans(has_helpline=True, search=FakeSearch())
NAMES = [
    "end_call",
    "new_claim",
    "new_or_updated_reminder",
    "notify_emergencies",
    "search_documents",
    "send_sms",
    "speech_language",
    "speech_speed",
    "talk_to_human",
    "update_claim",
]


def names(means: ToolMeans) -> list[str]:
    """What a model is offered."""
    return [tool.name for tool in toolset(means)]


def test_every_module_is_a_tool_of_its_name() -> None:
    """Always in one order, for the sake of the services' caches."""
    modules = sorted(path.stem for path in Path(agent.tools.__path__[0]).glob("*.py") if path.stem != "__init__")
    assert set(NAMES) <= set(modules)
    assert [name for name in modules if name in NAMES] == [name for name in names(ALL) if name in NAMES]


def test_what_cannot_work_is_not_offered() -> None:
    """No sender, no texts; no documents, no search; nobody to help, no calls for help; another's voice is its own."""
    assert "send_sms" not in names(ToolMeans(can_write=False))
    assert "notify_emergencies" not in names(ToolMeans())
    assert "search_documents" not in names(ToolMeans())
    assert "notify_emergencies" in names(ToolMeans(emergency_number="+33155550112"))
    without_voice = names(ToolMeans(has_our_voice=False))
    assert "speech_speed" not in without_voice
    assert "speech_language" not in without_voice


def test_a_new_tool_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever lies in the package is found; nothing else has to be told of it."""
    folder = tmp_path / "more_tools"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "sing.py").write_text("from agent.tools.end_call import build as build\n", encoding="utf-8")
    (folder / "not_now.py").write_text("def build(means):\n    return None\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    package = ModuleType("more_tools")
    package.__path__ = [str(folder)]
    monkeypatch.setitem(sys.modules, "more_tools", package)
    assert [tool.name for tool in toolset(ToolMeans(), package)] == ["end_call"]
    for name in ("sing", "not_now"):
        sys.modules.pop(f"more_tools.{name}", None)


def test_the_schemas_are_compact() -> None:
    """They stand in front of every prompt: nine tools in at most 4,400 characters of JSON, about 1,000 tokens."""
    specs = [spec_of(tool) for tool in toolset(ALL) if tool.name in NAMES]
    written = json.dumps([[spec.name, spec.description, spec.parameters] for spec in specs], separators=(",", ":"))
    assert len(written) <= 4_400, len(written)
    assert "$" not in written
    assert "title" not in {key for spec in specs for key in spec.parameters}


def test_no_tool_asks_for_what_the_server_knows() -> None:
    """Neither the call nor the caller's number is the model's to name."""
    for tool in toolset(ALL):
        properties = spec_of(tool).parameters["properties"]
        assert isinstance(properties, dict)
        assert not {"call_id", "phone_number", "caller_number", "number", "to"} & set(properties), tool.name
