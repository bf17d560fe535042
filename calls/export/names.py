"""Names: found where people say them, and all the ways in which they come back. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from calls.export import name_words

_TOKEN: Final = re.compile(r"[^\W\d_][^\W\d_'’]*(?:['’][^\W\d_]+)?")
_HAN: Final = re.compile("[\u4e00-\u9fff]")
_SPELLED: Final = re.compile(r"(?<![\w'’])(?:[^\W\d_](?:\s*[-.,]\s*|\s+)){2,}[^\W\d_](?![\w'’])")
_HESITATION: Final = re.compile(
    r"(?:,\s*)?(?<!\w)(?:u[hm]+|er+m*|hm+|euh+|heu+|ä+hm*|e[hm]+|嗯+|呃+)(?!\w)[,，]?", re.IGNORECASE
)
_SHORTEST: Final = 2
_LONGEST_ANSWER_WORDS: Final = 6
_EDGE: Final = " .,;:!?'’\"-，。！？、"


def introduced(text: str) -> list[str]:
    """The names that somebody says in a text: "my name is …", "ici Madame …", "… am Apparat", "我叫…"."""
    found = []
    text = _HESITATION.sub("", text)
    for expressions, is_certain in ((name_words.STRONG, True), (name_words.WEAK, False), (name_words.TITLES, True)):
        for expression in expressions:
            for match in expression.finditer(text):
                if name := _cut(match["name"], is_certain=is_certain):
                    found.append(name)
    return found


def answered(question: str, answer: str) -> list[str]:
    """The name that answers a question for one; none when the answer is too long to be one."""
    if not name_words.QUESTION.search(question):
        return []
    words = _TOKEN.findall(answer)
    if not words and not _HAN.search(answer):
        return []
    if len(words) > _LONGEST_ANSWER_WORDS:
        return []
    han = "".join(_HAN.findall(answer))
    if han:
        return [han] if len(han) <= 4 else []
    kept = [word for word in words if folded(word) not in _folded(name_words.ENDS | name_words.NO_NAMES)]
    return [" ".join(kept)] if kept else []


def names_in(value: str) -> list[str]:
    """The names in a value that holds names: without the words that they were told with, and none of them lost."""
    found = introduced(value)
    if not found:
        return [value]
    rest = value
    for name in sorted(found, key=len, reverse=True):
        rest = rest.replace(name, ",")
    nobodys = _folded(name_words.ENDS | name_words.NO_NAMES)
    for piece in re.split(r"[,;/&，、]|\b(?:and|et|y|und)\b", rest):
        kept = [word for word in _TOKEN.findall(piece) if word[:1].isupper() and folded(word) not in nobodys]
        found += [" ".join(kept)] if kept else []
    return list(dict.fromkeys(found))


def _cut(name: str, *, is_certain: bool) -> str:
    """A name without what follows it."""
    kept: list[str] = []
    words = name.split()
    for place, word in enumerate(words):
        following = next((each for each in words[place + 1 :] if each.casefold() not in name_words.LINKS), "")
        bare = word.strip(_EDGE)
        low = bare.casefold()
        is_no_name = low in name_words.NO_NAMES and not (is_certain and kept)
        is_link = low in name_words.LINKS and (low not in name_words.ENDS or following[:1].isupper())
        if not bare or is_no_name or (low in name_words.ENDS and not is_link):
            break
        kept.append(bare)
        if word[-1:] in ",;:!?" or (word.endswith(".") and len(bare) > 2):
            break
    while kept and kept[-1].casefold() in name_words.LINKS | name_words.ENDS:
        kept.pop()
    return " ".join(kept)


def folded(text: str) -> str:
    """Without capitals, accents and apostrophes: one spelling for comparisons."""
    text = text.replace("’", "'").replace("ß", "ss")
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(word) for word in words)


def parts(name: str) -> list[str]:
    """The parts of a name that mean somebody when they stand alone; the surname of a Chinese name does not."""
    if _HAN.search(name):
        han = "".join(_HAN.findall(name))
        return [han[1:]] if len(han) >= 3 else []
    tokens = [token for token in re.split(r"[\s-]+", name.strip(_EDGE)) if token]
    return [
        token.strip(_EDGE)
        for token in tokens
        if len(token.strip(_EDGE)) >= _SHORTEST and token.casefold().strip(_EDGE) not in name_words.LINKS
    ]


def name_expressions(name: str) -> Iterator[re.Pattern[str]]:
    """What finds a name again in a folded text (see ``folded``): whole, in parts, and spelled letter by letter."""
    if _HAN.search(name):
        yield from (
            re.compile(re.escape(each)) for each in dict.fromkeys(("".join(_HAN.findall(name)), *parts(name))) if each
        )
        return
    tokens = [re.escape(folded(token)) for token in re.split(r"[\s-]+", name.strip(_EDGE)) if token]
    if len(tokens) > 1:
        yield re.compile(r"(?<!\w)" + r"[\s.,-]+".join(tokens) + r"(?!\w)")
    for part in parts(name):
        low = folded(part)
        if is_ordinary(part):
            continue
        yield re.compile(rf"(?<!\w){re.escape(low)}(?!\w)")
        letters = [each for each in low if each.isalpha()]
        if len(letters) >= 3:
            yield re.compile(r"(?<!\w)" + r"(?:\s*[-.,]\s*|\s+)".join(map(re.escape, letters)) + r"(?!\w)")


def capitalised(name: str) -> Iterator[re.Pattern[str]]:
    """What finds those parts again, in a text as it is, that are words as well: only where they have a capital."""
    for part in parts(name):
        if is_ordinary(part):
            yield re.compile(rf"(?<!\w){re.escape(part[:1].upper() + part[1:])}(?!\w)")


def is_ordinary(part: str) -> bool:
    """Whether this is a word of the language, too."""
    return part.casefold() in name_words.ORDINARY | name_words.ENDS | name_words.NO_NAMES


def spelled(text: str) -> list[tuple[int, int]]:
    """Where something is spelled letter by letter: four letters at least, or three with hyphens."""
    return [
        (match.start(), match.end())
        for match in _SPELLED.finditer(text)
        if sum(each.isalpha() for each in match[0]) >= (3 if "-" in match[0] else 4)
        and sum(each.isupper() for each in match[0]) * 2 > sum(each.isalpha() for each in match[0])
    ]
