"""Reads topics from a folder of YAML files; every mistake is told with its file and line.

topic: xbox
title: the Xbox                     # "Do you want to talk about the Xbox?"
languages: [en]                     # texts are given in each; one alone needs no names
triggers: [xbox, gaming]
steps:
  - ask: What would you like to know?
    into: question
  - …                               # see ``agent.topics.steps``
"""

import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from yaml.nodes import Node

from agent.topics.marks import Source, line_of
from agent.topics.steps import StepReader
from agent.topics.values import Mistake, Topic
from agent.topics.wording import Words

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEYS: Final = ("topic", "title", "languages", "triggers", "steps")
_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_MOST_FILES: Final = 500
_MOST_BYTES: Final = 256_000
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Read:
    """What a folder holds."""

    topics: tuple[Topic, ...]
    """Those that could be read, by name."""
    mistakes: tuple[Mistake, ...]
    files: int = 0
    """How many there were, whatever is in them."""
    names: tuple[str, ...] = ()
    """Of all topics that are named somewhere, though their steps could not be read."""


def read_folder(folder: Path, *, language: str = "en") -> Read:
    """Read every ``.yaml`` and ``.yml`` file of a folder, not of folders below it. Blocking.

    Args:
        folder: One that is there.
        language: Of topics that name none (BCP 47).
    """
    files = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and path.is_file())
    topics: list[Topic] = []
    mistakes: list[Mistake] = []
    names: list[str] = []
    for path in files[:_MOST_FILES]:
        source = Source(str(path))
        text = _text_of(path, source)
        topic = read_topic(source, text, language=language) if text is not None else None
        mistakes += source.mistakes
        names += [source.topic] if source.topic else []
        if topic is None:
            continue
        if (first := next((each for each in topics if each.name == topic.name), None)) is not None:
            mistakes.append(Mistake(topic.file, topic.line, f"the topic {topic.name!r} is in {first.file} already"))
            continue
        topics.append(topic)
    if len(files) > _MOST_FILES:
        mistakes.append(Mistake(str(files[_MOST_FILES]), 1, f"a folder has at most {_MOST_FILES} topics"))
    return Read(tuple(sorted(topics, key=lambda each: each.name)), tuple(mistakes), len(files), tuple(names))


def read_topic(source: Source, text: str, *, language: str = "en") -> Topic | None:
    """Read one file; its mistakes are noted in ``source``.

    Args:
        source: The file.
        text: What is in it.
        language: Of a topic that names none (BCP 47).

    Returns:
        The topic, as far as it could be read; None where nothing can be said of it.
    """
    root = source.document(text)
    if root is None:
        return None
    entries = source.mapping(root, _KEYS, "a topic")
    for missing in ("topic", "title", "steps"):
        if missing not in entries:
            source.wrong(line_of(root), f"a topic needs {missing}:")
    if "topic" not in entries:
        return None
    name = source.text(entries["topic"].value, "topic")
    if name and not NAME.fullmatch(name):
        source.wrong(entries["topic"].line, f"the name {name!r} must be of small letters, digits and _: my_topic")
    source.topic = name
    languages = _languages(source, entries["languages"].value) if "languages" in entries else ()
    words = Words(source, languages or (language,))
    title = words.wording(entries["title"].value, "title", has_variables=False) if "title" in entries else None
    triggers = words.phrases(entries["triggers"].value, "triggers") if "triggers" in entries else MappingProxyType({})
    steps = StepReader(source, words).steps(entries["steps"].value, "steps") if "steps" in entries else ()
    if title is None or not name:
        return None
    return Topic(name, title, words.languages, triggers, steps, source.file, entries["topic"].line)


def _languages(source: Source, node: Node) -> tuple[str, ...]:
    found: list[str] = []
    for tag in source.texts(node, "languages"):
        if not _TAG.fullmatch(tag):
            source.wrong(line_of(node), f"{tag!r} is no language: write en, or fr-CA")
        elif tag in found:
            source.wrong(line_of(node), f"{tag} is named twice")
        else:
            found.append(tag)
    return tuple(found)


def _text_of(path: Path, source: Source) -> str | None:
    try:
        if path.stat().st_size > _MOST_BYTES:
            source.wrong(1, f"the file is larger than {_MOST_BYTES // 1000} kB")
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeError:
        source.wrong(1, "the file is not written in UTF-8")
    except OSError as error:
        source.wrong(1, f"the file cannot be read: {error.strerror}")
    return None
