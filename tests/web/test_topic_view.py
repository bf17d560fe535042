"""A topic in words."""

from tests.support.topics import topics_of
from web.topic_view import BranchView, StepView, topic_view

EVERYTHING = """\
topic: order
title: {en: your order, fr: votre commande}
languages: [en, fr]
triggers: {en: [where is my order], fr: [où est ma commande]}
steps:
  - ask: {en: "Which kind?", fr: "Quel genre ?"}
    into: kind
    type: choice
    options: [new, old]
    otherwise:
      - end: topic
  - action: http
    url: https://api.example.com/orders/{kind}
    answer: {status: status}
    otherwise: [hand_over: "{kind} order"]
  - action: tool
    tool: end_call
  - action: answer
    question: "{kind}"
    into: said
  - if: status
    is_one_of: [sent, lost]
    then: [message: {en: Sent., fr: Envoyée.}]
    else: [redirect: other]
  - end: call
"""
OTHER = "topic: other\ntitle: T\nsteps: [message: <b>Hi</b> & bye.]"


def test_every_step_is_told() -> None:
    """In the topic's own language, with its branches."""
    view = topic_view(topics_of(EVERYTHING, OTHER)[0])
    assert (view.title, view.languages, view.triggers, view.file) == (
        "your order",
        "en, fr",
        ("where is my order",),
        "1.yaml",
    )
    away = StepView("end", "End", "of the topic", leads_away=True)
    human = StepView("hand_over", "Hand over to a human", "{kind} order", leads_away=True)
    sent = StepView("message", "Send a message", "Sent.")
    other = StepView("redirect", "Go to another topic", "other", leads_away=True, topic="other")
    assert view.steps == (
        StepView(
            "ask",
            "Ask a question",
            "Which kind?",
            "into kind: new or old",
            (BranchView("answered", ()), BranchView("otherwise", (away,))),
        ),
        StepView(
            "action",
            "Call a service",
            "GET https://api.example.com/orders/{kind}",
            "into status",
            (BranchView("done", ()), BranchView("otherwise", (human,))),
        ),
        StepView("action", "Use a tool", "end call"),
        StepView("action", "Let the assistant answer", "{kind}", "into said"),
        StepView(
            "if",
            "Condition",
            "status is one of sent or lost",
            branches=(BranchView("yes", (sent,)), BranchView("no", (other,))),
        ),
        StepView("end", "End", "the call", leads_away=True),
    )
