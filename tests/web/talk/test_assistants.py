"""The assistants that can be talked to."""

from types import MappingProxyType

from calls.initiate import CallInitiate
from web.talk.assistants import Assistants, speaking

AMELIA = CallInitiate(bot_name="Amelia", language="en-US", languages=("en-US", "fr-FR"))
BRUNO = CallInitiate(bot_name="Bruno")


def test_one_is_found_by_name() -> None:
    """Without a name it is the default; an unknown name is nobody."""
    assistants = Assistants(MappingProxyType({"Amelia": AMELIA, "Claims": BRUNO}), "Amelia")
    assert assistants.named("Claims") is BRUNO
    assert assistants.named("") is AMELIA
    assert assistants.named("amelia") is None


def test_the_language_that_is_chosen_is_spoken_from_the_beginning() -> None:
    """Nobody asks for it any more; another can still be chosen. What is not spoken cannot be."""
    french = speaking(AMELIA, "fr-CA")
    assert french is not None
    assert (french.language, french.language_name, french.is_language_ordered) == ("fr-FR", "French", True)
    assert french.languages == AMELIA.languages
    assert speaking(AMELIA, "de-DE") is None
