"""The English words that are understood, and how values are read in English."""

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

_PAUSE: Final = r"$|[,.;:!?…—-]"
_CLAUSE: Final = r"it|it's|its|that|that's|the|my|our|i|i'm|not|this|he|she|we|they"
_MARKER: Final = r"wait|hold|hang|sorry|actually|rather|correction|no|yes|yeah|wrong|thank|thanks|please"
_AFTER_YES: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER})\b)"
_AFTER_NO: Final = rf"(?={_PAUSE}|\s+(?:{_CLAUSE}|{_MARKER}|at|on|in)\b)"
"""A marker counts when a pause follows, or a word that begins a new clause: "no one" is no "no"."""

_MARKERS: Final = Markers(
    yes=pattern(
        r"(?:(?:yes|yeah|yep|yup|mm-?hmm|uh-?huh)\b|(?:(?:that|this|it|everything|all)(?:'s| is| was| sounds| looks)?"
        r"(?: all| perfectly| absolutely)? (?:right|correct|true|fine|good|okay|ok|it|perfect)"
        r"|right|correct|sure|exactly|absolutely|perfect|certainly|of course|okay|ok|all right|alright|sounds good"
        r"|looks good|fine|please|please do|go ahead|thank you|thanks|i do|it is|it does|good)" + _AFTER_YES + ")"
    ),
    no=pattern(r"(?:nope\b|nah\b|(?:no|not quite|not really|not exactly)" + _AFTER_NO + ")"),
    wrong=pattern(
        r"(?:(?:that|this|it)(?:'s| is| was)(?: all)? (?:wrong|incorrect|not (?:right|correct|true|it)|false)\b"
        r"|(?:that|this|it) (?:isn|wasn)'t (?:right|correct|true|it)\b"
        r"|you (?:got|have|understood) (?:that|it|me) wrong\b"
        r"|you misunderstood(?: me)?\b|(?:wrong|incorrect|not right|not correct)" + _AFTER_NO + ")"
    ),
    correction=pattern(
        r"(?:actually\b|correction\b|i meant(?: to say)?\b|i said\b|let me correct (?:that|myself)\b|i made a mistake\b"
        r"|(?:wait(?: a (?:moment|minute|second))?|hold on|hang on|sorry|i'm sorry|i am sorry|excuse me|rather"
        r"|one moment|i mean)" + _AFTER_NO + ")"
    ),
    connection=pattern(r"(?:but|and|well|so|um+|uh+|erm|oh|hmm+|ah)\b(?!-)"),
    goodbye=pattern(
        r"(?:(?:good ?)?bye(?: ?bye)?(?: now)?|that is all|that's all|that will be all|that would be all|nothing else"
        r"|hang up|please hang up|i have to go|i've got to go|i need to go|see you|talk to you later)"
    ),
    last_words=pattern(r"\b(?:good ?)?bye(?: bye)?$"),
    politeness=pattern(
        r"\b(?:no|yes|okay|ok|well|alright|all right|thanks|thank you|very much|so much|for your help|for now|great"
        r"|perfect|right|correct|that is (?:right|correct)|that's (?:right|correct)|have a (?:nice|good"
        r"|great) (?:day|one)"
        r"|you too|and|then|i think|from me|sorry)\b"
    ),
    repeat=pattern(
        r"(?:what|sorry|pardon|pardon me|excuse me|huh|come again|say again|what was that|what did you say"
        r"|how do you mean|what do you mean|i beg your pardon"
        r"|(?:sorry )?i (?:did not|didn't|could not|couldn't|can't|cannot) "
        r"(?:understand|hear|get|catch)(?: (?:that|you|it|what you said))?"
        r"|(?:can|could|would|will) you (?:please )?(?:repeat|say)(?: (?:that|it|the question))?(?: again)?(?: please)?"
        r"|(?:please )?(?:repeat|say)(?: (?:that|it|the question))?(?: again)?(?: please)?"
        r"|what was the question|once more)"
    ),
    pause=pattern(
        r"(?:(?:please|just|sorry|ok|okay|oh|uh|um|yes|no|so) )*"
        r"(?:(?:wait|hold on|hang on|bear with me|(?:just )?(?:one|a) (?:moment|second|sec|minute)"
        r"|give me (?:one|a) (?:moment|second|sec|minute)"
        r"|let me (?:just )?(?:think|see|check|look)(?: (?:it|that) up)?(?: for (?:one|a) (?:moment|second))?"
        r"|i(?:'ll| will|'m going to| have to) (?:just )?(?:check|look|go and see)(?: (?:it|that) up)?)"
        r"(?: please| just| ok| okay)*(?: |$))+"
    ),
    unknown=pattern(
        r"(?:i (?:really )?(?:don't|do not) (?:know|remember|recall|have (?:it|one|any|that))(?: (?:it|that"
        r"|right now|now"
        r"|with me|here|at the moment))*|no idea|i have no idea|i'm not sure|i am not sure|not sure|skip(?: (?:it|that"
        r"|this|this one|that one))?|next(?: question)?|i can't (?:say|remember|tell)|i(?:'d"
        r"| would) rather not(?: say)?"
        r"|(?:i have )?none)"
    ),
    excuses=pattern(r"\b(?:sorry|well|oh|um+|uh+|no|actually|please)\b"),
    wants_human=pattern(
        r"(?<!not )(?<!n't )\b(?:talk|speak|connect|connected|transfer|transferred|put me through|get me|give me)\b"
        r"(?: \S+){0,3}? (?:human|person|agent|operator|representative|colleague|employee|someone|somebody)\b"
        r"|\b(?:want|need|like|prefer) (?:to have )?(?:an? |the )?(?:real |live |human )*"
        r"(?:human|person|agent|operator|representative)(?: being)?(?: please| now)*$"
        r"|^(?:a |an )?(?:human|operator|representative|real person)(?: please)?$"
    ),
    hesitations=frozenset({"uh", "um", "oh", "hello", "hi", "well", "erm"}),
    noise=pattern(r"hello|hi|hey|hm+|mm+|um+|uh+|uhm|erm|er|ah|oh|so|well|and|but|the|a|i|you|are|there"),
)

_UNITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS: Final = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen")
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS: Final = NumberWords(
    table=word_table(
        [(word, value) for value, word in enumerate((*_UNITS, *_TEENS, "nineteen"))]
        + [(word, tens) for tens, word in zip(range(20, 100, 10), _TENS, strict=True)]
        + [
            (f"{word} {unit}", tens + value)
            for tens, word in zip(range(20, 100, 10), _TENS, strict=True)
            for value, unit in enumerate(_UNITS)
            if value
        ]
    ),
    more_digits=MappingProxyType({"oh": "0", "o": "0"}),
    repeats=MappingProxyType({"double": 2, "triple": 3, "treble": 3}),
    zeros=MappingProxyType({"hundred": "00", "thousand": "000"}),
    pauses=word_set("and then uh um erm er dash hyphen space comma area code"),
    dashes=word_set("dash hyphen minus"),
)
_MAIL: Final = MailWords(
    signs=MappingProxyType(
        {
            "at": "@",
            "dot": ".",
            "point": ".",
            "period": ".",
            "underscore": "_",
            "dash": "-",
            "hyphen": "-",
            "minus": "-",
            "plus": "+",
            "g-mail": "gmail",
            "e-mail": "email",
        }
    ),
    leads=pattern(
        r"is|it's|its|was|on|to|address|email|mail|me|my|the|well|uh|um|yes|so|sure|okay|ok|reach|write|please|@"
    ),
    letter_of=pattern(r"\b(?P<letter>[a-z]) (?:as in|like|for) (?P<word>\w+)"),
)
_TEXTS: Final = TextWords(
    hesitations=pattern(r"(?:,\s*)?\b(?:um+|uh+|uhm|erm|hmm+)\b[,.]*"),
    openings=pattern(r"(?:well|so|okay|ok|oh|yeah|you know|i mean|let me see)\b[,.]*\s+"),
    pointers=pattern(
        r"(?:it(?:'s| is| was| happened| occurred)|that(?:'s| is| was)|this is|i(?:'m| am)|they call me)\b[,:]?\s+"
    ),
    after_pointer=pattern(
        r"(?-i:(?:in|at|on|near|by|behind|next|outside|inside|under|opposite|the|an?|my|our|his|her|their|[A-Z0-9])"
        r"(?:\b|\w+))"
    ),
    name_leads=pattern(r"(?!)"),
    name_tails=pattern(r"\s+(?:speaking|here)$"),
    lead_in=r"(?:my|the|our|his|her|its|your)\s+(?:{name})\s+(?:is|was|would be)\b[,:]?\s+",
    own_number=pattern(
        r"\b(?:(?:this|the same|my current) (?:phone |telephone )?(?:number|line|phone)"
        r"|(?:i am|i'm) (?:calling|phoning|ringing|speaking)(?: you)? (?:from|on|with)|caller id)\b"
    ),
)
_MENTIONS: Final = MentionWords(
    of_types=MappingProxyType(
        {
            FieldType.DATETIME: ("date and time", "date", "time", "day"),
            FieldType.EMAIL: ("e-mail address", "email address", "mail address", "e-mail", "email"),
            FieldType.PHONE_NUMBER: ("telephone number", "phone number", "phone", "number"),
            FieldType.TEXT: (),
        }
    ),
    of_last_words=MappingProxyType({"location": ("place", "address", "where"), "description": ("story",)}),
    before=r"(?:(?:please|change|correct|make|set|update|it's|it is|only|just)\s+)*"
    r"(?:(?:the|my|our|that|your|his|her)\s+)?",
    is_wrong=pattern(
        r"^(?:you (?:have|noted|said)\s+)?(?:(?:is|was|isn't|wasn't)\s+)?"
        r"(?:wrong|incorrect|false|not (?:right|correct|true)|right|correct)\b[\s,.;:—-]*(?:and\s+)?"
    ),
    is_=pattern(r"^(?:should (?:be|read)|must be|has to be|would be|is|was|to)\b\s*"),
)

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _moment(moment: datetime, now: datetime) -> str:
    day = f"{_WEEKDAYS[moment.weekday()]}, {_MONTHS[moment.month - 1]} {moment.day}"
    if moment.year != now.year:
        day += f", {moment.year}"
    if moment.hour == moment.minute == 0:
        return day
    if (moment.hour, moment.minute) == (12, 0):
        return f"{day} at noon"
    hour = moment.hour % 12 or 12
    # Written without a colon: voices stumble over "9:05".
    minute = "" if moment.minute == 0 else f" oh {moment.minute}" if moment.minute < 10 else f" {moment.minute}"
    return f"{day} at {hour}{minute} {'AM' if moment.hour < 12 else 'PM'}"


ENGLISH: Final = Grammar(
    language="en",
    markers=_MARKERS,
    numbers=_NUMBERS,
    mail=_MAIL,
    texts=_TEXTS,
    mentions=_MENTIONS,
    reading=Reading(
        digits=_UNITS,
        signs=MappingProxyType({"@": "at", ".": "dot", "_": "underscore", "-": "dash", "+": "plus", "/": "slash"}),
        moment=_moment,
        home_codes=frozenset({1}),
    ),
)
