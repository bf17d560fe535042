"""Answers without a model: the sentence of the documents that fits the question, with its source."""

import re
from types import MappingProxyType
from typing import Final

from agent.search import Passage

ANSWERED_ABOVE: Final = 0.4
"""Score of a passage that is read out: nobody judges whether it is the answer, so it has to fit well."""

_OPENINGS: Final = re.compile(
    r"^(?:(?:well|so|and|but|um+|uh+|oh|okay|ok|actually|sorry|excuse me|wait|first|please|hello|hi|(?:one|quick) "
    r"question|i have (?:a|another|one more|one) question|can i ask you something)\b[\s,.:;!?—-]*)+"
)
_ASKS: Final = MappingProxyType(
    {
        "en": re.compile(
            r"(?:what|when|where|who|how|which|why|whom|whose)(?:'s|'re| (?:is|are|was|were|do|does|did|can|could|will|"
            r"would|should|must|may|has|have|much|many|long|often|far|soon|fast|about|time|if|happens|kind|documents?|"
            r"days?|hours?)\b)"
            r"|(?:can|could|do|does|did|is|are|was|will|would|should|shall|may|must|have|has)"
            r" (?:i|you|we|they|he|she|it|there|this|that|these|those|the|a|an|my|your|our|anybody|anyone|somebody)\b"
            r"|(?:(?:can|could) you (?:please )?tell me|please tell me|tell me|do you know|i(?:'d| would) like to know|"
            r"i want(?:ed)? to know|i was wondering) (?:.* )?(?:what|when|where|who|how|which|why|if|whether|about)\b"
        ),
        "fr": re.compile(r"est-ce qu|qu'est-ce|(?:combien|comment|quand|où|pourquoi|quel(?:le)?s?|qui|puis-je)\b"),
        "es": re.compile(r"¿|(?:cuánto|cuántos|cómo|cuándo|dónde|por qué|qué|quién|cuál)\b"),
        "de": re.compile(r"(?:wie|wann|wo|wohin|warum|wieso|was|wer|welche[rs]?|kann ich|muss ich|darf ich|gibt es)\b"),
        "zh": re.compile(r".*(?:吗|谁|什么|怎么|怎样|多少|多久|哪里|哪儿|几点|为什么|是否|能不能|可不可以)"),
    }
)
_SENTENCE: Final = re.compile(r"[^.!?。！？\s][^.!?。！？]*")
_MOST_WORDS_OF_A_QUESTION: Final = 10
"""What is longer tells something, too."""
_QUESTION_MARK: Final = re.compile(r"[?？]\s*[\"”’»]?\s*$")


def answer_to(utterance: str, passages: tuple[Passage, ...], language: str = "") -> Passage | None:
    """What answers a question, to be read out with its source.

    Args:
        utterance: What the caller said.
        passages: What was found for it, best first.
        language: Of the call (BCP 47); empty: English.

    Returns:
        The passage whose excerpt is the answer. None: it is no question, or no document answers it.
    """
    fits = bool(passages) and passages[0].score >= ANSWERED_ABOVE and is_question(utterance, language)
    return passages[0] if fits else None


def is_question(utterance: str, language: str = "") -> bool:
    """Whether the caller asks something; recognisers do not always write the mark."""
    if _QUESTION_MARK.search(utterance):
        return True
    said = " ".join(utterance.casefold().replace("’", "'").split())
    asks = _ASKS.get(language.partition("-")[0].lower() or "en")
    return asks is not None and asks.match(_OPENINGS.sub("", said)) is not None


def asks_back(utterance: str, language: str = "") -> bool:
    """Whether an utterance is a question and nothing else, so that it holds no value.

    Surer than ``is_question``: "In Boston?" is an answer, and in languages other than English a clause
    begins as a question does.
    """
    said = " ".join(utterance.casefold().replace("’", "'").split())
    spoken = language.partition("-")[0].lower() or "en"
    asks = _ASKS.get(spoken)
    is_marked = _QUESTION_MARK.search(said) is not None
    is_short = len(said.split()) <= _MOST_WORDS_OF_A_QUESTION
    if asks is None or not is_short or len(_SENTENCE.findall(said)) != 1 or not (is_marked or spoken == "en"):
        return False
    return asks.match(_OPENINGS.sub("", said)) is not None


def title_within(passage: Passage, language: str = "") -> str:
    """A title as part of a sentence (BCP 47): in English small, unless it begins with a name."""
    first, _, rest = passage.title.partition(" ")
    is_english = language.partition("-")[0].lower() in ("", "en")
    is_name = not first[1:].islower() or any(word[:1].isupper() for word in rest.split())
    return passage.title if is_name or not is_english else f"{first.lower()} {rest}".strip()
