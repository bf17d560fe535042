"""Reading a folder of topics."""

from pathlib import Path

import pytest

from agent.topics.reading import read_folder
from agent.topics.values import Ask, Message
from tests.support.topics import read

SAMPLE = Path(__file__).parents[3] / "topics"
RIGHT = "topic: {name}\ntitle: T\ntriggers: [{name} please]\nsteps: [message: Hi.]\n"


def test_the_sample_is_right() -> None:
    """What is shipped is read, with all that is in it."""
    found = read_folder(SAMPLE)
    assert found.mistakes == ()
    (xbox,) = found.topics
    assert (xbox.name, xbox.languages) == ("xbox", ("en",))
    assert xbox.triggers["en"][:2] == ("xbox", "gaming")
    first = xbox.steps[0]
    assert isinstance(first, Ask)
    assert [step.number for step in xbox.all_steps()] == list(range(1, 9))


def test_every_file_is_read_though_one_is_broken(tmp_path: Path) -> None:
    """Other files are left alone; a name that is taken, bytes that are no text and too much of it are told."""
    (tmp_path / "a.yaml").write_text(RIGHT.format(name="one"))
    (tmp_path / "b.yml").write_text(RIGHT.format(name="one"))
    (tmp_path / "c.yaml").write_bytes(b"topic: \xff\xfe")
    (tmp_path / "d.yaml").write_text("#" * 300_000)
    (tmp_path / "e.yaml").write_text("topic: five\nsteps: []")
    (tmp_path / "f.yaml").write_text(RIGHT.format(name="six"))
    (tmp_path / "readme.txt").write_text("no topic")
    found = read_folder(tmp_path)
    assert [topic.name for topic in found.topics] == ["one", "six"]
    assert found.files == 6
    assert "five" in found.names
    assert [str(each).removeprefix(f"{tmp_path}/") for each in found.mistakes] == [
        f"b.yml:1: the topic 'one' is in {tmp_path}/a.yaml already",
        "c.yaml:1: the file is not written in UTF-8",
        "d.yaml:1: the file is larger than 256 kB",
        "e.yaml:1: a topic needs title:",
    ]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """As an editor on Windows writes it."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbf" + RIGHT.format(name="one").encode())
    assert read_folder(tmp_path).mistakes == ()


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("topic: My Topic\ntitle: T", "1: the name 'My Topic' must be of small letters, digits and _: my_topic"),
        ("title: T", "1: a topic needs topic:"),
        ("topic: a\ntitle: [T]", "2: title must be a text; quotation marks let it hold a colon or a brace"),
        ("topic: a\ntitle: '{x}'", "2: title can hold no variable"),
        ("topic: a\ntitle: T\nlanguages: [xx_YY, en, en]", "3: 'xx_YY' is no language: write en, or fr-CA"),
        ("topic: a\ntitle: T\ntriggers: {fr: [x]}", "3: 'fr' is no language of this topic, which has en"),
        ("topic: a\ntitle: T\nname: x", "3: a topic has no key 'name'"),
    ],
)
def test_what_is_wrong_with_the_head_is_told(head: str, told: str) -> None:
    """Each with its line."""
    _, mistakes = read(f"{head}\nsteps: [message: Hi.]")
    assert told in mistakes


def test_a_file_that_is_no_topic_is_told() -> None:
    """A list, or a text."""
    assert read("- a")[1][0] == "1: a topic must be written as key: value"


def test_texts_stand_in_every_language_of_the_topic() -> None:
    """What is missing in one is told; who speaks neither is spoken to in the first."""
    topics, mistakes = read(
        """\
        topic: hours
        title: {en: our hours, fr: nos horaires}
        languages: [en, fr-CA]
        triggers: {en: [when are you open], fr: [horaires]}
        steps:
          - message: {en: At nine., fr: À neuf heures.}
          - message: Goodbye.
          - message: {en: Bye.}
        """
    )
    assert mistakes == [
        "7: message must be given in each language of the topic: en: …, fr-CA: …",
        "8: message is missing in fr-CA, a language of this topic",
    ]
    first = topics[0].steps[0]
    assert isinstance(first, Message)
    assert [first.text.in_language(tag) for tag in ("en-US", "fr", "de")] == ["At nine.", "À neuf heures.", "At nine."]
