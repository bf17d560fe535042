"""Reading actions: services, tools, and the assistant itself."""

import pytest

from agent.topics.values import Answer, HttpCall, Taken, ToolCall, VariableType
from tests.support.topics import read, topics_of

HEAD = "topic: a\ntitle: T\ntriggers: [x]\nsteps:\n  - ask: Which?\n    into: order\n"
"""The next step stands in line 7."""


def test_a_service_is_read() -> None:
    """Address, query, body, what is taken from its answer, and how long it may take."""
    (topic,) = topics_of(
        HEAD
        + """\
  - action: http
    method: POST
    url: https://api.example.com/orders/{order}/refund
    query: {full: "{order}"}
    body: {reason: ["{order}", 1], by: "{caller_number}"}
    answer:
      status: order.items.0.status
      due: {at: due, type: datetime}
    timeout_sec: 2.5
    otherwise: [end: topic]
  - message: "{status}"
"""
    )
    call = topic.steps[1]
    assert isinstance(call, HttpCall)
    assert (call.method, call.url) == ("POST", "https://api.example.com/orders/{order}/refund")
    assert call.query == {"full": "{order}"}
    assert call.body == {"reason": ["{order}", 1], "by": "{caller_number}"}
    assert call.takes == (
        Taken("status", ("order", "items", "0", "status")),
        Taken("due", ("due",), VariableType.DATETIME),
    )
    assert (call.timeout_s, len(call.otherwise), call.changes_something) == (2.5, 1, True)
    assert {use.name for use in call.uses} == {"order", "caller_number"}


def test_a_tool_and_an_answer_are_read() -> None:
    """As they are called."""
    (topic,) = topics_of(
        HEAD
        + """\
  - action: tool
    tool: update_claim
    with: {updates: [{field: policy_number, value: "{order}"}]}
  - action: answer
    question: "{order}"
    as: You are an agent.
    into: said
"""
    )
    tool, answer = topic.steps[1:]
    assert isinstance(tool, ToolCall)
    assert (tool.tool, tool.arguments) == (
        "update_claim",
        {"updates": [{"field": "policy_number", "value": "{order}"}]},
    )
    assert isinstance(answer, Answer)
    assert (answer.question, answer.instructions, answer.into) == ("{order}", "You are an agent.", "said")


_URL = "7: this action needs url:"
_UNSAFE = "8: url must begin with https:// and a host"


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("  - action: mail", "7: action cannot be 'mail': it is one of http, tool, answer"),
        ("  - action: http", _URL),
        ("  - action: http\n    url: http://api.example.com/", _UNSAFE),
        ("  - action: http\n    url: ftp://api.example.com/", _UNSAFE),
        ("  - action: http\n    url: https://{order}.example.com/", _UNSAFE),
        ("  - action: http\n    url: https://me:you@api.example.com/", _UNSAFE),
        ("  - action: http\n    url: https:///x", _UNSAFE),
        ("  - action: http\n    url: https://[x/", _UNSAFE),
        ("  - action: http\n    url: https://api.example.com/?a=b", "8: what stands behind ? in an address is written"),
        ("  - action: http\n    url: https://api.example.com/\n    body: {}", "9: a GET has no body"),
        ("  - action: http\n    url: https://api.example.com/\n    method: TRACE", "9: method cannot be 'TRACE'"),
        ("  - action: http\n    url: https://api.example.com/\n    timeout_sec: 60", "9: timeout_sec is a number of"),
        ("  - action: http\n    url: https://api.example.com/\n    timeout_sec: soon", "9: timeout_sec is a number of"),
        ("  - action: http\n    url: https://api.example.com/\n    answer: {a: b..c}", "9: a place in the answer is"),
        ("  - action: http\n    url: https://api.example.com/\n    answer: {a: {type: text}}", "9: answer a needs at:"),
        (
            "  - action: http\n    url: https://api.example.com/\n    answer: {a: {at: b, type: choice}}",
            "9: type cannot",
        ),
        ("  - action: http\n    url: https://api.example.com/\n    answer: {A b: c}", "9: the variable 'A b' must be"),
        ("  - action: http\n    url: https://evil.example.com/", "7: the host evil.example.com is not allowed"),
        ("  - action: http\n    url: https://api.example.com:8443/", "7: the host api.example.com:8443 is not allowed"),
        ("  - action: tool", "7: this action needs tool:"),
        ("  - action: tool\n    tool: end_cal", "7: there is no tool 'end_cal' here; did you mean 'end_call'?"),
        ("  - action: tool\n    tool: talk_to_human", "7: talk_to_human needs 'reason': give it in with:"),
        ("  - action: tool\n    tool: end_call\n    with: {text: x}", "7: end_call takes no 'text'"),
        ("  - action: tool\n    tool: notify_emergencies", "7: there is no tool 'notify_emergencies' here"),
        ("  - action: answer\n    into: x", "7: this action needs question:"),
        ("  - action: answer\n    question: x", "7: this needs into:"),
        (
            "  - action: answer\n    question: x\n    into: y\n    url: z",
            "10: an action of the kind",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(action: str, told: str) -> None:
    """And with what would be right."""
    _, mistakes = read(HEAD + action)
    assert [each for each in mistakes if each.startswith(told)] != [], mistakes


def test_a_service_of_this_machine_needs_no_tls() -> None:
    """As one that is tried out."""
    _, mistakes = read(HEAD + "  - action: http\n    url: http://127.0.0.1:9000/x\n")
    assert mistakes == ["7: the host 127.0.0.1:9000 is not allowed: name it in topics.hosts (allowed: api.example.com)"]
