"""Files are read as documents."""

from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from providers.document_reading import is_readable, read_document
from providers.document_splitting import Section
from providers.errors import UnreadableDocument
from tests.support.pdf_file import pdf_of


def locked(pdf: bytes) -> bytes:
    """The same PDF behind a password."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_markdown_brings_its_title() -> None:
    """Its first heading; else the name of the file."""
    assert read_document("a.md", b"# Glass\nIt breaks.").title == "Glass"
    assert read_document("sub/glass_damage-2.markdown", b"It breaks.").title == "Glass damage 2"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_paragraphs(encoding: str) -> None:
    """Lines are joined, empty ones divide; what a byte order mark says is believed."""
    read = read_document("hours.txt", "We open\r\nat eight.\r\n\r\nCafé: no.".encode(encoding))
    assert read.sections == (Section("", "We open at eight.\nCafé: no."),)


def test_a_pdf_is_read_by_page() -> None:
    """A page without text is passed over; a divided word is whole again."""
    read = read_document("x.pdf", pdf_of(["We insure glass.", "", "Call the insur-\nance now."], title="Our guide"))
    assert read.title == "Our guide"
    assert read.sections == (Section("page 1", "We insure glass."), Section("page 3", "Call the insurance now."))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"caf\xe9", "not UTF-8"),
        ("a.txt", b"a\0b", "no text"),
        ("a.txt", b"  \n\n ", "holds no text"),
        ("a.md", b"# Only a heading", "holds no text"),
        ("a.pdf", b"", "no PDF that can be read"),
        ("a.pdf", b"%PDF-1.4 and then rubbish", "no PDF that can be read"),
        ("a.pdf", pdf_of(["Hello."])[:200], "no PDF that can be read"),
        ("a.pdf", pdf_of(["", ""]), "pictures and no text"),
        ("a.pdf", locked(pdf_of(["Hello."])), "locked by a password"),
    ],
)
def test_what_cannot_be_read_says_why(name: str, content: bytes, reason: str) -> None:
    """Each in words that tell what to do."""
    with pytest.raises(UnreadableDocument, match=reason):
        read_document(name, content)


@pytest.mark.parametrize(("name", "readable"), [("a.MD", True), ("a.pdf", True), ("a.docx", False), ("README", False)])
def test_the_ending_tells_what_is_read(name: str, readable: bool) -> None:
    """In any casing."""
    assert is_readable(name) is readable
