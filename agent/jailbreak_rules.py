"""The rules by which an attack on the instructions is told from what callers say: tables.

A rule is met where ``what`` is found and, if it has them, one of ``near`` within 80
characters of it. Both are written for folded text: lower case, no accents, no look-alikes.
A weight of 1 blocks; 0.5 is suspicious; what is less must come together.
"""

from dataclasses import dataclass
from typing import Final

from agent.jailbreak_words import (
    AUTHORITY,
    BE_SOMEBODY,
    CUSTOMER_DE,
    CUSTOMER_EN,
    CUSTOMER_ES,
    CUSTOMER_FR,
    CUSTOMER_ZH,
    DATA_DE,
    DATA_EN,
    DATA_ES,
    DATA_FR,
    DATA_ZH,
    IN_DE,
    IN_EN,
    IN_ES,
    IN_FR,
    IN_ZH,
    MODE,
    NO_RULES,
    OFF_EN,
    OVERRIDE_DE,
    OVERRIDE_EN,
    OVERRIDE_ES,
    OVERRIDE_FR,
    OVERRIDE_ZH,
    SOMEBODY,
    TELL_DE,
    TELL_EN,
    TELL_ES,
    TELL_FR,
    TELL_ZH,
    WHICH_EN,
)
from agent.verdict import Rule


@dataclass(frozen=True, slots=True)
class Signal:
    """One rule, as regular expressions."""

    rule: Rule
    weight: float
    what: str
    near: str = ""
    is_for_data: bool = False
    """It is one only in what nobody has said: documents, messages, results of tools."""


SIGNALS: Final = (
    # -- ignore the instructions
    Signal(
        Rule.OVERRIDE,
        1.0,
        rf"\b(?:{WHICH_EN}(?: of)?(?: the| your| my| these| those| \w+)? ){{1,4}}{IN_EN}\b",
        OVERRIDE_EN,
    ),
    Signal(
        Rule.OVERRIDE, 0.6, rf"\b(?:the|these|such) (?:\w+ )?{IN_EN}\b", r"\b(?:disregard|override|bypass|forget)\b"
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        (
            r"\b(?:everything|anything|all|whatever|what) (?:that )?(?:you(?:'ve| have| were"
            r"| are)?(?: been)? (?:told|instructed|taught|programmed|given|configured)|(?:is |was "
            r"|written )?above|came before|they (?:told|taught) you|your (?:boss|company"
            r"|developers?) (?:told|said))"
        ),
        OVERRIDE_EN,
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        (
            r"\b(?:your|the|all|any) (?:\w+ ){0,2}?(?:safety|content|security|moderation|guard ?rails?"
            r"|safeguards?|restrictions|instructions|prompt|programming|filters?)\b(?: filters?| rules?"
            r"| settings?| checks?| protocols?)?"
        ),
        OFF_EN,
    ),
    Signal(
        Rule.OVERRIDE,
        0.8,
        (
            r"\b(?:new|updated|real|actual|true|following) (?:system )?(?:instructions?|prompt|directives?"
            r"|orders|rules?)\b(?: (?:is|are|apply|for you|from now on)|\s*:)"
        ),
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        (
            rf"\b(?:tes|vos|les|ces|toutes|tous|precedentes?|anterieures?|initiales?|des|aux|de tes"
            rf"|de vos)(?: \w+)? {IN_FR}\b"
        ),
        OVERRIDE_FR,
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        r"\btout ce (?:qu'on|que l'on|qui|que) (?:t'a|vous a|tu as|vous avez|precede|a ete dit)",
        OVERRIDE_FR,
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        (
            rf"\b(?:tus|sus|las|todas|esas|estas|anteriores|previas|los|a las)(?: \w+)? {IN_ES}\b"
            rf"|\b{IN_ES} (?:anteriores|previas|iniciales|del sistema)"
        ),
        OVERRIDE_ES,
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        (r"\btodo lo (?:que te (?:han|dijeron|hayan)|que le (?:han|dijeron)|anterior|de arriba|dicho)"),
        OVERRIDE_ES,
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        (
            rf"\b(?:alle[n]?|deine[nr]?|ihre[nr]?|vorherige[nr]?|bisherige[nr]?|diese[nr]?|vorigen"
            rf"|samtliche[n]?|obige[nr]?|die|an die|an deine)(?: \w+)? {IN_DE}\b"
        ),
        OVERRIDE_DE,
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        (
            r"\balles,? was (?:man )?(?:dir|ihnen|du|sie) (?:bisher |vorher |zuvor )?(?:gesagt|beigebracht"
            r"|gelernt|aufgetragen|vorgegeben)|\balles (?:obige|bisherige|vorherige)"
        ),
        OVERRIDE_DE,
    ),
    Signal(
        Rule.OVERRIDE,
        1.0,
        rf"(?:所有|之前|以前|先前|上面|以上|你的|您的|一切|任何|前面|系统|系統|全部|这些|這些)[^。！？]{{0,8}}{IN_ZH}",
        OVERRIDE_ZH,
    ),
    # -- tell the instructions
    Signal(
        Rule.PROMPT_LEAK,
        0.7,
        (
            r"\bsystem ?prompts?\b|\b(?:prompt|invite) (?:systeme|initiale?)\b|\bprompt del sistema\b"
            r"|\bsystem ?-?(?:anweisung(?:en)?|nachricht)\b|系统提示|系統提示|\bprompt injection\b|提示词"
            r"|提示詞"
        ),
    ),
    Signal(
        Rule.PROMPT_LEAK,
        0.6,
        (
            r"\b(?:system|developer|initial|original|hidden|secret|internal|base|full|entire|exact"
            r"|underlying|very first|confidential|opening) (?:\w+ )?(?:prompts?|instructions?|messages?"
            r"|rules|guidelines|directives?|configuration|programming|briefing)\b"
            r"|\byour (?:\w+ ){0,2}?(?:prompts?|programming|directives?|configuration|source code"
            r"|training data|preamble|system message|setup|briefing|script)\b"
        ),
        TELL_EN,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        0.5,
        (
            r"\b(?:system|developer|initial|hidden|secret|internal|confidential|original) (?:prompts?"
            r"|instructions?|messages?|rules|directives?)\b|\byour (?:\w+ )?(?:prompts?|programming"
            r"|source code|system message|preamble|directives?)\b"
        ),
        TELL_EN,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        1.0,
        (
            r"\b(?:instructions?|rules?|guidelines?|orders|text|prompt|words?) (?:that )?(?:(?:you"
            r"|they) (?:were|have been|had been|got|received|gave you|are)(?: \w+)?|your \w+ gave you"
            r"|given to you)|\b(?:told|instructed|asked) (?:you )?to (?:do|say|follow) (?:at"
            r"|in) the (?:beginning|start|very)|\bwhat (?:were|have) you (?:been )?(?:told|instructed)\b"
        ),
        TELL_EN,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        0.6,
        (
            r"\byour (?:\w+ ){0,2}?(?:instructions?|rules|guidelines|tools?|functions?|schemas?|commands"
            r"|capabilities in json)\b"
        ),
        TELL_EN,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        0.5,
        r"\b(?:your|the) (?:\w+ )?(?:instructions?|rules|guidelines|directives?|tools?)\b",
        r"\b(?:translate|summari[sz]e|paraphrase|rephrase|encode|rhyme|poem|song|sing|spell)\b",
    ),
    Signal(
        Rule.PROMPT_LEAK,
        0.5,
        (
            r"\b(?:word for word|verbatim|letter by letter|character by character|token by token"
            r"|line by line|in (?:a )?code ?block|as (?:json|yaml|markdown|xml)|in (?:json|yaml|markdown"
            r"|xml)|mot (?:a|pour) mot|palabra por palabra|al pie de la letra|wort ?wortlich|wortwortlich"
            r"|wort fur wort|letra por letra|lettre par lettre|buchstabe fur buchstabe)\b|逐字|一字不差|原文"
        ),
        (
            r"\b(?:instructions?|rules?|prompts?|guidelines|above|told|tools?|consignes?|regles?"
            r"|instrucciones|reglas|anweisungen|regeln|vorgaben|programm\w+|configuration|message"
            r"|schemas?)\b|指令|规则|規則|提示|设定"
        ),
    ),
    Signal(
        Rule.PROMPT_LEAK,
        1.0,
        (
            r"\b(?:text|words?|everything|all|messages?|contents?|sentences?|lines?|paragraphs?|conversation"
            r"|what (?:is|was|comes|came|stands)) (?:that )?(?:\w+ ){0,2}?(?:above|before (?:this|my first"
            r"|our)|that came before|preceding this|prior to this)\b|\bfrom (?:the )?(?:beginning|very top"
            r"|top) of (?:this|the|your) (?:conversation|prompt|chat|text|document|context)\b"
            r"|\bstart(?:ing)? (?:with|from) (?:the words )?[\"'“]?you are\b"
            r"|\bbegin(?:ning)? with [\"'“]?you are\b"
        ),
        TELL_EN,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        1.0,
        (
            r"\b(?:tool|function|json|api) (?:schemas?|definitions?|descriptions?|names?|specifications?"
            r"|signatures?)\b|\b(?:list|names?|descriptions?) of (?:all )?(?:your |the )(?:\w+ )?(?:tools"
            r"|functions)\b|\bcontext window\b"
        ),
        TELL_EN,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        1.0,
        (
            r"\b(?:tes|vos|ton|ta|votre)(?: \w+)? (?:instructions?|consignes?|prompts?|programmation"
            r"|configuration|directives?|regles internes|invite|code source)\b|\b(?:consignes?|instructions?"
            r"|regles?) (?:que tu as|que vous avez|qu'on t'a|qu'on vous a|systeme|initiales?|cachees?"
            r"|secretes?|internes?|de depart)|\btexte (?:ci-dessus|au-dessus|qui precede)"
            r"|\btout ce qui precede"
        ),
        TELL_FR,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        1.0,
        (
            r"\b(?:tus|sus|tu|su)(?: \w+)? (?:instrucciones|prompts?|programacion|configuracion|directrices"
            r"|reglas internas|codigo fuente|indicaciones)\b|\b(?:instrucciones|reglas"
            r"|indicaciones) (?:que te|que le|que has|que ha|del sistema|iniciales|ocultas|secretas|internas"
            r"|originales)|\btexto (?:anterior|de arriba)|\btodo lo anterior"
        ),
        TELL_ES,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        1.0,
        (
            r"\b(?:deine[nr]?|ihre[nr]?|dein|ihr|eure)(?: \w+)? (?:anweisungen|instruktionen|prompts?"
            r"|systemprompts?|programmierung|konfiguration|vorgaben|systemanweisungen|quellcode|regeln)\b"
            r"|\b(?:anweisungen|regeln|vorgaben|instruktionen),? (?:die (?:du|sie|man)|geheimen|internen"
            r"|ursprunglichen)|\b(?:geheimen?|internen?|ursprunglichen?|versteckten?) (?:anweisungen|regeln"
            r"|vorgaben)|\b(?:text|alles) (?:oberhalb|da ?ruber|hier ?uber|obenstehende|was oben steht"
            r"|uber dieser)"
        ),
        TELL_DE,
    ),
    Signal(
        Rule.PROMPT_LEAK,
        1.0,
        (
            rf"(?:你|您)(?:的|被|收到|得到|最初|初始|系统|系統|所有|内部|內部|全部|隐藏"
            rf"|隱藏){{1,4}}[^。！？]{{0,6}}{IN_ZH}|(?:系统|系統|初始|内部|內部|隐藏|隱藏|秘密)(?:的)?{IN_ZH}"
            rf"|(?:上面|以上|之前)的(?:所有)?(?:文字|内容|內容|对话|對話)"
        ),
        TELL_ZH,
    ),
    # -- be somebody else
    Signal(Rule.ROLE_PLAY, 0.4, BE_SOMEBODY),
    Signal(Rule.ROLE_PLAY, 0.6, SOMEBODY, BE_SOMEBODY),
    Signal(Rule.ROLE_PLAY, 0.6, NO_RULES),
    Signal(Rule.ROLE_PLAY, 0.7, rf"\b(?:do anything now|jail ?break(?:en|ing)?|jailbroken)\b|越狱|越獄|{MODE}"),
    Signal(
        Rule.ROLE_PLAY,
        0.5,
        (
            r"\bcan do anything\b|\b(?:no longer|not) (?:an? )?(?:assistant|bot|ai)\b|\bstay in character\b"
            r"|\bnever (?:say no|refuse)\b|\bcannot refuse\b|\bopposite day\b|\byou (?:have"
            r"|are) (?:been )?(?:freed|liberated|unlocked)\b|\bbroken free\b"
        ),
    ),
    # -- claim a right
    Signal(Rule.AUTHORITY, 0.6, AUTHORITY),
    Signal(
        Rule.AUTHORITY,
        0.5,
        MODE,
        (
            r"\b(?:enable|activate|enter|switch|turn on|you are|start|go|active[rz]?|activa|active|entra"
            r"|aktivier(?:e|en)?|wechs(?:le|eln)|starte[n]?|passe[zr]?|mode)\b|进入|進入|启动|啟動|打开|開啟"
            r"|切换"
        ),
    ),
    Signal(
        Rule.AUTHORITY,
        0.3,
        (
            r"\b(?:override|admin|master|root|clearance|maintenance) (?:code|password|key|token|level)\b"
            r"|\bpassword is\b|\bsudo\b"
        ),
    ),
    # -- another customer's data
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_EN, DATA_EN),
    Signal(
        Rule.OTHER_CUSTOMER,
        0.5,
        CUSTOMER_EN,
        (
            r"\b(?:give|tell|read|show|list|send|text|what(?:'s| is| are| was| were| did)|who(?:'s| is| was"
            r"| were)|find|look up|get|dump|export|share|repeat|provide|reveal|want|need|which|name|spell)\b"
        ),
    ),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_FR, DATA_FR),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_FR, rf"{TELL_FR}|\b(?:veux|voudrais|besoin|qui)\b"),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_ES, DATA_ES),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_ES, rf"{TELL_ES}|\b(?:quiero|necesito|quien|que)\b"),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_DE, DATA_DE),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_DE, rf"{TELL_DE}|\b(?:will|mochte|brauche|wer|was|wie)\b"),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_ZH, DATA_ZH),
    Signal(Rule.OTHER_CUSTOMER, 0.5, CUSTOMER_ZH, rf"{TELL_ZH}|我要|我想|谁|誰|查|什么|什麼"),
)
"""Those of what is said in any language."""
