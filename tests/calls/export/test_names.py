"""Names: where they are said, and how they come back."""

import pytest

from calls.export.names import answered, capitalised, folded, introduced, name_expressions, names_in, parts, spelled


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is Robert Miller.", "Robert Miller"),
        ("well my name's robert miller and i", "robert miller"),
        ("I'm Ann, calling about a leak.", "Ann"),
        ("This is Dr. O'Neill-Smith.", "O'Neill-Smith"),
        ("Robert Miller speaking.", "Robert Miller"),
        ("my husband Juan de la Cruz was driving", "Juan de la Cruz"),
        ("Je m'appelle Anne-Sophie Le Goff.", "Anne-Sophie Le Goff"),
        ("Ici Madame Lefèvre.", "Lefèvre"),
        ("me llamo josé garcía y vivo", "josé garcía"),
        ("Ich bin Uwe von der Heide.", "Uwe von der Heide"),
        ("hier spricht Frau Weiß", "Weiß"),
        ("我的名字是欧阳小红。", "欧阳小红"),
        ("我姓王", "王"),
        ("我姓李，叫李雷，", "李雷"),
        ("so my name is, um, Robert Miller", "Robert Miller"),
        ("je m'appelle euh Paul Martin", "Paul Martin"),
    ],
)
def test_names_that_are_said(text: str, name: str) -> None:
    """By those who have them, and of others."""
    assert name in introduced(text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, I am calling about a leak.",
        "This is about my car. It's Monday.",
        "I'm fine, thanks.",
        "C'est bon, je suis désolé.",
        "Ich bin nicht sicher.",
        "Soy cliente de ustedes.",
        "我是说昨天。",
    ],
)
def test_what_is_no_name(text: str) -> None:
    """Words that stand where a name could."""
    assert introduced(text) == []


@pytest.mark.parametrize(
    ("question", "answer", "names"),
    [
        ("What is your name?", "Uh, robert miller.", ["robert miller"]),
        ("Quel est votre nom ?", "Dupont, merci.", ["Dupont"]),
        ("¿Cuál es su nombre?", "María.", ["María"]),
        ("Wie ist Ihr Name?", "Müller bitte", ["Müller"]),
        ("请问您贵姓？", "王小明", ["王小明"]),
        ("What is your name?", "Why would I tell you what my name is, tell me yours first", []),
        ("What is your name?", "No.", []),
        ("What is your name?", "My name is robert miller", ["robert miller"]),
        ("Quel est votre nom ?", "Je m'appelle Dupont.", ["Dupont"]),
        ("Where did it happen?", "Boston.", []),
    ],
)
def test_names_that_answer(question: str, answer: str, names: list[str]) -> None:
    """Only a short answer to a question for one is a name."""
    assert answered(question, answer) == names


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Robert Miller", ["Robert Miller"]),
        ("my name is robert miller", ["robert miller"]),
        ("Ann Smith and my husband Robert", ["Robert", "Ann Smith"]),
        ("Ann Smith, I'm called Robert Lee; Joe", ["Robert Lee", "Ann Smith", "Joe"]),
        ("Je m'appelle Anne Le Goff", ["Anne Le Goff"]),
        ("王小明", ["王小明"]),
    ],
)
def test_names_in_a_value(value: str, names: list[str]) -> None:
    """Without the words around them; one that stands beside an introduction is not lost."""
    assert names_in(value) == names


def test_parts_of_a_name() -> None:
    """Particles mean nobody; of a Chinese name, the given one does."""
    assert parts("Juan de la Cruz-Gil") == ["Juan", "Cruz", "Gil"]
    assert parts("欧阳小红") == ["阳小红"]
    assert parts("王明") == []


def test_names_come_back() -> None:
    """Whole, in parts and spelled; never within a word."""

    def hits(name: str, text: str) -> bool:
        return any(expression.search(folded(text)) for expression in name_expressions(name))

    for text in ("MILLER", "robert", "Miller's", "m-i-l-l-e-r", "M. I. L. L. E. R."):
        assert hits("Robert Miller", text), text
    assert not hits("Robert Miller", "millers roberta")
    assert not any(expression.search("will") for expression in capitalised("Will May"))
    assert any(expression.search("Will.") for expression in capitalised("will may"))


def test_spelling() -> None:
    """Four letters, or three with hyphens; not initials and small words."""
    assert spelled("it is S M I T H, yes") == [(6, 15)]
    assert spelled("A-B-C") == [(0, 5)]
    assert spelled("I a m") == []
    assert spelled("U S A") == []
