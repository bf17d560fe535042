"""The check after the replacing: it finds what was forgotten, and tells kinds alone."""

import pytest

from calls.export.known import Known
from calls.export.leaks import left_over


@pytest.mark.parametrize(
    ("text", "known", "kinds"),
    [
        ("Thanks, ROBERT.", Known("NAME", "Robert Miller"), ["NAME"]),
        ("robert-miller was here", Known("NAME", "Robert Miller"), ["NAME"]),
        ("王 小 明", Known("NAME", "王小明"), ["NAME"]),
        ("call five five five oh one four three", Known("PHONE", "+16175550143"), ["PHONE"]),
        ("call 5 5 5 - 0 1 4 3", Known("PHONE", "+16175550143"), ["PHONE"]),
        ("robert miller example com", Known("EMAIL", "robert.miller@example.com"), ["EMAIL"]),
        ("in boston then", Known("ADDRESS", "12 Oak Street, Boston"), ["ADDRESS"]),
        ("number 471 100 12", Known("POLICY", "PX-47110012"), ["POLICY"]),
        ("a@b.com", Known("NAME", "Nobody Here"), ["EMAIL"]),
        ("4111 1111 1111 1111", Known("NAME", "Nobody Here"), ["CARD"]),
        ("DE89370400440532013000", Known("NAME", "Nobody Here"), ["IBAN"]),
        ("[NAME_1] said [PHONE_1] millers", Known("NAME", "Robert Miller"), []),
        ("I will come in May", Known("NAME", "Will May"), []),
        ("Will May came", Known("NAME", "Will May"), ["NAME"]),
    ],
)
def test_what_is_left(text: str, known: Known, kinds: list[str]) -> None:
    """By plain words, and by all of the digits."""
    assert left_over([text], [known]) == kinds


def test_texts_do_not_run_into_each_other() -> None:
    """The end of one and the beginning of another make no name."""
    assert left_over(["I saw Will", "May I?"], [Known("NAME", "Will May")]) == []
    assert left_over([], [Known("NAME", "Ann")]) == []
