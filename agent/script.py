"""The script: what is said next, from what is known and what was just said.

Rules, by what the assistant waits for (``Expectation``) and what it hears (``Intent``):

| waits for   | hears                      | does                                                    |
|-------------|----------------------------|---------------------------------------------------------|
| any         | goodbye                    | ends the call                                           |
| any         | noise, "what?"             | asks again                                              |
| any         | "let me talk to a human"   | hands over, when there is one                           |
| a field     | an answer that fits        | stores it, reads it back, asks the next                 |
| a field     | an answer that does not    | says why, asks again; after some attempts, skips it     |
| a field     | "I don't know"             | skips it                                                |
| a field     | "no, ...", "actually, ..." | corrects the field that is named, or the last one given |
| a field     | "no"                       | asks again for the last one given                       |
| confirm     | yes                        | files the claim and ends the call                       |
| confirm     | a value that fits a field  | corrects it, sums up again                              |
| confirm     | no                         | asks which                                              |
| which       | a field, with a value or not | corrects it, or asks for it                           |

Pure: no clock, no I/O, no state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent import phrases
from agent.assistant import EndCall, Expect, Output, Say, TransferCall, UpdateClaim
from agent.character import Character
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue, Persona
from agent.errors import InvalidValue
from agent.expectation import Expectation, Stage
from agent.interpret import Heard, Intent, interpret, wants_human
from agent.mentions import Mention, named_anywhere, named_first
from agent.spoken_callers import means_own_number
from agent.values import parse_value

Outputs = tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule looks at: the dialogue, what was said in it last, and when."""

    dialogue: Dialogue
    utterance: str
    now: datetime
    state: Expectation
    heard: Heard

    @property
    def claim(self) -> Claim:
        """What is known."""
        return self.dialogue.claim

    @property
    def noted(self) -> ClaimField | None:
        """The field whose value was given last."""
        return self.claim.named(self.state.noted)

    @property
    def asked(self) -> ClaimField | None:
        """The field that was asked for."""
        return self.claim.named(self.state.asked)


@dataclass(frozen=True, slots=True)
class Script:
    """The rules, with what a company sets in them."""

    company: str
    bot_name: str
    max_attempts: int = 3
    """How often a field is asked for before it is skipped."""
    region: str = "US"
    language: str = "en"

    def greet(self, dialogue: Dialogue, now: datetime) -> Outputs:
        """Open the call."""
        who = dialogue.character or Character(self.company, self.bot_name)
        greeting = phrases.greeting(who.company, who.bot_name, is_resumed=dialogue.is_resumed)
        purpose = phrases.PURPOSE if dialogue.claim.fields and not dialogue.is_resumed else ""
        return self._next((greeting, purpose), dialogue.claim, Expectation(), now)

    def nudge(self, dialogue: Dialogue, now: datetime) -> Outputs:
        """Ask whether the caller is there, and ask again."""
        scene = Scene(dialogue, "", now, Expectation.decode(dialogue.expecting), Heard(Intent.NOISE))
        return self._ask_again(scene, phrases.STILL_THERE, dialogue.attempts)

    def answer(self, dialogue: Dialogue, utterance: str, now: datetime) -> Outputs:
        """Answer what the caller said."""
        scene = Scene(dialogue, utterance, now, Expectation.decode(dialogue.expecting), interpret(utterance))
        if dialogue.agent_number and wants_human(utterance):
            asked = Expect(dialogue.expecting, dialogue.attempts)
            return (asked, TransferCall("asked for a human"), *_say(phrases.ALL_RIGHT, phrases.CONNECTING))
        match scene.heard.intent:
            case Intent.GOODBYE:
                return self._close(scene)
            case Intent.REPEAT:
                return self._ask_again(scene, "", dialogue.attempts)
            case Intent.NOISE:
                return self._ask_in_vain(scene, phrases.NOT_HEARD)
            case _:
                return self._by_stage(scene)

    def _by_stage(self, scene: Scene) -> Outputs:
        match scene.state.stage:
            case Stage.DONE:
                return self._close(scene)
            case Stage.FIELD if scene.asked is not None:
                return self._while_asking(scene, scene.asked)
            case Stage.CONFIRM:
                return self._while_confirming(scene)
            case Stage.WHICH:
                return self._while_asking_which(scene)
            case _:
                return self._while_open(scene)

    # One method for each stage.

    def _while_open(self, scene: Scene) -> Outputs:
        """Nothing was asked by the script: take only what names its field."""
        mention = named_first(scene.heard.rest, scene.claim)
        if mention and mention.said:
            return self._take(scene, mention.field, mention.said)
        if not scene.claim.fields:
            return self._close(scene)
        return self._next((phrases.SORRY,), scene.claim, scene.state, scene.now)

    def _while_asking(self, scene: Scene, asked: ClaimField) -> Outputs:
        heard = scene.heard
        if phrases.is_polar(asked) and heard.intent in {Intent.YES, Intent.NO} and not heard.is_correction:
            return self._take(scene, asked, scene.utterance)
        match heard.intent:
            case Intent.UNKNOWN:
                return self._skip(scene, asked)
            case Intent.NO | Intent.CORRECTION:
                return self._correct(scene, asked)
            case Intent.YES if not heard.rest:
                return self._ask_in_vain(scene, phrases.GOOD)
            case Intent.ANSWER if self._question_was_cut(scene, asked):
                return self._take_unasked(scene, asked)
            case _:
                return self._take(scene, asked, heard.rest)

    def _while_confirming(self, scene: Scene) -> Outputs:
        heard = scene.heard
        correction = self._correction_of_any(scene) if heard.rest else None
        if correction is not None:
            return correction
        match heard.intent:
            case Intent.YES:
                return self._file(scene)
            case Intent.NO | Intent.CORRECTION:
                state = scene.state.at(Stage.WHICH)
                return (Expect(state.encode()), *_say("I am sorry.", phrases.WHICH_IS_WRONG))
            case _:
                return self._ask_in_vain(scene, phrases.NOT_HEARD)

    def _while_asking_which(self, scene: Scene) -> Outputs:
        correction = self._correction_of_any(scene) if scene.heard.rest else None
        if correction is not None:
            return correction
        if scene.heard.intent is Intent.NO and not scene.heard.rest:
            return self._file(scene)  # "Which detail is wrong?" - "None."
        return self._ask_in_vain(scene, phrases.NOT_HEARD)

    # What the stages do.

    def _take(self, scene: Scene, field: ClaimField, said: str) -> Outputs:
        """Store a value and go on; refuse what does not fit."""
        try:
            value = self._parsed(scene, field, said)
        except InvalidValue as error:
            return self._refuse(scene, field, error.reason)
        return self._store(scene, field, value)

    def _store(self, scene: Scene, field: ClaimField, value: str) -> Outputs:
        is_change = field.name in scene.claim.values
        claim = scene.claim.with_value(field.name, value)
        state = scene.state.noting(field)
        lead = [phrases.ALL_RIGHT if is_change else phrases.THANKS]
        if state.next_field(claim) is not None:
            lead.append(phrases.read_back(field, value, scene.now))
        return (UpdateClaim(field.name, value), *self._next(lead, claim, state, scene.now))

    def _refuse(self, scene: Scene, field: ClaimField, reason: str) -> Outputs:
        """Say what is wrong with a value and ask for it, or give up."""
        is_same = scene.state.stage is Stage.FIELD and scene.state.asked == field.name
        attempts = scene.dialogue.attempts + 1 if is_same else 1
        if attempts >= self.max_attempts:
            return self._skip(scene, field)
        sentences = (phrases.SORRY, phrases.reason_sentence(reason), phrases.question(field))
        return (Expect(scene.state.asking(field).encode(), attempts), *_say(*sentences))

    def _skip(self, scene: Scene, field: ClaimField) -> Outputs:
        """Leave a field open and go on."""
        lead = (phrases.NO_PROBLEM, phrases.LATER)
        return self._next(lead, scene.claim, scene.state.skipping(field), scene.now)

    def _correct(self, scene: Scene, asked: ClaimField) -> Outputs:
        """Find what "no" or "actually" is about, while another field is asked for."""
        said, noted = scene.heard.rest, scene.noted
        if not said:
            return self._ask_for(scene, noted or asked)
        mention = named_first(said, scene.claim)
        if mention is not None:
            return self._take_mention(scene, mention)
        if noted is None or (noted.type is not FieldType.TEXT and not self._fits(scene, noted, said)):
            is_no_answer = noted is not None and scene.heard.intent is Intent.NO
            return self._take(scene, noted if noted is not None and is_no_answer else asked, said)
        if noted.type is FieldType.TEXT and asked.type is not FieldType.TEXT and self._fits(scene, asked, said):
            return self._take(scene, asked, said)
        return self._take(scene, noted, said)

    def _correction_of_any(self, scene: Scene) -> Outputs | None:
        """Find a correction of whichever field: it is named, or only one kind of value fits."""
        said = scene.heard.rest
        mention = named_first(said, scene.claim)
        if mention is not None:
            return self._take_mention(scene, mention)
        for kind in (FieldType.PHONE_NUMBER, FieldType.EMAIL, FieldType.DATETIME):
            fields = [field for field in scene.claim.fields if field.type is kind]
            if len(fields) == 1 and self._fits(scene, fields[0], said):
                return self._take(scene, fields[0], said)
        named = named_anywhere(said, scene.claim)
        return self._ask_for(scene, named) if named is not None else None

    def _take_mention(self, scene: Scene, mention: Mention) -> Outputs:
        return self._take(scene, mention.field, mention.said) if mention.said else self._ask_for(scene, mention.field)

    def _take_unasked(self, scene: Scene, asked: ClaimField) -> Outputs:
        """The caller spoke before the question could be heard: answer it may be, or more of the last value."""
        noted = scene.noted
        if asked.type is not FieldType.TEXT and self._fits(scene, asked, scene.heard.rest):
            return self._take(scene, asked, scene.heard.rest)
        if noted is not None and noted.type is FieldType.TEXT:
            so_far = scene.claim.values.get(noted.name, "").rstrip(".")
            return self._take(scene, noted, f"{so_far}. {scene.heard.rest}" if so_far else scene.heard.rest)
        return self._ask_again(scene, phrases.SORRY, scene.dialogue.attempts)

    # What is asked next.

    def _next(self, lead: Sequence[str], claim: Claim, state: Expectation, now: datetime) -> Outputs:
        """Ask for the next field that is missing, or sum up."""
        field = state.next_field(claim)
        if field is not None:
            return (Expect(state.asking(field).encode()), *_say(*lead, phrases.question(field)))
        if claim.values:
            sentences = (*lead, phrases.SUMMARY, *phrases.summary(claim, now), phrases.IS_EVERYTHING_RIGHT)
            return (Expect(state.at(Stage.CONFIRM).encode()), *_say(*sentences))
        if not claim.fields:
            return (Expect(state.at(Stage.OPEN).encode()), *_say(*lead, phrases.HOW_CAN_I_HELP))
        return _ended(state, *lead, phrases.CALL_BACK)

    def _ask_for(self, scene: Scene, field: ClaimField) -> Outputs:
        """Ask for a field whose value is wrong."""
        return (Expect(scene.state.asking(field).encode()), *_say("I am sorry.", phrases.question(field)))

    def _ask_in_vain(self, scene: Scene, lead: str) -> Outputs:
        """Ask again, and count it; give up after some attempts."""
        attempts = scene.dialogue.attempts + 1
        if attempts < self.max_attempts:
            return self._ask_again(scene, lead, attempts)
        if scene.state.stage is Stage.FIELD and scene.asked is not None:
            return self._skip(scene, scene.asked)
        return _ended(scene.state, phrases.SAVED, phrases.TO_BE_CHECKED)

    def _ask_again(self, scene: Scene, lead: str, attempts: int) -> Outputs:
        """Repeat the question that waits for an answer."""
        match scene.state.stage:
            case Stage.DONE:
                return self._close(scene)
            case Stage.CONFIRM:
                asked = phrases.IS_EVERYTHING_RIGHT
            case Stage.WHICH:
                asked = phrases.WHICH_IS_WRONG
            case _:
                field = scene.asked or scene.state.next_field(scene.claim)
                asked = phrases.question(field) if field is not None else phrases.HOW_CAN_I_HELP
        return (Expect(scene.state.encode(), attempts), *_say(lead, asked))

    def _file(self, scene: Scene) -> Outputs:
        return _ended(scene.state, phrases.FILED)

    def _close(self, scene: Scene) -> Outputs:
        """End the call because the caller does."""
        if scene.state.stage is Stage.DONE:
            return _ended(scene.state)
        if scene.claim.values and scene.state.next_field(scene.claim) is None:
            return self._file(scene)
        saved = (phrases.SAVED,) if scene.claim.values else (phrases.CALL_BACK,)
        return _ended(scene.state, "Thank you for calling.", *saved)

    # What is understood.

    def _parsed(self, scene: Scene, field: ClaimField, said: str) -> str:
        if field.type is FieldType.PHONE_NUMBER and scene.dialogue.caller_number and means_own_number(said):
            return scene.dialogue.caller_number
        replacing = scene.claim.values.get(field.name, "")
        return parse_value(field, said, now=scene.now, region=self.region, language=self.language, replacing=replacing)

    def _fits(self, scene: Scene, field: ClaimField, said: str) -> bool:
        try:
            self._parsed(scene, field, said)
        except InvalidValue:
            return False
        return True

    def _question_was_cut(self, scene: Scene, asked: ClaimField) -> bool:
        """Whether the caller interrupted before the question had begun."""
        last = scene.dialogue.messages[-1] if scene.dialogue.messages else None
        if last is None or last.persona is not Persona.ASSISTANT or not last.was_interrupted:
            return False
        beginning = " ".join(phrases.question(asked).split()[:2])
        return beginning not in last.text


def _say(*sentences: str) -> tuple[Say, ...]:
    """One piece for each sentence; the space between two belongs to the second."""
    spoken = [sentence for sentence in sentences if sentence]
    return tuple(Say(sentence if index == 0 else f" {sentence}") for index, sentence in enumerate(spoken))


def _ended(state: Expectation, *sentences: str) -> Outputs:
    """Say goodbye and hang up."""
    return (Expect(replace(state, stage=Stage.DONE, asked="").encode()), *_say(*sentences, phrases.GOODBYE), EndCall())
