"""Packets in their order, without waiting for what need not be waited for. Sans-IO.

aiortc's own buffer gives every packet 80 ms late; after one that was lost it skips 100 ms
of speech, and stays 280 ms late for the rest of the call. That suits a loudspeaker. Whoever
recognises speech plays nothing: a packet that is in its turn goes on at once, and the line
fills what is missing with silence.
"""

from typing import Generic, TypeVar

_WAITS_FOR = 3
"""So many later packets, 60 ms, may overtake one before it is given up."""
_FAR = 1_000
"""A leap of so many is another stream, or the same after a pause."""
_MODULUS = 1 << 16

Packet = TypeVar("Packet")


class Reorder(Generic[Packet]):
    """The packets of one stream, by their sequence numbers of 16 bits."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._held: dict[int, Packet] = {}
        """By distance from 0 to ``_WAITS_FOR``; bounded by it."""
        self.lost = 0
        """Packets that were given up; they may come yet."""
        self.late = 0
        """Packets that came after that, or twice."""

    def add(self, number: int, packet: Packet) -> list[Packet]:
        """Take a packet; those whose turn it is now."""
        ahead = 0 if self._next is None else (number - self._next) % _MODULUS
        behind = _MODULUS - ahead
        if self._next is None or _FAR < ahead < _MODULUS - _FAR:
            self._held.clear()
            self._next, ahead = number, 0
        elif behind <= _FAR:
            self.late += 1
            return []
        self._held[number] = packet
        ready = self._in_turn()
        if len(self._held) >= _WAITS_FOR:
            start = self._next
            first = min(self._held, key=lambda each: (each - start) % _MODULUS)
            self.lost += (first - start) % _MODULUS
            self._next = first
            ready += self._in_turn()
        return ready

    def _in_turn(self) -> list[Packet]:
        ready: list[Packet] = []
        while self._next is not None and (packet := self._held.pop(self._next, None)) is not None:
            ready.append(packet)
            self._next = (self._next + 1) % _MODULUS
        return ready
