"""Streamed model text, cut into pieces that can be spoken. Sans-IO.

The laws:

* The chunks, joined, are the text that was fed: nothing is added, lost or trimmed.
* How the text was split into deltas changes nothing. The scanner takes one character
  at a time and knows nothing of deltas; a mark that can mean two things waits for the
  character that decides it.
* No cut falls inside a number, time, e-mail address, URL, abbreviation, ellipsis or
  between a list number and its item. Only a token longer than any sensible one is cut
  (``_LONGEST_TOKEN_CHARACTERS``): a stream must not grow for ever.
* Time is linear in the text: a forced cut makes the scanner read again what lies behind
  it, but that is either shorter than what was cut off, or has no break in it, so that
  the next cut lies beyond.

Where a chunk ends:

=====================  =====================================================================
newline                at once
``. ! ? ; : …``        before a blank, if what stands before (abbreviation, initial, list
                       number) or after (small letter, digit) does not speak against it
``。？！；：``          at once, but for a digit on both sides; closing quotes come along
first chunk only       ``, — – - ， 、`` as well, when it is long enough; a comma after a plain
                       word at once: its blank, which may take a model one token more to
                       write, goes to the next chunk
maximum length         the last clause or blank in its second half, else the last place
                       that may be cut at all
=====================  =====================================================================

The blank after a mark belongs to the chunk that it ends; further ones to the next.
A chunk without a letter or digit is made only when the text ends so or has none for
a whole maximum length: whoever speaks must be ready to skip it.
"""

import unicodedata
from enum import Flag, auto
from types import MappingProxyType

from pipeline.abbreviations import abbreviations, primary_language

_ENDERS = frozenset(".!?;:…؟؛۔।॥።")
_WIDE_ENDERS = frozenset("。？！；：．｡")
_PAUSES = frozenset(",،")
_WIDE_PAUSES = frozenset("，、､—–")
_COMMAS = frozenset(",،，、")
_QUOTES = frozenset("\"'*_«»“”‘’「」『』()[]{}（）")
_ANY_ENDER = _ENDERS | _WIDE_ENDERS
_ANY_WIDE = _WIDE_ENDERS | _WIDE_PAUSES
_ANY_MARK = _ANY_ENDER | _PAUSES | _WIDE_PAUSES
_BRACKETS_CLOSED = frozenset(")]}”’»›」』）］】》〉〕｝")
_CLOSERS = _BRACKETS_CLOSED | frozenset("\"'*_«")
_CLOSERS_OF = MappingProxyType({"«": "»", "„": "“"})
"""What ends a quotation that began so; elsewhere “ begins one."""
_OPENERS = frozenset("([{“‘«‹「『（［【《〈〔｛¿¡")
_APOSTROPHES = "'’"
_TOKEN_BORDERS = _OPENERS - frozenset("‘") | frozenset('"*_-/‐‑—–')
_NEWLINES = frozenset("\n\u2028\u2029")
_NO_BREAK_SPACES = frozenset("\u00a0\u202f\u2007\u2060")
_NEVER_FIRST = _ANY_MARK | _BRACKETS_CLOSED | frozenset("ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々〻％‰°℃・％")
_PRECIOUS = frozenset("@/.:_")
_JOINERS = frozenset("\u200d\u200c\ufe0f\ufe0e")

# Scripts that put no blanks between words: a chunk that is too long may be cut before any letter.
_UNSPACED_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3001, 0x31FF),  # CJK punctuation, kana, bopomofo
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility
    (0xFF01, 0xFF9F),  # full-width forms, half-width kana
    (0x20000, 0x3FFFF),  # Han, extensions
)

_LONGEST_ABBREVIATION = 12
_LONGEST_WORD_CHARACTERS = 64
_LONGEST_TOKEN_CHARACTERS = 2048
_BLOCK_CHARACTERS = 1024


class _Doubt(Flag):
    """What may still speak against a mark that a blank follows."""

    NONE = 0
    IF_SMALL_LETTER = auto()
    IF_DIGIT = auto()
    IF_CLOSER = auto()
    """A guillemet is open: its closing half may stand behind a blank."""
    CERTAIN = auto()
    """It is no end, whatever follows."""


def _is_unspaced(char: str) -> bool:
    code = ord(char)
    return code >= 0x0E00 and any(first <= code <= last for first, last in _UNSPACED_RANGES)


def _joins_previous(char: str) -> bool:
    """Whether this character is drawn on, or spoken with, the one before it."""
    return char > "\u02ff" and (char in _JOINERS or unicodedata.category(char)[0] == "M")


class Chunker:
    """Cuts one reply at a time; after ``flush`` it is as new."""

    def __init__(
        self,
        *,
        language: str | None = None,
        maximum_characters: int = 200,
        first_chunk_min_characters: int = 1,
        first_clause_min_characters: int = 25,
    ) -> None:
        """Begin a reply.

        Args:
            language: BCP 47 tag. Unknown or None: the abbreviations of all languages, and
                "1." to "99." are never taken for the end of a sentence.
            maximum_characters: No chunk is longer, unless one token is. A run of letters
                counts as one token up to 64 of them.
            first_chunk_min_characters: The first chunk ends at no mark before it has so many.
            first_clause_min_characters: It may end at a comma or dash once it has so many.
        """
        if maximum_characters < 2:
            raise ValueError("maximum_characters must be at least 2")
        self._abbreviations = abbreviations(language)
        self._language = primary_language(language)
        self._maximum = maximum_characters
        self._first_min = first_chunk_min_characters
        self._first_clause_min = max(first_chunk_min_characters, first_clause_min_characters)
        self._text = ""
        self._is_first = True
        self._closer = ""
        self._begin_chunk()

    def feed(self, delta: str) -> list[str]:
        """Take more text; the chunks that it completes, in order."""
        chunks: list[str] = []
        # In blocks: cutting copies what is pending, and that must stay short.
        for begin in range(0, len(delta), _BLOCK_CHARACTERS):
            self._text += delta[begin : begin + _BLOCK_CHARACTERS]
            while self._at < len(self._text):
                cut = self._scan(self._at)
                if cut is None:
                    self._at += 1
                else:
                    chunks.append(self._text[:cut])
                    self._text = self._text[cut:]
                    self._is_first = False
                    self._begin_chunk()
        return chunks

    def flush(self) -> list[str]:
        """The text has ended: what is pending, if anything, whatever it looks like."""
        chunks = [self._text] if self._text else []
        self._text = ""
        self._is_first = True
        self._closer = ""
        self._begin_chunk()
        return chunks

    def _begin_chunk(self) -> None:
        """Forget all positions: they count from the start of the pending text."""
        self._at = 0
        self._first_visible = -1
        self._visible_end = 0
        """One past the last character that is not blank."""
        self._is_speakable = False
        self._is_precious = False
        self._token_start = 0
        # The mark that is being decided; -1 for none.
        self._mark_start = -1
        self._mark_end = 0
        self._run_end = 0
        """One past the last character of the mark itself, without closing quotes."""
        self._cut_after_blank = 0
        """Where to cut if the mark holds; 0 until a blank has been seen."""
        self._doubt = _Doubt.NONE
        self._is_glued = False
        # The last places where a chunk that is too long may be cut, best first; 0 for none.
        self._clause_break = 0
        self._blank_break = 0
        self._inner_break = 0
        self._poor_break = 0

    def _scan(self, at: int) -> int | None:
        """Read the character at ``at``; where to cut, if it decides that."""
        char = self._text[at]
        if self._mark_start >= 0:
            cut = self._decide(at, char)
            if cut is not None:
                return cut
        if char in _NEWLINES:
            self._mark_start = -1
            cut = self._accept(at + 1, self._visible_end, is_end=True)
            if cut is not None:
                return cut
        if char.isspace():
            self._token_start = at + 1
        else:
            self._see(at, char)
            if char in _COMMAS and self._ends_plain_clause(at):
                return at + 1
        return self._cut_by_force(at + 1) if at >= self._maximum else None

    def _ends_plain_clause(self, at: int) -> bool:
        """Whether nothing that could follow this comma of a first chunk would speak against a cut."""
        text = self._text
        if not self._is_first or self._mark_start != at or self._is_precious or at >= self._maximum:
            return False
        is_plain = text[at - 1 : at].isalpha() and _QUOTES.isdisjoint(text[:at])
        return is_plain and self._accept(at + 1, at + 1, is_end=False) is not None

    def _see(self, at: int, char: str) -> None:
        """Keep account of a visible character that ends no chunk (yet)."""
        if self._first_visible < 0:
            self._first_visible = at
        else:
            self._note_break(at, char)
        self._is_glued = False
        if char.isalnum():
            self._is_speakable = True
            if char.isdecimal():
                self._is_precious = True
            elif char > "\u0e00" and _is_unspaced(char):
                self._token_start = at + 1
        elif self._mark_start < 0 and (char in _ANY_MARK or self._is_hyphen_between_blanks(at, char)):
            self._mark_start = at
            self._mark_end = self._run_end = at + 1
            self._cut_after_blank = 0
        if char in _TOKEN_BORDERS and self._mark_start in (-1, at):  # not for a closing mark: "**1.** Call"
            self._token_start = at + 1
        if char in _PRECIOUS:
            self._is_precious = True
        elif char in _CLOSERS_OF:
            self._closer = _CLOSERS_OF[char]
        elif char == self._closer:
            self._closer = ""
        self._visible_end = at + 1

    def _is_hyphen_between_blanks(self, at: int, char: str) -> bool:
        """Whether this may be a dash written as "-" or "--"; the blank behind it is still to come."""
        return char == "-" and at > 0 and self._text[at - 1].isspace()

    def _note_break(self, at: int, char: str) -> None:
        """Remember whether the chunk could be cut before this character."""
        before = self._text[at - 1]
        if before.isspace():
            if before in _NO_BREAK_SPACES:
                return
            visible = self._text[self._visible_end - 1]
            # "5 p.m.", "425 555 0100", "10 km", "n° 5"
            splits_number = visible in "°№§$€£" or (visible.isdecimal() and (char.isdecimal() or char.islower()))
            if self._is_glued or splits_number or char in _NEVER_FIRST or visible in _OPENERS:
                self._poor_break = at
            else:
                self._blank_break = at
        elif (
            (char > "\u0e00" or before > "\u0e00")
            and (_is_unspaced(char) or _is_unspaced(before))
            and not (before.isdecimal() or before in _OPENERS or before in _JOINERS)
            and not (char in _NEVER_FIRST or char in _CLOSERS or _joins_previous(char))
            and not (before in _ANY_WIDE and char.isdecimal() and self._text[at - 2 : at - 1].isdecimal())  # "12：30"
        ):
            self._inner_break = at

    def _decide(self, at: int, char: str) -> int | None:
        """Read the character at ``at`` with a mark open before it."""
        if (char in _CLOSERS and self._cut_after_blank == 0) or char == self._closer:
            self._mark_end = at + 1
            self._cut_after_blank = 0
            return None
        if char in _NEWLINES:
            return None
        if self._cut_after_blank:
            return None if char.isspace() else self._decide_after_blank(char)
        if char in _ANY_MARK or (char == "-" and self._text[at - 1] == "-"):
            self._mark_end = self._run_end = at + 1
            return None
        if char.isspace() and (char not in _NO_BREAK_SPACES or self._closer == "»"):
            self._doubt = self._weigh()
            if _Doubt.CERTAIN in self._doubt:
                self._mark_start = -1
                self._is_glued = True
            elif self._doubt is _Doubt.NONE and char != "\r":
                return self._close_mark(at + 1)
            else:
                self._cut_after_blank = at + 1
            return None
        return self._decide_without_blank(at, char)

    def _decide_after_blank(self, char: str) -> int | None:
        """The character that a doubtful mark and its blank have waited for."""
        if (_Doubt.IF_SMALL_LETTER in self._doubt and char.islower()) or (
            _Doubt.IF_DIGIT in self._doubt and (char.isdecimal() or char == "#")
        ):
            self._mark_start = -1
            self._is_glued = True
            return None
        return self._close_mark(self._cut_after_blank)

    def _decide_without_blank(self, at: int, char: str) -> int | None:
        """A visible character stands directly behind the mark and its closing quotes."""
        text = self._text
        before = text[self._mark_start - 1] if self._mark_start else " "
        is_between_digits = before.isdecimal() and char.isdecimal() and self._mark_end == self._mark_start + 1
        if not is_between_digits and (
            text[self._run_end - 1] in _ANY_WIDE or (_is_unspaced(before) and _is_unspaced(char))
        ):
            return self._close_mark(at)
        self._mark_start = -1
        return None

    def _close_mark(self, cut: int) -> int | None:
        """The mark is what it looks like: cut, or remember the place."""
        run = self._text[self._mark_start : self._run_end]
        is_end = not _ANY_ENDER.isdisjoint(run)
        accepted = self._accept(cut, self._mark_end, is_end=is_end)
        self._mark_start = -1
        if accepted is None:
            self._clause_break = cut
        return accepted

    def _accept(self, cut: int, visible_end: int, *, is_end: bool) -> int | None:
        """``cut`` if a chunk may end there: something to say, and long enough if it is the first."""
        if not self._is_speakable or not (is_end or self._is_first):
            return None
        minimum = self._first_min if is_end else self._first_clause_min
        if self._is_first and visible_end - self._first_visible < minimum:
            return None
        # A blank that would make the chunk too long goes to the next one.
        return cut - 1 if cut > self._maximum and self._text[cut - 1].isspace() else cut

    def _weigh(self) -> _Doubt:
        """What could speak against the mark that a blank follows now."""
        start = self._mark_start
        run = self._text[start : self._run_end]
        before = self._text[start - 1] if start else " "
        doubt = _Doubt.IF_CLOSER if self._closer == "»" else _Doubt.NONE
        if _ANY_ENDER.isdisjoint(run):
            if before == ".":  # "e.g., this"
                return _Doubt.CERTAIN
            is_dash = run[0] not in ",،，、､"
            return doubt | _Doubt.IF_DIGIT if is_dash and self._is_after_digit(start) else doubt
        if self._mark_end > self._run_end or run[-1] in "…,،" or run.endswith(".."):
            doubt |= _Doubt.IF_SMALL_LETTER  # '"Stop!" he said', "¿Sí?, dijo"
        if run == ":" and before.isdecimal():
            return doubt | _Doubt.IF_DIGIT
        return doubt | self._weigh_full_stop() if run == "." else doubt

    def _is_after_digit(self, start: int) -> bool:
        return self._text[:start][-2:].rstrip()[-1:].isdecimal()

    def _weigh_full_stop(self) -> _Doubt:
        """What the token before a single full stop says about it."""
        if self._mark_start - self._token_start > _LONGEST_ABBREVIATION:
            return _Doubt.NONE
        token = self._text[self._token_start : self._mark_start].casefold().lstrip(_APOSTROPHES + "‘")
        if token.isdecimal():
            if len(token) > 2:
                return _Doubt.NONE
            is_item = not any(char.isalnum() for char in self._text[: self._token_start])
            # "am 3. Oktober", "der 2. Weltkrieg": in German a capital letter decides nothing.
            if is_item or self._language in (None, "de"):
                return _Doubt.CERTAIN
            return _Doubt.IF_SMALL_LETTER | _Doubt.IF_DIGIT
        if all(len(part) == 1 and part.isalpha() and part != part.upper() for part in token.split(".")):
            return _Doubt.CERTAIN
        forms = self._abbreviations
        token = token.replace("’", "'").rpartition("'")[2]  # "l'av."
        if token in forms.within:
            return _Doubt.CERTAIN
        if token in forms.before_number or token.endswith(forms.suffixes_before_number):
            return _Doubt.IF_SMALL_LETTER | _Doubt.IF_DIGIT
        return _Doubt.IF_SMALL_LETTER if token in forms.may_end else _Doubt.NONE

    def _cut_by_force(self, pending: int) -> int | None:
        """The chunk is longer than it may be: the best place to cut it, if there is any."""
        second_half = self._maximum // 2
        for place in (self._clause_break, self._blank_break):
            if place > second_half:
                return place
        place = max(self._clause_break, self._blank_break, self._inner_break) or self._poor_break
        if place:
            return place
        longest = (
            _LONGEST_TOKEN_CHARACTERS
            if self._is_precious
            else self._maximum
            if self._first_visible < 0 or not self._is_speakable
            else max(self._maximum, _LONGEST_WORD_CHARACTERS)
        )
        if pending <= max(longest, self._maximum):
            return None
        cut = pending - 1
        while cut > 1 and (_joins_previous(self._text[cut]) or self._text[cut - 1] in _JOINERS):
            cut -= 1
        return cut if cut > 1 else pending - 1
