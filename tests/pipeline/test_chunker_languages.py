"""Streamed text to speakable chunks, in the five languages that we speak.

The law of blanks: chunks joined are the text, blank for blank. The blank behind a mark
belongs to the chunk that it ends; further ones begin the next.
"""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.chunker import Chunker

NBSP, NARROW = "\u00a0", "\u202f"


def chunks_of(text: str, language: str, places: list[int] | None = None, **settings: int) -> list[str]:
    """All chunks of a text that comes in deltas, which end at these places."""
    chunker = Chunker(language=language, **settings)
    borders = [0, *sorted(places or []), len(text)]
    chunks = [chunk for begin, end in pairwise(borders) for chunk in chunker.feed(text[begin:end])]
    return chunks + chunker.flush()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", ["Bonjour ! ", "Ça va ? ", "Oui : ", "très bien ; ", "merci… ", "Et vous ?"]),
        ("fr", [f"Vraiment{NBSP}? ", f"Oui{NARROW}! ", "Bien."]),
        ("fr", [f"«{NBSP}D'accord.{NBSP}» ", "Il a raccroché."]),
        ("fr", ["M. et Mme Dupont, 12 av. Foch, p. ex. au n° 5. ", "Cf. le Dr. Petit. ", "Merci."]),
        ("fr", ["Cela coûte 1 234,50 € à 15 h 30, soit 3,5 %. ", "D'accord ?"]),
        ("fr", ["Le 1er janv. 2026 à 15h30. ", "Entendu."]),
        ("es", ["¡Hola! ", "¿Qué tal? ", "¿Y usted? ", "¡Muy bien!"]),
        ("es", ["¿De verdad?, me dijo. ", "¡No!, contesté. ", "Eso es todo."]),
        ("es", ["El Sr. López y la Dra. Ruiz, p. ej. en la Avda. Mayor núm. 5. ", "Vale."]),
        ("es", ["A las 9:30 a. m. del 3 de mayo, en EE. UU. y aquí, por 1.234,50 euros. ", "Bien."]),
        ("de", ["Hallo! ", "Wie geht's? ", "„Gut“, sagt er. ", "„Danke.“ ", "Ende."]),
        ("de", ["Am 3. Mai, d. h. am Montag, um 14.30 Uhr, z. B. bei Dr. Meier. ", "Gut."]),
        ("de", ["Vom 10. bis 12. Mai, i. d. R. Montags, ca. 3,5 bzw. 1.234,50 Euro. ", "Ja?"]),
        ("de", ["Das kostet 25 Euro. ", "Der 2. Weltkrieg, u. a. Das weiß man. ", "Nein."]),
        ("zh", ["您好。", "请问有什么可以帮您？", "好的！", "谢谢；", "再见"]),
        ("zh", ["他说：", "“好的。”", "然后走了。"]),
        ("zh", ["一共3.5元，在12:30，第3.2节，1,234.50元。", "对吗？"]),
        ("zh", ["请看https://a.cn/b?c=1。", "或写信到a.b@c.cn，好吗？", "《保险。》", "好"]),
        ("zh", ["您好……", "请稍等——我查一下。", "好"]),
    ],
)
def test_sentences_of_every_language(language: str, expected: list[str]) -> None:
    """Each text is cut into just these sentences, character by character or at once."""
    text = "".join(expected)
    assert chunks_of(text, language, first_clause_min_characters=999) == expected
    assert chunks_of(text, language, list(range(len(text))), first_clause_min_characters=999) == expected


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("fr", "Bien sûr, je regarde tout de suite.", "Bien sûr,"),
        ("es", "Por supuesto, lo miro ahora mismo.", "Por supuesto,"),
        ("de", "Selbstverständlich, ich sehe gleich nach.", "Selbstverständlich,"),
        ("zh", "当然可以没有问题的，我马上为您查询。", "当然可以没有问题的，"),
        ("fr", "Cela coûte 3,5 euros, environ.", "Cela coûte 3,5 euros, "),
        ("de", "Das kostet 3,5 Euro, ungefähr.", "Das kostet 3,5 Euro, "),
    ],
)
def test_the_first_clause_of_every_language(language: str, text: str, first: str) -> None:
    """What the caller waits for ends at the first comma that separates words."""
    assert chunks_of(text, language, first_clause_min_characters=8)[0] == first


# --- laws ------------------------------------------------------------------------------------------------

WORDS = {
    "en": "please call us back tomorrow about your claim thank you very well",
    "fr": "nous vous rappelons demain à propos de votre déclaration très bien",
    "es": "le llamamos mañana sobre su parte muy bien señora aquí",
    "de": "wir rufen morgen wegen Ihrer Meldung zurück sehr gern Straße",
    "zh": "我们 明天 给您 回电话 关于 您的 理赔 非常好",
}
ABBREVIATIONS = {
    "en": ["Mr. Smith", "Dr. Jones", "e.g. This", "U.S. Army", "No. 5", "5 p.m. Eastern", "approx. 5", "i.e. That"],
    "fr": [
        "M. Dupont",
        "Mme. Petit",
        "Dr. Petit",
        "p. ex. Paris",
        "av. Foch",
        "n° 5",
        "env. 5",
        "c.-à-d. Lyon",
        "cf. Annexe",
    ],
    "es": [
        "Sr. López",
        "Sra. Ruiz",
        "Dra. Gil",
        "p. ej. Madrid",
        "EE. UU. y",
        "EE.UU. y",
        "núm. 5",
        "a. m. del",
        "Avda. Mayor",
    ],
    "de": [
        "Dr. Müller",
        "Fr. Meier",
        "z. B. Bremen",
        "z.B. Bremen",
        "d. h. Montag",
        "u. a. Bremen",
        "Nr. 7",
        "ca. 5",
        "3. Mai",
        "21. Oktober",
        "Hauptstr. 5",
        "bzw. Herr",
        "i. d. R. Montag",
        "ggf. Frau",
        "10. bis",
    ],
    "zh": ["Mr. Wang", "No. 5", "Dr. Li"],
}
NUMBERS = {
    "en": ["3.5", "1,234.50", "12:30", "10%", "$5.20"],
    "fr": ["3,5", f"1{NARROW}234,50", f"12,50{NBSP}€", "15h30", "12:30", f"10{NBSP}%", "01.02.2026", "06 12 34 56 78"],
    "es": ["3,5", "1.234,50", "12:30", f"10{NBSP}%", "5,20"],
    "de": ["3,5", "1.234,50", "14.30", "12:30", f"10{NBSP}%", "16.11.2026", "030 2312 5007"],
    "zh": ["3.5", "1,234.50", "12:30", "12：30", "３．５", "3.5％"],
}
ADDRESSES = st.sampled_from(
    [
        "jean.dupont@exemple.fr",
        "max-meier_2@web.de",
        "www.example.com/x",
        "https://example.com/a.b?c=1;d=2!e:3,4",
        "http://a.es/¿no",
        "example.com",
        "192.168.10.20",
    ]
)
GLUES = {
    "en": [" ", " (", ") ", ", ", ". ", "! ", "? ", ": ", "\n", ' "', '." ', " — "],
    "fr": [" ", ", ", ". ", " ! ", f"{NBSP}? ", f"{NARROW}! ", " : ", " ; ", f" «{NBSP}", f"{NBSP}» ", "… ", "\n"],
    "es": [" ", ", ", ". ", "! ", "? ", " ¿", " ¡", ": ", "; ", "\n", " «", "» "],
    "de": [" ", ", ", ". ", "! ", "? ", " „", "“ ", ": ", " – ", "\n", ".“ "],
    "zh": ["，", "。", "！", "？", "；", "：", "“", "”", "、", "（", "）", "……", "——", "《", "》", "\n"],
}


@st.composite
def spoken_texts(draw: st.DrawFn) -> tuple[str, str, list[tuple[int, int]]]:
    """A language, a text in it, and where its numbers, addresses and abbreviations stand."""
    language = draw(st.sampled_from(sorted(WORDS)))
    words = st.sampled_from(WORDS[language].split())
    items = st.one_of(st.sampled_from(NUMBERS[language]), st.sampled_from(ABBREVIATIONS[language]), ADDRESSES)
    glue = st.sampled_from(GLUES[language])
    text, spans = "", []
    for _ in range(draw(st.integers(1, 12))):
        gap = "" if language == "zh" else " "
        for _ in range(draw(st.integers(1, 4))):
            text += draw(words) + gap
        item = draw(items)
        spans.append((len(text), len(text) + len(item)))
        text += item + draw(glue)
    return language, text, spans


@given(spoken_texts(), st.sampled_from([64, 100, 200]), st.data())
def test_nothing_that_belongs_together_is_cut(
    spoken: tuple[str, str, list[tuple[int, int]]], maximum: int, data: st.DataObject
) -> None:
    """However the text comes: joined it is the text, and no number, address or abbreviation is cut."""
    language, text, spans = spoken
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=20))
    chunks = chunks_of(text, language, places, maximum_characters=maximum)
    assert "".join(chunks) == text
    assert chunks == chunks_of(text, language, maximum_characters=maximum)
    position = 0
    for chunk in chunks:
        position += len(chunk)
        assert not any(begin < position < end for begin, end in spans), (text, chunk)


@given(st.text(), st.sampled_from(sorted(WORDS)), st.data())
def test_any_text_comes_out_as_it_went_in(text: str, language: str, data: st.DataObject) -> None:
    """Whatever it is, and however it is split: nothing added, lost or trimmed."""
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert "".join(chunks_of(text, language, places)) == text
