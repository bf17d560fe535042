"""Documents cut into pieces that can be found, read and spoken of one by one.

A piece is some 700 letters: about what one heading says, and well within what the
embedding model reads. Sentences stay whole where they can, and a piece begins with the
last sentence of the one before it, so that what belongs together is found together.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MOST_LETTERS: Final = 700
_MOST_REPEATED_LETTERS: Final = 160
_FEWEST_LETTERS: Final = 2
_MOST_EXCERPT_LETTERS: Final = 260
_SECOND_SENTENCE_SHARE: Final = 0.5
"""A second sentence belongs to the excerpt if it fits at least this well, compared with the best."""

_HEADING: Final = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_UNDERLINE: Final = re.compile(r"^ {0,3}(=+|-{3,})[ \t]*$")
_FENCE: Final = re.compile(r"^ {0,3}(```|~~~)")
_BULLET: Final = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_TABLE_RULE: Final = re.compile(r"^\s*\|?[\s:|-]*-{3,}[\s:|-]*$")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=\S)|(?<=[。！？])")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|mr|mrs|ms|dr|st|vs|z\.b|bzw|p\.ex|sr|sra)|\b[^\W\d_])\.$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document as its author made it."""

    place: str
    """Its heading, or ``page 3``; may be empty."""
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part that is found as one."""

    place: str
    text: str


def sections_of_markdown(text: str) -> tuple[str, list[Section]]:
    """The title (its first heading of the highest level; may be empty) and the sections, in order.

    The place of a section is its own heading. Markup that cannot be spoken is taken off.
    """
    headings: list[tuple[int, str]] = []
    sections: list[Section] = []
    for level, heading, lines in _headed(_without_front_matter(text)):
        if heading:
            headings.append((level, heading))
        body = _plain_text(lines)
        if len(body) >= _FEWEST_LETTERS:
            sections.append(Section(heading, body))
    highest = min((level for level, _ in headings), default=0)
    title = next((heading for level, heading in headings if level == highest), "")
    return title, sections


def pieces_of(sections: Sequence[Section]) -> list[Piece]:
    """Cut sections into pieces; what is short enough stays whole."""
    return [Piece(section.place, text) for section in sections for text in _packed(_sentences(section.text))]


def sentences_of(text: str) -> list[str]:
    """The sentences of a piece."""
    return [sentence for line in text.splitlines() for sentence in _of_line(line)]


def excerpt_of(text: str, fit: Callable[[str], float]) -> str:
    """The sentence of a piece that fits best, with the next one if that fits nearly as well; empty for no text.

    Args:
        text: Of the piece.
        fit: How well a sentence fits: higher is better.
    """
    sentences = sentences_of(text)
    if not sentences:
        return ""
    fits = [fit(sentence) for sentence in sentences]
    for at, sentence in enumerate(sentences[:-1]):
        if sentence.endswith(("?", "？")):  # what is asked is answered by what follows
            fits[at], fits[at + 1] = -1.0, max(fits[at : at + 2])
    best = max(range(len(sentences)), key=fits.__getitem__)
    excerpt, following = sentences[best], best + 1
    if following < len(sentences) and fits[following] >= _SECOND_SENTENCE_SHARE * fits[best]:
        longer = f"{excerpt} {sentences[following]}"
        return longer if len(longer) <= _MOST_EXCERPT_LETTERS else excerpt
    return excerpt


def _without_front_matter(text: str) -> str:
    """Without the block of settings that some tools put before the text."""
    match = re.match(r"\A\ufeff?---\r?\n.*?\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", text, re.DOTALL)
    return text[match.end() :] if match else text.removeprefix("\ufeff")


def _headed(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Level, heading and lines of each section; what looks like a heading within a code block is none."""
    level, heading, lines, fence = 0, "", list[str](), ""
    for line in text.splitlines():
        if match := _FENCE.match(line):
            fence = "" if fence == match.group(1) else fence or match.group(1)
            continue
        found = None if fence else _HEADING.match(line)
        underline = None if fence or not lines or not lines[-1].strip() else _UNDERLINE.match(line)
        if found or (underline and not _BULLET.match(lines[-1]) and "|" not in lines[-1]):
            begins = (len(found.group(1)), found.group(2)) if found else (1 if "=" in line else 2, lines.pop().strip())
            yield level, heading, lines
            level, heading, lines = begins[0], _unmarked(begins[1]), []
        else:
            lines.append(line)
    yield level, heading, lines


def _plain_text(lines: Sequence[str]) -> str:
    """A line for each paragraph and each point of a list."""
    paragraphs: list[str] = [""]
    for line in lines:
        bare = re.sub(r"^\s*(?:>\s?)+", "", line)
        if not bare.strip() or _TABLE_RULE.match(bare) or _UNDERLINE.match(bare):
            paragraphs.append("")
        elif bare.lstrip().startswith("|"):
            cells = [cell.strip() for cell in bare.strip().strip("|").split("|")]
            paragraphs += [", ".join(cell for cell in cells if cell) + ".", ""]
        elif _BULLET.match(bare):
            paragraphs.append(_BULLET.sub("", bare))
        else:
            paragraphs[-1] = f"{paragraphs[-1]} {bare.strip()}".strip()
    return "\n".join(plain for paragraph in paragraphs if (plain := _unmarked(paragraph)))


def _unmarked(text: str) -> str:
    """Without emphasis, code marks, HTML, and the addresses of links and pictures."""
    text = re.sub(r"<!--.*?-->|</?[A-Za-z][^>]*>", " ", text, flags=re.DOTALL)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"!?\[([^\]]*)\]\[[^\]]*\]", r"\1", text)
    text = re.sub(r"<(https?://[^>]+)>", r"\1", text)
    text = re.sub(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])|(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)", r"\1\2", text)
    text = re.sub(r"`+([^`]*)`+", r"\1", text)
    return " ".join(re.sub(r"\\([\\`*_{}\[\]()#+.!|-])", r"\1", text).split())


def _sentences(text: str) -> Iterator[str]:
    """Sentences, with a line end behind the last one of a line; one that is too long is cut between words."""
    for line in text.splitlines():
        sentences = [part for sentence in _of_line(line) for part in _cut(sentence)]
        for index, sentence in enumerate(sentences):
            yield f"{sentence}\n" if index + 1 == len(sentences) else sentence


def _of_line(line: str) -> list[str]:
    parts: list[str] = []
    for part in _SENTENCE_END.split(" ".join(line.split())):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        elif part:
            parts.append(part)
    return parts


def _cut(sentence: str) -> Iterator[str]:
    while len(sentence) > MOST_LETTERS:
        at = sentence.rfind(" ", MOST_LETTERS // 2, MOST_LETTERS)
        at = at if at > 0 else MOST_LETTERS
        yield sentence[:at].strip()
        sentence = sentence[at:].strip()
    if sentence:
        yield sentence


def _packed(sentences: Iterator[str]) -> Iterator[str]:
    """Fill pieces with sentences; each begins with the last sentence of the one before, if that is short."""
    piece, last = "", ""
    for sentence in sentences:
        if piece and len(piece) + len(sentence) > MOST_LETTERS:
            yield piece.strip()
            fits = len(last) <= _MOST_REPEATED_LETTERS and len(last) + len(sentence) <= MOST_LETTERS
            piece = _joined(last, sentence) if fits else sentence
        else:
            piece = _joined(piece, sentence)
        last = sentence
    if len(piece.strip()) >= _FEWEST_LETTERS:
        yield piece.strip()


def _joined(piece: str, sentence: str) -> str:
    gap = "" if not piece or piece.endswith("\n") else " "
    return f"{piece}{gap}{sentence}"
