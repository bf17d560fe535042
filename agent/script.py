"""The script: what is said next, from what is known and what was just said.

Rules, by what the assistant waits for (``Expectation``) and what it hears (``Intent``):

| waits for   | hears                      | does                                                    |
|-------------|----------------------------|---------------------------------------------------------|
| any         | goodbye                    | ends the call                                           |
| any         | noise, "what?"             | asks again                                              |
| any         | "let me talk to a human"   | hands over; where there is none, says so, asks again    |
| any         | a question                 | reads out what a document says, if one does; asks again |
| a field     | another question           | says that it cannot answer, asks again                  |
| a field     | an answer that fits        | stores it, reads it back, asks the next                 |
| a field     | an answer that does not    | says why, asks again; after some attempts, offers a     |
|             |                            | human, or skips it where there is none                  |
| a field     | "I don't know"             | skips it                                                |
| a field     | "no, ...", "actually, ..." | corrects the field that is named, or the last one given |
| a field     | "no"                       | asks again for the last one given                       |
| a human     | yes                        | hands over                                              |
| a human     | an answer that fits        | stores it, goes on                                      |
| a human     | no, "I don't know"         | skips the field                                         |
| anything    | an answer to what a model  | stores it, goes on                                      |
|             | has asked                  |                                                         |
| confirm     | yes                        | files the claim and ends the call                       |
| confirm     | a value that fits a field  | corrects it, sums up again                              |
| confirm     | no                         | asks which                                              |
| which       | a field, with a value or not | corrects it, or asks for it                           |

Keys are digits of a value; ``*`` is "what?", and where yes or no is waited for, 1 and 2 are that.

Pure: no clock, no I/O, no state.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent.assistant import Cite, Expect, Output, TransferCall, UpdateClaim
from agent.character import Character
from agent.claim import Claim, ClaimField, FieldType
from agent.dialogue import Dialogue
from agent.document_answer import answer_to, asks_back, title_within
from agent.endings import ended, promised_call_back
from agent.errors import InvalidValue
from agent.expectation import Expectation, Stage
from agent.interpret import Heard, Intent, interpret, wants_human
from agent.keypad import heard_keys
from agent.mentions import Mention, asked_last, named_anywhere, named_first
from agent.phrases import Phrases
from agent.scene import Scene
from agent.texts.bundled import BUNDLED, Repertoire
from agent.texts.texts import Texts, Variants

Outputs = tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """The rules, with what a company sets in them."""

    company: str
    bot_name: str
    max_attempts: int = 3
    """How often a field is asked for before it is skipped."""
    region: str = "US"
    language: str = "en"
    """BCP 47: spoken as long as nobody knows what the caller speaks; claims are described in it."""
    texts: Mapping[str, Texts] = field(default_factory=lambda: BUNDLED)
    """What is said, by the languages (ISO 639-1) that can be spoken."""

    def greet(self, dialogue: Dialogue, now: datetime) -> Outputs:
        """Open the call."""
        phrases = self.phrases(dialogue)
        greeting = phrases.greeting(is_resumed=dialogue.is_resumed, calls_back_about=dialogue.calls_back_about)
        purpose = phrases.texts.purpose if dialogue.claim.fields and not dialogue.is_resumed else ""
        return self._next(phrases, (greeting, purpose), dialogue.claim, Expectation(), now)

    def nudge(self, dialogue: Dialogue, now: datetime) -> Outputs:
        """Ask whether the caller is there, and ask again."""
        scene = self._scene(dialogue, "", now, Heard(Intent.NOISE))
        return self._ask_again(scene, scene.texts.timeout_silence, dialogue.attempts)

    def resume(self, dialogue: Dialogue, now: datetime) -> Outputs:
        """Go on after something else was talked about: ask what was asked before."""
        scene = self._scene(dialogue, "", now, Heard(Intent.REPEAT))
        if scene.state.stage is Stage.OPEN and not scene.claim.fields:
            return (Expect(scene.state.encode()), *scene.phrases.say(scene.texts.anything_else))
        return self._ask_again(scene, "", dialogue.attempts)

    def answer(self, dialogue: Dialogue, utterance: str, now: datetime) -> Outputs:
        """Answer what the caller said."""
        state = Expectation.decode(dialogue.expecting)
        keys = heard_keys(utterance, is_yes_or_no=state.stage in {Stage.CONFIRM, Stage.HUMAN})
        scene = self._scene(dialogue, utterance, now, keys or interpret(utterance, self._heard_in(dialogue)))
        if wants_human(utterance, self._heard_in(dialogue)):
            if not dialogue.has_human:
                return self._ask_again(scene, scene.texts.calltransfer_failure, dialogue.attempts)
            return self._connect(scene, Expect(dialogue.expecting, dialogue.attempts), "asked for a human")
        match scene.heard.intent:
            case Intent.GOODBYE:
                return self._close(scene)
            case Intent.REPEAT:
                return self._ask_again(scene, "", dialogue.attempts)
            case Intent.PAUSE:
                return (Expect(dialogue.expecting, dialogue.attempts), *scene.phrases.say(scene.texts.take_your_time))
            case Intent.NOISE:
                return self._ask_in_vain(scene, scene.texts.not_heard)
            case _:
                return self._from_documents(scene) or self._by_stage(scene)

    def _from_documents(self, scene: Scene) -> Outputs:
        """Answer a question that the documents answer, and go on with our own; nothing where they do not."""
        language = scene.texts.language
        passage = answer_to(scene.utterance, scene.dialogue.passages, language)
        if passage is None or scene.state.stage is Stage.DONE:
            return ()
        title = title_within(passage, language)
        said = scene.phrases.choose(scene.texts.our_guide_says, title=title, excerpt=passage.excerpt)
        return (Cite((passage.citation,)), *self._ask_again(scene, said, scene.dialogue.attempts))

    def _scene(self, dialogue: Dialogue, utterance: str, now: datetime, heard: Heard) -> Scene:
        state, language = Expectation.decode(dialogue.expecting), self._heard_in(dialogue)
        return Scene(dialogue, utterance, now, state, heard, self.phrases(dialogue), self.region, language)

    def _heard_in(self, dialogue: Dialogue) -> str:
        """What the caller speaks, as far as anybody knows."""
        return dialogue.language or self.language

    def phrases(self, dialogue: Dialogue) -> Phrases:
        """What is said to this caller."""
        return Phrases.of(dialogue, Repertoire(self.language, self.texts), Character(self.company, self.bot_name))

    def _by_stage(self, scene: Scene) -> Outputs:
        match scene.state.stage:
            case Stage.DONE:
                return self._close(scene)
            case Stage.FIELD if scene.asked is not None:
                return self._while_asking(scene, scene.asked)
            case Stage.HUMAN if scene.asked is not None:
                return self._while_offering(scene, scene.asked)
            case Stage.CONFIRM:
                return self._while_confirming(scene)
            case Stage.WHICH:
                return self._while_asking_which(scene)
            case _:
                return self._while_open(scene)

    # One method for each stage.

    def _while_open(self, scene: Scene) -> Outputs:
        """Nothing was asked by the script: take only what names its field, or answers what a model has asked."""
        language = self._heard_in(scene.dialogue)
        mention = named_first(scene.heard.rest, scene.claim, language)
        if mention and mention.said:
            return self._take(scene, mention.field, mention.said)
        if (said_last := scene.dialogue.last_said) is not None and scene.dialogue.expecting == Expectation().encode():
            asked = asked_last(said_last.text, scene.claim, language)
            if asked is not None and asked.name not in scene.claim.values:
                return self._while_asking(scene, asked)
        if not scene.claim.fields:
            return self._close(scene)
        return self._next(scene.phrases, (scene.texts.sorry,), scene.claim, scene.state, scene.now)

    def _while_asking(self, scene: Scene, asked: ClaimField) -> Outputs:
        heard = scene.heard
        if scene.phrases.is_polar(asked) and heard.intent in {Intent.YES, Intent.NO} and not heard.is_correction:
            return self._take(scene, asked, scene.utterance)
        match heard.intent:
            case Intent.UNKNOWN:
                return self._skip(scene, asked)
            case Intent.NO | Intent.CORRECTION:
                return self._correct(scene, asked)
            case Intent.YES if not heard.rest:
                return self._ask_in_vain(scene, scene.texts.good)
            case Intent.ANSWER if scene.was_cut_before(asked):
                return self._take_unasked(scene, asked)
            case Intent.ANSWER:
                return self._take_answer(scene, asked)
            case _:
                return self._take(scene, asked, heard.rest)

    def _take_answer(self, scene: Scene, asked: ClaimField) -> Outputs:
        """Take an answer; what is no value of this field may be a question, or name another field."""
        said, language = scene.heard.rest, self._heard_in(scene.dialogue)
        if scene.fits_typed(asked, said):
            return self._take(scene, asked, said)
        if asks_back(scene.utterance, language):
            return self._ask_in_vain(scene, scene.texts.cannot_answer)
        mention = named_first(said, scene.claim, language) if asked.type is not FieldType.TEXT else None
        if mention is not None and mention.said and scene.fits(mention.field, mention.said):
            return self._take_mention(scene, mention)
        return self._take(scene, asked, said)

    def _while_offering(self, scene: Scene, field: ClaimField) -> Outputs:
        """A human was offered, since this field's value was not understood."""
        heard = scene.heard
        if heard.rest and field.type is not FieldType.TEXT and scene.fits(field, heard.rest):
            return self._take(scene, field, heard.rest)
        if heard.intent is Intent.YES:
            after = scene.state.skipping(field).at(Stage.OPEN)
            return self._connect(scene, Expect(after.encode()), f"cannot give the {field.spoken_name}")
        if heard.intent in {Intent.NO, Intent.UNKNOWN}:
            return self._skip(scene, field)
        return self._ask_in_vain(scene, scene.texts.not_heard)

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
                return (Expect(state.encode()), *scene.phrases.say(scene.texts.i_am_sorry, scene.texts.which_is_wrong))
            case _:
                return self._ask_in_vain(scene, scene.texts.not_heard)

    def _while_asking_which(self, scene: Scene) -> Outputs:
        correction = self._correction_of_any(scene) if scene.heard.rest else None
        if correction is not None:
            return correction
        if scene.heard.intent is Intent.NO and not scene.heard.rest:
            return self._file(scene)  # "Which detail is wrong?" - "None."
        return self._ask_in_vain(scene, scene.texts.not_heard)

    # What the stages do.

    def _take(self, scene: Scene, field: ClaimField, said: str) -> Outputs:
        """Store a value and go on; refuse what does not fit."""
        try:
            value = scene.parsed(field, said)
        except InvalidValue as error:
            return self._refuse(scene, field, error)
        return self._store(scene, field, value)

    def _store(self, scene: Scene, field: ClaimField, value: str) -> Outputs:
        is_change = field.name in scene.claim.values
        claim = scene.claim.with_value(field.name, value)
        state = scene.state.noting(field)
        lead: list[str | Variants] = [scene.texts.all_right if is_change else scene.texts.thanks]
        if state.next_field(claim) is not None:
            lead.append(scene.phrases.read_back(field, value, scene.now))
        return (UpdateClaim(field.name, value), *self._next(scene.phrases, lead, claim, state, scene.now))

    def _refuse(self, scene: Scene, field: ClaimField, error: InvalidValue) -> Outputs:
        """Say what is wrong with a value and ask for it, or give up."""
        is_same = scene.state.stage is Stage.FIELD and scene.state.asked == field.name
        attempts = scene.dialogue.attempts + 1 if is_same else 1
        if attempts >= self._most_attempts(scene):
            return self._give_up(scene, field, scene.texts.refusal(error))
        said = scene.phrases.say(scene.texts.sorry, scene.texts.refusal(error), scene.phrases.question(field))
        return (Expect(scene.state.asking(field).encode(), attempts), *said)

    def _give_up(self, scene: Scene, field: ClaimField, lead: str | Variants) -> Outputs:
        """The value was not understood so often: offer a human, if there is one and it was not offered just now."""
        if not scene.dialogue.has_human or scene.state.stage is Stage.HUMAN:
            return self._skip(scene, field)
        return (Expect(scene.state.offering(field).encode()), *scene.phrases.say(lead, scene.texts.offer_human))

    def _connect(self, scene: Scene, after: Expect, reason: str) -> Outputs:
        """Hand the caller over; ``after`` waits for them if nobody can be reached."""
        connecting = scene.phrases.say(scene.texts.all_right, scene.texts.end_call_to_connect_agent)
        return (after, TransferCall(reason), *connecting)

    def _skip(self, scene: Scene, field: ClaimField) -> Outputs:
        """Leave a field open and go on."""
        lead = (scene.texts.no_problem, scene.texts.later)
        return self._next(scene.phrases, lead, scene.claim, scene.state.skipping(field), scene.now)

    def _correct(self, scene: Scene, asked: ClaimField) -> Outputs:
        """Find what "no" or "actually" is about, while another field is asked for."""
        said, noted = scene.heard.rest, scene.noted
        if not said:
            return self._ask_for(scene, noted or asked)
        mention = named_first(said, scene.claim, self._heard_in(scene.dialogue))
        if mention is not None:
            return self._take_mention(scene, mention)
        if (given := self._typed_given(scene, asked)) is not None:
            return self._take(scene, given, said)
        if noted is None or (noted.type is not FieldType.TEXT and not scene.fits(noted, said)):
            is_no_answer = noted is not None and scene.heard.intent is Intent.NO
            return self._take(scene, noted if noted is not None and is_no_answer else asked, said)
        if noted.type is FieldType.TEXT and asked.type is not FieldType.TEXT and scene.fits(asked, said):
            return self._take(scene, asked, said)
        return self._take(scene, noted, said)

    def _typed_given(self, scene: Scene, asked: ClaimField) -> ClaimField | None:
        """Find the only value, given before a text was, that what is said can take the place of: a date, a number."""
        said, noted = scene.heard.rest, scene.noted
        if noted is None or noted.type is not FieldType.TEXT or scene.fits_typed(asked, said):
            return None
        given = (field for field in scene.claim.fields if field.name in scene.claim.values)
        fitting = [field for field in given if scene.fits_typed(field, said)]
        return fitting[0] if len(fitting) == 1 else None

    def _correction_of_any(self, scene: Scene) -> Outputs | None:
        """Find a correction of whichever field: it is named, or only one kind of value fits."""
        said = scene.heard.rest
        mention = named_first(said, scene.claim, self._heard_in(scene.dialogue))
        if mention is not None:
            return self._take_mention(scene, mention)
        for kind in (FieldType.PHONE_NUMBER, FieldType.EMAIL, FieldType.DATETIME):
            fields = [field for field in scene.claim.fields if field.type is kind]
            if len(fields) == 1 and scene.fits(fields[0], said):
                return self._take(scene, fields[0], said)
        named = named_anywhere(said, scene.claim, self._heard_in(scene.dialogue))
        return self._ask_for(scene, named) if named is not None else None

    def _take_mention(self, scene: Scene, mention: Mention) -> Outputs:
        return self._take(scene, mention.field, mention.said) if mention.said else self._ask_for(scene, mention.field)

    def _take_unasked(self, scene: Scene, asked: ClaimField) -> Outputs:
        """The caller spoke before the question could be heard: answer it may be, or more of the last value."""
        noted = scene.noted
        if asked.type is not FieldType.TEXT and scene.fits(asked, scene.heard.rest):
            return self._take(scene, asked, scene.heard.rest)
        if noted is not None and noted.type is FieldType.TEXT:
            so_far = scene.claim.values.get(noted.name, "").rstrip(".")
            return self._take(scene, noted, f"{so_far}. {scene.heard.rest}" if so_far else scene.heard.rest)
        return self._ask_again(scene, scene.texts.sorry, scene.dialogue.attempts)

    # What is asked next.

    def _next(
        self, phrases: Phrases, lead: Sequence[str | Variants], claim: Claim, state: Expectation, now: datetime
    ) -> Outputs:
        """Ask for the next field that is missing, or sum up."""
        field = state.next_field(claim)
        texts = phrases.texts
        if field is not None:
            return (Expect(state.asking(field).encode()), *phrases.say(*lead, phrases.question(field)))
        if claim.values:
            sentences = (*lead, texts.summary, *phrases.summary(claim, now), texts.is_everything_right)
            return (Expect(state.at(Stage.CONFIRM).encode()), *phrases.say(*sentences))
        if not claim.fields:
            return (Expect(state.at(Stage.OPEN).encode()), *phrases.say(*lead, texts.how_can_i_help))
        return (promised_call_back(now), *ended(phrases, state, *lead, texts.call_back))

    def _ask_for(self, scene: Scene, field: ClaimField) -> Outputs:
        """Ask for a field whose value is wrong."""
        return (
            Expect(scene.state.asking(field).encode()),
            *scene.phrases.say(scene.texts.i_am_sorry, scene.phrases.question(field)),
        )

    def _most_attempts(self, scene: Scene) -> int:
        wanted = scene.dialogue.options.attempts_max
        return self.max_attempts if wanted is None else wanted

    def _ask_in_vain(self, scene: Scene, lead: Variants) -> Outputs:
        """Ask again, and count it; give up after some attempts."""
        attempts = scene.dialogue.attempts + 1
        if attempts < self._most_attempts(scene):
            return self._ask_again(scene, lead, attempts)
        if scene.state.stage in {Stage.FIELD, Stage.HUMAN} and scene.asked is not None:
            return self._give_up(scene, scene.asked, lead)
        return ended(scene.phrases, scene.state, scene.texts.saved, scene.texts.to_be_checked)

    def _ask_again(self, scene: Scene, lead: str | Variants, attempts: int) -> Outputs:
        """Repeat the question that waits for an answer."""
        asked: str | Variants
        match scene.state.stage:
            case Stage.DONE:
                return self._close(scene)
            case Stage.CONFIRM:
                asked = scene.texts.is_everything_right
            case Stage.WHICH:
                asked = scene.texts.which_is_wrong
            case Stage.HUMAN:
                asked = scene.texts.offer_human
            case _:
                field = scene.asked or scene.state.next_field(scene.claim)
                asked = scene.phrases.question(field) if field is not None else scene.texts.how_can_i_help
        return (Expect(scene.state.encode(), attempts), *scene.phrases.say(lead, asked))

    def _file(self, scene: Scene) -> Outputs:
        return ended(scene.phrases, scene.state, scene.texts.filed)

    def _close(self, scene: Scene) -> Outputs:
        """End the call because the caller does."""
        phrases, texts = scene.phrases, scene.texts
        if scene.state.stage is Stage.DONE:
            return ended(phrases, scene.state)
        if scene.claim.values and scene.state.next_field(scene.claim) is None:
            return self._file(scene)
        if scene.claim.values:
            return ended(phrases, scene.state, texts.thanks_for_calling, texts.saved)
        return (promised_call_back(scene.now), *ended(phrases, scene.state, texts.thanks_for_calling, texts.call_back))
