"""Numbers and addresses that are spoken of in a call: told in it, or from somewhere else? Sans-IO.

A number of seven digits or more, or an e-mail address, may be said if it stands in what the
call knows: the dialogue, the claim, the numbers of caller and human, the documents of the
reply, the company's own texts. What the caller has told is recognised generously, since it is
spelled, corrected and misheard: half of the digits in a row, or the name of the mail service, is enough.
"""

import re
from types import MappingProxyType
from typing import Final

from agent.dialogue import Dialogue, Persona
from agent.folding import fold, spelled
from agent.spoken_numbers import digit_runs

_LEAST_DIGITS: Final = 7
_LEAST_TOLD: Final = 4
_ENDING_DIGITS: Final = 7
_NUMBER: Final = re.compile(r"\+?\(?\d(?:[\s().\-/·\u00a0]{0,3}\d){6,}")
_IDENTIFIER: Final = re.compile(r"\b(?=[a-z\d-]*\d[a-z-]*\d)[a-z]{1,4}[-\s]?\d[\da-z-]{5,}\b")
_DATE: Final = re.compile(
    r"\b(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\s?\d{1,2}[-./]\s?\d{2,4})(?:[t\s,]+\d{1,2}[:.]\d{2}(?::\d{2})?)?"
)
_AMOUNT: Final = re.compile(
    r"[€$£¥]\s?\d[\d\s.,]*|\b\d{1,3}(?:[\s.,]\d{3})+(?:[.,]\d{1,2})?\s?(?:€|\$|£|¥|euros?|dollars?|pounds?|eur|usd|chf|yuan|pesos?|元)"
)
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DOT: Final = r"(?:dot|point|punto|punkt|点)"
_AT: Final = r"(?:at|arobase|arroba|klammeraffe|chez|艾特)"
_SPOKEN_ADDRESS: Final = re.compile(
    rf"\b([\w+-]+(?:\s(?:{_DOT}|underscore|dash)\s[\w+-]+)*)\s{_AT}\s([\w-]+(?:\s{_DOT}\s[\w-]+)+)\b"
)
_MENTIONS_MAIL: Final = re.compile(r"mail|address|adresse|courriel|correo|direccion|邮箱|@")
_TELLS_MAIL: Final = re.compile(rf"@|\b{_AT}\b|\b{_DOT}\b|mail")
_DIGIT_WORDS: Final = MappingProxyType(
    {
        word: str(digit)
        for words in (
            "zero un deux trois quatre cinq six sept huit neuf",
            "cero uno dos tres cuatro cinco seis siete ocho nueve",
            "null eins zwei drei vier funf sechs sieben acht neun",
            "〇 一 二 三 四 五 六 七 八 九",
        )
        for digit, word in enumerate(re.findall(r"\S+", words))
    }
    | {"zwo": "2", "零": "0", "幺": "1", "une": "1", "oh": "0"}
)
_CHINESE_RUN: Final = re.compile(r"[〇零一二三四五六七八九幺]{4,}")
_NUMBER_WORDS: Final = re.compile(
    r"\b(?:\w*(?:teen|zig|ssig)|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand"
    r"|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|trente|quarante|cinquante|soixante|cent|mille"
    r"|diez|once|doce|trece|catorce|quince|veinte|veinti\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa"
    r"|zehn|elf|zwolf|\w+zehn|hundert|tausend)\b"
)
_MOST_UNREAD: Final = 3
"""A message with more such words may hold any number: nothing is compared with it."""


class KnownData:
    """What a call knows of numbers and addresses. Grows with what its reply learns.

    Args:
        dialogue: The call so far.
        said: What the caller has said last.
        own_texts: Of the company: prompts, sentences.
    """

    def __init__(self, dialogue: Dialogue, said: str = "", own_texts: tuple[str, ...] = ()) -> None:
        self._digits: list[str] = []
        self._told: list[str] = []
        self._letters: list[str] = []
        self._tells_mail = False
        self._is_unread = False
        for text in own_texts:
            self.add(text)
        for claim in (dialogue.claim, *dialogue.filed_claims):
            for value in claim.values.values():
                self.add(value)
        self.add(f"{dialogue.caller_number} ; {dialogue.agent_number}")
        for reminder in dialogue.reminders:
            self.add(f"{reminder.title} ; {reminder.description}")
        for message in dialogue.messages:
            if message.persona is Persona.CALLER:
                self._add_told(message.text)
            else:
                self.add(message.text)
        self._add_told(said)

    def add(self, text: str) -> None:
        """This is known, too: a document, a value that was stored."""
        folded = fold(text)
        self._digits.append(re.sub(r"\D", "", folded))
        self._letters.append(_squashed(folded))

    def _add_told(self, text: str) -> None:
        self.add(text)
        folded = fold(text)
        self._told += [_digits_of(folded), *(re.sub(r"\D", "", run) for run in digit_runs(folded))]
        self._letters += spelled(folded)
        self._tells_mail = self._tells_mail or _TELLS_MAIL.search(folded) is not None
        self._is_unread = self._is_unread or len(_NUMBER_WORDS.findall(folded)) > _MOST_UNREAD

    def holds_foreign(self, text: str) -> bool:
        """Whether a number or an address in this text comes from somewhere else."""
        folded = fold(text)
        addresses = [each[0] for each in _ADDRESS.finditer(folded)]
        for each in _SPOKEN_ADDRESS.finditer(folded):
            before = folded[max(0, each.start() - 40) : each.start()]
            if re.search(rf"\s(?:{_DOT}|underscore|dash)\s|\d", each[1]) or _MENTIONS_MAIL.search(before):
                addresses.append(_written(each[1]) + "@" + _written(each[2]))
        if any(not self._knows_address(address) for address in addresses):
            return True
        bare = _AMOUNT.sub(" ; ", _DATE.sub(" ; ", _ADDRESS.sub(" ; ", folded)))
        numbers = [re.sub(r"\D", "", each[0]) for each in _NUMBER.finditer(bare)]
        numbers += [re.sub(r"\D", "", each[0]) for each in _IDENTIFIER.finditer(bare)]
        numbers += [_digits_of(run) for run in _worded(bare)]
        return any(not self._knows_number(number) for number in numbers if len(number) >= _LEAST_DIGITS)

    def _knows_number(self, number: str) -> bool:
        if self._is_unread or any(number[-_ENDING_DIGITS:] in digits for digits in self._digits):
            return True
        length = max(_LEAST_TOLD, (len(number) + 1) // 2)
        stretches = {number[at : at + length] for at in range(len(number) - length + 1)}
        return any(stretch in told for told in self._told for stretch in stretches)

    def _knows_address(self, address: str) -> bool:
        name, _, place = address.partition("@")
        service = re.split(r"\.", place)[0]
        knows_service = any(service in letters for letters in self._letters)
        if self._tells_mail and knows_service:
            return True
        parts = [part for part in re.split(r"[._+-]", name) if part]
        return knows_service and any(all(part in letters for part in parts) for letters in self._letters)


def _written(spoken: str) -> str:
    """An address as it is written: "maria dot lopez"."""
    text = re.sub(rf"\s{_DOT}\s", ".", spoken)
    return re.sub(r"\sunderscore\s", "_", re.sub(r"\sdash\s", "-", text)).replace(" ", "")


def _squashed(folded: str) -> str:
    return "".join(each for each in folded if each.isalnum())


def _worded(folded: str) -> list[str]:
    """Stretches of at least seven digits of which some are words."""
    runs = re.findall(
        rf"(?:\b(?:{'|'.join(each for each in _ALL_DIGITS if each.isascii())}|\d+)\b[\s,.\-]*){{{_LEAST_DIGITS},}}",
        folded,
    )
    return [*runs, *(run for run in _CHINESE_RUN.findall(folded) if len(run) >= _LEAST_DIGITS)]


def _digits_of(folded: str) -> str:
    """All digits of a text, in figures or words, one after the other."""
    return "".join(
        _ALL_DIGITS.get(token, token if token.isdigit() else "")
        for token in re.findall(r"[a-z]+|\d+|[〇零一二三四五六七八九幺]", folded)
    )


_ALL_DIGITS: Final = MappingProxyType(
    {
        **_DIGIT_WORDS,
        **{
            word: str(digit)
            for digit, word in enumerate(
                ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
            )
        },
    }
)
