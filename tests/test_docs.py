"""What the documents say of this tree is there: files, headings, keys of the configuration."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from config import Config

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"`([^`\n]+)`")
KEY = re.compile(r"(?<![/.\w-])[a-z][a-z_]*(?:\.[a-z][a-z0-9_]*)+")
VARIABLE = re.compile(r"\b[A-Z][A-Z_]*__[A-Z0-9_]*[A-Z0-9]\b")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)

NO_KEYS = frozenset({"server.py", "server.log", "documents.db", "prompts.sounds"})
"""Files whose names begin as a section is called, and a key of call-center-ai that is told to be missing."""
EXAMPLES = frozenset({"SECTION__FIELD", "SECTION__FIELD_FILE"})
"""Variables that stand for others."""

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pages
def test_links_lead_somewhere(page: Path) -> None:
    """To a file of the tree and, behind a #, to a heading of it; what is elsewhere is not looked for."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    broken = []
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = page.parent / name if name else page
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            broken.append(target)
    assert broken == []


@pages
def test_keys_of_the_configuration_exist(page: Path) -> None:
    """As ``section.key`` in the text, as SECTION__KEY anywhere; a key that was renamed is not left behind."""
    text = page.read_text(encoding="utf-8")
    said = {each for span in CODE.findall(FENCE.sub("", text)) for each in KEY.findall(span) if is_key(each)}
    variables = {each.lower().replace("__", ".") for each in set(VARIABLE.findall(text)) - EXAMPLES}
    assert [each for each in sorted(said | variables) if not (exists(each) or exists(each.removesuffix("_file")))] == []


@pages
def test_pieces_of_a_configuration_are_taken(page: Path) -> None:
    """Each YAML block of sections that we know: keys and values, but for what stands for something of the reader's."""
    wrong: list[str] = []
    for language, block in FENCE.findall(page.read_text(encoding="utf-8")):
        content = yaml.safe_load(block) if language in ("yaml", "yml") else None
        if isinstance(content, dict) and set(content) & set(Config.model_fields):
            try:
                Config(**content)
            except ValidationError as error:
                wrong += [str(each) for each in error.errors() if not is_of_the_reader(each)]
    assert wrong == []


def test_what_is_wrong_would_be_found(tmp_path: Path) -> None:
    """The judges are no yes-men."""
    (tmp_path / "page.md").write_text("# What is new?\n\n[a](gone.md)\n", encoding="utf-8")
    assert anchors(tmp_path / "page.md") == {"what-is-new"}
    with pytest.raises(AssertionError, match=r"gone\.md"):
        test_links_lead_somewhere(tmp_path / "page.md")
    known = ("llm.fast.model", "prices.my-model.input", "speech.azure.voices", "features", "cache.url")
    unknown = ("llm.quick", "cache.url.host", "nothing.at_all")
    assert tuple(each for each in (*known, *unknown) if not exists(each)) == unknown


def is_of_the_reader(problem: Mapping[str, Any]) -> bool:
    """Whether a value is left out in the document, or names a file that the reader has."""
    return "…" in str(problem["input"]) or "cannot be read" in problem["msg"]


def anchors(page: Path) -> set[str]:
    """Of its headings, as they are linked to."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def is_key(name: str) -> bool:
    """Whether it is meant as one."""
    section, module, *_ = name.split(".")
    is_module = (ROOT / section / f"{module}.py").exists()
    return section in Config.model_fields and not is_module and name not in NO_KEYS


def exists(name: str) -> bool:
    """Whether the configuration has this key."""
    return leads_on(Config, name.split("."))


def leads_on(kind: Any, parts: list[str]) -> bool:
    """Whether a type has these keys, one within the other."""
    if not parts:
        return True
    return any(leads_on(inner, parts[1:]) for inner in within(kind, parts[0]))


def within(kind: Any, key: str) -> Iterator[Any]:
    """The types of what may stand under a key of this type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if key in kind.model_fields:
            yield kind.model_fields[key].annotation
    elif get_origin(kind) in (dict, Mapping):
        yield get_args(kind)[1]
    else:
        for inner in get_args(kind):
            yield from within(inner, key)
