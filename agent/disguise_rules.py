"""The rules by which an attack is told that is hidden, framed as something else, or aimed at the tools: tables.

As ``agent.jailbreak_rules``.
"""

from typing import Final

from agent.jailbreak_rules import Signal
from agent.verdict import Rule

_CIPHER: Final = (
    r"\b(?:base ?-?(?:64|32|16)|rot ?-?(?:13|47)|hex(?:adecimal)?|morse(?: code)?|ascii"
    r"|caesar(?: cipher)?|ciphers?|leet ?speak|pig latin|unicode escapes?|url.?encod\w+|atbash"
    r"|vigenere|nato alphabet|emojis? (?:code|only)|hexadezimal|hexadecimal(?:es)?|code morse"
    r"|morsecode|codigo morse|en binaire|en binario|in binary|binary code|binarcode)\b|摩斯|十六进制"
    r"|十六進制|二进制|二進制|编码|編碼|解码|解碼"
)
_CODING: Final = (
    r"\b(?:decod(?:e|ing|er|ez|ifica|ifique|iert?)|encod(?:e|ed|ing|er|ez)|decrypt|encrypt|decipher"
    r"|translate|convert|answer|reply|respond|write|output|print|spell|say|speak|give|send|read|tell"
    r"|codifica|codifique|descifra|dekodier(?:e|en)?|entschlussel(?:e|n)?|verschlussel(?:e|n)?"
    r"|kodier(?:e|en)?|ubersetz(?:e|en)?|antworte|schreib(?:e|en)?|schicke?|sag(?:e|en)?|lies|gib"
    r"|tradui(?:s|sez)|repond(?:s|ez)|ecri(?:s|vez)|responde|escribe|escriba|di(?:s|me|ga)?)\b|翻译"
    r"|回答|输出|解|写|說|说|告诉"
)
_ASKED: Final = (
    r"\b(?:instructions?|rules?|prompts?|guidelines|system|told|above|tools?|functions?|consignes?"
    r"|regles|instrucciones|reglas|anweisungen|regeln|vorgaben|customers?|clients?|clientes"
    r"|kunden)\b|指令|规则|提示|客户"
)
_EFFECT_EN: Final = (
    r"\b(?:end(?:s|ing)? (?:the|this) (?:call|conversation)|hang(?:s|ing)? up|disconnect(?:s"
    r"|ing)? the (?:caller|call|customer|line)|terminat(?:e|es|ing) the (?:call|conversation)"
    r"|(?:transfer|connect|forward|hand|put)(?:s|ring|ing)? (?:\w+ ){0,3}?(?:call|caller|customer"
    r"|user|them|him|her|through|over)|notif(?:y|ies|ying) (?:the )?(?:emergenc\w+|police|fire"
    r"|ambulance)|(?:call|dispatch|alert|send|request)(?:s|ing)? (?:\w+ ){0,2}?(?:emergency|police"
    r"|ambulance|fire (?:brigade|department)|911|112|999)|(?:send|text|sms)(?:s"
    r"|ing)? (?:\w+ ){0,4}?(?:sms|text|message|link|code|them)|(?:update|set|change|overwrite|store"
    r"|replace)(?:s|ing)? (?:\w+ ){0,3}?(?:claim|policy|e-?mail|phone|address|account|iban|field"
    r"|value))\b"
)
_EFFECT_MORE: Final = (
    r"\b(?:raccroch(?:e|ez|er)|met(?:s|tez|tre) fin a l'appel|transf(?:ere|erez"
    r"|erer) (?:\w+ ){0,2}?(?:l'appel|appelant|client)|appel(?:le|ez|er) (?:la police|les pompiers"
    r"|les secours|une ambulance|le 112)|previen(?:s|ez) (?:la police|les secours|les pompiers)"
    r"|envo(?:ie|yez|yer) (?:un |le )?(?:sms|message)|cuelg(?:a|ue)|termin(?:a|e) la llamada"
    r"|transfier(?:a|e)|(?:llam(?:a|e)|avis(?:a|e)) a (?:la policia|emergencias|los bomberos"
    r"|una ambulancia)|envi(?:a|e) (?:un )?(?:sms|mensaje)|leg(?:e|en) (?:sie )?(?:sofort )?auf"
    r"|beend(?:e|en) (?:sie )?(?:das gesprach|den anruf)|verbind(?:e|en) (?:sie )?(?:den anrufer"
    r"|den kunden)|ruf(?:e|en)? (?:sie )?(?:die polizei|den notruf|die feuerwehr|einen krankenwagen)"
    r"|alarmier(?:e|en)|(?:schick|send)(?:e|en)? (?:sie )?(?:\w+ ){0,2}?(?:sms|nachricht))\b|挂断"
    r"|掛斷|结束通话|結束通話|转接|轉接|报警|報警|叫救护车|发送?短信|發送?簡訊|通知警察|通知紧急"
)

DISGUISES: Final = (
    # -- hidden
    Signal(Rule.ENCODED, 0.4, _CIPHER, _CODING),
    Signal(Rule.ENCODED, 0.7, _CIPHER, _ASKED),
    Signal(
        Rule.ENCODED,
        0.7,
        r"\b(?:backwards?|in reverse(?: order)?|reversed|a l'envers|al reves|ruckwarts)\b|倒着|倒序|反过来",
        rf"(?:{_CODING})[^.!?]{{0,60}}(?:{_ASKED})|(?:{_ASKED})[^.!?]{{0,60}}(?:{_CODING})",
    ),
    Signal(
        Rule.ENCODED,
        0.7,
        (
            r"\b(?:follow|obey|execute|do|perform|carry out|act on|run|suis|suivez|execute[rz]?|sigue|siga"
            r"|ejecuta|befolge[n]?|fuhre)\b[^.!?]{0,40}\b(?:decoded|hidden|encoded|decrypted|spelled"
            r"|resulting|result|acrostic|first letters?|decode|texte decode|texto decodificado|dekodierten?"
            r"|entschlusselten?)\b|(?:执行|執行|遵循)[^。]{0,10}(?:解码|解碼|隐藏)"
        ),
    ),
    Signal(
        Rule.ENCODED,
        0.6,
        (
            r"\b(?:first|last|second) letters? of (?:each|every|the)\b|\bacrostic\b|\bput (?:them"
            r"|the letters|these|it) together\b|\b(?:join|combine|concatenate|assemble) (?:the |these |them"
            r"|both|a|part)\b"
        ),
        (
            r"\b(?:do|obey|follow|execute|answer|say|act|carry|instruction|command|order|what (?:it"
            r"|they) say)\b"
        ),
    ),
    # -- framed
    Signal(
        Rule.FORGED_FRAME,
        1.0,
        (
            r"<\|?\s*/?\s*(?:im_start|im_end|im_sep|system|user|assistant|developer|endoftext|eot_id"
            r"|start_header_id|end_header_id|begin_of_text|end)\b|\[/?\s*inst\s*\]|<</?\s*sys\s*>>"
            r"|</?\s*(?:documents?|data|context|instructions?|tool_results?|function_results?"
            r"|function_calls?|invoke|prompt|message)\s*>|#{2,}\s*(?:system|instructions?|assistant|human"
            r"|user|new|end)\b"
        ),
    ),
    Signal(
        Rule.FORGED_FRAME,
        0.7,
        (
            r"(?:^|[\n.!?;\"'\]\)] ?|\b(?:new|end|begin|real) )\s*(?:system|assistant|developer"
            r"|administrator|admin|root)(?: (?:message|override|prompt|note|notice|instruction|update"
            r"|command|alert))?\s*(?:[:>\]]| colon\b)"
        ),
    ),
    Signal(
        Rule.FORGED_FRAME,
        0.7,
        (
            r"\b(?:begin|start|end|close|stop)(?:ning|ing)? (?:of )?(?:the )?(?:system|admin|documents?|data"
            r"|context|prompt|user (?:input|message|text)|tool (?:result|output)|search results?|transcript"
            r"|quotation)\b(?! (?:is|was|center|centre|plan|protection))"
        ),
    ),
    Signal(
        Rule.FORGED_FRAME,
        0.7,
        (
            r"\b(?:important|urgent|note|notes|attention|messages?|instructions?|reminder|memo|notice"
            r"|warning|directive|order|command|information)s?,? (?:to|for) (?:the |any |all |every )?(?:ai"
            r"|a\.i\.|assistants?|language models?|models?|llms?|bots?|chatbots?|voicebots?|virtual agents?"
            r"|ai agents?|automated (?:systems?|agents?|assistants?))\b"
        ),
    ),
    Signal(
        Rule.FORGED_FRAME,
        0.8,
        (
            r"\b(?:ai|llm|language model|virtual|automated|voice|digital)(?: (?:assistants?|agents?|models?"
            r"|systems?|bots?))?,? (?:that (?:reads?|process(?:es)?)|reading|processing|must|should|shall"
            r"|needs? to|has to|have to|is (?:required|instructed|obliged)|are (?:required|instructed"
            r"|obliged)|you (?:must|are|should))\b"
        ),
        is_for_data=True,
    ),
    Signal(
        Rule.FORGED_FRAME,
        0.8,
        (
            r"\b(?:do not|don'?t|never|without) (?:tell|telling|mention|mentioning|inform|informing|ask"
            r"|asking|reveal|notify|notifying|say|saying|let|letting|alert|alerting)(?: this| it"
            r"| that)?(?: to)? (?:the )?(?:callers?|customers?|users?|clients?|person|anyone|know|him|her"
            r"|them)\b|\bsans (?:le dire|prevenir|informer|demander)|\bsin (?:decir|avisar|informar"
            r"|preguntar)|\bohne (?:es )?(?:dem|den|die|der) (?:anrufer|kunden|kundin|nutzer)\b|不要告诉"
            r"|不要告訴|别告诉|別告訴"
        ),
        is_for_data=True,
    ),
    Signal(
        Rule.FORGED_FRAME,
        0.6,
        (
            r"\b(?:dear|hey|hello|hi|ok|okay|attention),? (?:ai|assistant|llm|bot|chatbot|language model"
            r"|model|amelia)\b|\b(?:l'assistant|assistant|asistente|el asistente|der assistent|assistent"
            r"|die ki|l'ia|la ia) (?:doit|debe|muss|devra|tiene que|soll|must|should|shall|has to|is to)\b"
            r"|\bas (?:an|the) (?:ai|assistant|language model|bot)\b|\b(?:if|when"
            r"|once) you (?:are (?:an? )?(?:ai|assistant|llm|model|bot)|read this|see this|have read this"
            r"|process this|retrieve this)\b|\bhinweis (?:fur|an) (?:die |den )?(?:ki|assistenten|assistent"
            r"|sprachmodell)|\b(?:note|message|instruction)s? (?:pour|a l'attention de) (?:l'ia|l'assistant)"
            r"|\b(?:nota|instruccion|mensaje|instrucciones) para (?:la ia|el asistente|el modelo)|(?:给"
            r"|致)(?:ai|人工智能|助手)|(?:ai|人工智能)?助手(?:必须|必須|应该|請|请)"
        ),
        is_for_data=True,
    ),
    # -- aimed at the tools
    Signal(
        Rule.TOOL_ORDER,
        0.6,
        (
            r"\b(?:execute|invoke|trigger|run|call|use|activate) (?:\w+ ){0,4}?(?:functions?|tools?|api"
            r"|endpoint)\b|\b(?:tool|function)_?calls?\b|\b(?:appelle|execute|utilise"
            r"|lance)[rz]? (?:\w+ ){0,2}?(?:fonction|outil)\b|\b(?:llama|ejecuta|usa|invoca"
            r"|utiliza)r? (?:a )?(?:\w+ ){0,2}?(?:funcion|herramienta)\b|\b(?:ruf|fuhr|nutz|verwend|benutz"
            r"|start)(?:e|en)? (?:\w+ ){0,3}?(?:funktion|werkzeug|tool)\b|(?:调用|調用|执行|執行|运行|運行"
            r"|使用)[^。]{0,8}(?:函数|函數|工具|功能)"
        ),
    ),
    Signal(Rule.TOOL_ORDER, 0.3, rf"{_EFFECT_EN}|{_EFFECT_MORE}", is_for_data=True),
    Signal(
        Rule.TOOL_ORDER,
        0.4,
        rf"{_EFFECT_EN}|{_EFFECT_MORE}",
        (
            r"\b(?:now|at once|instead|before answering|assistant|without asking|sofort|jetzt|umgehend"
            r"|immediatement|tout de suite|maintenant|inmediatamente|ahora|de inmediato)\b|立即|立刻|马上"
            r"|馬上|必须|必須"
        ),
        is_for_data=True,
    ),
    Signal(
        Rule.TOOL_ORDER,
        0.5,
        (
            r"\b(?:you (?:must|have to|are (?:required|obliged|ordered|instructed) to|need to|will) (?:now"
            r"|immediately|always|never|instead|first)|your (?:new |next |only |real )(?:task|goal|mission"
            r"|objective|purpose|job)|(?:ta|votre) nouvelle (?:tache|mission)|tu (?:nueva )?(?:tarea|mision)"
            r"|deine (?:neue )?(?:aufgabe|mission))\b|你的新任务|你的任务是"
        ),
    ),
)
"""Those that tell the way in which it is said."""
