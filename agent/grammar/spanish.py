"""The Spanish words that are understood, and how values are read in Spanish."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from agent.claim import FieldType
from agent.grammar.grammar import (
    Grammar,
    MailWords,
    Markers,
    MentionWords,
    NumberWords,
    Reading,
    TextWords,
    pattern,
    word_set,
    word_table,
)
from agent.grammar.spanish_dates import SPANISH_DATES

_PAUSE: Final = r"\s*(?:$|[,.;:!?…—-])"
_CLAUSE: Final = r"es|era|fue|eso|esto|el|la|los|las|mi|mis|su|sus|nuestro|yo|no|se|está|pero|ha|he|así"
_MARKER: Final = r"espere|espera|perdone?|perdón|disculpe|lo siento|en realidad|mejor|sí|gracias|por favor|vale|todo"
_AFTER_YES: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER})\b)"
_AFTER_NO: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER}|en|a|al)\b)"

_MARKERS: Final = Markers(
    yes=pattern(
        r"(?:(?:sí|claro|mm-?hmm|ajá)\b|si(?=\s*(?:$|[,.!]))|(?:(?:eso|esto|todo|está|así)(?: es| está)?(?: todo)?"
        r" (?:bien|correcto|correcta|exacto|perfecto|cierto|verdad|es)|así es|eso es|correcto|exacto|exactamente"
        r"|perfecto|por supuesto|desde luego|de acuerdo|vale|ok|okay|muy bien|bien|bueno|cierto|adelante|por favor"
        r"|gracias|muchas gracias|efectivamente|perfectamente)" + _AFTER_YES + ")"
    ),
    no=pattern(
        r"(?:qué va\b|(?:no(?! (?:sé|me acuerdo|recuerdo|tengo|lo sé|hay|hubo))|no del todo|no exactamente"
        r"|para nada|en absoluto)" + _AFTER_NO + ")"
    ),
    wrong=pattern(
        r"(?:(?:eso|esto|así)? ?(?:es|está) (?:mal|equivocado|equivocada|incorrecto|falso)\b"
        r"|(?:eso |esto |así )?no (?:es|era|está|fue) (?:correcto|así|verdad|cierto|bien|exacto|eso)\b"
        r"|(?:me )?ha entendido mal\b|se (?:ha equivocado|equivoca)\b"
        r"|(?:mal|incorrecto|falso|equivocado)" + _AFTER_NO + ")"
    ),
    correction=pattern(
        r"(?:(?:en realidad|mejor dicho|quería decir|quiero decir|quise decir|he dicho|dije|me he equivocado"
        r"|me equivoqué"
        r"|corrijo|corrección|digo)\b|(?:espere|espera|un (?:momento|segundo)|perdone?|perdón|disculpe|lo siento)"
        + _AFTER_NO
        + ")"
    ),
    connection=pattern(r"(?:y|pero|pues|bueno|entonces|eh+|em+|este|ah|oh|hmm+|ay|a ver)\b(?!-)"),
    goodbye=pattern(
        r"(?:adiós|hasta (?:luego|pronto|la vista|mañana)|chao|chau|eso es todo|es todo|nada más|ya está|eso sería todo"
        r"|tengo que (?:irme|colgar|dejarle)|cuelgue|puede colgar|que tenga (?:un )?buen día|buen día)"
    ),
    last_words=pattern(r"\b(?:adiós|hasta (?:luego|pronto)|chao)$"),
    politeness=pattern(
        r"\b(?:no|sí|vale|ok|okay|bien|muy bien|bueno|de acuerdo|muchas gracias|gracias(?: por (?:su|todo|la) ?\w*)?"
        r"|perfecto|estupendo|genial|correcto|así es|y|entonces|igualmente|usted también|creo|por mi parte|por ahora"
        r"|de momento|perdón|señora|señor)\b"
    ),
    repeat=pattern(
        r"(?:qué|cómo|perdón|perdone|disculpe|mande|cómo dice|qué (?:ha dicho|dice|dijo)|qué quiere decir"
        r"|(?:perdón |perdone )?no (?:le |lo |la |te )?(?:he entendido|entiendo|entendí|he oído|oigo|oí)"
        r"(?: (?:bien|nada|la pregunta))?|(?:me )?(?:puede|podría|puedes) (?:repetir|repetirlo|repetírmelo|repetirme"
        r"|decirlo otra vez)(?: (?:la pregunta|eso|por favor))*|(?:me lo |lo )?(?:repite|repita|repítalo|repítame)"
        r"(?: (?:la pregunta|por favor))*|otra vez(?: por favor)?|una vez más(?: por favor)?|(?:cuál era )?la pregunta)"
    ),
    pause=pattern(
        r"(?:(?:sí|no|eh|bueno|perdón|solo|vale) )*"
        r"(?:(?:espere|espera|espéreme|aguarde|(?:deme |dame )?(?:un|una) (?:momento|momentito|segundo|minuto|minutito)"
        r"|(?:déjeme|déjame) (?:pensar|ver|mirar|buscar|comprobar)(?:lo)?"
        r"|voy a (?:mirar|ver|buscar|comprobar)(?:lo)?)"
        r"(?: por favor| solo)*(?: |$))+"
    ),
    unknown=pattern(
        r"(?:(?:yo )?no (?:lo |la )?(?:sé|sabría decirle|recuerdo)(?: (?:ahora|bien|exactamente|ahora mismo))*"
        r"|no me acuerdo(?: (?:ahora|bien))?|ni idea|no tengo (?:ni )?idea|no (?:lo|la|los|las) tengo(?: (?:aquí|a mano"
        r"|ahora|conmigo|encima))*|no tengo(?: ningun[oa])?|no estoy segur[oa]|siguiente(?: pregunta)?|la siguiente"
        r"|pase|sáltela|saltar|prefiero no decir(?:lo)?)"
    ),
    excuses=pattern(r"\b(?:perdón|perdone|lo siento|eh+|em+|pues|bueno|ah|oh|no(?= no)|la verdad|por favor|uf)\b"),
    wants_human=pattern(
        r"\b(?:hablar|hable|páseme|pasarme|póngame|ponerme|transferirme|transfiérame|comunicarme|comuníqueme"
        r"|(?:pasar|poner|transferir|transfiera) con)\b(?: \w+){0,3}? (?:human[oa]|persona|alguien|agente|operador"
        r"|operadora|compañer[oa]|emplead[oa]|responsable|representante)\b"
        r"|\b(?:quiero|quisiera|necesito)(?: a)? una? (?:human[oa]|agente|operador|operadora|persona real)"
        r"(?: por favor)?$"
        r"|^(?:una? )?(?:human[oa]|agente|operador|operadora|persona real)(?: por favor)?$"
    ),
    hesitations=frozenset({"eh", "em", "este", "oh", "ah", "hola", "pues", "bueno"}),
    noise=pattern(
        r"hola|oiga|oye|diga|dígame|h+m+|m+|eh+|em+|este|ah|oh|pues|bueno|y|pero|el|la|una?|yo|usted|ahí|está|me|buenas"
        r"|buenos|días|tardes|noches"
    ),
)

_UNITS: Final = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_TEENS: Final = (
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
)
_TENS: Final = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_BELOW_100: Final = (
    *((word, value) for value, word in enumerate((*_UNITS, *_TEENS))),
    ("veintiuna", 21),
    ("veintiún", 21),
    *((word, tens) for tens, word in zip(range(30, 100, 10), _TENS, strict=True)),
    *(
        (f"{word} y {unit}", tens + value)
        for tens, word in zip(range(30, 100, 10), _TENS, strict=True)
        for value, unit in [*enumerate(_UNITS), (1, "un"), (1, "una")]
        if value
    ),
)
_NUMBERS: Final = NumberWords(
    table=word_table([*_BELOW_100, ("una", 1)]),
    quantities=word_table(
        [
            ("primero", 1),
            ("primer", 1),
            ("dos mil", 2000),
            *((f"dos mil {word}", 2000 + value) for word, value in _BELOW_100),
            *((f"mil novecientos {word}", 1900 + value) for word, value in _BELOW_100),
        ]
    ),
    repeats=MappingProxyType({"doble": 2, "triple": 3}),
    zeros=MappingProxyType({"cien": "00", "cientos": "00", "mil": "000"}),
    pauses=word_set("y luego después eh em guion guión espacio coma pues"),
    pluses=word_set("más mas plus"),
    dashes=word_set("guion guión raya"),
)
_MAIL: Final = MailWords(
    signs=MappingProxyType(
        {
            "arroba": "@",
            "at": "@",
            "punto": ".",
            "dot": ".",
            "guion bajo": "_",
            "guión bajo": "_",
            "raya baja": "_",
            "barra baja": "_",
            "subrayado": "_",
            "guion medio": "-",
            "guión medio": "-",
            "guion": "-",
            "guión": "-",
            "raya": "-",
            "menos": "-",
            "más": "+",
            "g-mail": "gmail",
            "i griega": "y",
            "uve doble": "w",
            "doble uve": "w",
            "doble u": "w",
        }
    ),
    leads=pattern(
        r"es|sería|mi|el|la|a|al|en|correo|email|e-mail|mail|electrónico|dirección|eh|em|pues|bueno|sí|no|vale|apunte"
        r"|escríbame|envíelo|me|yo|perdón|@"
    ),
    letter_of=pattern(r"\b(?P<letter>[a-zñ]) (?:de|como) (?P<word>\w+)"),
)
_TEXTS: Final = TextWords(
    hesitations=pattern(r"(?:,\s*)?\b(?:eh+|em+|mmm+|hmm+)\b[,.]*"),
    openings=pattern(r"(?:pues|bueno|a ver|entonces|sí|vale|ah|oh|mire|mira|este|o sea)\b[,.]*\s+"),
    pointers=pattern(
        r"(?:(?:es|era|fue|ha sido)(?: que)?|(?:eso )?(?:pasó|ocurrió|ha pasado|ha ocurrido|sucedió)|soy)\b[,:]?\s+"
    ),
    after_pointer=pattern(
        r"(?-i:(?:en|a|al|cerca|junto|delante|detrás|sobre|bajo|frente|el|la|los|las|una?|mi|su|nuestr[oa]"
        r"|[A-ZÁÉÍÓÚÑ0-9])(?:\b|\w+))"
    ),
    name_leads=pattern(r"(?:me llamo|mi nombre(?: completo)? es|el nombre es|soy|le habla|habla)\s+"),
    name_tails=pattern(r"\s+(?:al habla|al aparato|al teléfono)$"),
    lead_in=r"(?:mi|mis|el|la|los|las|su|nuestro|nuestra)\s+(?:{name})\s+(?:es|era|fue|sería)\b[,:]?\s+",
    own_number=pattern(
        r"\b(?:(?:este|el mismo|mi) (?:número|teléfono|móvil)(?: actual)?(?:,? por favor)?[.!]?$"
        r"|(?:en |a |al )?(?:este|el) mismo(?:,? por favor)?[.!]?$|(?:este"
        r"|el mismo) número\b"
        r"|(?:desde el que|del que|con el que) (?:le |les )?(?:llamo|estoy llamando)|(?:le )?llamo desde)"
    ),
)
_MENTIONS: Final = MentionWords(
    of_types=MappingProxyType(
        {
            FieldType.DATETIME: ("fecha y hora", "fecha", "hora", "día"),
            FieldType.EMAIL: ("correo electrónico", "dirección de correo", "correo", "e-mail", "email", "mail"),
            FieldType.PHONE_NUMBER: ("número de teléfono", "teléfono", "móvil", "número"),
            FieldType.TEXT: (),
        }
    ),
    of_last_words=MappingProxyType(
        {"location": ("lugar", "sitio", "dirección"), "description": ("descripción",), "name": ("nombre",)}
    ),
    before=r"(?:(?:por favor|cambie|cambia|corrija|ponga|es|solo|sólo)\s+)*(?:(?:el|la|los|las|mi|mis|su|nuestro)\s+)?",
    is_wrong=pattern(
        r"^(?:(?:no )?(?:es|está|era|estaba)\s+)?"
        r"(?:mal|incorrect[oa]|fals[oa]|equivocad[oa]|bien|correct[oa]|así)\b[\s,.;:—-]*(?:y\s+)?"
    ),
    is_=pattern(r"^(?:debería ser|debe ser|tiene que ser|sería|es|era|fue|por|a)\b\s*"),
)

_MONTHS: Final = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
_WEEKDAYS: Final = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")


def _moment(moment: datetime, now: datetime) -> str:
    day = f"{_WEEKDAYS[moment.weekday()]}, {moment.day} de {_MONTHS[moment.month - 1]}"
    if moment.year != now.year:
        day += f" de {moment.year}"
    if moment.hour == moment.minute == 0:
        return day
    if (moment.hour, moment.minute) == (12, 0):
        return f"{day}, a mediodía"
    hour = moment.hour % 12 or 12
    part = "de la madrugada" if moment.hour < 6 else "de la mañana" if moment.hour < 12 else "de la tarde"
    part = "de la noche" if moment.hour >= 20 else part
    minute = f" y {moment.minute}" if moment.minute else ""
    return f"{day}, a {'la' if hour == 1 else 'las'} {hour}{minute} {part}"


SPANISH: Final = Grammar(
    language="es",
    markers=_MARKERS,
    numbers=_NUMBERS,
    mail=_MAIL,
    texts=_TEXTS,
    mentions=_MENTIONS,
    reading=Reading(
        digits=_UNITS,
        signs=MappingProxyType(
            {"@": "arroba", ".": "punto", "_": "guion bajo", "-": "guion", "+": "más", "/": "barra"}
        ),
        moment=_moment,
        home_codes=frozenset({1, 34}),
    ),
    dates=SPANISH_DATES,
)
