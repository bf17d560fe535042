"""Streamed text to speakable chunks."""

import string
import sys
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.chunker import Chunker


def chunks_of(deltas: Iterable[str], chunker: Chunker | None = None) -> list[str]:
    """All chunks of a reply."""
    chunker = chunker or Chunker()
    chunks = [chunk for delta in deltas for chunk in chunker.feed(delta)]
    return chunks + chunker.flush()


SENTENCES = {
    "marks": ["Hello. ", "How are you? ", "Fine! ", "So: ", "this; ", "that."],
    "runs of marks": ["Really?! ", "No!!! ", "Yes."],
    "newline": ["First\n", "Second\n", "\nThird"],
    "carriage return": ["First.\r\n", "Second.\r\n", "Third"],
    "only one blank belongs to the mark": ["One. ", "  Two."],
    "decimals": ["It is 3.5 or 1,000.25 or 12:30 today. ", "Good."],
    "number at the end": ["It was in 2024. ", "Then 3.5. ", "Right?"],
    "list": ["Steps:\n", "1. Call us.\n", "2. Write to us. ", "3. Wait."],
    "bold list": ["**1.** Call us.\n", "**2.** Wait."],
    "email": ["Write to john.smith@mail.example.com. ", "Thanks."],
    "url": ["See https://example.com/a.b?c=1;d=2!e:3. ", "Or www.example.com/x, if you like. ", "Bye."],
    "file and product names": ["Use Node.js or .NET 8.0 there. ", "Fine."],
    "titles": ["Mr. Smith and Dr. Jones met Mrs. Brown. ", "They spoke."],
    "dotted letters": ["In the U.S. Army, at 5 p.m. Eastern, e.g. Monday. ", "Good."],
    "initials": ["J. R. R. Tolkien and J.R.R. Tolkien. ", "Both."],
    "No. as a number": ["It is No. 5 or no. 700. ", "Good."],
    "No. as an answer": ["No. ", "I cannot do that."],
    "may end": ["Rings, coins, etc. are covered. ", "So are watches, etc. ", "The rest is not."],
    "ellipsis goes on": ["Well... maybe … yes. ", "Fine."],
    "ellipsis ends": ["Let me see... ", "Here it is… ", "Good."],
    "word ending in t": ["I can't. ", "You don’t. ", "Fine."],
    "closing quotes": ['She said "Stop." ', "(Really!) ", "“Why?” ", "Fine."],
    "quoted exclamation goes on": ['"Stop!" he said. ', "Then left."],
    "bold sentence": ["**Done.** ", "Next."],
    "nothing to say is no chunk": ["... ! -- Yes. ", "No."],
    "Chinese": ["你好。", "我是3.5号！", "真的？", "好；", "行"],
    "Japanese quotes": ["「行きます。」", "と言った。"],
    "Chinese with narrow marks": ["你好!", "真的?", "对."],
    "Chinese ellipsis": ["嗯……", "我想想。", "好"],
    "Chinese times and numbers": ["现在是12：30分，共3．5元。", "好"],
    "Chinese around a token": ["请写信到a.b@c.com。", "或看https://a.cn/b?c。", "谢谢"],
    "Arabic": ["كيف حالك؟ ", "الرقم ١٫٥ و ١٬٠٠٠ جيد. ", "نعم"],
    "Hindi": ["नमस्ते। ", "दाम १.५ है। ", "ठीक"],
}


@pytest.mark.parametrize("expected", SENTENCES.values(), ids=SENTENCES.keys())
@pytest.mark.parametrize("language", ["en", None])
def test_sentences(expected: list[str], language: str | None) -> None:
    """Each text is cut into just these sentences, character by character or at once."""
    text = "".join(expected)
    # No clauses: they have their own tests.
    assert chunks_of(text, Chunker(language=language, first_clause_min_characters=999)) == expected
    assert chunks_of([text], Chunker(language=language, first_clause_min_characters=999)) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ["Il dit : ", "« Bonjour ! ", "Ça va ? » puis rien. ", "M. Dupont habite av. Foch, p. ex. au no. 5."]),
        ("fr", ["«\u00a0Vraiment\u00a0!\u00a0» ", "Oui."]),
        ("es", ["¿Qué tal? ", "¡Hola! ", "El Sr. López y la Sra. Ruiz viven en EE.UU. desde 2024. ", "Vale."]),
        ("de", ["Am 3. Oktober, z. B. in der Hauptstr. 5, d. h. bei Nr. 7. Dann nicht. ", "Gut usw. ", "Ende."]),
        ("en", ["Your total is 25. ", "Is that right?"]),
        (None, ["Your total is 25. Is that right?"]),
    ],
)
def test_languages(language: str | None, expected: list[str]) -> None:
    """Each language has its own abbreviations, quotes and ordinals."""
    assert chunks_of("".join(expected), Chunker(language=language, first_clause_min_characters=999)) == expected


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Let me look that up for you, it takes a moment, sir.", "Let me look that up for you,"),
        ("Sure, let me look that up for you, it takes a moment.", "Sure, let me look that up for you,"),
        ("Let me look that up for you — it takes a moment.", "Let me look that up for you — "),
        ("Let me look that up for you - it takes a moment.", "Let me look that up for you - "),
        ("Let me look that up for you -- it takes a moment.", "Let me look that up for you -- "),
        ("Let me look that up for you—it takes a moment.", "Let me look that up for you—"),
        ("Your claim is worth about 1,000,000 dollars, I think.", "Your claim is worth about 1,000,000 dollars, "),
        ("We are open on these days: 10–20 or 5 – 7 May.", "We are open on these days: "),
        (
            "We are open on these days 10–20 or 5 – 7 or 1 - 2 May",
            "We are open on these days 10–20 or 5 – 7 or 1 - 2 May",
        ),
        ("A well-known and long-standing problem - indeed", "A well-known and long-standing problem - "),
        (
            "你好请稍等一下我马上为您查询这个问题的详细答案和说明，很快就好",
            "你好请稍等一下我马上为您查询这个问题的详细答案和说明，",
        ),
        ("Things such as coins, rings, e.g., gold ones are fine.", "Things such as coins, rings,"),
    ],
)
def test_first_chunk_may_end_at_a_clause(text: str, first: str) -> None:
    """The first chunk ends at the first comma or dash after 25 characters, but not inside a number."""
    assert chunks_of([text], Chunker(language="en"))[0] == first


def test_first_clause_waits_for_nothing() -> None:
    """A comma after a plain word is enough; what comes next may be a token later. One that may be no clause waits."""
    for clause in ("Thank you,", "Of course,"):
        assert Chunker(language="en", first_clause_min_characters=8).feed(clause) == [clause]
    for doubtful in ("It costs 1,", '"Well, well,', "Write to a.b,", "See example.org/list,"):
        assert Chunker(language="en", first_clause_min_characters=8).feed(doubtful) == []


def test_later_chunks_are_sentences() -> None:
    """Only the first chunk ends at a clause, and after ``flush`` the next one is first again."""
    reply = "Yes. I have looked that up for you now, and it is fine, really."
    chunker = Chunker()
    assert chunks_of([reply], chunker) == ["Yes. ", reply[5:]]
    assert chunks_of([reply[5:]], chunker)[0] == "I have looked that up for you now,"


def test_first_chunk_minimum() -> None:
    """A first chunk that would be too short goes on to the next mark; later ones are not held back."""
    chunker = Chunker(first_chunk_min_characters=6)
    assert chunks_of(["Yes. No. Go. Hi. So."], chunker) == ["Yes. No. ", "Go. ", "Hi. ", "So."]


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("Hello. ", "Hello. "),
        ("No. I", "No. "),
        ("你好。我", "你好。"),
        ("你好\n", "你好\n"),
        ('He said "Go!" S', 'He said "Go!" '),
    ],
)
def test_a_chunk_comes_as_soon_as_it_is_certain(text: str, needed: str) -> None:
    """The last character of each text decides: not one more is waited for, not one less is enough."""
    chunker = Chunker()
    assert chunker.feed(text[:-1]) == []
    assert chunker.feed(text[-1]) == [needed]


def test_maximum_prefers_a_clause_then_a_blank() -> None:
    """A sentence that is too long is cut at its last clause, or else its last blank."""
    chunker = Chunker(maximum_characters=40, first_clause_min_characters=999)
    text = "one two three four five six, seven eight nine ten eleven twelve thirteen fourteen fifteen"
    assert chunks_of([text], chunker) == [
        "one two three four five six, ",
        "seven eight nine ten eleven twelve ",
        "thirteen fourteen fifteen",
    ]


def test_maximum_keeps_names_and_numbers_together() -> None:
    """A chunk that is too long is not cut after a title or between the groups of a number."""
    chunker = Chunker(maximum_characters=24)
    assert chunks_of(["please ask for our Dr. Smith now"], chunker) == ["please ask for our ", "Dr. Smith now"]
    assert chunks_of(["please ring +1 425 555 0100 today"], chunker) == ["please ring ", "+1 425 555 0100 today"]


def test_text_without_blanks() -> None:
    """Scripts without blanks are cut at the maximum, but not inside a number or before a comma."""
    chunks = chunks_of(["漢字" * 150])
    assert [len(chunk) for chunk in chunks] == [200, 100]
    chunker = Chunker(maximum_characters=10, first_clause_min_characters=999)
    assert chunks_of(["漢字漢字漢字1,000円です"], chunker) == ["漢字漢字漢字", "1,000円です"]
    assert chunks_of(["漢字漢字漢字漢字漢字、漢字"], chunker) == ["漢字漢字漢字漢字漢", "字、漢字"]


def test_stream_without_any_boundary() -> None:
    """A stream that never ends a sentence is spoken all the same."""
    chunker = Chunker()
    chunks = [chunk for _ in range(1000) for chunk in chunker.feed("word ")]
    assert len(chunks) == 5000 // 200 - 1  # the last one may still go on
    assert max(map(len, chunks)) <= 200
    assert [len(chunk) for chunk in chunks_of(["a" * 500])] == [200, 200, 100]


def test_one_token_longer_than_the_maximum() -> None:
    """A URL is whole even when it is longer than the maximum, up to a sensible length."""
    url = "https://example.com/" + "path/" * 60
    assert chunks_of([f"See {url} now. Bye."]) == ["See ", url + " ", "now. ", "Bye."]
    assert len(chunks_of(["https://example.com/" + "path/" * 1000])) == 3


def test_a_letter_and_its_accent_stay_together() -> None:
    """A word that must be cut is not cut before a combining mark."""
    chunks = chunks_of(["e\u0301" * 101 + "e"], Chunker(maximum_characters=65))
    assert len(chunks) > 1
    assert not any(chunk.startswith("\u0301") for chunk in chunks)


def test_nothing_fed() -> None:
    """No text gives no chunk; blanks alone are given back at the end."""
    assert chunks_of([]) == []
    assert chunks_of(["", ""]) == []
    assert chunks_of([" ", "\n"]) == [" \n"]


def test_maximum_must_leave_room() -> None:
    """A maximum below two characters is a mistake of the caller."""
    with pytest.raises(ValueError, match="at least 2"):
        Chunker(maximum_characters=1)


# --- laws ------------------------------------------------------------------------------------------------

MARKS = " \n\t\r\u00a0\u3000.!?;:…,-—。？！；，、「」«»()\"'*“”’ーaBZ71你é\u0301"
PIECES = [
    "...",
    "Mr.",
    "No.",
    "e.g.",
    "ไทย",
    "https://a.b/c",
    "a@b.com",
    "1.",
    "3.5",
    "word",
    "etc.",
    "--",
    "👩\u200d👩",
]
SNIPPETS = st.sampled_from([*MARKS, *PIECES])
TEXTS = st.one_of(st.text(), st.lists(SNIPPETS, max_size=60).map("".join))
CHUNKERS = st.builds(
    Chunker,
    language=st.sampled_from([None, "en", "fr", "es", "de", "zh"]),
    maximum_characters=st.sampled_from([2, 10, 64, 200]),
    first_chunk_min_characters=st.sampled_from([1, 8]),
    first_clause_min_characters=st.sampled_from([1, 25]),
)


@given(TEXTS, CHUNKERS)
def test_chunks_joined_are_the_text(text: str, chunker: Chunker) -> None:
    """Nothing is added, lost or changed, and no chunk is empty."""
    chunks = chunks_of([text], chunker)
    assert "".join(chunks) == text
    assert all(chunks)


@given(TEXTS, CHUNKERS, st.data())
def test_deltas_do_not_matter(text: str, chunker: Chunker, data: st.DataObject) -> None:
    """However a text is split on its way, the same chunks come out."""
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=10))
    borders = [0, *sorted(places), len(text)]
    deltas = [text[begin:end] for begin, end in pairwise(borders)]
    whole = chunks_of([text], chunker)
    assert chunks_of(deltas, chunker) == whole
    assert chunks_of(text, chunker) == whole


@given(TEXTS)
def test_chunks_do_not_depend_on_what_follows(text: str) -> None:
    """A chunk that was given out stays the same, whatever is said next."""
    chunker = Chunker()
    early = chunker.feed(text)
    chunker.flush()
    assert chunks_of([text, " And more. 而且。"], chunker)[: len(early)] == early


WORD = st.text(string.ascii_lowercase, min_size=3, max_size=8).filter(
    lambda word: word not in {"www"} and not word.endswith("str")
)
NUMBER = st.one_of(
    st.decimals(0, 99_999, places=2).map(str),
    st.integers(1000, 10**9).map("{:,}".format),
    st.times().map(lambda time: time.strftime("%H:%M")),
    st.from_regex(r"[١-٩][٠-٩]{0,2}[.٫٬][٠-٩]{3}", fullmatch=True),
    st.from_regex(r"[1-9]{1,3}(\.[0-9]{1,3}){3}", fullmatch=True),
)
EMAIL = st.builds("{}.{}@{}.co.uk".format, WORD, WORD, WORD)
URL = st.builds("https://www.{}.com/{}.{}?q={}&t=12:30;x!y".format, WORD, WORD, WORD, NUMBER)
ABBREVIATION = st.sampled_from(
    [
        "Mr. Smith",
        "Dr. Jones",
        "e.g. This",
        "U.S. Army",
        "No. 5",
        "St. Louis",
        "5 p.m. Eastern",
        "a.m. Monday",
        "J. R. Smith",
        "approx. 5",
        "Ph.D. Thesis",
        "i.e. That",
        "vs. Them",
        "Jan. 5",
        "wait... no",
        "hm… well",
    ]
)
TOKEN = st.one_of(NUMBER, EMAIL, URL, ABBREVIATION)
GLUE = st.sampled_from(
    [" ", " ", " (", ") ", ", ", ". ", "! ", "? ", ": ", "\n", ' "', '." ', " — ", "。", "，", "「", "」"]
)


@given(
    st.lists(st.tuples(WORD, st.sampled_from([" ", ' "', " (", "你好", "「"]), TOKEN, GLUE), min_size=1, max_size=12),
    st.sampled_from([64, 100, 200]),
    st.sampled_from([None, "en"]),
)
def test_no_token_is_cut(parts: list[tuple[str, str, str, str]], maximum: int, language: str | None) -> None:
    """Numbers, times, addresses and abbreviations come out whole, whatever stands around them."""
    text, spans = "", []
    for word, before, token, after in parts:
        text += word + before
        spans.append((len(text), len(text) + len(token)))
        text += token + after
    position = 0
    for chunk in chunks_of([text], Chunker(language=language, maximum_characters=maximum)):
        position += len(chunk)
        assert not any(begin < position < end for begin, end in spans), (text, chunk)


@given(st.lists(WORD, min_size=1, max_size=400).map(" ".join))
def test_no_chunk_of_words_is_longer_than_the_maximum(text: str) -> None:
    """Words that never end a sentence are cut between two of them, and none is too long."""
    chunks = chunks_of([text])
    assert max(map(len, chunks)) <= 200
    assert all(chunk.endswith(" ") for chunk in chunks[:-1])


@pytest.mark.parametrize(
    "unit",
    [
        "word ",
        "a",
        "1 ",
        "J. ",
        "Mr. ",
        "漢",
        "1.",
        "...",
        "http://a.b/",
        "! ",
        "a, ",
        "a " + "b" * 199 + " ",
        " ",
        "a" + " " * 300,
    ],
)
def test_work_is_linear(unit: str) -> None:
    """Four times the text takes four times the steps, not sixteen: steps are counted, not timed."""
    short, long = (_steps_for(unit * (count // len(unit))) for count in (10_000, 40_000))
    assert long < 5 * short


def _steps_for(text: str) -> int:
    """How many functions are called to cut a text: one per character that is read, and a few more."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    chunker = Chunker()
    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        chunks_of([text], chunker)
    finally:
        sys.setprofile(previous)
    return calls
