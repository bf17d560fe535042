"""Words of those who attack the instructions, in five languages: parts of ``agent.jailbreak_rules``.

Regular expressions for folded text: lower case, no accents, no look-alikes.
"""

from typing import Final

IN_EN: Final = (
    r"(?:instructions?|rules?|guidelines?|prompts?|programming|directives?|restrictions?|guardrails?"
    r"|constraints?|training|safeguards?|limitations?)"
)
WHICH_EN: Final = (
    r"(?:all|any|every|previous|prior|earlier|above|preceding|initial|original|former|your|those"
    r"|system|safety|other|existing|current|old|foregoing|standing)"
)
IN_FR: Final = (
    r"(?:instructions?|regles?|consignes?|directives?|prompts?|programmation|restrictions?|ordres"
    r"|contraintes|limites)"
)
IN_ES: Final = (
    r"(?:instrucciones|instruccion|reglas|normas|directrices|indicaciones|prompts?|programacion"
    r"|restricciones|ordenes|limites)"
)
IN_DE: Final = (
    r"(?:anweisung(?:en)?|regeln?|vorgaben?|richtlinien?|instruktionen|prompts?|systemprompts?"
    r"|programmierung|beschrankungen|befehle?|einschrankungen|vorschriften)"
)
IN_ZH: Final = (
    r"(?:指令|指示|规则|規則|提示词|提示詞|系统提示|系統提示|设定|設定|限制|命令|说明|說明|规定|規定|要求|准则|準則)"
)

OVERRIDE_EN: Final = (
    r"\b(?:ignor(?:e|ing)|disregard(?:ing)?|forget(?:ting)?|overrid(?:e|ing)|bypass(?:ing)?"
    r"|circumvent|set aside|(?:do not|don'?t|stop|no longer|never"
    r"|need not) (?:have to )?(?:follow(?:ing)?|obey(?:ing)?|respect(?:ing)?|comply with|stick to)"
    r"|pay no attention to|throw (?:out|away)|free (?:of|from)|not bound by|break|violate)\b"
)
OFF_EN: Final = (
    r"\b(?:turn off|switch off|disable|deactivate|remove|delete|erase|lift|reset|clear|replace"
    r"|rewrite|drop|suspend)\b"
)
OVERRIDE_FR: Final = (
    r"\b(?:ignor(?:e|ez|er|ons)|oubli(?:e|ez|er)|neglige[rz]?|ne (?:tiens|tenez) (?:pas|plus) compte"
    r"|fai(?:s|tes) abstraction|contourne[rz]?|passe[rz]? outre|outrepasse[rz]?|desactive[rz]?"
    r"|ne (?:suis|suivez|respecte|respectez) (?:pas|plus)|efface[rz]?|supprime[rz]?)\b"
)
OVERRIDE_ES: Final = (
    r"\b(?:ignor(?:a|e|en|ar|es)|olvid(?:a|e|ar|ate|ese|es)|no (?:sigas|siga|obedezcas|obedezca"
    r"|respetes|respete|hagas caso|haga caso)|omit(?:e|a|ir)|desactiv(?:a|e|ar)|salt(?:ate|arse|ese)"
    r"|descart(?:a|e|ar)|haz caso omiso|haga caso omiso|borr(?:a|e|ar)|elimin(?:a|e|ar)|anul(?:a|e"
    r"|ar))\b"
)
OVERRIDE_DE: Final = (
    r"\b(?:ignorier(?:e|en|t|st)?|vergiss|vergesst|vergessen sie|missacht(?:e|en)|umgeh(?:e|en)"
    r"|ubergeh(?:e|en)|befolge[n]? (?:nicht|keine)|halte[n]? (?:dich|sie sich) nicht|setz(?:e"
    r"|en)? .{0,30}außer kraft|setz(?:e|en)? .{0,30}ausser kraft|schalte[n]? .{0,40} (?:ab|aus)"
    r"|deaktivier(?:e|en)|losche[n]?|verwirf)\b"
)
OVERRIDE_ZH: Final = (
    r"(?:忽略|无视|無視|忘记|忘記|忘掉|不要遵守|不要遵循|别管|別管|不用管|绕过|繞過|跳过|跳過|取消"
    r"|解除|抛开|拋開|关闭|關閉|清除|推翻|不必遵守|违反|違反)"
)

TELL_EN: Final = (
    r"\b(?:repeat(?:ing)?|print|show|reveal|tell|read|recite|output|display|spell|write|quote"
    r"|translate|summari[sz]e|paraphrase|rephrase|dump|give|list|share|expose|disclose|describe"
    r"|explain|encode|convert|say|send|text|copy|leak|continue|complete|append|provide|what (?:is"
    r"|are|was|were|does|do|did)|what'?s|which|how (?:is|are|were)|sing|rhyme|poem|type|state"
    r"|know)\b"
)
TELL_FR: Final = (
    r"\b(?:repet(?:e|ez|er)|affich(?:e|ez|er)|montr(?:e|ez|er)|revel(?:e|ez|er)|di(?:s|tes|re)"
    r"|li(?:s|sez|re)|recit(?:e|ez|er)|epel(?:le|ez|er)|ecri(?:s|vez|re)|tradui(?:s|sez|re)"
    r"|resum(?:e|ez|er)|donn(?:e|ez|er)|copi(?:e|ez|er)|quel(?:le)?s?|communiqu(?:e|ez|er)|decri(?:s"
    r"|vez|re)|partag(?:e|ez|er)|envo(?:ie|yez|yer))\b"
)
TELL_ES: Final = (
    r"\b(?:rep(?:ite|ita|etir|iteme)|muestr(?:a|e|ame|eme)|mostrar(?:me)?|revel(?:a|e|ar|ame)"
    r"|di(?:me|game|ga)?|decir(?:me)?|lee(?:me)?|lea(?:me)?|recit(?:a|e|ar)|deletre(?:a|e|ar)"
    r"|escrib(?:e|a|ir)|traduc(?:e|ir)|traduzca|resum(?:e|a|ir)|da(?:me)?|deme|imprim(?:e|a|ir)"
    r"|copi(?:a|e|ar)|cual(?:es)?|que dice[n]?|comparte|envia(?:me)?)\b"
)
TELL_DE: Final = (
    r"\b(?:wiederhol(?:e|en|st)?|zeig(?:e|en)?|verrat(?:e|en)?|sag(?:e|en|st)?|lies|lesen|vorlesen"
    r"|nenn(?:e|en)?|buchstabier(?:e|en)?|schreib(?:e|en)?|ubersetz(?:e|en)?|fass(?:e|en)?|gib|geben"
    r"|druck(?:e|en)?|zitier(?:e|en)?|wie (?:lauten|lautet)|was (?:sind|ist|steht)|welche"
    r"|beschreib(?:e|en)?|erklar(?:e|en)?|kopier(?:e|en)?|teil(?:e|en)?)\b"
)
TELL_ZH: Final = (
    r"(?:重复|重複|复述|複述|告诉|告訴|显示|顯示|读|讀|念|说出|說出|写出|寫出|输出|輸出|打印|列出"
    r"|翻译|翻譯|总结|總結|透露|泄露|是什么|是什麼|有哪些|什么内容|拼出|发给|給我|给我|描述|分享)"
)

NO_RULES: Final = (
    r"\b(?:(?:no|without(?: any)?|zero|free of|beyond) (?:rules?|restrictions?|limits?|limitations?"
    r"|filters?|guidelines?|censorship|ethics|policies)|unrestricted|unfiltered|uncensored"
    r"|sans (?:aucune |la moindre )?(?:restrictions?|regles?|limites?|filtres?|censure)"
    r"|sin (?:ninguna? )?(?:restricciones|restriccion|reglas|limites|filtros?|censura)|ohne (?:jede "
    r"|irgendwelche )?(?:einschrankung(?:en)?|regeln?|filter|zensur|beschrankung(?:en)?|grenzen))\b"
    r"|(?:没有|沒有|不受)(?:任何)?(?:限制|规则|規則|约束|約束|审查|審查)"
)
BE_SOMEBODY: Final = (
    r"\b(?:you are now|you're now|from now on,? you|act(?:ing)? (?:as|like)|pretend(?:ing)?(?: to be"
    r"| that you| you)?|role ?-?play(?:ing)?|imagine (?:that )?you|simulate|play the (?:part|role)"
    r"|let'?s play|you will be|you shall be|switch (?:in)?to|enter|become|be my|respond as|answer as"
    r"|speak as|story (?:about|in which|where)|in this (?:game|story|scene)|hypothetical(?:ly)?"
    r"|tu es maintenant|vous etes maintenant|fai(?:s|tes) comme si|imagine[z]? que|joue[zr]? le role"
    r"|comporte[z]?[- ](?:toi|vous)|dorenavant|desormais|a partir de maintenant,? (?:tu|vous)"
    r"|agi(?:s|ssez) comme|ahora eres|ahora es usted|haz como si|haga como si|imagina que"
    r"|imagine que|finge|finja|actua como|actue como|juega el papel|a partir de ahora,? (?:eres"
    r"|actua|seras|responde)|juguemos|du bist (?:jetzt|ab jetzt|nun)|sie sind (?:jetzt|ab jetzt|nun)"
    r"|tu so,? als|tun sie so,? als|stell dir vor|stellen sie sich vor|spiel(?:e|en)? (?:die rolle"
    r"|einen|wir)|verhalte? dich wie|ab (?:jetzt|sofort) (?:bist|sind|antwortest)|schlupf)\b"
    r"|你现在是|你現在是|从现在开始你|從現在開始你|从现在起你|假装|假裝|扮演|想象你是|想像你是"
    r"|假设你是|假設你是|玩一个游戏|玩個遊戲"
)
SOMEBODY: Final = (
    r"\b(?:dan|do anything now|evil|hacker|villain|another (?:ai|bot|assistant|model)"
    r"|different (?:ai|bot|assistant|model)|(?:an?|the|my) (?:ai|bot|assistant|model|chatbot"
    r"|robot) (?:that|who|with|without)|grandmother|grandma|grandfather|grandpa|nanna|root"
    r"|(?:linux )?terminal|python (?:interpreter|shell)|database|rogue|jailbroken|freed|opposite"
    r"|(?:the |your )?(?:developers?|administrators?|admin|programmer)|grand-?mere|mechant"
    r"|pirate informatique|administrateur|developpeur|une (?:autre )?ia|un autre assistant|abuela"
    r"|malvad[oa]|administrador|desarrollador|otra ia|otro asistente|una ia|oma|großmutter"
    r"|grossmutter|bose[rs]?|administrator|entwickler|eine (?:andere )?ki|anderer assistent|secret"
    r"|knows? everything|all customers|system prompt)\b|奶奶|外婆|黑客|管理员|管理員|开发者|開發者"
    r"|另一个(?:ai|助手|人工智能)|邪恶|邪惡|不受限制|开发人员"
)
AUTHORITY: Final = (
    r"\b(?:(?:i am|i'm|this is|it'?s|we are|as|speaking as) (?:\w+ ){0,4}?(?:your (?:developers?"
    r"|creators?|programmers?|administrators?|admin|engineers?|owners?|makers?)|(?:openai|anthropic"
    r"|the ai (?:team|lab)|the (?:security|red|prompt|platform|model|development|dev"
    r"|compliance) team)|(?:the |a )?(?:system|it|platform|database) administrator"
    r"|(?:an? )?authori[sz]ed (?:test|audit|auditor|tester|engineer|penetration|user)"
    r"|red team(?:er)?|penetration test(?:er)?)|je suis (?:\w+ ){0,2}?(?:ton|votre) (?:developpeur"
    r"|createur|administrateur|programmeur|concepteur)|soy (?:\w+ ){0,2}?(?:tu|su) (?:desarrollador"
    r"|creador|administrador|programador)|ich bin (?:\w+ ){0,2}?(?:dein|ihr) (?:entwickler"
    r"|programmierer|administrator|schopfer)|equipe de (?:developpement|securite d'openai)"
    r"|equipo de (?:desarrollo|seguridad de openai))\b|我是你的(?:开发者|開發者|开发人员|管理员"
    r"|管理員|创造者|程序员)|我是(?:系统|系統)管理员|我是openai"
)
MODE: Final = (
    r"\b(?:developer|debug|admin|god|sudo|root|maintenance|diagnostic|test|unrestricted|jailbreak"
    r"|service|training|dan) mode\b|\bmode (?:developpeur|debug|administrateur|maintenance"
    r"|diagnostic|test)\b|\bmodo (?:desarrollador|depuracion|administrador|mantenimiento|dios"
    r"|diagnostico|prueba)\b|\b(?:entwickler|debug|admin|wartungs|diagnose|test|service)[- ]?modus\b"
    r"|开发者模式|開發者模式|调试模式|調試模式|管理员模式|維護模式|维护模式"
)

CUSTOMER_EN: Final = (
    r"\b(?:another|other|all(?: the| of the| your)?|every|any|previous|last|next|different|someone"
    r"|somebody|first|most recent|your|earlier|preceding|random|some)(?: \w+)? (?:customers?"
    r"|callers?|clients?|policy ?holders?|claimants?|users?|insured|subscribers?)\b(?:'s|s')?"
    r"|\b(?:somebody|someone|anybody|anyone) else'?s\b|\b(?:who|the (?:person|man|woman|lady"
    r"|caller)) (?:that |who )?(?:else )?(?:called|phoned|rang|spoke)(?: (?:to |with )?you"
    r"| here)? (?:just )?(?:before|earlier|last|today|right before)(?: me)?\b|\bcustomer (?:list"
    r"|database|records|data ?base)\b|\bother calls\b"
)
CUSTOMER_FR: Final = (
    r"\b(?:d'(?:un|une) autre|(?:d'|des |les |aux )?autres|(?:de )?tous (?:les|vos|tes)|(?:du "
    r"|le )?(?:dernier|precedent)|(?:de )?vos|(?:du |le )?client) (?:\w+ )?(?:clients?|cliente?s?"
    r"|appelants?|assures?|abonnes?|appeleurs?|precedent|adherents?)\b|\bquelqu'un d'autre\b"
    r"|\bla personne (?:qui a appele )?avant moi\b|\bfichier (?:des )?clients?\b"
    r"|\bbase (?:de donnees )?(?:des )?clients?\b"
)
CUSTOMER_ES: Final = (
    r"\b(?:otr[oa]s?|(?:de )?tod[oa]s (?:los|las|sus|tus)|(?:del? |el )?(?:ultimo|anterior)|sus"
    r"|tus) (?:\w+ )?(?:clientes?|asegurad[oa]s?|abonad[oa]s?|usuari[oa]s?|llamantes?)\b"
    r"|\b(?:cliente|asegurado|usuario) (?:anterior|previo)\b|\botra persona\b"
    r"|\bla persona que llamo antes\b|\bbase de datos de clientes\b|\blista de clientes\b"
)
CUSTOMER_DE: Final = (
    r"\b(?:andere[nrs]?|alle[rn]?|(?:des |der |dem )?(?:letzten|vorigen|vorherigen)|eure[rn]?"
    r"|ihre[rn]|irgendeine[sr]) (?:\w+ )?(?:kund(?:en|in|innen|e)|anrufer(?:s|in|innen|n)?"
    r"|versicherte[nr]?|versicherungsnehmer[ns]?|mandanten|nutzer[ns]?)\b|\b(?:jemand|wem) anders?\b"
    r"|\bkunden(?:liste|datenbank|datei|daten)\b|\bvor mir angerufen\b"
)
CUSTOMER_ZH: Final = (
    r"(?:其他|别的|別的|另一个|另一個|另一位|所有|全部|上一个|上一個|上一位|前一位|之前的|别人|別人"
    r"|他人)(?:的)?(?:客户|客戶|来电者|來電者|用户|用戶|投保人|保户|打电话的人|人)|客户(?:名单"
    r"|数据库|资料库|列表)|客戶(?:名單|資料庫)|别人的|別人的|他人的"
)
DATA_EN: Final = (
    r"\b(?:names?|numbers?|phones?|address(?:es)?|e-?mails?|data|details|records?|claims?|files?"
    r"|list|database|information|info|polic(?:y|ies)|birth(?:day|date)?|bank|accounts?|transcripts?"
    r"|conversations?|said|say|contacts?|cases?|card)\b"
)
DATA_FR: Final = (
    r"\b(?:noms?|numeros?|telephones?|adresses?|e-?mails?|mails?|courriels?|donnees|coordonnees"
    r"|dossiers?|sinistres?|liste|fichier|informations?|polices?|naissance|bancaires?|dit|contrats?"
    r"|base)\b"
)
DATA_ES: Final = (
    r"\b(?:nombres?|numeros?|telefonos?|direccion(?:es)?|correos?|emails?|datos|expedientes?"
    r"|siniestros?|lista|informacion|polizas?|nacimiento|cuentas?|dijo|base|contactos?)\b"
)
DATA_DE: Final = (
    r"\b(?:namen?|nummern?|telefonnummern?|handynummern?|adressen?|anschrift(?:en)?|e-?mails?"
    r"|mailadressen?|daten|akten?|schaden(?:sfalle|sakten)?|schadensfall|liste|informationen"
    r"|policen?|geburtsdat(?:um|en)|konto|kontodaten|gesagt|kontaktdaten|kundenliste|kundendatenbank"
    r"|kundendaten|gesprach)\b"
)
DATA_ZH: Final = (
    r"(?:姓名|名字|电话|電話|号码|號碼|手机|手機|地址|邮箱|郵箱|邮件|资料|資料|数据|數據|信息|資訊"
    r"|记录|記錄|保单|保單|生日|银行|銀行|账户|帳戶|说了什么|說了什麼|名单|名單|理赔|理賠|列表"
    r"|联系方式|聯絡方式)"
)
