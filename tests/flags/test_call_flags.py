"""What one call goes by."""

from types import MappingProxyType

from flags.call_flags import CallFlags
from flags.definitions import Definitions, standing_definitions
from flags.experiments import Experiment, Variant
from flags.features import Features

OPENERS = Experiment("openers", (Variant("on", True, 1), Variant("off", False, 1)))


class Now:
    """What holds, as the test wants it."""

    def __init__(self, **experiments: Experiment) -> None:
        self.set(Features(), **experiments)

    def set(self, plain: Features, **experiments: Experiment) -> None:
        """From now on this holds."""
        self.definitions = Definitions(plain, MappingProxyType(experiments))

    def call(self, caller: str = "+12025550143") -> CallFlags:
        """A call that begins now."""
        return CallFlags(lambda: self.definitions, caller)


def test_without_experiments_all_calls_share_the_flags() -> None:
    """The same object, until it changes."""
    now = Now()
    call = now.call()
    assert call.current() is now.definitions.plain
    assert call.experiments == {}
    now.definitions = standing_definitions(Features(vad_threshold=0.7))
    assert call.current().vad_threshold == 0.7


def test_a_caller_has_their_variant_in_every_call() -> None:
    """And the call can say which."""
    now = Now(openers_enabled=OPENERS)
    for caller in ("+12025550143", "+12025550144", "+12025550145", "+12025550146"):
        first, second = now.call(caller), now.call(caller)
        variant = OPENERS.variant_of(caller)
        assert first.experiments == second.experiments == {"openers": variant.name}
        assert first.current().openers_enabled is variant.value
        assert first.current() is first.current()


def test_an_experiment_that_begins_later_leaves_the_call_alone() -> None:
    """What it has no part in changes nothing for it; other flags change."""
    now = Now()
    now.set(Features(recognition_retry_max=1))
    call = now.call()
    retries = Experiment("retries", (Variant("five", 5, 1),))
    now.set(Features(vad_threshold=0.7), recognition_retry_max=retries)
    assert (call.current().recognition_retry_max, call.current().vad_threshold) == (1, 0.7)
    assert call.experiments == {}
    assert now.call().current().recognition_retry_max == 5


def test_a_variant_may_get_another_value() -> None:
    """The call keeps its variant, whatever the weights are now."""
    now = Now(recognition_retry_max=Experiment("retries", (Variant("some", 3, 1), Variant("many", 9, 0))))
    call = now.call()
    now.set(Features(), recognition_retry_max=Experiment("retries", (Variant("some", 4, 0), Variant("many", 9, 1))))
    assert call.current().recognition_retry_max == 4
    assert call.experiments == {"retries": "some"}


def test_what_ends_ends_for_the_call_too() -> None:
    """The experiment, or the variant."""
    retries = Experiment("retries", (Variant("some", 5, 1),))
    now = Now(recognition_retry_max=retries)
    call = now.call()
    now.set(Features(), recognition_retry_max=Experiment("retries", (Variant("others", 7, 1),)))
    assert call.current().recognition_retry_max == Features().recognition_retry_max
    now.set(Features(recognition_retry_max=2))
    assert call.current().recognition_retry_max == 2
    assert call.experiments == {"retries": "some"}
