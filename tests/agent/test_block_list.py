"""Words that are not to be said."""

import pytest

from agent.block_list import BlockList, BlockWatch
from agent.errors import InvalidTerm

TERMS = (
    "Contoso",
    "North Wind",
    "competitor",
    "ass",
    "kill",
    "Ford*",
    "*bank",
    "118118",
    "Café",
    "康托索",
    "大便",
    "コンビ",
    "ありがた",
    "콘토소",
    "خصم",
    "קונטוסו",
    "धोखा",
    "ชั่ว",
    "Газпром",
    "cunt",
)
BLOCK_LIST = BlockList(TERMS, allowed=("大便宜", "kill switch"))


@pytest.mark.parametrize(
    "text",
    [
        "Contoso",
        "We are better than CONTOSO!",
        "Ask Cóntoso's people.",
        "c0nt0so",
        "c0mpet1tor",
        "C o n t o s o",
        "It is spelled C-O-N-T-O-S-O.",
        "a C.o.n.t.o.s.o policy",
        "Con-to-so",
        "Con\u200btoso",
        "contosooooo",
        "Соntоsо",
        "ＣＯＮＴＯＳＯ",
        "contoso2024",
        "contoso_insurance",
        "north wind",
        "NorthWind",
        "north-wind",
        "kkkill",
        "a$$",
        "Fordson",
        "Deutsche Sparkassenbank",
        "call 118118 now",
        "cafe",
        "我们比康托索便宜",
        "康 托 索",
        "コンビ を見た",
        "本当にありがたい",
        "콘토소는 비쌉니다",
        "콘토소입니다",
        "وخصم",
        "الخصم",
        "הקונטוסו",
        "वह धोखा है",
        "คนชั่วมาก",
        "ГАЗПРОМ",
        "your kill switch can kill",
    ],
)
def test_a_term_is_found_in_every_disguise(text: str) -> None:
    """Any script, casing, spelling and spacing."""
    assert BLOCK_LIST.finds(text)


@pytest.mark.parametrize(
    "text",
    [
        "contosoling",
        "The wind comes from the north.",
        "competition",
        "class, assess, passenger, glass",
        "Scunthorpe",
        "S c u n t h o r p e",
        "Killarney, skill, killer whale? No: Killarney.".replace("killer whale? No: ", ""),
        "K I L L E R M A N N",
        "at 455 Main Street",
        "the year 2118118",
        "affordable",
        "the banker",
        "cafeteria",
        "便宜大",
        "大便宜了",
        "コンビニ",
        "콘토소리아",
        "मधोखाली",
        "Press the kill switch.",
        "as soon as possible",
        "b-a-s-s",
        "",
    ],
)
def test_innocent_words_are_let_through(text: str) -> None:
    """A term inside of another word is no term, nor a number that looks like one, nor what is allowed."""
    assert not BLOCK_LIST.finds(text)


def test_a_phrase_over_two_chunks_is_found_when_it_is_complete() -> None:
    """Each chunk is judged with what went before; what was judged already is not found again."""
    watch = BlockWatch(BLOCK_LIST)
    assert not watch.finds("It blows from the north ")
    assert watch.finds("wind today.")
    assert not watch.finds(" And else?")
    spelled = BlockWatch(BLOCK_LIST)
    assert [spelled.finds(chunk) for chunk in ("C o n ", "t o ", "s o ")] == [False, False, True]


def test_a_term_needs_something_to_be_found() -> None:
    """A wrong term is an error when the list is made, and names itself."""
    with pytest.raises(InvalidTerm, match=r"'\*' has neither"):
        BlockList(("word", "*"))
    assert not BlockList(()).finds("anything")
