"""What a bot's message sounds like: SSML and Markdown reduced to plain words. Pure.

Bots are written for eyes first. ``speak`` is meant for a voice and wins; else it is ``text``, and what
cards say. The voice of a call has its own way to speak, so of SSML only words and pauses are kept.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_LONGEST_CHARACTERS: Final = 8_000
"""A minute of speech has a thousand; whatever is behind that is no answer to a caller."""

_TAG: Final = re.compile(r"<[^<>]*>")
_UNSEEN: Final = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<![A-Z][^>]*>|<(script|style)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_ALIAS: Final = re.compile(r"<sub\b[^<>]*\balias\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^<>]*>.*?</sub\s*>", re.DOTALL | re.I)
_PAUSE: Final = re.compile(r"<(?:break|br)\b[^<>]*>|</(?:p|s|li|h\d|div|tr)\s*>", re.IGNORECASE)

_REFERENCE: Final = re.compile(r"^\s*\[[^\]]+\]:\s*\S.*$", re.MULTILINE)
"""A footnote: ``[1]: https://… "title"``."""
_LINK: Final = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_MARK: Final = re.compile(r"\s?\[\^?\d{1,2}\]")
"""Points to a footnote."""
_FENCE: Final = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_RULE: Final = re.compile(r"^\s*(?:[-*_=]\s*){3,}$", re.MULTILINE)
_TABLE_RULE: Final = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*$", re.MULTILINE)
_LINE_START: Final = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+•][ \t]+)+", re.MULTILINE)
_STRONG: Final = re.compile(r"(?<![\w\\])(\*{1,3}|_{1,3}|~~)(?=\S)(.{1,300}?)(?<=[^\s\\])\1(?!\w)")
"""Bounded: what is open and never closed is not looked for to the end, time and again."""
_ESCAPED: Final = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|])")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" *\n[ \n]*")


def words_of(activity: Mapping[str, Any]) -> str:
    """What is to be said of a message, as plain text: a pause is a line break; empty: nothing.

    Args:
        activity: As it came, of any form.
    """
    speak = _text(activity.get("speak"))
    if speak.strip() and (spoken := from_ssml(speak)):
        return spoken
    text = _text(activity.get("text"))
    is_plain = activity.get("textFormat") == "plain"
    shown = _tidy(text) if is_plain else from_markdown(text)
    return "\n".join(part for part in (shown, *_cards(activity.get("attachments"))) if part)


def from_ssml(text: str) -> str:
    """The words of SSML; text without tags is left as it is.

    It is never parsed as XML: what bots write is often none, and a parser can be attacked by it.
    """
    if "<" not in text:
        return _tidy(text)
    text = _ALIAS.sub(lambda match: match[1] or match[2] or "", _UNSEEN.sub(" ", text))
    return _tidy(html.unescape(_TAG.sub("", _PAUSE.sub("\n", text))))


def from_markdown(text: str) -> str:
    """The words of Markdown, without marks, links' addresses and footnotes."""
    text = _RULE.sub("", _TABLE_RULE.sub("", _FENCE.sub("", _REFERENCE.sub("", text))))
    text = _MARK.sub("", _LINK.sub(r"\1", text))
    text = _LINE_START.sub("", text)
    for _ in range(3):  # emphasis in emphasis
        text = _STRONG.sub(r"\2", text)
    text = "\n".join(_cells(line) for line in text.replace("`", "").splitlines())
    text = _ESCAPED.sub(r"\1", text)
    return from_ssml(text if "<" in text else html.unescape(text))


def _cells(line: str) -> str:
    """A row of a table as a list; any other line as it is."""
    if not line.strip().startswith("|"):
        return line
    return ", ".join(cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip())


def _cards(attachments: object) -> Iterator[str]:
    for each in attachments if isinstance(attachments, list) else ():
        content = each.get("content") if isinstance(each, dict) else None
        if not isinstance(content, dict):
            continue
        if spoken := from_ssml(_text(content.get("speak"))):
            yield spoken
            continue
        titles = [_text(content.get(key)) for key in ("title", "subtitle", "text")]
        lines = [from_markdown(line) for line in (*titles, *_blocks(content.get("body"), depth=0))]
        yield "\n".join(line for line in lines if line)


def _blocks(body: object, *, depth: int) -> Iterator[str]:
    """The texts of an adaptive card, in their order."""
    if not isinstance(body, Sequence) or isinstance(body, str) or depth > 5:
        return
    for each in body:
        if not isinstance(each, dict):
            continue
        if each.get("type") == "TextBlock":
            yield _text(each.get("text"))
        for inner in ("items", "columns"):
            yield from _blocks(each.get(inner), depth=depth + 1)


def _text(value: object) -> str:
    return value[:_LONGEST_CHARACTERS] if isinstance(value, str) else ""


def _tidy(text: str) -> str:
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()
