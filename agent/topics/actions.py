"""Reads the actions of a topic.

- action: http
  method: GET                       # or POST, PUT, PATCH, DELETE
  url: https://api.example.com/orders/{order}
  query: {details: full}
  body: {reason: "{reason}"}        # JSON
  answer:                           # what is taken from the answer, which must be JSON
    status: order.status            # a text
    due: {at: order.items.0.due, type: datetime}
  timeout_sec: 5
  otherwise: [...]                  # when it fails, or its answer lacks something
- action: tool
  tool: send_sms
  with: {text: "Your order is {status}."}
- action: answer                    # by the documents, or a model
  question: "{question}"
  as: You are an Xbox customer support agent.
  into: answer
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from yaml.nodes import MappingNode, Node

from agent.topics.marks import Entry, Source, line_of
from agent.topics.values import Action, Answer, HttpCall, Step, Taken, ToolCall, Tree, Use, VariableType
from agent.topics.wording import Words

KINDS: Final = ("http", "tool", "answer")
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_HTTP: Final = ("action", "method", "url", "query", "body", "answer", "timeout_sec", "otherwise")
_TOOL: Final = ("action", "tool", "with", "otherwise")
_ANSWER: Final = ("action", "question", "as", "into", "otherwise")
_TIMEOUT_S: Final = 5.0
_LONGEST_TIMEOUT_S: Final = 10.0
"""Nobody waits longer on the telephone."""
_TAKEN_TYPES: Final = tuple(each for each in VariableType if each is not VariableType.CHOICE)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_SECONDS: Final = re.compile(r"\d{1,2}(\.\d{1,3})?")

ReadSteps = Callable[[Node, str], tuple[Step, ...]]


class ActionReader:
    """Reads the actions of one topic.

    Args:
        source: The file.
        words: Its texts.
        steps: Reads a list of steps.
    """

    def __init__(self, source: Source, words: Words, steps: ReadSteps) -> None:
        self._source = source
        self._words = words
        self._steps = steps

    def action(self, node: Node, number: int) -> Action | None:
        """An action; None where it cannot be told which."""
        entry = self._source.entries(node, "an action")["action"]
        match self._source.choice(entry.value, KINDS, "action"):
            case "http":
                return self._http(self._known(node, _HTTP, "http"), number)
            case "tool":
                return self._tool(self._known(node, _TOOL, "tool"), number)
            case "answer":
                return self._answer(self._known(node, _ANSWER, "answer"), number)
            case _:
                return None

    def _known(self, node: Node, keys: tuple[str, ...], kind: str) -> dict[str, Entry]:
        return self._source.mapping(node, keys, f"an action of the kind {kind}")

    def _otherwise(self, entries: dict[str, Entry]) -> tuple[Step, ...]:
        return self._steps(entries["otherwise"].value, "otherwise") if "otherwise" in entries else ()

    def _needs(self, entries: dict[str, Entry], key: str) -> bool:
        if key not in entries:
            self._source.wrong(entries["action"].line, f"this action needs {key}:")
        return key in entries

    def _http(self, entries: dict[str, Entry], number: int) -> HttpCall:
        method = self._source.choice(entries["method"].value, METHODS, "method") if "method" in entries else "GET"
        url = self._url(entries["url"]) if self._needs(entries, "url") else ""
        query: dict[str, str] = {}
        if "query" in entries:
            pairs = self._source.entries(entries["query"].value, "query").values()
            query = {pair.key: self._words.template(pair.value, f"query {pair.key}") for pair in pairs}
        body: Tree = self._words.tree(entries["body"].value, "body") if "body" in entries else None
        if "body" in entries and method == "GET":
            self._source.wrong(entries["body"].line, "a GET has no body: use query, or another method")
        takes = self._takes(entries["answer"].value) if "answer" in entries else ()
        uses = self._words.taken()
        return HttpCall(
            number=number,
            line=entries["action"].line,
            uses=uses,
            method=method or "GET",
            url=url,
            query=query,
            body=body,
            takes=takes,
            timeout_s=self._timeout_s(entries["timeout_sec"]) if "timeout_sec" in entries else _TIMEOUT_S,
            otherwise=self._otherwise(entries),
        )

    def _url(self, entry: Entry) -> str:
        url = self._words.template(entry.value, "url")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
        if url and (not host or "{" in parts.netloc or "@" in parts.netloc or not is_safe or port == 0):
            self._source.wrong(
                entry.line,
                "url must begin with https:// and a host (http:// only on this machine); variables stand behind it",
            )
            return ""
        if parts.query or parts.fragment:
            self._source.wrong(entry.line, "what stands behind ? in an address is written as query:")
        return url

    def _timeout_s(self, entry: Entry) -> float:
        text = self._source.text(entry.value, "timeout_sec")
        seconds = float(text) if _SECONDS.fullmatch(text) else 0.0
        if text and not 0 < seconds <= _LONGEST_TIMEOUT_S:
            self._source.wrong(entry.line, f"timeout_sec is a number of seconds, at most {_LONGEST_TIMEOUT_S:g}")
            return _TIMEOUT_S
        return seconds

    def _takes(self, node: Node) -> tuple[Taken, ...]:
        found: list[Taken] = []
        for entry in self._source.entries(node, "answer").values():
            self._words.named(entry.key, entry.line)
            kind, at = VariableType.TEXT, entry.value
            if isinstance(at, MappingNode):
                keys = self._source.mapping(at, ("at", "type"), f"answer {entry.key}")
                if "at" not in keys:
                    self._source.wrong(entry.line, f"answer {entry.key} needs at: with the place in the answer")
                    continue
                if "type" in keys:
                    kind = VariableType(self._source.choice(keys["type"].value, _TAKEN_TYPES, "type") or "text")
                at = keys["at"].value
            path = tuple(self._source.text(at, f"answer {entry.key}").split("."))
            if "" in path:
                self._source.wrong(line_of(at), "a place in the answer is written as order.items.0.name")
            found.append(Taken(entry.key, path, kind))
        return tuple(found)

    def _tool(self, entries: dict[str, Entry], number: int) -> ToolCall:
        name = self._source.text(entries["tool"].value, "tool") if self._needs(entries, "tool") else ""
        arguments: dict[str, Tree] = {}
        if "with" in entries:
            pairs = self._source.entries(entries["with"].value, "with").values()
            arguments = {pair.key: self._words.tree(pair.value, f"with {pair.key}") for pair in pairs}
        uses, line = self._words.taken(), entries["action"].line
        otherwise = self._otherwise(entries)
        return ToolCall(number=number, line=line, uses=uses, tool=name, arguments=arguments, otherwise=otherwise)

    def _answer(self, entries: dict[str, Entry], number: int) -> Answer:
        question = (
            self._words.template(entries["question"].value, "question") if self._needs(entries, "question") else ""
        )
        instructions = self._words.template(entries["as"].value, "as") if "as" in entries else ""
        uses: tuple[Use, ...] = self._words.taken()
        into = self._words.variable(entries.get("into"), entries["action"].line)
        return Answer(
            number=number,
            line=entries["action"].line,
            uses=uses,
            question=question,
            instructions=instructions,
            into=into,
            otherwise=self._otherwise(entries),
        )
