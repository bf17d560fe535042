"""Whole dialogues with the scripted assistant, in French, Spanish, German and Chinese.

It is Friday, 20 November 2026. The same claim is described in English: callers are asked in their own language.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from agent.assistant import EndCall, Expect, Output, Say, UpdateClaim
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Message, Persona
from agent.scripted import ScriptedAssistant
from agent.texts.bundled import BUNDLED

NOW = datetime(2026, 11, 20, 6, 35, tzinfo=UTC)
CLAIM = Claim(
    (
        ClaimField("incident_description", description="What happened?"),
        ClaimField("incident_location", description="Where did it happen?"),
        ClaimField("incident_datetime", FieldType.DATETIME, "When did it happen?"),
        ClaimField("injuries", description="Was anyone injured?"),
        ClaimField("caller_name", description="What is your name?"),
        ClaimField("email", FieldType.EMAIL, "What is your e-mail address?"),
        ClaimField("phone_number", FieldType.PHONE_NUMBER, "On which number can we reach you?"),
    )
)
CALLS: dict[str, tuple[str, list[str], list[str]]] = {
    "fr-FR": (
        "FR",
        [
            "Un tuyau a éclaté dans ma cuisine.",
            "C'était à Lyon, au 12 rue de la Paix.",
            "Hier soir vers huit heures.",
            "Non, personne.",
            "Quoi ?",
            "Je m'appelle Jean Dupont.",
            "Non, attendez, c'est Jean Durand.",
            "jean point durand chez",
            "jean point durand arobase gmail point com",
            "zéro six douze",
            "zéro six douze trente-quatre cinquante-six soixante-dix-huit",
            "Non, la date est fausse, c'était avant-hier à neuf heures.",
            "Oui, c'est exact.",
        ],
        [
            "Un tuyau a éclaté dans ma cuisine",
            "À Lyon, au 12 rue de la Paix",
            "2026-11-18T09:00",
            "Non, personne",
            "Jean Durand",
            "jean.durand@gmail.com",
            "+33612345678",
        ],
    ),
    "es-ES": (
        "ES",
        [
            "Se rompió una tubería en mi cocina.",
            "Fue en Madrid, en la calle Mayor 4.",
            "Ayer por la tarde a las tres.",
            "No, nadie.",
            "¿Cómo?",
            "Me llamo Juan Pérez.",
            "No, perdón, es Juan Gómez.",
            "juan punto gómez",
            "juan punto gómez arroba gmail punto com",
            "seis uno dos",
            "seis doce treinta y cuatro cincuenta y seis setenta y ocho",
            "No, la fecha está mal, fue anteayer a las nueve.",
            "Sí, todo está bien.",
        ],
        [
            "Se rompió una tubería en mi cocina",
            "En Madrid, en la calle Mayor 4",
            "2026-11-18T09:00",
            "No, nadie",
            "Juan Gómez",
            "juan.gomez@gmail.com",
            "+34612345678",
        ],
    ),
    "de-DE": (
        "DE",
        [
            "In meiner Küche ist ein Rohr geplatzt.",
            "Es war in Bremen, in der Hauptstraße 5.",
            "Vorgestern um halb vier.",
            "Nein, niemand.",
            "Wie bitte?",
            "Ich heiße Max Müller.",
            "Nein, Moment, Max Meier.",
            "max punkt meier",
            "max punkt meier klammeraffe web punkt de",
            "null drei null",
            "null drei null zwo drei eins zwo fünf doppel null sieben",
            "Nein, das Datum ist falsch, es war gestern um neun.",
            "Ja, das stimmt.",
        ],
        [
            "In meiner Küche ist ein Rohr geplatzt",
            "In Bremen, in der Hauptstraße 5",
            "2026-11-19T09:00",
            "Nein, niemand",
            "Max Meier",
            "max.meier@web.de",
            "+493023125007",
        ],
    ),
    "zh-CN": (
        "CN",
        [
            "我家厨房的水管爆了。",
            "是在北京路四号。",
            "昨天下午三点。",
            "没有。",
            "什么？",
            "我叫王小明。",
            "不对，是王晓明。",
            "我没有艾特",
            "wang 点 xiaoming 艾特 qq 点 com",
            "一三八",
            "幺三八零零幺三八零零零",
            "不对，时间错了，是前天上午九点半。",
            "对，没错。",
        ],
        [
            "我家厨房的水管爆了",
            "北京路四号",
            "2026-11-18T09:30",
            "没有",
            "王晓明",
            "wang.xiaoming@qq.com",
            "+8613800138000",
        ],
    ),
}
"""By language: the region of phone numbers, what the caller says, what is known at the end."""


class Call:
    """Lets every output come true as a pipeline would."""

    def __init__(self, language: str, region: str) -> None:
        self.assistant = ScriptedAssistant("Contoso", "Amelia", lambda: NOW, region=region)
        self.dialogue = Dialogue(CLAIM, language=language)
        self.said: list[str] = []
        self.has_ended = False

    async def play(self, outputs: AsyncIterator[Output]) -> None:
        """Take one reply."""
        text = ""
        async for output in outputs:
            match output:
                case Say(text=part):
                    text += part
                case UpdateClaim(field=field, value=value):
                    self.dialogue = self.dialogue.with_claim(self.dialogue.claim.with_value(field, value))
                case Expect(expecting=expecting, attempts=attempts):
                    self.dialogue = self.dialogue.with_expectation(expecting, attempts)
                case EndCall():
                    self.has_ended = True
        self.said.append(text)
        self.dialogue = self.dialogue.with_message(Message(Persona.ASSISTANT, text))


@pytest.mark.parametrize("language", CALLS)
async def test_a_whole_claim_is_gathered(language: str) -> None:
    """A name corrected, an address and a number refused and given again, a date corrected at the end; no English."""
    region, lines, values = CALLS[language]
    texts = BUNDLED[language[:2]]
    call = Call(language, region)
    await call.play(call.assistant.greet(call.dialogue))
    assert call.said[0].endswith(texts.field_questions["incident_description"])
    for line in lines:
        assert not call.has_ended
        await call.play(call.assistant.reply(call.dialogue, line))
    assert list(call.dialogue.claim.values.values()) == values
    assert call.has_ended
    assert call.said[-1] == f"{texts.filed[0]}{texts.gap}{texts.goodbye[0]}"
    refused = [said for said in call.said if said.startswith(texts.sorry[0])]
    assert len(refused) == 2
    assert texts.refused_number_too_short[0] in refused[1]
    spoken = " ".join(call.said)
    assert not [
        word
        for word in ("What", "noted", "Thank", "Sorry", "November ", "at ")
        if f" {word} " in spoken.replace(" at web ", " ")
    ]


async def test_the_language_may_change_amid_a_call() -> None:
    """Once the recogniser has found it out, the next sentence is in it."""
    call = Call("", "DE")
    await call.play(call.assistant.greet(call.dialogue))
    assert call.said[0].endswith("I will take your report. What happened?")
    heard = Dialogue(CLAIM, call.dialogue.messages, call.dialogue.expecting, language="de-DE")
    call.dialogue = heard
    await call.play(call.assistant.reply(call.dialogue, "Ein Rohr ist geplatzt."))
    assert call.said[1] == "Danke. Ich habe notiert: ein Rohr ist geplatzt. Wo ist es passiert?"
    await call.play(call.assistant.nudge(call.dialogue))
    assert call.said[2] == "Sind Sie noch da? Wo ist es passiert?"


async def test_who_speaks_what_we_do_not_is_answered_in_our_language() -> None:
    """An Italian caller of a German company hears German."""
    german = {each: BUNDLED[each] for each in ("de",)}
    assistant = ScriptedAssistant("Contoso", "Amelia", lambda: NOW, language="de-DE", texts=german)
    outputs = [output async for output in assistant.greet(Dialogue(Claim(()), language="it-IT"))]
    assert "".join(output.text for output in outputs if isinstance(output, Say)).startswith("Guten Tag, hier ist")
