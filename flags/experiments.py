"""Experiments: a flag that has one value for some callers and another one for others. Pure."""

from dataclasses import dataclass
from hashlib import sha256

_POINT_BYTES = 8


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the values of an experiment."""

    name: str
    """A word for records and metrics."""
    value: object
    weight: float
    """Its share of the callers, beside the other weights; 0: nobody's."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """The variants of a flag. Flags of the same experiment, divided alike, vary together."""

    name: str
    variants: tuple[Variant, ...]
    """At least one has a weight."""

    def variant_of(self, caller: str) -> Variant:
        """The variant of a caller: always the same one, for as long as names and weights stay.

        Args:
            caller: What makes the caller the same one again: their number, E.164.
        """
        # Salted with the name: who gets one experiment's first variant is no likelier to get another's.
        digest = sha256(f"{self.name}\n{caller}".encode()).digest()
        point = int.from_bytes(digest[:_POINT_BYTES], "big") / 256**_POINT_BYTES
        weighted = [variant for variant in self.variants if variant.weight > 0]
        left = point * sum(variant.weight for variant in weighted)
        for variant in weighted:
            left -= variant.weight
            if left < 0:
                return variant
        return weighted[-1]  # rounding

    def named(self, name: str) -> Variant | None:
        """The variant of this name."""
        return next((variant for variant in self.variants if variant.name == name), None)

    def divides_like(self, other: "Experiment") -> bool:
        """Whether both give every caller the variant of the same name."""
        shares = [(variant.name, variant.weight) for variant in self.variants]
        return self.name == other.name and shares == [(variant.name, variant.weight) for variant in other.variants]
