"""Topics in a call that no model leads: they stand in front of the script.

| waits for           | hears                     | does                                                       |
|---------------------|---------------------------|------------------------------------------------------------|
| any                 | goodbye, "a human"        | leaves the topic; the script does what it does             |
| any of a topic's    | an order of a supervisor  | leaves the topic and obeys; what was said counts for nobody|
| a topic's question  | noise, "what?"            | asks again                                                 |
| a topic's question  | an answer that fits       | goes on in the topic                                       |
| a topic's question  | an answer that does not   | says why, asks again; after some attempts ``otherwise``    |
| a topic's question  | a question of another kind| reads out what a document says, or goes to another topic   |
| a topic's question  | "I don't know"            | goes on by ``otherwise``; without it the topic ends        |
| "do you want …?"    | yes                       | begins the topic                                           |
| "do you want …?"    | no, something else        | takes up what was said, for the script or another topic    |
| anything else       | what is near to a trigger | begins the topic; in doubt asks whether it is meant        |
| anything else       | anything else             | leaves it to the script                                    |

When a topic is over, the script asks again what it asked before.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

from agent.assistant import Assistant, Cite, EndCall, Expect, FollowTopic, Output, Say, TransferCall
from agent.claim import FieldType
from agent.closing import closing
from agent.dialogue import Dialogue
from agent.document_answer import answer_to, title_within
from agent.endings import ended
from agent.errors import InvalidValue
from agent.expectation import Expectation, Stage
from agent.foresight import foreseen
from agent.interpret import Heard, Intent, wants_human
from agent.phrases import Phrases
from agent.supervised import AskFor, Order, latest_order, obeyed
from agent.texts.bundled import Repertoire
from agent.texts.texts import Variants
from agent.topics.course import Courses, Stopped, Told
from agent.topics.matching import Matcher
from agent.topics.state import TopicState
from agent.topics.understanding import heard_as, value_of
from agent.topics.values import Ask, Topic
from agent.topics.walking import Ended, Walk

_LEAVES: Final = frozenset({Intent.GOODBYE, Intent.REPEAT, Intent.NOISE, Intent.PAUSE})
_SAYS_NOTHING_NEW: Final = frozenset({Intent.YES, Intent.NO, Intent.UNKNOWN, Intent.CORRECTION})


class Resumable(Assistant, Protocol):
    """An assistant that can go on where it was."""

    def resume(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Ask again what was asked before something else was talked about."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is being answered."""

    dialogue: Dialogue
    utterance: str
    state: TopicState
    phrases: Phrases
    language: str
    """Of the caller, as far as anybody knows (BCP 47)."""

    @property
    def without_topic(self) -> Dialogue:
        """The call as the script is to see it."""
        return replace(self.dialogue, topic=self.state.over().encode())


class TopicAssistant:
    """Follows topics, and leaves all else to the script; satisfies ``agent.assistant.Assistant``.

    Args:
        script: Who leads the call.
        courses: Carries topics out.
        matcher: Tells which one is meant.
        repertoire: What is said beside the texts of the topics.
        attempts_max: How often a question is asked, where the flags do not say.
    """

    def __init__(
        self,
        script: Resumable,
        courses: Courses,
        matcher: Matcher,
        *,
        repertoire: Repertoire,
        attempts_max: int = 3,
    ) -> None:
        self._script = script
        self._courses = courses
        self._matcher = matcher
        self._repertoire = repertoire
        self._attempts_max = attempts_max

    def greet(self, dialogue: Dialogue) -> AsyncIterator[Output]:
        """Open the call."""
        return self._script.greet(dialogue)

    async def reply(self, dialogue: Dialogue, utterance: str) -> AsyncGenerator[Output, None]:
        """Answer what the caller said."""
        turn = self._turn(dialogue, utterance)
        walk, ask = self._waiting(turn.state)
        offered = self._courses.paths.topics.get(turn.state.offered)
        order = latest_order(dialogue) if ask is not None or offered is not None else None
        if order is not None:
            parts = self._obeyed(turn, order)
        elif walk is not None and ask is not None:
            parts = self._answered(turn, walk, ask)
        elif offered is not None:
            parts = self._offered(turn, offered)
        else:
            parts = self._matched(turn)
        async with aclosing(parts):
            async for part in parts:
                yield part

    async def nudge(self, dialogue: Dialogue) -> AsyncGenerator[Output, None]:
        """Ask whether the caller is there, and ask again."""
        turn = self._turn(dialogue, "")
        question = self._question(turn)
        if question:
            yield FollowTopic(dialogue.topic)
            for said in turn.phrases.say(turn.phrases.texts.timeout_silence, question):
                yield said
            return
        async with closing(self._script.nudge(dialogue)) as outputs:
            async for output in outputs:
                yield output

    async def warm_up(self) -> None:
        """Warm up the script and what tells topics apart."""
        await self._script.warm_up()
        await self._matcher.warm_up()

    def _turn(self, dialogue: Dialogue, utterance: str) -> _Turn:
        phrases = Phrases.of(dialogue, self._repertoire, self._courses.means.character)
        language = self._courses.listening(dialogue).language
        return _Turn(dialogue, utterance, TopicState.decode(dialogue.topic), phrases, language)

    def _waiting(self, state: TopicState) -> tuple[Walk | None, Ask | None]:
        """The question that waits for an answer."""
        walk = state.walk
        if walk is None or not self._courses.paths.has(walk):
            return None, None
        step = self._courses.paths.step(walk)
        return walk, step if isinstance(step, Ask) else None

    def _question(self, turn: _Turn) -> str:
        """What was asked for a topic; empty: nothing."""
        if turn.state.question and self._waiting(turn.state)[1] is not None:
            return turn.state.question
        offered = self._courses.paths.topics.get(turn.state.offered)
        return self._wanted(turn, offered) if offered is not None else ""

    def _wanted(self, turn: _Turn, topic: Topic) -> str:
        title = topic.title.in_language(self._courses.spoken_language(turn.dialogue))
        return turn.phrases.choose(turn.phrases.texts.topic_wanted, title=title)

    # What was waited for.

    def _answered(self, turn: _Turn, walk: Walk, ask: Ask) -> AsyncGenerator[Output, None]:
        """A question of a topic was asked."""
        heard, texts = heard_as(ask, turn.utterance, turn.language), turn.phrases.texts
        if wants_human(turn.utterance, turn.language):
            can_connect = bool(turn.dialogue.has_human)
            return self._left(turn) if can_connect else self._again(turn, texts.calltransfer_failure)
        match heard.intent:
            case Intent.GOODBYE:
                return self._left(turn)
            case Intent.REPEAT:
                return self._again(turn, "")
            case Intent.PAUSE:
                return self._paused(turn)
            case Intent.NOISE:
                return self._in_vain(turn, walk, texts.not_heard)
            case Intent.UNKNOWN:
                return self._followed(turn, self._courses.paths.failed(walk), texts.no_problem)
        try:
            value = value_of(ask, turn.utterance, turn.dialogue, self._courses.listening(turn.dialogue))
        except InvalidValue as error:
            return self._not_understood(turn, walk, error)
        return self._followed(turn, self._courses.paths.passed(walk, {ask.into: value}), texts.thanks)

    async def _not_understood(self, turn: _Turn, walk: Walk, error: InvalidValue) -> AsyncGenerator[Output, None]:
        """It is no answer: a question perhaps, or another topic."""
        match = await self._matcher.best(turn.utterance, turn.language, without=(walk.topic,))
        passage = answer_to(turn.utterance, turn.dialogue.passages, turn.language)
        texts = turn.phrases.texts
        if match is not None and match.is_sure:
            parts = self._begun(turn, match.topic)
        elif passage is not None:
            title = title_within(passage, texts.language)
            said = turn.phrases.choose(texts.our_guide_says, title=title, excerpt=passage.excerpt)
            yield Cite((passage.citation,))
            parts = self._again(turn, said)
        else:
            lead = texts.not_heard if error.refusal is None else texts.refusal(error)
            parts = self._in_vain(turn, walk, lead)
        async with aclosing(parts):
            async for part in parts:
                yield part

    def _offered(self, turn: _Turn, topic: Topic) -> AsyncGenerator[Output, None]:
        """The caller was asked whether they mean a topic."""
        heard = heard_as(None, turn.utterance, turn.language)
        match heard.intent:
            case Intent.YES:
                return self._begun(turn, topic)
            case Intent.REPEAT | Intent.NOISE | Intent.PAUSE:
                return self._again(turn, "")
            case Intent.NO:
                declined = replace(turn, state=turn.state.declining(topic.name))
                return self._matched(replace(declined, utterance=heard.rest or turn.state.said), is_news=True)
            case _:
                return self._matched(replace(turn, state=turn.state.over()), is_news=True)

    async def _matched(self, turn: _Turn, *, is_news: bool = False) -> AsyncGenerator[Output, None]:
        """Nothing of a topic was asked: what was said may begin one.

        Args:
            turn: See there.
            is_news: What is remembered of topics has changed.
        """
        if is_news:
            yield FollowTopic(turn.state.encode())
        heard = heard_as(None, turn.utterance, turn.language)
        match = None
        if not _is_for_the_script(turn, heard):
            match = await self._matcher.best(turn.utterance, turn.language, without=turn.state.declined)
        order = latest_order(turn.dialogue)
        if match is not None and match.is_sure:
            parts = self._begun(turn, match.topic) if order is None else self._obeyed(turn, order)
        elif match is not None and order is None and not _wants_a_typed_value(turn):
            state = turn.state.offering(match.topic.name, turn.utterance)
            yield FollowTopic(state.encode())
            for said in turn.phrases.say(self._wanted(turn, match.topic)):
                yield said
            return
        elif order is None and self._is_lost(turn, heard):
            texts = turn.phrases.texts
            yield Expect(Expectation().encode(), turn.dialogue.attempts + 1)
            for said in turn.phrases.say(texts.cannot_answer, texts.how_can_i_help):
                yield said
            return
        else:
            async with closing(self._script.reply(turn.without_topic, turn.utterance)) as outputs:
                async for output in outputs:
                    yield output
            return
        async with aclosing(parts):
            async for part in parts:
                yield part

    def _is_lost(self, turn: _Turn, heard: Heard) -> bool:
        """Whether neither a topic nor the script knows what to do with this, and it may be said in other words."""
        dialogue = turn.dialogue
        is_open = not dialogue.claim.fields and Expectation.decode(dialogue.expecting).stage is Stage.OPEN
        if not is_open or heard.intent is not Intent.ANSWER or wants_human(turn.utterance, turn.language):
            return False
        is_known = answer_to(turn.utterance, dialogue.passages, turn.language) is not None
        return not is_known and dialogue.attempts + 1 < self._most_attempts(dialogue)

    # What is done.

    def _begun(self, turn: _Turn, topic: Topic) -> AsyncGenerator[Output, None]:
        """Begin a topic."""
        return self._followed(turn, self._courses.paths.begin(topic.name), turn.phrases.texts.all_right)

    async def _left(self, turn: _Turn) -> AsyncGenerator[Output, None]:
        """Leave the topic to the script."""
        yield FollowTopic(turn.state.over().encode())
        async with closing(self._script.reply(turn.without_topic, turn.utterance)) as outputs:
            async for output in outputs:
                yield output

    async def _obeyed(self, turn: _Turn, order: Order | AskFor) -> AsyncGenerator[Output, None]:
        """Leave the topic for what a supervisor has ordered; whoever says goodbye goes all the same."""
        if heard_as(None, turn.utterance, turn.language).intent is Intent.GOODBYE:
            parts = self._left(turn)
            async with aclosing(parts):
                async for part in parts:
                    yield part
            return
        yield FollowTopic(turn.state.over().encode())
        for output in obeyed(order, (), turn.dialogue, turn.phrases):
            yield output

    async def _paused(self, turn: _Turn) -> AsyncGenerator[Output, None]:
        """Let the caller look for the answer."""
        yield FollowTopic(turn.state.encode())
        for said in turn.phrases.say(turn.phrases.texts.take_your_time):
            yield said

    async def _again(
        self, turn: _Turn, lead: str | Variants, attempts: int | None = None
    ) -> AsyncGenerator[Output, None]:
        """Ask the same question."""
        state = turn.state if attempts is None else replace(turn.state, attempts=attempts)
        yield FollowTopic(state.encode())
        for said in turn.phrases.say(lead, self._question(turn)):
            yield said

    def _in_vain(self, turn: _Turn, walk: Walk, lead: Variants) -> AsyncGenerator[Output, None]:
        """Ask again, and count it; after some attempts go on without an answer."""
        attempts = turn.state.attempts + 1
        if attempts < self._most_attempts(turn.dialogue):
            return self._again(turn, lead, attempts)
        return self._followed(turn, self._courses.paths.failed(walk), turn.phrases.texts.no_problem)

    async def _followed(self, turn: _Turn, walk: Walk, lead: Variants) -> AsyncGenerator[Output, None]:
        """Say something short, then go on from a place in a topic to the next question, or to its end."""
        phrases, dialogue = turn.phrases, turn.dialogue
        for said in phrases.say(lead):
            yield said
        leaves = False
        parts = self._courses.run(walk, dialogue)
        async with aclosing(parts):
            async for part in parts:
                match part:
                    case Told(text=text):
                        yield Say(phrases.texts.gap + text, is_sentence=True)
                    case Stopped(stop=Ask() as ask, walk=at, text=question):
                        yield FollowTopic(turn.state.asked(at, ask, question).encode())
                        yield Say(phrases.texts.gap + question, is_sentence=True)
                    case Stopped(stop=Ended() as end, text=reason):
                        finish = self._finished(replace(turn, dialogue=dialogue), end, reason, leaves=leaves)
                        async with aclosing(finish):
                            async for output in finish:
                                yield output
                    case Stopped():
                        raise AssertionError(part)  # a course stops at a question or at its end
                    case _:
                        leaves = leaves or isinstance(part, EndCall | TransferCall)
                        dialogue = foreseen(dialogue, part)
                        yield part

    async def _finished(self, turn: _Turn, end: Ended, reason: str, *, leaves: bool) -> AsyncGenerator[Output, None]:
        """The topic is over; something has been said before."""
        phrases, texts = turn.phrases, turn.phrases.texts
        yield FollowTopic(turn.state.over().encode())
        lead = [texts.topic_failed] if end.has_failed else []
        outputs: tuple[Output, ...]
        if leaves:
            outputs = phrases.say(*lead)
        elif end.is_call:
            outputs = ended(phrases, Expectation.decode(turn.dialogue.expecting), *lead)
        elif end.hands_over and turn.dialogue.has_human:
            outputs = (TransferCall(reason), *phrases.say(texts.end_call_to_connect_agent))
        else:
            lead += [texts.calltransfer_failure] if end.hands_over else []
            outputs = (*phrases.say(*lead), *[each async for each in self._script.resume(turn.without_topic)])
        gap = texts.gap
        for output in outputs:
            yield replace(output, text=gap + output.text.removeprefix(gap)) if isinstance(output, Say) else output

    def _most_attempts(self, dialogue: Dialogue) -> int:
        wanted = dialogue.options.attempts_max
        return self._attempts_max if wanted is None else wanted


def _is_for_the_script(turn: _Turn, heard: Heard) -> bool:
    """Whether this is no wish for a topic, whatever it is near to."""
    if heard.intent in _LEAVES or wants_human(turn.utterance, turn.language):
        return True
    if Expectation.decode(turn.dialogue.expecting).stage is Stage.DONE:
        return True
    return heard.intent in _SAYS_NOTHING_NEW and not heard.rest


def _wants_a_typed_value(turn: _Turn) -> bool:
    """Whether the script waits for a date, an address or a number: nobody means a topic in doubt then."""
    expected = Expectation.decode(turn.dialogue.expecting)
    asked = turn.dialogue.claim.named(expected.asked) if expected.stage is Stage.FIELD else None
    return asked is not None and asked.type is not FieldType.TEXT
