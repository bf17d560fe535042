"""Words around names, in each of our languages."""

import re
from typing import Final


def words_of(text: str) -> frozenset[str]:
    """Words with blanks between them."""
    return frozenset(text.split())


_LETTER: Final = r"[^\W\d_]"
_WORD: Final = rf"{_LETTER}[\w'’-]*\.?"
_CAPITAL: Final = r"(?-i:[A-ZÀ-ÖØ-ÞŁŚŽČŠĐ])[\w'’-]*\.?"
_LINK: Final = (
    r"(?:de|de la|del|della|da|dos|di|van|van der|van den|von|von der|zu|zur|le|la|du|des|el|al|bin|ben|y|e|o'|mc)"
)
NAME: Final = rf"(?P<name>{_CAPITAL}(?:(?:\s+|-)(?:{_LINK}\s+)*{_CAPITAL}){{0,4}})"
"""With capitals, as names are written."""
ANY_NAME: Final = rf"(?P<name>{_WORD}(?:\s+{_WORD}){{0,3}})"
"""In any casing: recognisers do not know names. What ends it is cut off by ``ENDS``."""
HAN_NAME: Final = r"(?P<name>[\u4e00-\u9fff·]{2,4}?)"
SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶黎贺顾毛郝龚邵万覃武钱戴严莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧阳"
)

STRONG: Final = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        rf"\bmy\s+(?:full\s+|first\s+|last\s+|maiden\s+|family\s+)?(?:name|surname)(?:'s|’s|\s+is|\s+was)\s+{ANY_NAME}",
        rf"\b(?:i\s+am|i'm|i’m|he\s+is|she\s+is|he's|she's|is)\s+called\s+{ANY_NAME}",
        rf"\b(?:name\s+is|name's|name’s|under\s+the\s+name(?:\s+of)?|please\s+call\s+me|you\s+can\s+call\s+me)\s+{ANY_NAME}",
        rf"\bje\s+m['’]appelle\s+(?:(?:madame|monsieur)\s+)?{ANY_NAME}",
        rf"\b(?:mon|le|son)\s+(?:nom|prénom)(?:\s+complet|\s+de\s+famille|\s+de\s+jeune\s+fille)?,?\s+(?:est|c['’]est)\s+{ANY_NAME}",
        rf"\b(?:je\s+me\s+nomme|(?:il|elle)\s+s['’]appelle|au\s+nom\s+de)\s+{ANY_NAME}",
        rf"\b(?:me\s+llamo|se\s+llama|(?:mi|el|su)\s+(?:nombre|apellido)(?:\s+completo)?\s+es|a\s+nombre\s+de)\s+{ANY_NAME}",
        rf"\b(?:ich\s+hei(?:ß|ss)e|(?:er|sie)\s+hei(?:ß|ss)t|(?:mein|der|sein|ihr)\s+(?:vor|nach|familien)?name\s+(?:ist|lautet)|auf\s+den\s+namen)\s+(?:(?:herr|frau)\s+)?{ANY_NAME}",
        rf"(?:我叫做?|叫我|我的?(?:名字|姓名)(?:是|叫)|(?:名字|姓名)(?:是|叫)|他叫|她叫)\s*{HAN_NAME}(?=[，。！？、,.!?\s的和，]|$)",
        rf"(?:我姓|免贵姓|姓)(?P<name>[{SURNAMES}])",
    )
)
"""Whatever follows is a name."""

WEAK: Final = tuple(
    re.compile(text, re.IGNORECASE)
    for text in (
        rf"\b(?:this\s+is|i\s+am|i'm|i’m|it's|it’s|speaking\s+(?:with|to)|on\s+behalf\s+of|here\s+is|ask\s+for|reach)\s+{NAME}",
        rf"\b(?:my|our|his|her)\s+(?:husband|wife|son|daughter|mother|father|brother|sister|neighbou?r|friend|partner|boss|colleague|landlord|doctor|lawyer|driver)(?:\s+is|,|'s\s+name\s+is|\s+called)?\s+{NAME}",
        rf"\b(?:the\s+)?(?:other\s+driver|witness|driver|owner|tenant)(?:\s+is|\s+was|,|\s+called)\s+{NAME}",
        rf"{NAME}\s+(?:speaking|on\s+the\s+(?:phone|line)|calling)\b",
        rf"\b(?:je\s+suis|c['’]est|ici|moi\s+c['’]est)\s+(?:(?:madame|monsieur)\s+)?{NAME}",
        rf"\b(?:mon|ma|notre)\s+(?:mari|femme|fils|fille|mère|père|frère|sœur|voisine?|ami|amie|collègue|épouse|époux)(?:,|\s+s['’]appelle)?\s+{NAME}",
        rf"{NAME}\s+(?:à\s+l['’]appareil|au\s+téléphone)\b",
        rf"\b(?:soy|habla|le\s+habla|aquí)\s+{NAME}",
        rf"\bmi\s+(?:marido|esposo|esposa|mujer|hijo|hija|madre|padre|hermano|hermana|vecino|vecina|amigo|amiga)(?:,|\s+se\s+llama)?\s+{NAME}",
        rf"{NAME}\s+al\s+(?:habla|teléfono|aparato)\b",
        rf"\b(?:ich\s+bin|hier\s+(?:ist|spricht))\s+(?:(?:der|die|herr|frau)\s+)?{NAME}",
        rf"\bmeine?\s+(?:mann|frau|sohn|tochter|mutter|vater|bruder|schwester|nachbar|nachbarin|freund|freundin|kollege|kollegin)(?:,|\s+hei(?:ß|ss)t)?\s+{NAME}",
        rf"{NAME}\s+(?:am\s+apparat|am\s+telefon)\b",
        rf"(?:我是|这里是|叫)(?P<name>[{SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[，。！？,.!?\s]|$)",
    )
)
"""A name follows, or stands before, if it is written as one."""

TITLES: Final = tuple(
    re.compile(text)
    for text in (
        rf"\b(?:[Mm]r|[Mm]rs|[Mm]s|[Mm]iss|[Mm]ister|[Dd]r|[Dd]octor|[Pp]rof(?:essor)?)\.?\s+{NAME}",
        rf"\b(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|M\.|Mme|Mlle)\s+{NAME}",
        rf"\b(?:[Ss]eñora?|[Ss]eñorita|[Ss]ra?\.?|[Dd]oña|[Dd]on)\s+{NAME}",
        rf"\b(?:[Hh]errn?|[Ff]rau)\s+(?:(?:Dr|Prof)\.\s+)*{NAME}",
        rf"(?P<name>[{SURNAMES}][\u4e00-\u9fff]{{0,2}}?)(?=先生|女士|小姐|太太|师傅|医生|老师)",
    )
)
"""A title stands before a name, or behind it."""

QUESTION: Final = re.compile(
    r"\b(?:your|full|first|last|whose|policyholder's)\s+(?:(?:full|first|last)\s+)?(?:name|surname)\b"
    r"|\bwho\s+(?:am\s+i|is\s+speaking)\b"
    r"|\b(?:votre|quel\s+(?:est|nom))\s+(?:votre\s+)?(?:nom|prénom)\b|vous\s+appelez[- ]vous|de\s+la\s+part\s+de\s+qui"
    r"|\b(?:su|tu|cuál\s+es\s+su|qué)\s+(?:nombre|apellido)\b|cómo\s+se\s+llama|con\s+quién\s+hablo"
    r"|\b(?:ihr|ihren|welcher|vollständiger?)\s+(?:vollständiger?n?\s+)?(?:vor|nach)?namen?\b"
    r"|wie\s+heißen\s+sie|mit\s+wem\s+spreche"
    r"|(?:您|你)?(?:的)?(?:名字|姓名)|怎么称呼|贵姓",
    re.IGNORECASE,
)
"""Whoever answers this says a name."""

ENDS: Final = words_of(
    "and but or so i i'm i’m im my we you he she it they the a an is was are at on in from with for to of by that "
    "this calling speaking here please thanks thank yes no not just about because living born et mais ou donc je "
    "j'ai mon ma mes nous vous il elle le la les un une est suis à au aux en dans de depuis pour avec sur "
    "j'habite j'appelle c'est oui non merci voilà y pero o entonces yo mi mis nosotros usted él ella el los las "
    "una es soy estoy desde para con por sobre sí gracias llamo vivo tengo quiero und aber oder also ich mein "
    "meine wir sie er der die das ein eine ist bin war am aus mit für zu von wegen ja nein danke bitte rufe wohne "
    "habe"
)
"""Ends a name that is not written as one."""

LINKS: Final = words_of("de del della da dos di van von der den zu zur le la du des el al bin ben y e las los")
"""Within names, and of no meaning alone."""

ORDINARY: Final = words_of(
    "will may mark rose grace hope faith joy art bill frank rich rob pat sue dawn april june august summer autumn "
    "young white brown black green gray grey king long short small little love stone wood woods field fields hill "
    "hills lake rivers park banks day days bell bush cook page price west east north south best good moon star "
    "fox wolf bird fish case chase cash drew dean earl duke baker carpenter gardener hunter porter potter smart "
    "sharp swift strong wise wild winter max petit grand blanc noir roux brun leblanc marin berger boucher "
    "marchand fleur claire aimé constant parfait france paris martin rey blanco rojo moreno delgado bueno franco "
    "leal luz paz mar sol cruz reina iglesia calle campo prado klein groß gross lang kurz weiß weiss schwarz "
    "braun grün roth alt jung neu ernst frei stark könig kaiser richter bauer koch sommer vogel stein berg busch "
    "wald"
)
"""Names that are words, too: alone they are names only where they have a capital."""

NO_NAMES: Final = words_of(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december yes no ok okay sorry hello hi good thanks thank please well sure right "
    "fine here there calling just not afraid trying looking having happy glad ready done back going oui non merci "
    "bonjour désolé bien sí gracias hola bueno ja nein danke hallo gut genau english french german spanish "
    "chinese british american the a an my your our this that it what where when how why insurance police "
    "ambulance fire customer agent policy claim name names surname called nom prénom m'appelle appelle nombre apellido "
    "heiße heisse uh um er erm euh"
)
"""Have a capital now and then, and are no names."""
