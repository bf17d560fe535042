"""The text message after a call."""

from dataclasses import replace

from calls.after.sms_report import LONGEST_TEXT, report_text
from stores.records import SynthesisRecord
from tests.calls.after.calls import CALL, TALK
from tests.stores.contract import at

SYNTHESIS = SynthesisRecord(CALL.call_id, at(99), "w", "Water in the kitchen", "long")


def test_it_tells_what_was_noted() -> None:
    """For whom, what, and how to refer to it."""
    assert report_text(TALK, SYNTHESIS) == (
        "Contoso: thank you for your call. We noted: Water in the kitchen. Your reference: 0A1B2C3D"
    )


def test_it_is_in_the_callers_language() -> None:
    """In English where we have no other."""
    french = replace(TALK, call=replace(CALL, caller_language="fr-FR"))
    assert report_text(french, SYNTHESIS).startswith("Contoso : merci de votre appel.")
    for tag, word in {"es": "gracias", "de-DE": "Danke", "zh-CN": "感谢", "it": "thank you"}.items():
        assert word in report_text(replace(TALK, call=replace(CALL, caller_language=tag)), SYNTHESIS)


def test_without_a_company() -> None:
    """Nobody is named."""
    nobody = replace(TALK, call=replace(CALL, initiate=None))
    assert report_text(nobody, SYNTHESIS).startswith("Thank you for your call. We noted: ")


def test_it_is_never_long() -> None:
    """Three parts at most; what is cut shows it."""
    text = report_text(TALK, replace(SYNTHESIS, short="water " * 200))
    assert len(text) <= LONGEST_TEXT
    assert "…" in text
    assert text.endswith("0A1B2C3D")
