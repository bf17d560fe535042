"""What callers ask of the pretended model beside telling it values: another language, a text message, a question.

    caller: "Can we go on in French?"     -> speech_language(fr-FR), then "Bien sûr, …"
    caller: "Please text me a summary."   -> send_sms("We noted: …"), then "I am sending it to you."
    caller: "What do I pay for it?"       -> the sentence of the documents that fits best, with its number

Pure. Like a model it knows nothing but the request.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

_LANGUAGES: Final = MappingProxyType({"english": "en-US", "french": "fr-FR", "german": "de-DE", "spanish": "es-ES"})
_WELCOMES: Final = MappingProxyType(
    {
        "en": "Of course, in English.",
        "fr": "Bien sûr, nous continuons en français.",
        "de": "Gerne, wir machen auf Deutsch weiter.",
        "es": "Claro, seguimos en español.",
    }
)
_WANTS_LANGUAGE: Final = re.compile(rf"\b(?:in|to|speak)\s+(?P<name>{'|'.join(_LANGUAGES)})\b", re.IGNORECASE)
_WANTS_MESSAGE: Final = re.compile(
    r"\b(?:text me|(?:send|text)\b.*\b(?:message|summary|text|sms)|text message)\b", re.IGNORECASE
)
_QUESTION: Final = re.compile(r"^(?:what|how|who|when|which|do|does|is|are|can|will|must)\b", re.IGNORECASE)
_DOCUMENT: Final = re.compile(
    r'^(?:"""<documents>)?\[(?P<number>\d+)\] (?P<json>\{.*\})(?:</documents>""")?$', re.MULTILINE
)
_SENTENCE: Final = re.compile(r"[^.!?#]+[.!?]")
_WORD: Final = re.compile(r"[a-z]{3,}")
_COMMON: Final = frozenset(
    re.findall(r"\w+", "the and for you your are what when who how that this with have do does will can")
)
_LEAST_SHARED_WORDS: Final = 2


@dataclass(frozen=True, slots=True)
class ToolWish:
    """A tool to be called."""

    name: str
    arguments: str
    """JSON."""


def wish_of(said: str, known: str) -> ToolWish | None:
    """The tool that does what the caller asks for; None where they ask for nothing that takes one.

    Args:
        said: What the caller said last.
        known: The values of the claim, as the prompt lists them.
    """
    language = _WANTS_LANGUAGE.search(said)
    if language is not None:
        return ToolWish("speech_language", json.dumps({"language": _LANGUAGES[language["name"].casefold()]}))
    if _WANTS_MESSAGE.search(said):
        noted = "; ".join(value for _, _, value in (each.partition(" = ") for each in known.split("; ")) if value)
        return ToolWish("send_sms", json.dumps({"text": f"We noted: {noted or 'nothing yet'}."}))
    return None


def told_of(name: str, arguments: Mapping[str, Any], result: str) -> str:
    """What is said once such a tool has been run."""
    if result.startswith("Nothing was"):
        return "I am sorry, I cannot do that."
    if name == "speech_language":
        return _WELCOMES[str(arguments["language"]).partition("-")[0]]
    return "I am sending it to you."


def answer_of(said: str, prompts: Sequence[str]) -> str | None:
    """The sentence of a document that answers a question, with the document's number; None without either."""
    if not _QUESTION.match(said.strip()):
        return None
    wanted = _words(said)
    best, most = None, _LEAST_SHARED_WORDS - 1
    for prompt in prompts:
        for document in _DOCUMENT.finditer(prompt):
            passage = json.loads(document["json"])
            about = _words(f"{passage.get('title', '')} {passage.get('place', '')}")
            for sentence in _SENTENCE.findall(str(passage["text"])):
                shared = len(wanted & (_words(sentence) | about))
                if shared > most:
                    best, most = f"{sentence.strip()} [{document['number']}]", shared
    return best


def _words(text: str) -> frozenset[str]:
    """The words that tell something, without their endings."""
    return frozenset(re.sub(r"(?:ed|es|s|d|e)$", "", word) for word in _WORD.findall(text.casefold())) - _COMMON
