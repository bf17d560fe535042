"""Files read as documents: Markdown, plain text, PDF. Blocks."""

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from providers.document_splitting import Section, sections_of_markdown
from providers.errors import UnreadableDocument

_BYTE_ORDER_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DAMAGED_PDF: Final = (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError)
"""What the reader raises on files that are not what they say: it does not check first."""
_MOST_TITLE_LETTERS: Final = 120


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a file says."""

    title: str
    sections: tuple[Section, ...]
    """At least one."""


def is_readable(name: str) -> bool:
    """Whether a file of this name is one that we read."""
    return PurePath(name).suffix.lower() in READERS


def read_document(name: str, content: bytes) -> ReadDocument:
    """Read a file.

    Args:
        name: Its name: the ending tells what it is, the rest is the title where it has no other.
        content: Its bytes.

    Raises:
        UnreadableDocument: It is damaged, locked or not UTF-8, or there is no text in it.
    """
    title, sections = READERS[PurePath(name).suffix.lower()](content)
    if not sections:
        raise UnreadableDocument("it holds no text")
    return ReadDocument((title or title_of(name))[:_MOST_TITLE_LETTERS], tuple(sections))


def title_of(name: str) -> str:
    """What a file is about, as far as its name tells: ``glass_damage-2.txt`` is "Glass damage 2"."""
    words = re.sub(r"[\s_-]+", " ", PurePath(name).stem).strip()
    return words[:1].upper() + words[1:]


def _markdown(content: bytes) -> tuple[str, list[Section]]:
    return sections_of_markdown(_text_of(content))


def _plain(content: bytes) -> tuple[str, list[Section]]:
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", _text_of(content))]
    text = "\n".join(paragraph for paragraph in paragraphs if paragraph)
    return "", [Section("", text)] if text else []


def _text_of(content: bytes) -> str:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        raise UnreadableDocument("its text is not UTF-8: save it so") from error
    if "\0" in text:
        raise UnreadableDocument("it is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _pdf(content: bytes) -> tuple[str, list[Section]]:
    # What it warns of cannot be mended here, and its lines would stand between the caller's.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableDocument("it is locked by a password")
        pages = [_joined_lines(page.extract_text()) for page in reader.pages]
        metadata = reader.metadata
        title = str(metadata.title or "") if metadata is not None else ""
    except _DAMAGED_PDF as error:
        raise UnreadableDocument(f"it is no PDF that can be read ({type(error).__name__})") from error
    sections = [Section(f"page {number}", text) for number, text in enumerate(pages, 1) if text]
    if pages and not sections:
        raise UnreadableDocument("it holds pictures and no text: scan it with text recognition")
    return " ".join(title.split()), sections


def _joined_lines(page: str) -> str:
    """Paragraphs as lines; a word that was divided at the end of a line is whole again."""
    whole = re.sub(r"(?<=[^\W\d_])-\n(?=[a-zà-ÿ])", "", page)
    paragraphs = [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", whole)]
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


READERS: Final[Mapping[str, Callable[[bytes], tuple[str, list[Section]]]]] = MappingProxyType(
    {".md": _markdown, ".markdown": _markdown, ".txt": _plain, ".pdf": _pdf}
)
"""By the ending of the name: gives a title, which may be empty, and the sections."""
