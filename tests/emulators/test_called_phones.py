"""Who is expected to be called."""

from emulators.called_phones import CalledPhones, ExpectedCall
from emulators.network_script import Reaction
from emulators.phone_call import CallOptions
from emulators.scenario import Scenario


def expected(name: str) -> ExpectedCall:
    """A call, told by its scenario's name."""
    return ExpectedCall(Scenario(name, ()), (), reaction=Reaction(), options=CallOptions(), listener=lambda event: None)


def test_each_entry_is_one_call() -> None:
    """In order, for each number; what is left is known."""
    phones = CalledPhones()
    for number, name in (("+1", "first"), ("+1", "second"), ("+2", "other")):
        phones.expect(number, expected(name))
    first = phones.take("+1")
    assert first is not None
    assert first.scenario.name == "first"
    assert phones.unconsumed == ["+1", "+2"]
    phones.take("+1")
    assert phones.take("+1") is None
    assert phones.take("+3") is None
