"""E-mail addresses as they are said: "robert dot miller at example dot com", "jean point dupont arobase …"."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from email_validator import EmailNotValidError, validate_email

from agent.errors import Refusal
from agent.grammar.grammar import Grammar, MailWords
from agent.grammar.known import grammar_for
from agent.spoken_numbers import digit_words

NO_AT_SIGN: Final = Refusal.NO_AT_SIGN
INCOMPLETE: Final = Refusal.INCOMPLETE_ADDRESS

_MOST_CHARACTERS: Final = 1000
"""Of a text that is searched; an address has at most 254."""
_MARKS: Final = "<>()[]\"',;:!?.，。！？；：、"
_SIGNS: Final = frozenset("@._+-")
_WRITTEN: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")
_SHORTEST_SPELLING: Final = 3
"""Names in a row that spell a word; two may be first and last name."""
_HAN: Final = re.compile("[\u2e80-\u9fff]+")


class UnusableAddress(ValueError):
    """What was said is no e-mail address.

    Attributes:
        refusal: Why not.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def parse_email(said: str, language: str = "en") -> str:
    """Find the e-mail address in what was said, in lower case.

    Args:
        said: In a sentence or alone.
        language: Of the words, BCP 47.

    Raises:
        UnusableAddress: There is none. Whether mail would arrive is not asked.
    """
    said = said[:_MOST_CHARACTERS]
    for word in (*said.split(), *_WRITTEN.findall(said)):
        if "@" in word and (written := _validated(word.strip(_MARKS))):
            return written
    grammar = grammar_for(language)
    pieces = _pieces(said, grammar)
    if "@" not in pieces:
        raise UnusableAddress(NO_AT_SIGN)
    for index in reversed([index for index, piece in enumerate(pieces) if piece == "@"]):
        address = _validated(f"{_local_part(pieces[:index], grammar.mail)}@{_domain(pieces[index + 1 :])}")
        if address:
            return address
    raise UnusableAddress(INCOMPLETE)


def _validated(address: str) -> str:
    """Give the address in its normal form, or nothing."""
    try:
        checked = validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    return checked.normalized.lower()


def _pieces(said: str, grammar: Grammar) -> list[str]:
    """Split into words, signs and spelled letters."""
    mail, digits = grammar.mail, digit_words(grammar.numbers)
    text = mail.letter_of.sub(_named_letter, said.casefold().replace("’", "'"))
    text = _with_signs(text, mail, is_unspaced=grammar.numbers.is_unspaced)
    if grammar.numbers.is_unspaced:
        # What is neither sign nor digit is the sentence around the address.
        text = _HAN.sub(lambda match: "".join(digits.get(each, " 是 ") for each in match[0]), text)
    pieces: list[str] = []
    for word in _with_alphabet(text.replace("@", " @ ").split(), mail.alphabet):
        bare = word if word in _SIGNS else word.strip(_MARKS)
        if re.fullmatch(r"[a-z0-9](?:-[a-z0-9])+", bare):
            bare = bare.replace("-", "")
        if not bare:
            continue
        if bare in mail.signs:
            pieces.append(mail.signs[bare])
        elif mail.leads.fullmatch(bare):
            pieces.append(bare)
        else:
            plain = _spelled(bare, mail.spelled)
            pieces.append(digits.get(plain, plain) if len(plain) > 1 else plain)
    return pieces


def _named_letter(match: re.Match[str]) -> str:
    """Give "b" for "b as in boy"; leave "b as in john" as it is."""
    return match["letter"] if match["word"].startswith(match["letter"]) else match[0]


def _with_signs(text: str, mail: MailWords, *, is_unspaced: bool) -> str:
    """Write signs that are said with several words, or without blanks around them."""
    for words in sorted(mail.signs, key=len, reverse=True):
        if is_unspaced and not words.isascii():
            text = text.replace(words, f" {mail.signs[words]} ")
        elif " " in words:
            text = re.sub(rf"\b{re.escape(words)}\b", mail.signs[words], text)
    return text


def _with_alphabet(words: list[str], alphabet: Mapping[str, str]) -> list[str]:
    """Write the letters that names in a row spell."""
    written: list[str] = []
    run: list[str] = []
    for word in (*words, ""):
        if word.strip(_MARKS) in alphabet:
            run.append(word)
            continue
        is_spelling = len(run) >= _SHORTEST_SPELLING
        written += [alphabet[each.strip(_MARKS)] for each in run] if is_spelling else run
        run = []
        written.append(word)
    return written[:-1]


def _spelled(word: str, spelled: Mapping[str, str]) -> str:
    """Write a word with the letters that addresses are made of."""
    word = "".join(spelled.get(each, each) for each in word)
    if word.isascii():
        return word
    return "".join(each for each in unicodedata.normalize("NFKD", word) if not unicodedata.combining(each))


def _local_part(pieces: list[str], mail: MailWords) -> str:
    """Join what belongs to the address before its at sign."""
    start = max((index + 1 for index, piece in enumerate(pieces) if mail.leads.fullmatch(piece)), default=0)
    # "me at example dot com": the lead itself is the name.
    return "".join(pieces[start:] or pieces[-1:])


def _domain(pieces: list[str]) -> str:
    """Join what belongs to the address after its at sign; stop behind the last label."""
    last_dot = max((index for index, piece in enumerate(pieces) if "." in piece), default=None)
    if last_dot is None:
        return "".join(pieces)
    joined = "".join(pieces[: last_dot + 1])
    if pieces[last_dot] != ".":
        return joined
    after = pieces[last_dot + 1 :]
    letters = 0
    while letters < len(after) and len(after[letters]) == 1:
        letters += 1
    return joined + "".join(after[: max(letters, 1)])
