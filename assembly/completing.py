"""The assistant that answers single questions in writing: for the connector, and for topics."""

import logging

from agent.assistant import Assistant
from agent.budgeted import BudgetedAssistant
from agent.character import Character
from agent.chat import ChatModel
from agent.completing import Completing
from agent.documents_only import DocumentsOnly
from agent.errors import AssistantError, OverBudget
from agent.fallback import FallbackAssistant
from agent.guarded import GuardedAssistant
from agent.model_led import ModelAssistant
from agent.search import Search
from agent.texts.bundled import Repertoire
from agent.tool import ToolMeans
from agent.toolset import toolset
from assembly.guarding import guard_of, prompts_of
from assembly.settings import budget_of, tool_means
from assembly.times import clock_of, utc_now
from config import Config

_log = logging.getLogger("antiphon.server")
_LOOKS_UP = "search_documents"
"""The only tool: whoever asks in writing has no call in which anything could be done."""


def completing_of(
    config: Config,
    chat: ChatModel | None,
    *,
    search: Search | None,
    repertoire: Repertoire,
    means: ToolMeans | None = None,
) -> Completing:
    """Who answers, by the configuration: the model with the documents and the guard; without one, the documents.

    Args:
        config: See there.
        chat: The model; None: there is none.
        search: The documents; None: there are none.
        repertoire: What is said without a model.
        means: What tools are made of; None: by the configuration.
    """
    who = config.conversation
    character = Character(company=who.bot_company, bot_name=who.bot_name, task=who.task)
    built = toolset(means or tool_means(config, search=search))
    tools = tuple(tool for tool in built if tool.name == _LOOKS_UP)
    guard = guard_of(config, tools, repertoire)
    answering: Assistant = DocumentsOnly(repertoire)
    if chat is not None:
        led = ModelAssistant(
            chat,
            character=character,
            tools=tools,
            clock=clock_of(who.time_zone),
            repertoire=repertoire,
            guard=guard,
            prompts=prompts_of(config),
        )
        budget = budget_of(config)
        first = BudgetedAssistant(led, budget, utc_now) if budget.is_limited else led
        answering = FallbackAssistant(first, answering, model_failed, repertoire=repertoire, asks_again=False)
    guarded = GuardedAssistant(answering, guard, repertoire)
    return Completing(guarded, search, repertoire=repertoire, character=character)


def model_failed(error: AssistantError) -> None:
    """Tell that a model has failed, and something else answers."""
    if not isinstance(error, OverBudget):  # which is no failure, and told by a record
        _log.warning("event=model_failed error=%s", type(error).__name__)
