"""The text message that a caller gets after the call. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from calls.after.story import company_of, language_of
from stores.records import CallHistory, SynthesisRecord

LONGEST_TEXT: Final = 459
"""Three parts on the air, in the GSM alphabet."""
_TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": "{company}: thank you for your call. We noted: {short} Your reference: {reference}",
        "fr": "{company} : merci de votre appel. Nous avons noté : {short} Votre référence : {reference}",
        "es": "{company}: gracias por su llamada. Hemos anotado: {short} Su referencia: {reference}",
        "de": "{company}: Danke für Ihren Anruf. Wir haben notiert: {short} Ihr Zeichen: {reference}",
        "zh": "{company}：感谢您的来电。我们已记录：{short} 您的编号：{reference}",
    }
)
_STOPS: Final = (".", "!", "?", "…", "。", "！", "？")


def report_text(history: CallHistory, synthesis: SynthesisRecord) -> str:
    """What is written to the caller, in their language where we have it; the same for the same synthesis."""
    language = language_of(history)
    template = _TEXTS.get(language, _TEXTS["en"])
    company = company_of(history)
    if not company:
        template = template.partition(":" if language != "zh" else "：")[2].strip()
        template = template[:1].upper() + template[1:]
    reference = history.call.call_id[:8].upper()
    room = LONGEST_TEXT - len(template.format(company=company, short="", reference=reference))
    return template.format(company=company, short=_stopped(synthesis.short, room), reference=reference)


def _stopped(short: str, room: int) -> str:
    text = " ".join(short.split())
    if len(text) > room - 1:
        return f"{text[: max(0, room - 2)].rstrip()}…"
    return text if text.endswith(_STOPS) else f"{text}."
