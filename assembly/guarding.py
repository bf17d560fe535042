"""The guard, and what stands behind it, by the configuration."""

from collections.abc import Sequence
from typing import Any

from agent.assistant import Assistant
from agent.character import Character
from agent.completing import Completing
from agent.guard import Guard, GuardSettings
from agent.prompt import rules_text
from agent.prompt_texts import PromptTexts
from agent.search import Search
from agent.texts.bundled import Repertoire
from agent.tool import Tool, Toolbox
from agent.toolset import toolset
from agent.topics.tools import spoken_texts, topic_tools, wishes_of
from agent.topics.values import Topic
from agent.voice_led import VoiceLed
from assembly.settings import budget_of, repertoire_of, tool_means
from assembly.times import clock_of
from assembly.topics import TopicParts, courses_of
from config import Config


def guard_of(
    config: Config, tools: Sequence[Tool[Any]], repertoire: Repertoire, *, topics: Sequence[Topic] = ()
) -> Guard:
    """The rules that all calls are held by.

    Args:
        config: See there.
        tools: What a model may do: their descriptions are nobody's business.
        repertoire: What is said by ourselves, and no secret.
        topics: Their texts are no secret either.
    """
    who, guard = config.conversation, config.guard
    spoken = [
        variant
        for texts in repertoire.texts.values()
        for variants in (texts.hello, texts.how_can_i_help, texts.purpose, texts.error, texts.declined)
        for variant in variants
    ]
    return Guard(
        GuardSettings(
            is_enabled=guard.enabled, blocked_words=guard.all_blocked_words, allowed_words=guard.allowed_words
        ),
        tools=Toolbox(tools).specs,
        rules=rules_text(),
        company_texts=(
            who.task,
            who.bot_company,
            *prompts_of(config).company_texts,
            *(field.description for field in who.claim),
        ),
        spoken=(
            *spoken,
            *(field.description for field in who.claim),
            *(text for topic in topics for text in spoken_texts(topic)),
        ),
        wishes=wishes_of(topics),
    )


def bot_guard_of(config: Config) -> Guard:
    """The rules for a bot: it has sources of its own, so what it knows is not foreign, and no prompt of ours."""
    guard = config.guard
    settings = GuardSettings(
        is_enabled=guard.enabled,
        blocked_words=guard.all_blocked_words,
        allowed_words=guard.allowed_words,
        is_data_judged=False,
    )
    return Guard(settings)


def prompts_of(config: Config) -> PromptTexts:
    """What the company has written for the model."""
    llm, number = config.prompts.llm, config.communication_services.phone_number
    return PromptTexts(default_system=llm.default_system_tpl, chat_system=llm.chat_system_tpl, own_number=number)


def voice_led_of(
    config: Config,
    assistant: Assistant,
    search: Search | None,
    *,
    topics: TopicParts | None = None,
    completing: Completing | None = None,
) -> VoiceLed:
    """The mind of a model that hears and speaks by itself, which is guarded from beside.

    Args:
        config: See there.
        assistant: Opens the calls, and answers what that model is not to answer.
        search: The documents.
        topics: What is talked about by files; None: there are none.
        completing: Answers questions of topics; None: nobody does.
    """
    who, repertoire = config.conversation, repertoire_of(config)
    clock = clock_of(who.time_zone)
    tools = toolset(tool_means(config, search=search, has_our_voice=False))
    if topics is not None:
        courses = courses_of(config, topics, tools, clock=clock, language=repertoire.language, answerer=completing)
        tools = (*tools, *topic_tools(topics.topics, courses))
    return VoiceLed(
        assistant,
        character=Character(company=who.bot_company, bot_name=who.bot_name, task=who.task),
        tools=tools,
        clock=clock,
        guard=guard_of(config, tools, repertoire, topics=() if topics is None else topics.topics),
        repertoire=repertoire,
        prompts=prompts_of(config),
        budget=budget_of(config),
    )
