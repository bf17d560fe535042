"""The German words that are understood, and how values are read in German."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from agent.claim import FieldType
from agent.grammar.german_dates import GERMAN_DATES
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

_PAUSE: Final = r"\s*(?:$|[,.;:!?…—-])"
_CLAUSE: Final = r"das|es|der|die|mein|meine|unser|ich|wir|er|sie|nicht|ist|war|aber|so|alles"
_MARKER: Final = (
    r"moment|warten|warte|entschuldigung|verzeihung|eigentlich|sondern|ja|nein|danke|bitte|doch|genau|stimmt"
)
_AFTER_YES: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER})\b)"
_AFTER_NO: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER}|am|an|in|im|um|bei)\b)"

_MARKERS: Final = Markers(
    yes=pattern(
        r"(?:(?:ja|jawohl|jep|jo|mm-?hmm)\b|(?:(?:das |es |so |alles )?(?:ist |war |passt |stimmt )?(?:so |alles )?"
        r"(?:richtig|korrekt|stimmt|passt|gut|bestens|perfekt|in ordnung)(?: so| alles)?(?! nicht)"
        r"|genau(?: so)?|exakt|sicher|natürlich|klar|selbstverständlich|gerne?|okay|ok|einverstanden|alles klar|absolut"
        r"|bitte|danke|doch|so ist es)" + _AFTER_YES + ")"
    ),
    no=pattern(r"(?:nee\b|nö\b|(?:nein|ne|nicht (?:ganz|wirklich|genau)|keineswegs|auf keinen fall)" + _AFTER_NO + ")"),
    wrong=pattern(
        r"(?:(?:das|es|dies) (?:ist|war) (?:falsch|verkehrt|nicht (?:richtig|korrekt|wahr))\b|(?:das"
        r"|es) stimmt (?:so )?nicht\b"
        r"|stimmt nicht\b|sie haben (?:das|mich|es) falsch verstanden\b|da haben sie sich verhört\b"
        r"|(?:falsch|verkehrt|nicht (?:richtig|korrekt))" + _AFTER_NO + ")"
    ),
    correction=pattern(
        r"(?:(?:eigentlich|beziehungsweise|ich meinte|ich meine|ich habe gesagt|ich sagte"
        r"|ich habe mich (?:vertan|versprochen"
        r"|geirrt)|korrektur|vielmehr)\b|(?:(?:einen )?moment(?: mal)?|warten sie(?: mal)?|warte(?: mal)?|halt|stopp"
        r"|entschuldigung|entschuldigen sie|verzeihung|sorry|tut mir leid)" + _AFTER_NO + ")"
    ),
    connection=pattern(r"(?:und|aber|also|na ja|naja|na|nun|dann|äh+|ähm+|öh+|oh|ach|hm+|tja)\b(?!-)"),
    goodbye=pattern(
        r"(?:auf wieder(?:hören|sehen|schauen)|wiederhören|tschüss?|tschau|ciao|bis (?:dann|bald|später)"
        r"|das (?:ist|war|wäre)"
        r" (?:dann )?alles|das wär's|nichts (?:mehr|weiter)|sonst nichts|ich muss (?:los|auflegen|schluss machen|weg)"
        r"|legen sie auf|schönen (?:tag|abend)(?: noch)?|servus)"
    ),
    last_words=pattern(r"\b(?:wieder(?:hören|sehen)|tschüss?|schönen (?:tag|abend)(?: noch)?)$"),
    politeness=pattern(
        r"\b(?:nein|ja|okay|ok|gut|alles klar|in ordnung|vielen dank|danke(?: schön| sehr)?|dankeschön|für ihre hilfe"
        r"|super|prima|perfekt|genau|richtig|das (?:stimmt|ist (?:richtig|korrekt))|ihnen auch|ebenso|und|dann"
        r"|glaube ich"
        r"|denke ich|von mir|erst ?mal|fürs erste|entschuldigung|einen)\b"
    ),
    repeat=pattern(
        r"(?:was|wie|bitte|wie bitte|hä|pardon|entschuldigung|verzeihung|was (?:haben sie gesagt|meinen sie)"
        r"|was bitte|wie meinen sie das|wie war (?:das|die frage)|(?:entschuldigung "
        r"|verzeihung )?(?:ich habe )?(?:das |sie )?"
        r"(?:(?:habe )?ich )?(?:leider )?nicht (?:verstanden|gehört|mitbekommen)|ich verstehe (?:sie |das )?nicht"
        r"|(?:können|könnten) sie (?:das |die frage |es )?(?:bitte )?(?:noch ?mal |noch einmal )?(?:bitte )?"
        r"(?:wiederholen|sagen)(?: bitte)?|wiederholen sie(?: das| die frage)?(?: bitte)?|noch ?mal(?: bitte)?"
        r"|noch einmal(?: bitte)?|(?:wie war )?die frage)"
    ),
    pause=pattern(
        r"(?:(?:ja|nein|äh|ähm|ok|okay|bitte|entschuldigung|also) )*"
        r"(?:(?:warten sie|warte|(?:einen |nur einen |ein )?(?:kleinen |ganz kurzen )?(?:moment|augenblick)"
        r"|(?:eine )?(?:sekunde|minute)"
        r"|lassen sie mich (?:mal |kurz )*(?:nachdenken|überlegen|nachsehen|nachschauen|schauen)"
        r"|ich (?:schaue|schau|sehe|gucke) (?:mal |kurz |schnell )*nach|ich muss (?:mal |kurz )*(?:nachsehen"
        r"|nachschauen|überlegen|nachdenken))"
        r"(?: bitte| mal| kurz| noch)*(?: |$))+"
    ),
    unknown=pattern(
        r"(?:(?:das )?wei(?:ß|ss) ich (?:gar |leider |grad |gerade |jetzt |im moment )*nicht(?: genau| mehr)*"
        r"|ich wei(?:ß|ss) (?:das |es )?(?:gar |leider |grad |gerade |jetzt |im moment )*nicht(?: mehr)?(?: genau)?"
        r"|keine ahnung|ich habe keine ahnung|(?:ich )?erinnere mich nicht(?: mehr)?"
        r"|ich kann mich nicht (?:mehr )?erinnern"
        r"|(?:das |die |den )?habe ich (?:gerade |leider )?nicht(?: (?:da|hier|dabei|zur hand))*|ich habe (?:es"
        r"|das|sie|keine"
        r"|keinen|keins?)(?: nicht)?(?: (?:da|hier|dabei|zur hand))*|ich bin (?:mir )?nicht sicher|nicht sicher"
        r"|weiter|nächste(?: frage)?|überspringen|(?:das )?möchte ich (?:lieber )?nicht sagen|keins)"
    ),
    excuses=pattern(r"\b(?:entschuldigung|tut mir leid|äh+|ähm+|also|oh|ach|nein|bitte|puh|tja|hm+)\b"),
    wants_human=pattern(
        r"\b(?:mit|zu|an)(?: \w+){0,3}? (?:menschen?|person|mitarbeiter(?:in|s)?|kollegen?|kollegin"
        r"|sachbearbeiter(?:in)?|berater(?:in)?|jemande[mn]|jemand)\b(?: \w+){0,3}? "
        r"(?:sprechen|reden|verbinden|verbunden|durchstellen)\b"
        r"|\b(?:sprechen|reden|verbinden|durchstellen|stellen sie mich|geben sie mir)\b(?: \w+){0,5}? (?:menschen?"
        r"|person|mitarbeiter(?:in|s)?|kollegen?|kollegin|sachbearbeiter(?:in)?|berater(?:in)?|jemande[mn]|jemand)\b"
        r"|\b(?:kann|könnte|möchte|will|würde)(?: \w+){0,3}? (?:jemande?n|einen menschen|einen mitarbeiter"
        r"|eine mitarbeiterin|einen berater)(?: \w+){0,2}? (?:sprechen|haben)$"
        r"|\b(?:möchte|will|brauche|hätte gerne?) (?:gerne? )?(?:einen|eine) (?:echten? |richtigen? )?(?:menschen"
        r"|person|mitarbeiter|mitarbeiterin|berater|beraterin)(?: bitte)?$"
        r"|^(?:ein(?:en|e)? )?(?:menschen?|mitarbeiter(?:in)?|berater(?:in)?)(?: bitte)?$"
    ),
    hesitations=frozenset({"äh", "ähm", "öh", "oh", "ach", "hallo", "also", "na"}),
    noise=pattern(
        r"hallo|hi|hey|servus|moin|h+m+|m+|äh+|ähm+|öh+|ah|oh|ach|also|so|na|ja(?=\?)|und|aber|der|die|das|ein"
        r"|ich|sie|da"
        r"|sind|noch|guten|tag|morgen|abend"
    ),
)

_UNITS: Final = ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_TEENS: Final = (
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
)
_TENS: Final = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_IN_COMPOUNDS: Final = ("", "ein", *_UNITS[2:])
_BELOW_100: Final = (
    *((word, value) for value, word in enumerate((*_UNITS, *_TEENS))),
    ("zwo", 2),
    *((word, tens) for tens, word in zip(range(20, 100, 10), _TENS, strict=True)),
    *(
        (f"{unit}und{word}", tens + value)
        for tens, word in zip(range(20, 100, 10), _TENS, strict=True)
        for value, unit in [*enumerate(_IN_COMPOUNDS), (2, "zwo")]
        if value
    ),
    *(
        (f"{unit} und {word}", tens + value)
        for tens, word in zip(range(20, 100, 10), _TENS, strict=True)
        for value, unit in enumerate(_IN_COMPOUNDS)
        if value
    ),
)
_ORDINALS: Final = (
    *(("erste", 1), ("dritte", 3), ("siebte", 7), ("siebente", 7), ("achte", 8)),
    *((f"{_UNITS[value]}te", value) for value in (2, 4, 5, 6, 9)),
    *((f"{word}te", value) for value, word in enumerate(_TEENS, start=10)),
    *((f"{word}ste", value) for word, value in _BELOW_100 if value >= 20),
)
_NUMBERS: Final = NumberWords(
    table=word_table(_BELOW_100),
    quantities=word_table(
        [
            *((f"{word}{ending}", value) for word, value in _ORDINALS for ending in ("", "n", "r", "s")),
            *((f"zweitausend{word}", 2000 + value) for word, value in (("", 0), *_BELOW_100)),
            *((f"zweitausendund{word}", 2000 + value) for word, value in _BELOW_100),
            *((f"neunzehnhundert{word}", 1900 + value) for word, value in _BELOW_100),
        ]
    ),
    repeats=MappingProxyType({"doppel": 2, "doppelt": 2, "zweimal": 2, "dreimal": 3, "dreifach": 3}),
    zeros=MappingProxyType({"hundert": "00", "tausend": "000"}),
    pauses=word_set("und dann äh ähm strich bindestrich pause komma die also vorwahl"),
    dashes=word_set("strich bindestrich minus"),
)
_ALPHABET: Final = (
    "anton berta cäsar dora emil friedrich gustav heinrich ida julius kaufmann konrad ludwig martha "
    "nordpol otto paula quelle richard samuel siegfried theodor ulrich viktor wilhelm xanthippe ypsilon "
    "zacharias zeppelin"
)
_MAIL: Final = MailWords(
    signs=MappingProxyType(
        {
            "at": "@",
            "ät": "@",
            "et": "@",
            "klammeraffe": "@",
            "at-zeichen": "@",
            "affenschwanz": "@",
            "punkt": ".",
            "dot": ".",
            "unterstrich": "_",
            "underscore": "_",
            "bindestrich": "-",
            "minus": "-",
            "strich": "-",
            "plus": "+",
            "g-mail": "gmail",
            "doppel u": "w",
        }
    ),
    leads=pattern(
        r"ist|lautet|heißt|wäre|meine?|die|der|das|an|auf|unter|mail|e-mail|email|mailadresse|e-mail-adresse"
        r"|adresse|äh|ähm"
        r"|also|ja|nein|gut|okay|ok|mich|mir|bitte|schreiben|sie|folgende|@"
    ),
    letter_of=pattern(r"\b(?P<letter>[a-zäöü]) wie (?P<word>\w+)"),
    alphabet=MappingProxyType({name: name[0] for name in _ALPHABET.split()}),
    spelled=MappingProxyType({"ä": "ae", "ö": "oe", "ü": "ue"}),
)
_TEXTS: Final = TextWords(
    hesitations=pattern(r"(?:,\s*)?\b(?:äh+|ähm+|öh+|hm+)\b[,.]*"),
    openings=pattern(r"(?:also|na ja|naja|nun|ja|okay|ok|ach|oh|na|so|moment|genau)\b[,.]*\s+"),
    pointers=pattern(
        r"(?:(?:das|es) (?:ist|war)(?: passiert)?|(?:das |es )?passierte?(?: ist)?(?: es)?|(?:das|es) passierte"
        r"|ich bin|hier ist|hier spricht)\b[,:]?\s+"
    ),
    after_pointer=pattern(
        r"(?-i:(?:in|im|an|am|auf|bei|beim|vor|hinter|neben|unter|über|zu|gegenüber|der|die|das|den|dem|eine?[nmrs]?"
        r"|meine?[nmr]?|unsere?[nmr]?|[A-ZÄÖÜ0-9])(?:\b|\w+))"
    ),
    name_leads=pattern(
        r"(?:ich heiße|mein(?: vollständiger)? name (?:ist|lautet)|der name ist|hier (?:ist|spricht)|ich bin)\s+"
        r"(?:(?:der|die|herr|frau)\s+)*"
    ),
    name_tails=pattern(r"\s+(?:am apparat|hier|am telefon)$"),
    lead_in=r"(?:mein|meine|der|die|das|unser|unsere|sein|ihr|ihre)\s+(?:{name})\s+(?:ist|war|lautet|wäre)\b[,:]?\s+",
    own_number=pattern(
        r"\b(?:(?:diese|dieselbe|die gleiche|meine) (?:telefon|handy)?nummer(?: hier)?(?:,? bitte)?[.!]?$"
        r"|(?:diese|dieselbe|die gleiche) (?:telefon|handy)?nummer\b"
        r"|(?:von|mit|unter) der ich (?:gerade )?(?:anrufe|telefoniere|spreche)|ich rufe (?:von|mit) (?:ihr|dieser))"
    ),
)
_MENTIONS: Final = MentionWords(
    of_types=MappingProxyType(
        {
            FieldType.DATETIME: ("tag und uhrzeit", "datum", "uhrzeit", "zeitpunkt", "tag", "zeit"),
            FieldType.EMAIL: ("e-mail-adresse", "e-mailadresse", "mailadresse", "e-mail", "email", "mail"),
            FieldType.PHONE_NUMBER: ("telefonnummer", "handynummer", "rufnummer", "nummer", "telefon"),
            FieldType.TEXT: (),
        }
    ),
    of_last_words=MappingProxyType(
        {"location": ("ort", "adresse", "stelle"), "description": ("hergang", "beschreibung"), "name": ("name",)}
    ),
    before=r"(?:(?:bitte|ändern sie|korrigieren sie|nur|es ist|das ist)\s+)*"
    r"(?:(?:der|die|das|den|mein|meine|meinen|unser|ihr)\s+)?",
    is_wrong=pattern(
        r"^(?:(?:ist|war|stimmt)\s+)?(?:nicht\s+)?(?:falsch|verkehrt|richtig|korrekt|so|nicht)\b[\s,.;:—-]*(?:und\s+)?"
    ),
    is_=pattern(r"^(?:sollte|muss|soll|ist|war|lautet|wäre|auf|in|zu)\b\s*(?:sein\b\s*)?"),
)

_MONTHS: Final = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)
_WEEKDAYS: Final = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")


def _moment(moment: datetime, now: datetime) -> str:
    day = f"{_WEEKDAYS[moment.weekday()]}, der {moment.day}. {_MONTHS[moment.month - 1]}"
    if moment.year != now.year:
        day += f" {moment.year}"
    if moment.hour == moment.minute == 0:
        return day
    if (moment.hour, moment.minute) == (12, 0):
        return f"{day}, um 12 Uhr mittags"
    return f"{day}, um {moment.hour} Uhr{f' {moment.minute}' if moment.minute else ''}"


GERMAN: Final = Grammar(
    language="de",
    markers=_MARKERS,
    numbers=_NUMBERS,
    mail=_MAIL,
    texts=_TEXTS,
    mentions=_MENTIONS,
    reading=Reading(
        digits=_UNITS,
        signs=MappingProxyType(
            {"@": "at", ".": "Punkt", "_": "Unterstrich", "-": "Bindestrich", "+": "plus", "/": "Schrägstrich"}
        ),
        moment=_moment,
        home_codes=frozenset({1, 49}),
    ),
    dates=GERMAN_DATES,
)
