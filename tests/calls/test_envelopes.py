"""The envelope of the telephone service's events."""

import pytest

from calls.envelopes import object_at, read_envelopes, required_text_at, text_at, value_at, whole_number_at
from calls.errors import MalformedEvent


@pytest.mark.parametrize(
    "body", [b'{"type":"A","id":"1","data":{"x":1}}', b'[{"eventType":"A","id":"1","data":{"x":1}}]']
)
def test_both_schemas(body: bytes) -> None:
    """An object or an array, CloudEvents or Event Grid: one envelope comes out."""
    (envelope,) = read_envelopes(body).readable
    assert (envelope.kind, envelope.event_id, envelope.data) == ("A", "1", {"x": 1})


def test_a_bad_neighbour_does_no_harm() -> None:
    """One event that cannot be read is refused by itself, with its place."""
    envelopes = read_envelopes(b'[{"type":"A"}, 5, {"id":"2"}, {"type":"B","data":[]}]')
    assert [envelope.kind for envelope in envelopes.readable] == ["A"]
    assert envelopes.refused == (
        "event 1: it is not an object",
        "event 2: type (or eventType) is missing",
        "event 3: data is not an object",
    )


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"NaN", "not JSON"),
        (b'"\\ud800"', "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "no event"),
        (b"null", "neither an event"),
        (b"17", "neither an event"),
        (b'["a", null]', "neither an event"),
    ],
)
def test_unreadable_bodies(body: bytes, reason: str) -> None:
    """A body that is no event at all is refused as a whole, with its reason."""
    with pytest.raises(MalformedEvent, match=reason):
        read_envelopes(body)


def test_keys_in_any_casing() -> None:
    """Keys are found whatever their casing; the exact one wins."""
    assert value_at({"CallConnectionID": "x"}, "callConnectionId") == "x"
    assert value_at({"A": 1, "a": 2}, "a") == 2
    assert value_at({}, "a") is None


def test_typed_reading() -> None:
    """Missing and null are empty; another type is refused by the key's name."""
    assert text_at({"a": None}, "a") == ""
    assert object_at({}, "a") == {}
    assert whole_number_at({"a": 200}, "a") == 200
    assert whole_number_at({"a": True}, "a") == 0
    assert whole_number_at({"a": "200"}, "a") == 0
    with pytest.raises(MalformedEvent, match="a is not a string"):
        text_at({"a": 1}, "a")
    with pytest.raises(MalformedEvent, match="a is not an object"):
        object_at({"a": "x"}, "a")
    with pytest.raises(MalformedEvent, match="a is missing"):
        required_text_at({"a": ""}, "a")
