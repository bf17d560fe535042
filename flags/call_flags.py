"""The flags as one call goes by them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from flags.definitions import Definitions
from flags.features import Features


class CallFlags:
    """What one call has of the flags; its experiments are those that ran when it began.

    An experiment that begins later leaves the call as it is; one that ends, or whose
    variant is gone, ends for the call too. So a call's record names what it had.

    Args:
        definitions: What holds now; the same object for as long as nothing changes.
        caller: What makes the caller the same one again; of a withheld number the call itself.
    """

    def __init__(self, definitions: Callable[[], Definitions], caller: str) -> None:
        self._definitions = definitions
        self._seen = definitions()
        variants = {each.name: each.variant_of(caller).name for each in self._seen.experiments.values()}
        self.experiments: Mapping[str, str] = MappingProxyType(variants)
        """The name of this call's variant, by experiment."""
        self._flags = self._chosen(self._seen.plain)

    def current(self) -> Features:
        """The flags now; the same object as before while nothing has changed."""
        definitions = self._definitions()
        if definitions is not self._seen:
            self._seen = definitions
            self._flags = self._chosen(self._flags)
        return self._flags

    def _chosen(self, before: Features) -> Features:
        values: dict[str, object] = {}
        for flag, experiment in self._seen.experiments.items():
            name = self.experiments.get(experiment.name)
            variant = None if name is None else experiment.named(name)
            if variant is not None:
                values[flag] = variant.value
            elif name is None:
                values[flag] = getattr(before, flag)
        return self._seen.plain.model_copy(update=values) if values else self._seen.plain
