"""A pretended language model that takes down a claim: no script, but an answer to what it is told.

Like a model it knows nothing but the request. It reads the fields and what is missing in
the system prompt, stores what the caller said with the tool ``update_claim``, in the
caller's own words, and then asks for what the tool says is missing:

    caller: "In Boston."                 -> update_claim(incident_location, "In Boston.")
    tool:   "Stored: … Still missing: …" -> "Thank you. I noted: In Boston. When did it happen?"
    caller: "No, it was in Chicago."     -> update_claim of the value that was stored last
    tool:   "… Nothing is missing."      -> "Thank you. That is everything. Is it all right?"
    caller: "Yes, that is right."        -> "Thank you, your claim is filed. Goodbye.", end_call

What else it is asked for is in ``emulators.clerk_requests``.

Pure.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emulators.clerk_requests import ToolWish, answer_of, told_of, wish_of
from emulators.openai_script import CallPiece, Completion, Part, Pause, PromptFilter, says

_FIELD: Final = re.compile(r"^- (?P<name>\w+) \(\w+, (?:required|optional)\): (?P<question>.+)$", re.MULTILINE)
_KNOWN: Final = re.compile(r"^Known: (?P<values>.*)$", re.MULTILINE)
_MISSING: Final = re.compile(r"^Missing: (?P<names>.*)$", re.MULTILINE)
_STILL_MISSING: Final = re.compile(r"Still missing: (?P<names>[\w, ]+)\.$")
_REFUSED: Final = "Not stored:"
_CORRECTION: Final = re.compile(r"(?:(?:no|nope|wait|sorry|actually)\b[\s,.;:!—-]*)+", re.IGNORECASE)
_CORRECTION_WITHIN: Final = re.compile(r".*[.!?,;]\s+(?=(?:no|nope|wait|actually)\b)", re.IGNORECASE | re.DOTALL)
_YES: Final = re.compile(r"(?:yes|yeah|yep|right|correct|that(?:'s| is) (?:right|correct))\b", re.IGNORECASE)

GOODBYE: Final = "Thank you, your claim is filed. Goodbye."
ALL_KNOWN: Final = "Thank you. That is everything. Is it all right?"
WHAT_IS_WRONG: Final = "I am sorry. Is everything right, or what is wrong?"


@dataclass(frozen=True, slots=True)
class _Prompt:
    """What a request says of the claim."""

    questions: Mapping[str, str]
    known: tuple[str, ...]
    missing: tuple[str, ...]
    known_values: str = ""

    @property
    def next_question(self) -> str:
        """What is to be asked, or whether all is right."""
        return self.questions[self.missing[0]] if self.missing else "Is it all right?"

    def asked_in(self, text: str) -> str | None:
        """The field whose question comes last in a text."""
        found = {name: text.rfind(question) for name, question in self.questions.items()}
        last = max(found, key=lambda name: found[name], default=None)
        return last if last is not None and found[last] >= 0 else None


def completion_for(body: Mapping[str, Any], *, first_token_ms: int = 0) -> Completion:
    """Complete a request.

    Args:
        body: Of the request for a chat completion; any prompt of ``agent.prompt``.
        first_token_ms: So long nothing comes.
    """
    messages: Sequence[Mapping[str, Any]] = body["messages"]
    prompt = _read(messages)
    last = messages[-1]
    if last["role"] == "tool":
        return _paced(_after_tool(messages, prompt), first_token_ms)
    said = str(last["content"]).strip()
    before = next((str(each["content"]) for each in reversed(messages) if each["role"] == "assistant"), "")
    wish = wish_of(said, prompt.known_values)
    if wish is not None:
        return _paced(_call(wish), first_token_ms)
    answer = answer_of(said, [str(each["content"]) for each in messages if each["role"] == "system"])
    if answer is not None:
        return _paced(says(f"{answer} {prompt.next_question}"), first_token_ms)
    if not prompt.missing and not _CORRECTION.match(said):
        return _paced(_goodbye(body) if _YES.match(said) else says(WHAT_IS_WRONG), first_token_ms)
    return _paced(_store(said, before, prompt), first_token_ms)


def _read(messages: Sequence[Mapping[str, Any]]) -> _Prompt:
    told = "\n".join(str(each["content"]) for each in messages if each["role"] == "system")
    known, missing = _KNOWN.search(told), _MISSING.search(told)
    return _Prompt(
        questions={match["name"]: match["question"] for match in _FIELD.finditer(told)},
        known=tuple(re.findall(r"(?:^|; )(\w+) = ", known["values"])) if known else (),
        missing=_names(missing["names"]) if missing else (),
        known_values=known["values"] if known else "",
    )


def _names(listed: str) -> tuple[str, ...]:
    return () if listed == "nothing" else tuple(name.strip() for name in listed.split(","))


def _store(said: str, before: str, prompt: _Prompt) -> Completion:
    """Call the tool; a correction is of what was stored last."""
    correction = _CORRECTION.match(said)
    if correction is not None and prompt.known and said[correction.end() :]:
        field, value = prompt.known[-1], said[correction.end() :]
    else:
        asked = prompt.asked_in(before)
        field = asked if asked in prompt.missing else prompt.missing[0]
        # Who corrects themselves in one breath ("yesterday. No, on Monday") means the last of it.
        value = _CORRECTION.sub("", _CORRECTION_WITHIN.sub("", said), count=1) or said
    return _call(ToolWish("update_claim", json.dumps({"updates": [{"field": field, "value": value}]})))


def _call(wish: ToolWish) -> Completion:
    """Call a tool, its arguments in two pieces."""
    half = len(wish.arguments) // 2
    pieces = (
        CallPiece(0, call_id="call_1", name=wish.name),
        CallPiece(0, wish.arguments[:half]),
        CallPiece(0, wish.arguments[half:]),
    )
    return Completion(pieces, finish_reason="tool_calls")


def _goodbye(body: Mapping[str, Any]) -> Completion:
    """Say goodbye, and hang up where there is a tool for it."""
    spoken = says(GOODBYE)
    if not any(each["function"]["name"] == "end_call" for each in body.get("tools") or ()):
        return spoken
    hangs_up = (CallPiece(0, call_id="call_1", name="end_call"), CallPiece(0, "{}"))
    return Completion((*spoken.parts, *hangs_up), finish_reason="tool_calls")


def _after_tool(messages: Sequence[Mapping[str, Any]], prompt: _Prompt) -> Completion:
    """Say what was stored and ask for the next; or ask again."""
    result = str(messages[-1]["content"])
    called = messages[-2]["tool_calls"][0]["function"]
    arguments = json.loads(called["arguments"])
    if called["name"] == "end_call":
        return says("")
    if called["name"] != "update_claim":
        return says(f"{told_of(called['name'], arguments, result)} {prompt.next_question}")
    call = arguments["updates"][0]
    if result.startswith(_REFUSED):
        return says(f"Sorry. {prompt.questions.get(call['field'], 'Could you say that again?')}")
    missing = _STILL_MISSING.search(result)
    if missing is None:
        return says(ALL_KNOWN)
    lead = "All right." if call["field"] in prompt.known else "Thank you."
    return says(f"{lead} I noted: {call['value'].rstrip('.')}. {prompt.questions[_names(missing['names'])[0]]}")


def _paced(completion: Completion, first_token_ms: int) -> Completion:
    """As Azure sends it: what the filter thinks of the prompt comes first."""
    begin: tuple[Part, ...] = (PromptFilter(),)
    if first_token_ms:
        begin = (Pause(first_token_ms / 1000), *begin)
    return Completion((*begin, *completion.parts), finish_reason=completion.finish_reason)
