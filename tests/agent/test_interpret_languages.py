"""What kind of utterance it is, in French, Spanish, German and Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.interpret import Heard, Intent, interpret, wants_human

SAID: dict[str, dict[Intent, list[str]]] = {
    "fr": {
        Intent.YES: [
            "Oui.",
            "Oui, c'est ça.",
            "C'est exact.",
            "Tout est juste.",
            "Tout à fait.",
            "D'accord.",
            "Oui mais le numéro est faux",
            "Voilà.",
        ],
        Intent.NO: [
            "Non.",
            "Non, c'était lundi.",
            "Non, attendez, c'était la salle de bain.",
            "C'est faux, c'était mardi",
            "Ce n'est pas ça.",
            "Pas vraiment.",
            "Non non.",
        ],
        Intent.CORRECTION: [
            "En fait, je m'appelle Robert",
            "Attendez, c'était la cuisine",
            "Pardon, je voulais dire mardi",
            "J'ai dit Bordeaux",
            "Euh, un instant, le couloir",
        ],
        Intent.ANSWER: [
            "Un tuyau a éclaté dans ma cuisine.",
            "Personne n'a été blessé.",
            "Hier à neuf heures.",
            "Rue de la Paix",
            "Je n'ai plus d'eau",
            "Il m'a dit au revoir et il a foncé dans ma clôture avec sa voiture",
            "Nonante-deux rue de Lyon",
            "Jean Dupont",
        ],
        Intent.NOISE: ["euh", "Allô ?", "Bonjour."],
        Intent.PAUSE: [
            "Attendez.",
            "Un instant, je regarde.",
            "Laissez-moi réfléchir.",
            "Une petite minute, s'il vous plaît.",
        ],
        Intent.REPEAT: [
            "Quoi ?",
            "Pardon ?",
            "Comment ?",
            "Vous pouvez répéter, s'il vous plaît ?",
            "Pouvez-vous répéter la question ?",
            "Je n'ai pas compris.",
            "Répétez s'il vous plaît",
        ],
        Intent.UNKNOWN: [
            "Je ne sais pas.",
            "Je sais pas",
            "Aucune idée",
            "Je ne m'en souviens plus.",
            "Je ne l'ai pas sous la main.",
            "Pardon, je ne sais plus",
            "Passons.",
        ],
        Intent.GOODBYE: [
            "Au revoir.",
            "C'est tout, merci.",
            "Non, rien d'autre, merci.",
            "Oui, c'est exact. Au revoir.",
            "Je dois y aller, au revoir",
            "Merci, bonne journée !",
        ],
    },
    "es": {
        Intent.YES: [
            "Sí.",
            "Sí, así es.",
            "Eso es.",
            "Todo está bien.",
            "Correcto.",
            "Vale.",
            "Sí, pero el número está mal",
            "De acuerdo, gracias.",
        ],
        Intent.NO: [
            "No.",
            "No, fue el lunes.",
            "No, espere, fue el baño.",
            "Está mal, fue el martes",
            "No es correcto.",
            "No, no.",
        ],
        Intent.CORRECTION: [
            "En realidad me llamo Roberto",
            "Espere, fue la cocina",
            "Perdón, quería decir el martes",
            "He dicho Bilbao",
        ],
        Intent.ANSWER: [
            "Se rompió una tubería en mi cocina.",
            "Nadie resultó herido.",
            "Ayer a las nueve.",
            "Calle Mayor 4",
            "No hay agua en casa",
            "Norte 15",
            "Bien cerca de la estación",
        ],
        Intent.NOISE: ["eh", "¿Hola?", "Buenos días."],
        Intent.PAUSE: ["Espere.", "Un momento, por favor.", "Déjeme ver.", "Espere, voy a buscarlo."],
        Intent.REPEAT: [
            "¿Qué?",
            "¿Perdón?",
            "¿Cómo?",
            "¿Puede repetir, por favor?",
            "No le he entendido.",
            "¿Me lo repite?",
        ],
        Intent.UNKNOWN: [
            "No lo sé.",
            "No sé",
            "Ni idea.",
            "No me acuerdo.",
            "No lo tengo a mano.",
            "Perdón, no lo recuerdo",
        ],
        Intent.GOODBYE: [
            "Adiós.",
            "Eso es todo, gracias.",
            "No, nada más, gracias.",
            "Sí, correcto. Adiós.",
            "Tengo que irme, adiós",
            "Hasta luego.",
        ],
    },
    "de": {
        Intent.YES: [
            "Ja.",
            "Ja, das stimmt.",
            "Stimmt.",
            "Alles richtig.",
            "Genau.",
            "In Ordnung.",
            "Ja, aber die Telefonnummer ist falsch",
            "Ja genau, danke.",
            "Passt.",
        ],
        Intent.NO: [
            "Nein.",
            "Nein, es war am Montag.",
            "Nein, Moment, es war das Bad.",
            "Das ist falsch, es war Dienstag",
            "Das stimmt nicht.",
            "Nee.",
            "Nein, nein.",
            "Nein, am Dienstag",
        ],
        Intent.CORRECTION: [
            "Eigentlich heiße ich Robert",
            "Moment, es war die Küche",
            "Entschuldigung, ich meinte Dienstag",
            "Ich sagte Bremen",
            "Äh, warten Sie, der Flur",
        ],
        Intent.ANSWER: [
            "In meiner Küche ist ein Rohr geplatzt.",
            "Niemand wurde verletzt.",
            "Gestern um neun.",
            "Neuer Weg 4",
            "Ich habe kein Wasser",
            "Jahnstraße 5",
            "Genauer gesagt in der Küche",
        ],
        Intent.NOISE: ["äh", "Hallo?", "Guten Tag."],
        Intent.PAUSE: ["Moment.", "Einen Augenblick bitte.", "Warten Sie, ich schaue mal nach."],
        Intent.REPEAT: [
            "Was?",
            "Wie bitte?",
            "Entschuldigung?",
            "Können Sie das bitte wiederholen?",
            "Das habe ich nicht verstanden.",
            "Noch einmal bitte.",
        ],
        Intent.UNKNOWN: [
            "Weiß ich nicht.",
            "Das weiß ich leider nicht.",
            "Ich weiß es nicht.",
            "Keine Ahnung.",
            "Die habe ich gerade nicht da.",
            "Entschuldigung, ich erinnere mich nicht",
        ],
        Intent.GOODBYE: [
            "Auf Wiederhören.",
            "Das war alles, danke.",
            "Nein, nichts mehr, danke.",
            "Ja, das stimmt. Tschüss.",
            "Ich muss los, tschüss",
            "Vielen Dank, schönen Tag noch!",
        ],
    },
    "zh": {
        Intent.YES: ["是的。", "对。", "没错。", "都对。", "好的。", "对，是的。", "是的，不过电话号码错了"],
        Intent.NO: ["不是。", "不对。", "没有。", "没有，谢谢", "不是，是星期一。", "错了，是星期二", "不对不对。"],
        Intent.CORRECTION: ["其实我叫王明", "等一下，是厨房", "抱歉，我是说星期二", "应该是北京"],
        Intent.ANSWER: [
            "我家厨房的水管爆了。",
            "没有人受伤。",
            "昨天九点。",
            "北京路四号",
            "是在厨房",
            "不锈钢管坏了",
            "对面的超市",
            "王小明",
        ],
        Intent.NOISE: ["嗯", "喂？", "你好。"],
        Intent.PAUSE: ["等一下。", "请稍等一下。", "让我想想", "我看一下"],
        Intent.REPEAT: ["什么？", "你说什么？", "不好意思，没听清。", "请再说一遍。", "能再说一次吗？"],
        Intent.UNKNOWN: ["不知道。", "我不知道", "我不太清楚。", "忘了。", "不记得了。", "跳过", "抱歉，我不记得了"],
        Intent.GOODBYE: ["再见。", "就这些，谢谢。", "没有了，谢谢。", "是的，没错。再见。", "谢谢，再见", "拜拜"],
    },
}
HUMANS: dict[str, tuple[list[str], list[str]]] = {
    "fr": (
        [
            "Je voudrais parler à quelqu'un.",
            "Passez-moi un conseiller, s'il vous plaît.",
            "Un conseiller s'il vous plaît",
        ],
        ["Un collègue a vu l'accident.", "Une personne est tombée."],
    ),
    "es": (
        ["Quiero hablar con una persona.", "Páseme con un agente, por favor.", "Un operador, por favor"],
        ["Una persona se cayó.", "Mi compañero lo vio."],
    ),
    "de": (
        [
            "Ich möchte mit einem Menschen sprechen.",
            "Verbinden Sie mich bitte mit einem Mitarbeiter.",
            "Einen Mitarbeiter bitte",
        ],
        ["Eine Person ist gestürzt.", "Mein Kollege hat es gesehen."],
    ),
    "zh": (["我要转人工。", "请帮我转人工客服", "我想跟真人说话", "人工"], ["我同事看到了。", "有个人摔倒了。"]),
}
MEANT = [
    (language, intent, said)
    for language, kinds in SAID.items()
    for intent, all_said in kinds.items()
    for said in all_said
]


@pytest.mark.parametrize(("language", "intent", "said"), MEANT)
def test_what_is_meant_is_understood(language: str, intent: Intent, said: str) -> None:
    """Consent, refusal, correction, and what holds no value; an answer that only looks so is left as it is."""
    heard = interpret(said, f"{language}-XX")
    assert heard.intent is intent
    assert heard.rest in said
    if intent is Intent.ANSWER:
        assert heard == Heard(Intent.ANSWER, said)


@pytest.mark.parametrize(
    ("language", "said", "heard"),
    [
        ("fr", "Non, attendez, c'était la salle de bain.", Heard(Intent.NO, "c'était la salle de bain.", True)),
        ("fr", "Pardon, je voulais dire mardi", Heard(Intent.CORRECTION, "mardi", True)),
        ("fr", "Oui mais le numéro est faux", Heard(Intent.YES, "le numéro est faux")),
        ("fr", "Oui\u202f! C’est ça.", Heard(Intent.YES)),
        ("es", "No, espere, fue el baño.", Heard(Intent.NO, "fue el baño.", True)),
        ("es", "Perdón, quería decir el martes", Heard(Intent.CORRECTION, "el martes", True)),
        ("es", "Sí, pero el número está mal", Heard(Intent.YES, "el número está mal")),
        ("de", "Nein, Moment, es war das Bad.", Heard(Intent.NO, "es war das Bad.", True)),
        ("de", "Entschuldigung, ich meinte Dienstag", Heard(Intent.CORRECTION, "Dienstag", True)),
        ("de", "Ja, aber die Telefonnummer ist falsch", Heard(Intent.YES, "die Telefonnummer ist falsch")),
        ("zh", "不，等一下，是浴室。", Heard(Intent.NO, "是浴室。", True)),
        ("zh", "抱歉，我是说星期二", Heard(Intent.CORRECTION, "星期二", True)),
        ("zh", "是的，不过电话号码错了", Heard(Intent.YES, "电话号码错了")),
    ],
)
def test_what_was_said_with_a_marker_is_left(language: str, said: str, heard: Heard) -> None:
    """Markers are cut off, the value stays in the caller's words."""
    assert interpret(said, language) == heard


@pytest.mark.parametrize("language", HUMANS)
def test_who_wants_a_human(language: str) -> None:
    """A wish, and not a story with people in it."""
    wishes, stories = HUMANS[language]
    assert [said for said in wishes if not wants_human(said, language)] == []
    assert [said for said in stories if wants_human(said, language)] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "Je voudrais signaler que quelqu'un a cassé ma vitre"),
        ("es", "Choqué con una persona en bicicleta"),
        ("es", "Quiero denunciar que alguien me robó el coche"),
        ("de", "Ich möchte melden, dass mir jemand ins Auto gefahren ist"),
        ("de", "Ich will eine Person anzeigen"),
        ("zh", "我和同事一起开车的时候被撞了"),
        ("zh", "我跟经理的车撞了"),
    ],
)
def test_a_report_with_people_in_it_is_no_wish(language: str, said: str) -> None:
    """Who wants to tell something does not want to be handed over."""
    assert not wants_human(said, language)


@given(
    said=st.one_of(st.text(), st.lists(st.sampled_from([said for _, _, said in MEANT]), max_size=3).map(" ".join)),
    language=st.sampled_from(["fr", "es", "de", "zh", "it"]),
)
def test_every_text_has_an_intent(said: str, language: str) -> None:
    """No text is too odd, and what is left is always a part of what was said."""
    assert interpret(said, language).rest in said
    wants_human(said, language)
