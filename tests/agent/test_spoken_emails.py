"""E-mail addresses as they are said."""

import pytest

from agent.spoken_emails import INCOMPLETE, NO_AT_SIGN, UnusableAddress, parse_email


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("Robert Dot Miller at example dot com", "robert.miller@example.com"),
        ("robert.miller at example.com", "robert.miller@example.com"),
        ("robert.miller at example.com.", "robert.miller@example.com"),
        ("Robert.Miller@Example.com.", "robert.miller@example.com"),
        ("My email is j o h n at example dot com.", "john@example.com"),
        ("It's r, o, b at example dot c o m.", "rob@example.com"),
        ("J-O-H-N at gmail dot com please", "john@gmail.com"),
        ("john underscore smith at my company dot co dot uk, thanks", "john_smith@mycompany.co.uk"),
        ("mary dash ann hyphen lee at example dot com", "mary-ann-lee@example.com"),
        ("john four two at example dot com", "john42@example.com"),
        ("you can reach me at robert dot miller at example dot com", "robert.miller@example.com"),
        ("me at example dot com", "me@example.com"),
        ("one@example.com", "one@example.com"),
        ("john plus claims at example dot com", "john+claims@example.com"),
    ],
)
def test_spoken_addresses_are_understood(said: str, address: str) -> None:
    """Signs by name, spelled letters and a sentence around give the address in lower case."""
    assert parse_email(said) == address


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", NO_AT_SIGN),
        ("hello", NO_AT_SIGN),
        ("robert at example", INCOMPLETE),
        ("at", INCOMPLETE),
        ("robert at dot com", INCOMPLETE),
        ("@@@", INCOMPLETE),
    ],
)
def test_the_reason_says_what_is_missing(said: str, reason: str) -> None:
    """What is no address is refused with a reason that can be spoken."""
    with pytest.raises(UnusableAddress) as caught:
        parse_email(said)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("language", "said", "address"),
    [
        ("fr", "jean point dupont arobase gmail point com", "jean.dupont@gmail.com"),
        ("fr", "mon adresse c'est jean tiret du bas dupont arobase orange point fr", "jean_dupont@orange.fr"),
        ("fr", "c'est j comme Jacques e a n arobase free point fr", "jean@free.fr"),
        ("fr", "François point Lefèvre arobase exemple point fr merci", "francois.lefevre@exemple.fr"),
        ("fr", "Berthe Oscar Berthe arobase exemple point fr", "bob@exemple.fr"),
        ("es", "mi correo es juan punto pérez arroba gmail punto com", "juan.perez@gmail.com"),
        ("es", "juan guion bajo garcía arroba hotmail punto es", "juan_garcia@hotmail.es"),
        ("es", "b de Barcelona o b arroba correo punto es", "bob@correo.es"),
        ("de", "Meine E-Mail-Adresse ist max punkt müller klammeraffe web punkt de", "max.mueller@web.de"),
        ("de", "max.mueller at gmx Punkt de", "max.mueller@gmx.de"),
        ("de", "m wie Martha a x at t minus online Punkt de", "max@t-online.de"),
        ("de", "Martha Anton Xanthippe at web punkt de", "max@web.de"),
        ("de", "Otto Richard at web punkt de", "ottorichard@web.de"),
        ("de", "unter info ät beispiel punkt com", "info@beispiel.com"),
        ("zh", "我的邮箱是zhangsan艾特qq点com", "zhangsan@qq.com"),
        ("zh", "我的邮箱是zhangsan@qq.com。", "zhangsan@qq.com"),
        ("zh", "是 z h a n g 下划线 三 艾特 一六三 点 com", "zhang_3@163.com"),
        ("zh", "zhang san 艾特 example 点 com 点 cn", "zhangsan@example.com.cn"),
        ("en", "b as in boy o b at example dot com", "bob@example.com"),
    ],
)
def test_addresses_are_understood_in_every_language(language: str, said: str, address: str) -> None:
    """Signs by their names, letters by words that begin with them, accents as addresses have them."""
    assert parse_email(said, language) == address


@pytest.mark.parametrize(
    ("language", "said", "reason"),
    [("fr", "jean point dupont", NO_AT_SIGN), ("de", "max at", INCOMPLETE), ("zh", "没有邮箱", NO_AT_SIGN)],
)
def test_the_reason_is_known_in_every_language(language: str, said: str, reason: str) -> None:
    """It is told by its kind, so that it can be said in any."""
    with pytest.raises(UnusableAddress) as caught:
        parse_email(said, language)
    assert caught.value.refusal == reason
