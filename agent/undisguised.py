"""What a text says behind its disguise: spelled out, in digits for letters, reversed, in a code. Sans-IO."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final
from urllib.parse import unquote

from agent.folding import fold, with_spelled

_NATO: Final = MappingProxyType(
    {
        word: word[0]
        for word in re.findall(
            r"\w+",
            "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett "
            "kilo lima mike november oscar "
            "papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu",
        )
    }
)
_NATO_RUN: Final = re.compile(rf"\b(?:(?:{'|'.join(_NATO)})\b[\s,.\-]*){{4,}}")
_LEET: Final = str.maketrans("013457@$", "oieastas")
_MIXED: Final = re.compile(r"(?<![\w@$])(?=[\w@$]{3})(?=[\w@$]*[a-z])[\w@$]*[0-9@$][\w@$]*")
_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "a about act all and another are as assistant at before call caller customer customers data dan debug "
        "developer disregard do end everything follow for forget from function give "
        "guidelines hang hidden his human i ignore in "
        "initial instruction instructions is it last me message mode must name new no "
        "not notify now number numbers of "
        "on other out override phone pretend previous print prior prompt prompts read repeat reveal role rule rules "
        "safety say secret send show sms spell system tell the their them these to tool tools up update use was what "
        "with without word you your "
        "ignore ignorez oublie oubliez tes vos tous toutes les des consignes regles "
        "precedentes repete repetez montre "
        "affiche donne moi autre client numero du de la le systeme "
        "ignora ignore olvida olvide tus sus todas las instrucciones reglas anteriores "
        "repite muestra dime otro cliente "
        "ignoriere vergiss alle deine ihre anweisungen regeln vorherigen wiederhole zeige sag mir kunden nummer",
    )
)
"""What is looked for in letters without gaps."""
_LONGEST_WORD: Final = max(map(len, _WORDS))
_STEMS: Final = (
    "instruct",
    "prompt",
    "ignore",
    "disregard",
    "forget",
    "customer",
    "reveal",
    "repeat",
    "rules",
    "system",
    "consigne",
    "regle",
    "oublie",
    "instrucc",
    "olvida",
    "anweisung",
    "vergiss",
)
_ROTATED: Final = re.compile("|".join(codecs.encode(stem, "rot13") for stem in _STEMS))
_REVERSED: Final = re.compile("|".join(stem[::-1] for stem in _STEMS))
_BASE64: Final = re.compile(r"(?<![\w+/])[A-Za-z0-9+/_-]{12,}={0,2}")
_BASE32: Final = re.compile(r"\b[A-Z2-7]{16,}=*")
_HEX: Final = re.compile(r"(?<![0-9a-zA-Z])(?:(?:0x|\\x)?[0-9a-fA-F]{2}[\s:,]{0,2}){8,}")
_BINARY: Final = re.compile(r"(?:[01]{8}\s*){4,}")
_NUMBERS: Final = re.compile(r"(?:\b(?:[4-9]\d|1[01]\d|12[0-2]|32)\b[\s,]*){8,}")
_MORSE: Final = re.compile(r"(?:[.\-·−–]{1,5}[\s/|]+){5,}[.\-·−–]{1,5}")
_MORSE_LETTERS: Final = MappingProxyType(
    dict(
        zip(
            re.findall(
                r"\S+",
                ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - "
                "..- ...- .-- -..- -.-- "
                "--..",
            ),
            "abcdefghijklmnopqrstuvwxyz",
            strict=True,
        )
    )
)
_ESCAPES: Final = re.compile(r"\\u([0-9a-fA-F]{4})|&#x?([0-9a-fA-F]{2,5});")
_LEAST_LETTERS: Final = 8


def plain(text: str) -> str:
    """A text folded, with what is spelled out, or has digits for letters, written as words."""
    folded = fold(text).replace("ñ", "n").replace("\u2019", "'")
    folded = _NATO_RUN.sub(lambda run: " ".join(_NATO[word] for word in re.findall(r"\w+", run[0])) + " ", folded)
    folded = with_spelled(folded, _in_words)
    return _MIXED.sub(lambda word: _without_digits(word[0]), folded)


def hidden(text: str) -> tuple[str, ...]:
    """What stands in a text in codes that can be read without a key."""
    return tuple(found for found in _decoded(text) if sum(map(str.isalpha, found)) >= _LEAST_LETTERS)


def turned(folded: str) -> tuple[str, ...]:
    """A folded text rotated by thirteen letters, and read backwards, if that could make sense."""
    readings = []
    if _ROTATED.search(folded):
        readings.append(codecs.encode(folded, "rot13"))
    if _REVERSED.search(folded):
        readings += [folded[::-1], " ".join(word[::-1] for word in folded.split())]
    return tuple(readings)


def is_code(text: str) -> bool:
    """Whether a part of a text is in no language: a code that hides another text."""
    return bool(hidden(text)) or _MORSE.search(text) is not None


def _without_digits(word: str) -> str:
    letters = sum(each.isalpha() for each in word)
    return word.translate(_LEET) if 2 * letters >= len(word) and letters < len(word) else word


def _in_words(letters: str) -> str:
    """Letters as words, the fewest that cover the most of them; what no word covers stays as it is."""
    best: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ())]
    for end in range(1, len(letters) + 1):
        covered, words, cut = best[end - 1]
        options = [(covered, words + 1, (*cut, letters[end - 1]))]
        for begin in range(max(0, end - _LONGEST_WORD), end):
            if letters[begin:end] in _WORDS:
                covered, words, cut = best[begin]
                options.append((covered + end - begin, words + 1, (*cut, letters[begin:end])))
        best.append(max(options, key=lambda option: (option[0], -option[1])))
    covered, _, words_found = best[-1]
    return " ".join(words_found) if 3 * covered >= 2 * len(letters) else letters


def _decoded(text: str) -> Iterator[str]:
    for run in _BASE64.finditer(text):
        yield from _readable(run[0], "base64")
    for run in _BASE32.finditer(text):
        yield from _readable(run[0], "base32")
    for run in _HEX.finditer(text):
        digits = re.sub(r"0x|\\x|[\s:,]", "", run[0])
        yield from _readable(digits[: len(digits) // 2 * 2], "hex")
    for run in _BINARY.finditer(text):
        bits = re.sub(r"\s", "", run[0])
        yield _printable(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)))
    for run in _NUMBERS.finditer(text):
        yield _printable(bytes(int(number) for number in re.findall(r"\d+", run[0])))
    for run in _MORSE.finditer(text):
        words = re.split(r"\s*[/|]\s*|\s{3,}", re.sub("[·]", ".", re.sub("[−–]", "-", run[0])))
        yield " ".join("".join(_MORSE_LETTERS.get(letter, "") for letter in word.split()) for word in words)
    if text.count("%") > 3 and (unquoted := unquote(text)) != text:
        yield unquoted
    if len(_ESCAPES.findall(text)) > 3:
        yield _ESCAPES.sub(lambda run: chr(min(int(run[1] or run[2], 16), 0xFFFF)), text)


def _readable(code: str, kind: str) -> Iterator[str]:
    """The text of a code, if it is one: a long word decodes to noise."""
    try:
        if kind == "base64":
            stripped = code.rstrip("=")
            data = base64.b64decode(stripped + "=" * (-len(stripped) % 4), altchars=b"-_" if "-" in code else None)
        elif kind == "base32":
            data = base64.b32decode(code.rstrip("=") + "=" * (-len(code.rstrip("=")) % 8))
        else:
            data = bytes.fromhex(code)
    except (binascii.Error, ValueError):
        return
    yield _printable(data)


def _printable(data: bytes) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() or text.replace("\n", " ").isprintable() else ""
