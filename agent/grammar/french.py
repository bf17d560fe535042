"""The French words that are understood, and how values are read in French."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from agent.claim import FieldType
from agent.grammar.french_dates import FRENCH_DATES
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
_CLAUSE: Final = (
    r"c'(?:est|était)|ce|ça|cela|il|elle|on|nous|vous|ils|elles|je|j'|le|la|les|l'|mon|ma|mes|notre|pas|mais|et"
)
_MARKER: Final = r"attendez|attends|pardon|désolée?|excusez|plutôt|non|oui|merci|s'il|voilà|en fait|tout"
_AFTER_YES: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER})(?:\b|(?<=')))"
_AFTER_NO: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER}|à|au|en|dans|chez)(?:\b|(?<=')))"

_MARKERS: Final = Markers(
    yes=pattern(
        r"(?:(?:oui|ouais|mm-?hmm)\b|(?:c'est (?:tout à fait |bien |parfaitement )?(?:ça|cela|exact|juste|correct|bon"
        r"|vrai|parfait)|(?:oui )?tout (?:est |me semble |va )?(?:bon|bien|exact|juste|correct|parfait)|tout à fait"
        r"|exactement|exact|parfait|parfaitement|absolument|bien sûr|évidemment|d'accord|okay|ok|très bien|entendu"
        r"|voilà|correct|volontiers|allez-y|merci|si|s'il vous plaît)" + _AFTER_YES + ")"
    ),
    no=pattern(
        r"(?:nan\b|(?:non|pas (?:vraiment|tout à fait|exactement)|absolument pas|pas du tout)" + _AFTER_NO + ")"
    ),
    wrong=pattern(
        r"(?:(?:c'est|c'était) (?:faux|inexact|incorrect|pas (?:ça|cela|exact|juste|bon|correct|vrai)|une erreur)\b"
        r"|(?:ce|ça) n'(?:est|était) pas (?:du tout )?(?:ça|cela|exact|juste|bon|correct|vrai)\b"
        r"|vous (?:m')?avez mal (?:compris|entendu|noté)\b|vous vous (?:trompez|êtes trompée?)\b"
        r"|(?:faux|inexact|pas (?:juste|correct|exact|bon))" + _AFTER_NO + ")"
    ),
    correction=pattern(
        r"(?:(?:en fait|en réalité|plutôt|je voulais dire|j'ai dit|je me suis trompée?|je corrige|correction)\b"
        r"|(?:attendez|attends|une? (?:seconde|minute|instant)|pardon|désolée?|excusez-moi|enfin)" + _AFTER_NO + ")"
    ),
    connection=pattern(r"(?:et|mais|alors|donc|bon|ben|bah|eh bien|euh+|heu+|hum+|hmm+|ah|oh)\b(?!-)"),
    goodbye=pattern(
        r"(?:au revoir|bonne (?:journée|soirée|nuit)|à bientôt|salut|c'est tout|ce sera tout|ça sera tout|rien d'autre"
        r"|plus rien|je dois (?:y aller|raccrocher|vous laisser|partir)|raccrochez|vous pouvez raccrocher|adieu|ciao)"
    ),
    last_words=pattern(r"\b(?:au revoir|à bientôt|bonne (?:journée|soirée))$"),
    politeness=pattern(
        r"\b(?:non|oui|ok|okay|bon|très bien|bien|d'accord|merci|beaucoup|pour votre aide|parfait|super"
        r"|c'est (?:bon|exact|ça|juste)|et|alors|voilà|à vous aussi|je crois|je pense|pour moi"
        r"|pour (?:l'instant|le moment)"
        r"|désolée?|madame|monsieur|tout est (?:bon|exact|juste)|ce que je voulais dire)\b(?! d'autre)"
    ),
    repeat=pattern(
        r"(?:quoi|pardon|comment|hein|plaît il|vous dites|excusez moi|comment ça|qu'est ce que vous (?:avez dit|dites"
        r"|voulez dire)|(?:pardon |désolée? )?(?:je n'ai|j'ai) pas (?:bien )?(?:compris|entendu|saisi)"
        r"(?: (?:la question|ce que vous avez dit))?"
        r"|(?:(?:est ce que )?vous )?(?:pouvez|pourriez)(?: vous)? (?:me )?(?:répéter|redire(?: (?:ça|cela))?)"
        r"(?: la question| s'il vous plaît)*|répétez(?: s'il vous plaît| la question)*"
        r"|encore une fois(?: s'il vous plaît)?"
        r"|(?:quelle était )?la question)"
    ),
    pause=pattern(
        r"(?:(?:oui|non|euh|bon|alors|ok|juste|pardon) )*"
        r"(?:(?:attendez|attends|patientez|ne quittez pas"
        r"|(?:juste )?(?:un|une|deux) (?:petite? )?(?:moment|instant|minutes?|secondes?)"
        r"|(?:donnez|laissez) moi (?:un (?:petit )?(?:moment|instant)|une (?:minute|seconde)"
        r"|(?:réfléchir|regarder|voir|chercher|vérifier))"
        r"|je (?:regarde|cherche|vérifie|réfléchis|vais (?:voir|regarder|chercher|vérifier)))"
        r"(?: s'il vous plaît| s'il te plaît| juste| deux secondes)*(?: |$))+"
    ),
    unknown=pattern(
        r"(?:(?:je (?:ne )?|j')sais (?:pas|plus)(?: (?:exactement|trop|du tout|là|tout de suite))*"
        r"|je (?:ne )?(?:m'en |me )?(?:souviens|rappelle) (?:pas|plus)(?: (?:de ça|du tout|là))*|aucune idée|pas d'idée"
        r"|(?:je n'|j'|j'en |je n'en )?(?:ai )?(?:aucune idée|pas)|je n'en sais rien|j'en sais rien"
        r"|(?:je ne l'ai|je l'ai|je n'en ai) pas(?: (?:sous la main|ici|sur moi|avec moi|là))*"
        r"|je (?:ne )?suis pas sûre?|pas sûre?|passons|passez|(?:la )?question suivante|la suivante"
        r"|je préfère ne pas (?:le )?dire)"
    ),
    excuses=pattern(r"\b(?:pardon|désolée?|euh+|heu+|ben|bah|ah|oh|non|en fait|s'il vous plaît|alors|là)\b"),
    wants_human=pattern(
        r"\b(?:parler|passez|passer|transférer|transférez|mettez|mettre|joindre|donnez)\b(?: \S+){0,4}? "
        r"(?:humain|vraie personne|quelqu'un|conseill(?:er|ère)|agent|opérat(?:eur|rice)|collègue|employée?"
        r"|responsable)\b"
        r"|\b(?:veux|voudrais|souhaite) (?:avoir )?une? (?:vraie? )?"
        r"(?:humain|conseill(?:er|ère)|agent|opérat(?:eur|rice)|personne)(?: s'il vous plaît)?$"
        r"|^(?:une? )?(?:humain|conseill(?:er|ère)|opérat(?:eur|rice)|vraie personne)(?: s'il vous plaît)?$"
    ),
    hesitations=frozenset({"euh", "heu", "hum", "oh", "ah", "bonjour", "allô", "allo", "ben", "bah"}),
    noise=pattern(
        r"bonjour|allô|allo|salut|h+m+|m+|euh+|heu+|hum+|ben|bah|ah|oh|bon|alors|et|mais|le|la|une?|je|vous|là"
        r"|êtes|m'entendez"
    ),
)

_UNITS: Final = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
_TEENS: Final = ("dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf")
_BELOW_20: Final = (*_UNITS, *_TEENS)
_TENS: Final = (("vingt", 20), ("trente", 30), ("quarante", 40), ("cinquante", 50), ("soixante", 60))
_ALL_TENS: Final = (*_TENS, ("septante", 70), ("huitante", 80), ("octante", 80), ("nonante", 90), ("quatre-vingt", 80))
_BELOW_100: Final = (
    *((word, value) for value, word in enumerate(_BELOW_20)),
    *_ALL_TENS,
    ("quatre-vingts", 80),
    *((f"{word}-{unit}", tens + value) for word, tens in _ALL_TENS for value, unit in enumerate(_UNITS) if value),
    *((f"{word} et un", tens + 1) for word, tens in _ALL_TENS),
    *((f"{word} et une", tens + 1) for word, tens in _ALL_TENS),
    ("soixante et onze", 71),
    *((f"soixante-{teen}", 60 + value) for value, teen in enumerate(_TEENS, start=10)),
    *((f"quatre-vingt-{teen}", 80 + value) for value, teen in enumerate(_TEENS, start=10)),
)
_NUMBERS: Final = NumberWords(
    table=word_table([*_BELOW_100, ("une", 1)]),
    quantities=word_table(
        [
            ("premier", 1),
            ("première", 1),
            ("deux mille", 2000),
            *((f"deux mille {word}", 2000 + value) for word, value in _BELOW_100),
            *((f"mille neuf cent {word}", 1900 + value) for word, value in _BELOW_100),
            *((f"dix-neuf cent {word}", 1900 + value) for word, value in _BELOW_100),
        ]
    ),
    repeats=MappingProxyType({"double": 2, "triple": 3}),
    zeros=MappingProxyType({"cent": "00", "cents": "00", "mille": "000"}),
    pauses=word_set("et puis ensuite euh heu tiret espace virgule alors"),
    dashes=word_set("tiret trait moins"),
)
_ALPHABET: Final = (
    "anatole berthe célestin daniel eugène françois gaston henri irma joseph kléber louis marcel nicolas "
    "oscar pierre quintal raoul suzanne thérèse ursule victor william xavier yvonne zoé"
)
_MAIL: Final = MailWords(
    signs=MappingProxyType(
        {
            "arobase": "@",
            "arrobase": "@",
            "arobas": "@",
            "a commercial": "@",
            "at": "@",
            "chez": "@",
            "point": ".",
            "dot": ".",
            "tiret du bas": "_",
            "tiret bas": "_",
            "underscore": "_",
            "souligné": "_",
            "tiret": "-",
            "trait d'union": "-",
            "moins": "-",
            "plus": "+",
            "g-mail": "gmail",
            "double v": "w",
            "double vé": "w",
            "i grec": "y",
        }
    ),
    leads=pattern(
        r"est|c'est|voici|voilà|à|au|sur|mon|ma|mes|le|la|l'adresse|adresse|mail|e-mail|email|mél|courriel|électronique"
        r"|euh|heu|alors|donc|oui|bon|me|moi|écrivez|joindre|notez|pardon|non|@"
    ),
    letter_of=pattern(r"\b(?P<letter>[a-z]) comme (?P<word>\w+)"),
    alphabet=MappingProxyType({name: name[0] for name in _ALPHABET.split()}),
)
_TEXTS: Final = TextWords(
    hesitations=pattern(r"(?:,\s*)?\b(?:euh+|heu+|hum+|hmm+)\b[,.]*"),
    openings=pattern(r"(?:alors|bon|ben|bah|eh bien|donc|oui|ok|d'accord|ah|oh|voilà|disons|attendez)\b[,.]*\s+"),
    pointers=pattern(
        r"(?:c'(?:est|était)(?: arrivé)?|ça s'est passé|cela s'est passé|c'est arrivé|ça se passait"
        r"|moi c'est|je suis)\b[,:]?\s+"
    ),
    after_pointer=pattern(
        r"(?-i:(?:dans|à|au|aux|en|chez|près|devant|derrière|sur|sous|à côté|le|la|les|l'|une?|mon|ma|notre|son|sa"
        r"|[A-ZÀ-Ý0-9])(?:\b|\w+))"
    ),
    name_leads=pattern(
        r"(?:je m'appelle|(?:mon|le) nom (?:complet )?(?:est|c'est)|je me nomme|c'est|ici|je suis)\s+"
        r"(?:(?:madame|monsieur)\s+)?"
    ),
    name_tails=pattern(r"\s+(?:à l'appareil|à l'écoute|au téléphone)$"),
    lead_in=r"(?:mon|ma|mes|le|la|les|l'|notre|son|sa)\s*(?:{name})\s*,?\s+"
    r"(?:c'est|est|était|c'était|ce serait)\b[,:]?\s+",
    own_number=pattern(
        r"\b(?:(?:ce|le même|mon) numéro(?:-ci| actuel)?$|(?:ce|le même) (?:numéro|téléphone|portable)\b"
        r"|(?:dont|avec lequel|duquel|d'où) (?:je vous appelle|j'appelle)|je vous appelle (?:de|depuis|avec))"
    ),
)
_MENTIONS: Final = MentionWords(
    of_types=MappingProxyType(
        {
            FieldType.DATETIME: ("date et heure", "date", "heure", "jour"),
            FieldType.EMAIL: ("adresse e-mail", "adresse email", "adresse mail", "e-mail", "email", "mail", "courriel"),
            FieldType.PHONE_NUMBER: ("numéro de téléphone", "téléphone", "portable", "numéro"),
            FieldType.TEXT: (),
        }
    ),
    of_last_words=MappingProxyType(
        {"location": ("lieu", "endroit", "adresse"), "description": ("description", "récit"), "name": ("nom",)}
    ),
    before=r"(?:(?:s'il vous plaît|changez|corrigez|mettez|modifiez|c'est|seulement|juste)\s+)*"
    r"(?:(?:le|la|les|mon|ma|mes|notre|votre|son|sa)\s+|l')?",
    is_wrong=pattern(
        r"^(?:(?:est|était|n'est|n'était|c'est|qui est)\s+)?(?:pas\s+)?"
        r"(?:faux|fausse|inexacte?|incorrecte?|(?:pas )?(?:juste|correcte?|exacte?|bonne?|bon))\b[\s,.;:—-]*(?:et\s+)?"
    ),
    is_=pattern(r"^(?:devrait être|doit être|serait|est|était|c'est|c'était|en|par|à)\b\s*"),
)

_MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _moment(moment: datetime, now: datetime) -> str:
    day = f"{_WEEKDAYS[moment.weekday()]} {'1er' if moment.day == 1 else moment.day} {_MONTHS[moment.month - 1]}"
    if moment.year != now.year:
        day += f" {moment.year}"
    if moment.hour == moment.minute == 0:
        return day
    if (moment.hour, moment.minute) == (12, 0):
        return f"{day} à midi"
    hour = f"{moment.hour} heure{'s' if moment.hour > 1 else ''}"
    return f"{day} à {hour}{f' {moment.minute}' if moment.minute else ''}"


FRENCH: Final = Grammar(
    language="fr",
    markers=_MARKERS,
    numbers=_NUMBERS,
    mail=_MAIL,
    texts=_TEXTS,
    mentions=_MENTIONS,
    reading=Reading(
        digits=_UNITS,
        signs=MappingProxyType(
            {"@": "arobase", ".": "point", "_": "tiret du bas", "-": "tiret", "+": "plus", "/": "barre oblique"}
        ),
        moment=_moment,
        home_codes=frozenset({1, 33}),
    ),
    dates=FRENCH_DATES,
)
