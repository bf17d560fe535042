"""How a conversation by keyboard looks: in colours on a terminal, as plain lines everywhere else."""

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agent.claim import Claim, ClaimField
from agent.dialogue import Dialogue
from assembly.chat_session import HandOverShown, HelpShown, Shown, SmsShown
from pipeline.records import (
    AssistantSaid,
    ClaimValueSet,
    ModelAsked,
    ReminderSet,
    SpeechChanged,
    StageFailed,
    ToolCalled,
)


class ChatView:
    """Shows one conversation.

    Args:
        console: Where; what it is decides how.
        name: Of the assistant.
    """

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._name = name
        self._is_amid_words = False
        self._claims: tuple[Claim, ...] = ()

    @property
    def is_terminal(self) -> bool:
        """Whether somebody looks on as they type."""
        return self._console.is_terminal

    def prompt(self) -> None:
        """It is the caller's turn; a pipe needs no telling."""
        if self.is_terminal:
            self._print(Text("you › ", style="bold"), end="")

    def typed(self, line: str) -> None:
        """What the caller wrote, where nobody saw them write it."""
        if not self.is_terminal:
            self._print(Text(f"you: {line}"))

    def show(self, shown: Shown) -> None:
        """The next words, or what has happened."""
        if isinstance(shown, str):
            if not self._is_amid_words:
                shown = shown.lstrip()
            if not shown:
                return
            if not self._is_amid_words:
                self._print(Text(f"{self._name}: ", style="bold cyan"), end="")
            self._is_amid_words = not shown.endswith("\n")
            self._print(Text(shown), end="")
            return
        line = told(shown)
        if line is not None:
            self._end_line()
            kind, text = line
            self._print(Text.assemble((f"  {kind:<9}", "magenta"), (text, "dim")))

    def replied(self, dialogue: Dialogue) -> None:
        """The reply is over: show the claim if it has changed. In plain lines each change was told already."""
        self._end_line()
        claims = (*dialogue.filed_claims, dialogue.claim)
        if self.is_terminal and claims != self._claims and dialogue.claim.values:
            self.claim(dialogue)
        self._claims = claims

    def claim(self, dialogue: Dialogue) -> None:
        """The claim as it is, and the reminders."""
        rows = [_row(field, dialogue.claim.values.get(field.name)) for field in dialogue.claim.fields]
        rows += [("reminder", f"{each.title}, {each.due_at:%Y-%m-%d %H:%M}", "") for each in dialogue.reminders]
        filed = len(dialogue.filed_claims)
        title = f"claim {filed + 1}, {filed} filed" if filed else "claim"
        if not self.is_terminal:
            lines = (f"  {name}: {value}" for name, value, _ in rows)
            self._print(Text("\n".join((f"{title}:", *lines))))
            return
        table = Table.grid(padding=(0, 2))
        for name, value, style in rows:
            table.add_row(Text(name), Text(value, style=style))
        self._print(Panel(table, title=title, expand=False, border_style="dim"))

    def note(self, text: str) -> None:
        """Something about the conversation itself."""
        self._end_line()
        self._print(Text(text, style="dim"))

    def _end_line(self) -> None:
        if self._is_amid_words:
            self._is_amid_words = False
            self._print(Text(""))

    def _print(self, what: Text | Panel, *, end: str = "\n") -> None:
        self._console.print(what, end=end, soft_wrap=isinstance(what, Text), highlight=False)
        self._console.file.flush()


def _row(field: ClaimField, value: str | None) -> tuple[str, str, str]:
    """Name, value and style."""
    if value is None:
        return field.name, "(missing)" if field.required else "(optional)", "dim"
    return field.name, value, "green"


def told(shown: Shown) -> tuple[str, str] | None:
    """A word for the kind of thing, and what it is; None for what needs no telling."""
    match shown:
        case ToolCalled(name=name, arguments=arguments, result=result):
            return "tool", f"{name} {arguments} → {result}"
        case ClaimValueSet(field=field, old_value=old, new_value=new):
            return "claim", f"{field}: {new}" if old is None else f"{field}: {old} → {new}"
        case ReminderSet(reminder=each):
            due = each.due_at.isoformat(timespec="minutes")
            return "reminder", f"{each.title}, due {due}, for {each.owner}: {each.description}"
        case SmsShown(text=text):
            return "sms", f"{text} (shown here, sent to nobody)"
        case HelpShown(notice=notice):
            about = "; ".join(each for each in (notice.location, notice.reason, notice.contact) if each)
            return "help", f"{notice.service}: {about} (shown here, nobody was called)"
        case HandOverShown(number=number, reason=reason):
            return "human", f"handed over to {number or 'nobody'}{f': {reason}' if reason else ''} (shown here)"
        case SpeechChanged(language=language, speed=speed):
            return "speech", f"{language or 'own language'}, speed {speed:g}"
        case AssistantSaid(citations=citations):
            return "sources", "; ".join(f"{each.title} ({each.source})" for each in citations)
        case ModelAsked(usage=usage):
            cached = f" ({usage.cached_tokens} cached)" if usage.cached_tokens else ""
            return "model", f"{usage.model} {usage.prompt_tokens} tokens in{cached}, {usage.completion_tokens} out"
        case StageFailed(stage=stage, reason=reason):
            return "failed", f"{stage}: {reason}"
        case _:
            return None
