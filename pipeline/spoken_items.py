"""When which word of a model's own voice is heard, and how much of each of its items. Sans-IO.

Such a model tells its words and its sound, but not where in the sound a word is. So the
words of an item are spread over its sound, each as long as it is written. While more of
either is to come, the usual speed of speech tells how long the item will become.

Positions are samples at the line's rate, counted from the start of the reply.
"""

from dataclasses import dataclass, field

from media.frames import duration_ms, samples_in
from media.playout import Word

_LETTER_MS = 65
"""About 15 letters a second, spaces too."""


@dataclass(slots=True)
class _Item:
    item_id: str
    text: str = ""
    pieces: list[tuple[int, int]] = field(default_factory=list)
    """Start in the reply, and length."""
    is_whole: bool = False

    @property
    def samples(self) -> int:
        return sum(length for _, length in self.pieces)

    def position(self, sample: int) -> int:
        """Where in the reply a sample of the item is; fillers may stand between its pieces."""
        for start, length in self.pieces:
            if sample <= length:
                return start + sample
            sample -= length
        start, length = self.pieces[-1]
        return start + length + sample

    def heard(self, played: int) -> int:
        """How many of its samples lie before this position of the reply."""
        return sum(min(max(0, played - start), length) for start, length in self.pieces)


class SpokenItems:
    """The items of one reply."""

    def __init__(self, *, line_rate_hz: int) -> None:
        self._rate = line_rate_hz
        self._items: list[_Item] = []

    def add_text(self, item_id: str, text: str) -> None:
        """More words of an item."""
        self._item(item_id).text += text

    def add_sound(self, item_id: str, start: int, samples: int) -> None:
        """More sound of an item, queued at this position."""
        self._item(item_id).pieces.append((start, samples))

    def complete(self, item_id: str) -> str:
        """An item is whole; its text."""
        item = self._item(item_id)
        item.is_whole = True
        return item.text.strip()

    def words(self) -> tuple[Word, ...]:
        """All words that have sound, or will soon, with their ends."""
        words: list[Word] = []
        for item in self._items:
            if not item.pieces:
                continue
            texts = item.text.split()
            letters = sum(len(text) + 1 for text in texts)
            length = item.samples
            if not item.is_whole:
                length = max(length, samples_in(letters * _LETTER_MS, self._rate))
            spoken = 0
            for text in texts:
                spoken += len(text) + 1
                words.append(Word(text, item.position(length * spoken // letters)))
        return tuple(words)

    def cuts(self, played: int) -> list[tuple[str, int]]:
        """The items that were not heard to their end, and how many milliseconds of each were.

        Args:
            played: The position that the caller has heard.
        """
        found = []
        for item in self._items:
            heard = item.heard(played)
            if heard < item.samples or not item.is_whole:
                found.append((item.item_id, int(duration_ms(heard, self._rate))))
        return found

    def _item(self, item_id: str) -> _Item:
        for item in self._items:
            if item.item_id == item_id:
                return item
        self._items.append(_Item(item_id))
        return self._items[-1]
