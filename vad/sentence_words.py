"""Words that tell whether a sentence goes on, by language. Data only.

Every entry is lower case, without punctuation but apostrophes, as ``vad.sentence_end``
cuts a text. Entries of several words are phrases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NO_WORDS: frozenset[str] = frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(text.split(", "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What one language needs; an empty table switches its rule off."""

    fillers: frozenset[str]
    """Said while thinking; something follows."""
    openers: frozenset[str]
    """Articles, possessives, conjunctions, prepositions that cannot stand last."""
    prepositions: frozenset[str] = NO_WORDS
    """Cannot stand last in a statement, but in a question or a relative clause."""
    particles: frozenset[str] = NO_WORDS
    """Prepositions that also close a verb: "call me back", "hang up"."""
    auxiliaries: frozenset[str] = NO_WORDS
    """Stand last only in short answers ("yes I do") and indirect questions."""
    subjects: frozenset[str] = NO_WORDS
    """Pronouns that are only subjects."""
    interrogatives: frozenset[str] = NO_WORDS
    """Question words, and what a relative clause leans on: a preposition may follow them last."""
    attributes: frozenset[str] = NO_WORDS
    """Adjectives that stand before a noun and seldom alone."""
    transitive: frozenset[str] = NO_WORDS
    """Verbs that want an object."""
    passives: frozenset[str] = NO_WORDS
    """Before a participle they take its object away: "was hurt"."""
    completed: frozenset[str] = NO_WORDS
    """Verb forms that mostly want something after them, if no object: "runs", "seems"."""
    leading: frozenset[str] = NO_WORDS
    """Prepositions that begin a sentence by its place, time or purpose."""
    determiners: frozenset[str] = NO_WORDS
    answers: frozenset[str]
    """A sentence of nothing but these is a whole answer."""
    closings: frozenset[str]
    """A turn that ends so is over."""
    questions: frozenset[str]
    """First words of questions."""
    subordinators: frozenset[str]
    """First words of clauses that another clause must follow."""
    verbs: frozenset[str] = NO_WORDS
    """Frequent verb forms: how a clause is told from a mere group of words."""
    demanding: frozenset[str] = NO_WORDS
    """Ends of clauses that lack their object: "I want", "can you tell me"."""
    numbered: frozenset[str] = NO_WORDS
    """Nouns before a number or a name: "extension", "caller number"."""
    hanging_adverbs: frozenset[str] = NO_WORDS
    """Adverbs that, after an auxiliary, stand before what is yet to come."""
    digits: Mapping[str, int]
    """Number words and how many digits they stand for."""
    spoken_digits: tuple[str, ...] = ()
    """Words for 0 to 9, and other words for them from the eleventh on."""
    digit_company: frozenset[str]
    """What stands between dictated digits."""
    number_context: frozenset[str]
    """Words that announce a number which is dictated digit by digit."""
    phones: frozenset[str] = NO_WORDS
    """Words that announce a telephone number."""
    measures: frozenset[str] = NO_WORDS
    """Words before a number that make it a time or an amount."""
    months: frozenset[str] = NO_WORDS
    magnitudes: frozenset[str] = NO_WORDS
    """Last words of amounts, which nobody dictates."""
    at_signs: frozenset[str]
    dots: frozenset[str]
    yes_no: frozenset[str]


ENGLISH = Language(
    fillers=_phrases(
        "um, uhm, uh, er, erm, ehm, hm, hmm, mm, ah, i mean, let me see, let me think, let's see, let me "
        "check, let me look, let me find, you know, sort of, kind of, how do i say, what's it called, what "
        "was it, hold on, hang on, one moment, one second, just a second, just a moment, wait a moment, just "
        "a minute, one minute please, one moment please, a moment please, wait a second, give me a second, "
        "bear with me"
    ),
    openers=_words(
        "a an the my your our their its every each another such per via and or but nor because although "
        "though whereas unless than if whether while since until till i'm you're we're they're it's he's "
        "she's that's there's what's who's where's i've you've we've they've i'd you'd we'd they'd i'll "
        "you'll we'll they'll he'll she'll it'll there'll let's very quite rather almost nearly approximately "
        "roughly mister mr mrs ms dr doctor plus double triple regarding concerning including called named "
        "between among during toward towards upon onto whose so-called un non re as"
    ),
    prepositions=_words("of to for from with at about into without against beside by like under above near"),
    particles=_words("in on over through around along across up off out down back away"),
    auxiliaries=_words(
        "am is are was were be been being do does did have has had can could will would shall should may "
        "might must isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't can't cannot "
        "couldn't won't wouldn't shouldn't mustn't not"
    ),
    subjects=_words("i he she we they"),
    interrogatives=_words(
        "what who whom whose which where when why how what's who's where's how's all everything anything nothing "
        "something person place than"
    ),
    attributes=_words("other different several various certain own entire whole new additional following"),
    transitive=_words(
        "find book check order receive add get use make take need want bring buy enter entered put send sent give gave "
        "show tell told said include includes contain contains lasts lasted provide providing mark repeat remove "
        "change finding booking checking using making taking getting needed wanted hurt hit cause caused damage "
        "damaged lack lacks lacked injured replaced owns owned mentioned described scratched"
    ),
    passives=_words("am is are was were be been being get got getting"),
    completed=_words(
        "help helps helped runs ran lies leads led becomes became seems seemed consists belongs turns turned means "
        "meant remains keeps kept goes stands stood costs looks looked sounds sounded feels felt"
    ),
    leading=_words(
        "of for from with at about into without against beside by like under above near in on through after"
    ),
    magnitudes=_words("hundred thousand million billion"),
    months=_words(
        "january february march april may june july august september october november december first second third"
    ),
    determiners=_words(
        "a an the my your his her our their its this that these those any no some each every another which what"
    ),
    answers=_words(
        "yes yeah yep yup yah no nope nah okay ok sure right alright correct exactly absolutely definitely "
        "certainly indeed true great good fine perfect wonderful excellent cool thanks thank you please hello "
        "hi hey hiya bye goodbye cheers sorry never always maybe perhaps possibly probably stop none nothing "
        "nobody not really of course very much so that's that is it all i am do don't did didn't have haven't "
        "can can't will won't think hope guess understand understood agreed got wrong both neither either too "
        "well done today tomorrow yesterday now later already yet know idea monday tuesday wednesday thursday "
        "friday saturday sunday january february march april june july august september october november december "
        "morning afternoon evening noon midnight"
    ),
    closings=_phrases(
        "thank you, thanks, thank you very much, thanks a lot, goodbye, good bye, bye, bye bye, have a nice "
        "day, that's all, that is all, that's it, that is it, that would be all, that's everything, please, "
        "too, as well, right now, at the moment, i think so, i hope so, i guess so, i believe so, or not, i "
        "don't think so, no more, once more, or so, what do you think, is that okay, is that right, for now, "
        "so far, so much, at all, instead, anymore, anyway, again, yesterday, tomorrow, today"
    ),
    questions=_words(
        "what what's when when's where where's who who's whom whose which why why's how how's is are am was "
        "were do does did can could will would shall should may might must have has had isn't aren't don't "
        "doesn't didn't can't couldn't won't wouldn't"
    ),
    subordinators=_words("if when while although though whenever once unless until as since after before because to"),
    verbs=_words(
        "am is are was were be been isn't aren't wasn't weren't do does did don't doesn't didn't have has had "
        "haven't hasn't can could will would should may might must can't cannot couldn't won't wouldn't "
        "shouldn't i'm you're we're they're it's he's she's that's there's what's i've you've we've i'd you'd "
        "we'd i'll you'll we'll let's accept allow arrive ask became become begin believe book break broke "
        "bring bought buy call came cancel change charge check choose close come complain confirm connect "
        "contact cost cut decide delete dial drop drive drove eat enter erase fall fly feel fell felt fill find "
        "fix forget forgot found gave get give go goes gone got grew hang happen hear heard help hit hold "
        "hope hurt jump keep kept know knew know lack last leave left let like listen live look lose lost love "
        "made make makes match mean means meant mend meet met mind move need needs open order paid pay pick plan "
        "play please prefer press put quit reach read ready receive record remember repair repeat replace report "
        "return ring run runs ran said sat saw say says see seem send sent set show sign sit sleep sold speak "
        "spell spoke stand start stay stole stood stop stopped suggest take takes talk tear tell test thank "
        "think thought told took transfer travel try turn search sound understand use visit wait walk want wants went "
        "wish work works worked write wrote"
    ),
    demanding=_phrases(
        "i want, i need, i have, i had, i got, i would like, i'd like, we need, we want, we have, you have, "
        "tell me, give me, send me, show me, let me, help me, get me, i wanted, i needed, i said, i say, "
        "looking for, i think, i thought, i believe, i guess, i hope, i wonder, i was wondering, press, could "
        "you please, can you please, would you please, will you please, could you, can you, would you, can i, "
        "could i, may i, do you, did you, have you, are you, is there, are there, there is, there are, is it, "
        "i was, i just, we were, put, please enter the first, i would, i also, want, said that, think that, "
        "know that, is that the, sure that, such that, so that, now that, and then, but then, so then, dial, wants, "
        "the first, the second, the last, the next, the other, the same, the only, the main, at least, make up, "
        "makes up, made up, fill out, find out, carry out, point out"
    ),
    numbered=_words("number extension option folder platform gate apartment unit"),
    hanging_adverbs=_words(
        "currently successfully usually also just still already only even really always never ever about "
        "probably actually more less most too exactly approximately all both each"
    ),
    digits=MappingProxyType(
        dict.fromkeys(_words("zero oh one two three four five six seven eight nine niner"), 1)
        | dict.fromkeys(
            _words(
                "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty "
                "fifty sixty seventy eighty ninety hundred"
            ),
            2,
        )
        | {"thousand": 3, "million": 6}
    ),
    spoken_digits=("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh"),
    digit_company=_words("dash hyphen minus slash space double triple plus and then"),
    number_context=_words(
        "number numbers code pin policy phone telephone mobile cell account reference contract claim customer "
        "card iban zip postal postcode plate id vin serial license licence password digits member it's is"
    ),
    phones=_words("phone telephone mobile cell call reach fax"),
    measures=_words("at around by until till before after about in from to past under over press dial for option"),
    at_signs=_words("at @"),
    dots=_words("dot underscore hyphen dash point"),
    yes_no=_words("yes yeah yep no nope oh well okay"),
)

FRENCH = Language(
    fillers=_phrases("euh, heu, ben, bah, hum, hmm, je veux dire, attendez, un instant, voyons, c'est-à-dire"),
    openers=_words(
        "le la les l un une des du de d à au aux en dans sur sous avec sans pour par chez vers entre et ou "
        "mais donc car que qu qui dont quand lorsque parce puisque si comme mon ma mes ton ta tes son sa ses "
        "notre nos votre vos leur leurs ce cet cette ces je j tu il elle on ils est sont était suis ai as ont "
        "avez très plus chaque"
    ),
    answers=_words(
        "oui ouais non si merci bien sûr d'accord voilà exactement parfait bonjour bonsoir salut au revoir "
        "s'il vous plaît pas du tout peut-être ok okay beaucoup c'est tout ça jamais toujours demain hier "
        "aujourd'hui absolument"
    ),
    closings=_phrases("merci, merci beaucoup, au revoir, s'il vous plaît, c'est tout, bonne journée, voilà"),
    questions=_words(
        "qui que quoi où quand comment pourquoi combien quel quelle quels quelles est-ce pouvez-vous puis-je avez-vous"
    ),
    subordinators=_words("si quand lorsque puisque comme pendant après avant pour"),
    digits=MappingProxyType(
        dict.fromkeys(_words("zéro un une deux trois quatre cinq six sept huit neuf"), 1)
        | dict.fromkeys(
            _words(
                "dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante soixante-dix "
                "quatre-vingt quatre-vingts quatre-vingt-dix"
            ),
            2,
        )
    ),
    digit_company=_words("et tiret espace plus"),
    number_context=_words("numéro code téléphone contrat police compte référence client dossier postal c'est est"),
    at_signs=_words("arobase @"),
    dots=_words("point tiret"),
    yes_no=_words("oui ouais non"),
)

SPANISH = Language(
    fillers=_phrases("eh, em, este, pues, mmm, hmm, o sea, a ver, un momento, espere, es decir, déjeme ver"),
    openers=_words(
        "el la los las un una unos unas de del a al en con sin por para sobre entre hacia desde hasta y e o u "
        "pero que porque aunque si cuando como mientras donde mi mis tu tus su sus nuestro nuestra este esta "
        "ese esa muy más cada es son está están era soy tengo tiene he ha quiero quisiera yo"
    ),
    answers=_words(
        "sí si no gracias claro vale bueno bien exacto exactamente correcto perfecto hola adiós por favor "
        "muchas de nada nunca siempre tal vez quizás ok okay eso es todo mañana hoy ayer buenos días buenas "
        "tardes"
    ),
    closings=_phrases("gracias, muchas gracias, adiós, por favor, eso es todo, nada más, hasta luego, también"),
    questions=_words("qué quién cuándo dónde cómo cuál cuáles cuánto cuánta cuántos puede puedo podría tiene hay"),
    subordinators=_words("si cuando aunque mientras después antes para como"),
    digits=MappingProxyType(
        dict.fromkeys(_words("cero uno una dos tres cuatro cinco seis siete ocho nueve"), 1)
        | dict.fromkeys(
            _words(
                "diez once doce trece catorce quince veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
            ),
            2,
        )
    ),
    digit_company=_words("y guion guión espacio más"),
    number_context=_words("número código teléfono contrato póliza cuenta referencia cliente postal es"),
    at_signs=_words("arroba @"),
    dots=_words("punto guion guión"),
    yes_no=_words("sí no"),
)

GERMAN = Language(
    fillers=_phrases(
        "äh, ähm, öh, hm, hmm, also, naja, moment, einen moment, warten sie, ich meine, mal sehen, sozusagen"
    ),
    openers=_words(
        "der die das den dem des ein eine einen einem einer eines kein keine keinen mein meine meinen meinem "
        "meiner dein deine ihr ihre ihren ihrem unser unsere und oder aber denn weil dass ob wenn als wie "
        "obwohl während bevor nachdem damit sondern von vom zu zum zur für gegen ohne durch um bei beim seit "
        "nach über unter zwischen neben wegen trotz in im am sehr ganz jede jeder jedes ich wir er ist sind "
        "war bin habe hat haben möchte"
    ),
    answers=_words(
        "ja nein doch genau richtig stimmt gut okay ok klar natürlich danke bitte schön sehr vielen dank "
        "hallo tschüss tschüs auf wiederhören wiedersehen gerne nie niemals immer vielleicht heute morgen "
        "gestern gar nicht das ist alles war's guten tag jawohl perfekt super"
    ),
    closings=_phrases(
        "danke, danke schön, vielen dank, bitte, tschüss, auf wiederhören, das war's, das ist alles, das wäre alles"
    ),
    questions=_words(
        "was wer wen wem wessen wann wo wohin woher warum wieso weshalb wie wieviel welche welcher welches "
        "können könnten kann kannst haben hast ist sind darf dürfte gibt möchten wollen"
    ),
    subordinators=_words("wenn weil als obwohl während bevor nachdem falls sobald solange damit da ob"),
    digits=MappingProxyType(
        dict.fromkeys(_words("null eins ein zwei zwo drei vier fünf sechs sieben acht neun"), 1)
        | dict.fromkeys(_words("zehn elf zwölf zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"), 2)
    ),
    digit_company=_words("und strich bindestrich leerzeichen plus doppel"),
    number_context=_words(
        "nummer code telefon telefonnummer handynummer vertragsnummer versicherungsnummer kundennummer "
        "schadennummer konto postleitzahl kennzeichen lautet ist iban"
    ),
    at_signs=_words("at ät @ klammeraffe"),
    dots=_words("punkt strich unterstrich bindestrich"),
    yes_no=_words("ja nein doch"),
)

LANGUAGES: Mapping[str, Language] = MappingProxyType({"en": ENGLISH, "fr": FRENCH, "es": SPANISH, "de": GERMAN})
"""By the first part of a language tag."""
