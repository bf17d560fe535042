"""Workers scored by a language model, as the company's prompts say; by the formula when the model fails.

The model sees the prompt before, each worker's indicators with the job's labels as data, and the prompt after.
Its answer must be a JSON object that gives each worker a number from 0 to 1, or an object
``{"score": …, "reason": …}``. A caller waits: what is not there in time, or not as asked, is not used.
"""

import asyncio
import json
import math
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from agent.chat import ChatMessage, ChatModel, Finished, Named, Prompted, Role, TextDelta
from agent.errors import AssistantError
from agent.quoted import DATA_RULE, as_data, harmless
from routing.scoring import INDICATORS, Indicator, score_by_formula, values_of
from routing.values import JOB_LABEL, Label, Labels, Score, Scores, Worker

PRE_PROMPT: Final = (
    "You're helping pair a customer with an agent in a contact center. You'll evaluate the best available agent based "
    "on their performance indicators below. CSAT holds the average customer satisfaction score between 1 and 3, higher "
    "is better. Outcome is a score between 0 and 1, higher is better. AHT is average handling time, lower is better. "
    "If AHT provided is 00:00, please ignore it in the scoring."
)
POST_PROMPT: Final = (
    "Respond with only a json object with agent ID as the key, and scores based on suitability for this customer as "
    "the value in a range of 0 to 1. Don't include any other information."
)
_LONGEST_ANSWER: Final = 100_000
_LONGEST_REASON: Final = 500
_LONGEST_LABEL: Final = 200


@dataclass(frozen=True, slots=True)
class ScoringSettings:
    """How workers are scored."""

    indicators: tuple[Indicator, ...] = INDICATORS
    pre_prompt: str = PRE_PROMPT
    post_prompt: str = POST_PROMPT
    timeout_s: float = 1.5
    """For the model; then the formula answers."""


class FormulaScorer:
    """Scores by the formula; satisfies ``routing.ports.Scorer``."""

    def __init__(self, indicators: Sequence[Indicator] = INDICATORS) -> None:
        self._indicators = tuple(indicators)

    async def score(self, job_labels: Labels, workers: Sequence[Worker]) -> Scores:
        """See there."""
        return score_by_formula(self._indicators, job_labels, workers)


class ModelScorer:
    """Scores by a model; satisfies ``routing.ports.Scorer``.

    Args:
        chat: The model.
        settings: See there.
    """

    def __init__(self, chat: ChatModel, settings: ScoringSettings = ScoringSettings()) -> None:
        self._chat = chat
        self._settings = settings

    async def score(self, job_labels: Labels, workers: Sequence[Worker]) -> Scores:
        """See there. The reason of each score says what it rests on, or why the formula had to answer."""
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                said, model = await self._answer(job_labels, workers)
            return self._scores(said, model, workers)
        except TimeoutError:
            because = f"the model did not answer within {self._settings.timeout_s:g} s"
        except AssistantError as error:
            because = f"the model failed ({type(error).__name__})"
        except _Unusable as error:
            because = f"the model's answer was not used: {error}"
        return score_by_formula(self._settings.indicators, job_labels, workers, because=because)

    async def _answer(self, job_labels: Labels, workers: Sequence[Worker]) -> tuple[str, str]:
        """What the model says, and its name. Raises ``AssistantError``, ``_Unusable``."""
        said, model = "", self._chat.name if isinstance(self._chat, Named) else "model"
        async with aclosing(self._chat.stream(self._messages(job_labels, workers), ())) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    said += delta.text
                elif isinstance(delta, Finished):
                    model = delta.model or model
                if len(said) > _LONGEST_ANSWER:
                    raise _Unusable("it is too long")
        return said, model

    def _messages(self, job_labels: Labels, workers: Sequence[Worker]) -> tuple[ChatMessage, ...]:
        settings = self._settings
        customer = {name: _short(value) for name, value in job_labels.items() if name != JOB_LABEL}
        agents = [
            {
                "Id": each.worker_id,
                "PerformanceIndicators": {
                    name: _short(value) for name, value in values_of(settings.indicators, each).items()
                },
            }
            for each in workers
        ]
        data = json.dumps({"customer": customer, "agents": agents}, ensure_ascii=False)
        before = "\n".join((settings.pre_prompt, *_explained(settings), DATA_RULE))
        return (
            Prompted(Role.SYSTEM, before),
            Prompted(Role.USER, as_data(data)),
            Prompted(Role.SYSTEM, settings.post_prompt),
        )

    def _scores(self, said: str, model: str, workers: Sequence[Worker]) -> Scores:
        begin, end = said.find("{"), said.rfind("}")
        try:
            answer = json.loads(said[begin : end + 1]) if 0 <= begin < end else None
        except (ValueError, RecursionError) as error:
            raise _Unusable("it is not JSON") from error
        if not isinstance(answer, dict):
            raise _Unusable("it is no JSON object")
        return Scores(tuple(self._score(answer, each) for each in workers), model)

    def _score(self, answer: Mapping[str, object], worker: Worker) -> Score:
        given: object = answer.get(harmless(worker.worker_id))
        words: object = ""
        if isinstance(given, dict):
            words, given = given.get("reason", ""), given.get("score")
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise _Unusable("a worker has no number")
        if not math.isfinite(given) or not 0 <= given <= 1:
            raise _Unusable("a number is not between 0 and 1")
        seen = ", ".join(f"{name} {value}" for name, value in values_of(self._settings.indicators, worker).items())
        reason = words.strip() if isinstance(words, str) and words.strip() else f"by {seen}"
        return Score(worker.worker_id, float(given), reason[:_LONGEST_REASON])


class _Unusable(Exception):
    """The model's answer is not what it was asked for; the message quotes nothing of it."""


def _explained(settings: ScoringSettings) -> list[str]:
    """What the prompt that we bring does not say of indicators that were added."""
    if settings.pre_prompt != PRE_PROMPT:
        return []  # whoever writes a prompt explains their own labels
    return [
        f"{each.label} is best when it has the value of {each.matches} of the customer."
        if each.matches
        else f"{each.label} lies between {each.worst} (worst) and {each.best} (best)."
        for each in settings.indicators
        if each not in INDICATORS
    ]


def _short(value: Label) -> Label:
    return value[:_LONGEST_LABEL] if isinstance(value, str) else value
