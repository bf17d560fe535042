"""How callers ask for what reaches beyond the call, and how they agree to it, in five languages: tables.

For folded text: lower case, no accents. Generous, since it is asked only where something else than
the caller may have asked: whoever is not understood is asked back.
"""

import re
from types import MappingProxyType
from typing import Final

_HUMAN: Final = (
    r"human|humain\w*|humano|person|personne|persona|mensch\w*|somebody|someone|quelqu'un|alguien"
    r"|jemand\w*|agents?|agente|colleague|collegue|kolleg\w*|companero|operator|operateur"
    r"|operador\w*|representative|advis[eo]r|conseill\w+|asesor\w*|berater\w*|supervisor|manager"
    r"|boss|chef|responsable|mitarbeiter\w*|staff|sachbearbeiter\w*"
)
_PUT_THROUGH: Final = (
    r"talk|speak|connect|transfer|put me|get me|give me|hand|want|need|pass|let me|like|can i|parler"
    r"|passe\w*|transfer\w*|veux|voudrais|hablar|pas(?:e|a)\w*|quiero|comuni\w+|sprech\w*|verbind\w*"
    r"|mochte|will|geben sie|brauche"
)
ASKS_FOR: Final = MappingProxyType(
    {
        "end_call": re.compile(
            r"\b(?:bye|goodbye|that'?s (?:all|it|everything)|that is all|that (?:was|will be) all"
            r"|nothing else|nothing more|no,? thank|hang up|end (?:the|this) call|have a (?:nice|good|great)"
            r"|see you|talk to you later|i'?m done|i (?:have to|must|gotta) go(?! to| in)"
            r"|au revoir|raccroch\w+|c'est tout|bonne (?:journee|soiree)"
            r"|non,? merci|adios|hasta luego|eso es todo|nada mas|no,? gracias|cuelg\w+|auf wieder\w+"
            r"|tschuss|das war'?s|das war alles|das ist alles|nichts mehr|nein,? danke|auflegen)\b|再见|再見"
            r"|拜拜|挂了|掛了|挂断|没有了|沒有了|没别的|没有别的|就这样|就這樣|没事了"
        ),
        "talk_to_human": re.compile(
            rf"\b(?:{_PUT_THROUGH})\b.{{0,50}}\b(?:{_HUMAN})\b|\b(?:{_HUMAN})\b.{{0,30}}\b(?:sprechen"
            rf"|verbinden|reden|hablar|parler)\b|\breal person\b|人工|真人|客服|转接|轉接|经理|經理|同事"
        ),
        "send_sms": re.compile(
            r"\b(?:sms|texto?s?|text (?:message|me)|messages?|mensaje|whatsapp|nachricht|kurznachricht"
            r"|write it|writing|send (?:me|it|that|this)|envo\w+|envi\w+|mand\w+|schick\w*|send\w* sie)\b"
            r"|短信|簡訊|发给我|發給我|发送|消息"
        ),
        "notify_emergencies": re.compile(
            r"\b(?:emergenc\w+|ambulance|police|fire|firemen|burn\w*|smoke|flames?|injur\w+|hurt|bleed\w*"
            r"|blood|unconscious|breath\w*|trapped|gas leak|gas|explo\w+|shoot\w*|shot|gun|knife|stab\w*"
            r"|attack\w*|heart|stroke|dying|dead|die|drown\w*|help|danger\w*|robb\w+|assault\w*|911|112|999"
            r"|urgence\w*|urgent\w*|secours|pompiers?|feu|fumee|bless\w+|saign\w+|sang|inconscient\w*"
            r"|respir\w+|coinc\w+|gaz|arme|couteau|agress\w+|crise|mort\w*|aide\w*|ambulancia|policia"
            r"|bomberos|fuego|humo|incendio|herid\w+|sangr\w+|atrapad\w+|explos\w+|pistola|cuchillo|atac\w+"
            r"|infarto|muert\w+|ayuda\w*|peligro|notfall|notruf|krankenwagen|rettung\w*|polizei|feuer\w*"
            r"|brenn\w*|rauch|verletz\w*|blut\w*|bewusstlos\w*|atm\w+|eingeklemmt|waffe|messer|uberfall\w*"
            r"|herz\w*|schlaganfall|stirbt|tot|hilfe|gefahr)\b|着火|火灾|火災|失火|冒烟|受伤|受傷|流血|昏迷"
            r"|呼吸|被困|煤气|爆炸|刀|枪|救命|救护|救護|报警|報警|警察|消防|急救|危险|帮帮"
        ),
    }
)
"""By the name of the tool: how callers ask for what it does."""
OFFERS: Final = MappingProxyType(
    {
        **ASKS_FOR,
        "end_call": re.compile(
            r"\b(?:anything else|something else|else (?:i|we) can|end (?:the|this) call|hang up|goodbye"
            r"|autre chose|raccroch\w+|algo mas|otra cosa|colg\w+|noch etwas|sonst noch|auflegen|beenden)\b"
            r"|其他|别的|还有|挂断|结束"
        ),
        "talk_to_human": re.compile(rf"\b(?:{_HUMAN})\b|人工|真人|客服|转接|同事"),
    }
)
"""How our own question offers it."""
YES: Final = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|sure|please|ok(?:ay)?|of course|go ahead|do (?:it|that)|right|correct"
    r"|absolutely|definitely|all right|fine|that would|oui|ouais|d'accord|volontiers|bien sur"
    r"|s'il vous plait|allez-y|si|claro|vale|por favor|de acuerdo|adelante|ja|jawohl|gern\w*|bitte"
    r"|klar|genau|einverstanden|machen sie)\b|^\W*(?:好|是|可以|行|对|對|要|请|請|麻烦|嗯)"
)
NO: Final = re.compile(r"^\W*(?:no|nope|nothing|non|rien|nada|nein|nichts)\b|^\W*(?:没|沒|不)")
