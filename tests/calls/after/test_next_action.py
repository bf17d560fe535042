"""What the company does next: each rule, and a model's decision."""

from dataclasses import replace

import pytest

from agent.chat import ChatDelta, Finished, FinishReason, ToolCall
from agent.errors import AssistantError
from agent.facts import ModelUsage
from calls.after.asking import FormAsker
from calls.after.next_action import next_action_by_model, next_action_by_rules
from stores.records import CallHistory, NextAction
from tests.calls.after.calls import CALL, SILENT, TALK, WHOLE, reminder, tool
from tests.stores.contract import at
from tests.support.scripted_chat import ScriptedChat

TRANSFERRED = replace(CALL, end_reason="transferred")


@pytest.mark.parametrize(
    ("history", "action", "because"),
    [
        (WHOLE, NextAction.CASE_CLOSED, "is known"),
        (TALK, NextAction.REQUIRES_EXPERTISE, "policy number"),
        (SILENT, NextAction.CASE_CLOSED, "nobody spoke"),
        (replace(WHOLE, reminders=(reminder("Photos", "Customer"),)), NextAction.CUSTOMER_WILL_SEND_INFO, "customer"),
        (replace(WHOLE, reminders=(reminder("Visit", "claims team"),)), NextAction.REQUIRES_EXPERTISE, "colleague"),
        (replace(WHOLE, reminders=(reminder("Call", "assistant"),)), NextAction.CASE_CLOSED, "is known"),
        (replace(SILENT, call=TRANSFERRED), NextAction.REQUIRES_EXPERTISE, "handed over"),
        (replace(WHOLE, tool_calls=(tool("talk_to_human"),)), NextAction.REQUIRES_EXPERTISE, "wanted to talk"),
        (
            replace(WHOLE, call=TRANSFERRED, tool_calls=(tool("notify_emergencies"),)),
            NextAction.HIGH_PRIORITY,
            "emergency",
        ),
    ],
)
def test_rules(history: CallHistory, action: NextAction, because: str) -> None:
    """The first that fits, and why."""
    decided = next_action_by_rules(history, work_id="w", decided_at=at(99))
    assert decided.action is action
    assert because in decided.justification
    assert decided.justification.startswith("By rule: ")


async def test_a_model_decides() -> None:
    """One of the six, with its justification; what is none of them is no decision."""

    async def unbilled(usage: ModelUsage) -> None:
        """Nothing is kept."""

    async def decided(action: str) -> NextAction | None:
        arguments = f'{{"action": "{action}", "justification": " It leaks. "}}'
        row: list[ChatDelta | AssistantError | float] = [
            ToolCall("1", "decide_next_action", arguments),
            Finished(FinishReason.STOP),
        ]
        asker = FormAsker(ScriptedChat(row, row, row))
        made = await next_action_by_model(TALK, asker, work_id="w", decided_at=at(9), on_usage=unbilled)
        assert made is None or made.justification == "It leaks."
        return None if made is None else made.action

    for each in NextAction:
        assert await decided(each.value) is each
    assert await decided("sell_everything") is None
