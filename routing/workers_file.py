"""Workers as people write them: a YAML file.

    workers:
      - id: ann                     # letters, digits, . _ -
        name: Ann Lee               # may be left out
        target: "+12025550111"      # where calls are handed to: a number, or a raw id of the telephone service
        labels: {CSAT: 2.8, Outcome: 0.92, AHT: "06:30"}
        capacity: 1                 # calls at once; 1 unless said otherwise
        queues: [claims]            # that of the configuration unless said otherwise
        available: true             # whether offers may be made from the start; true unless said otherwise

All values are read as they are written: a time of ``10:00`` is no number of seconds.
"""

import re
from typing import Annotated

import yaml
from pydantic import Field, ValidationError, field_validator

from agent.sections import Section
from routing.errors import InvalidSetup
from routing.values import VOICE, Channel, Label, Worker

_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")
_TARGET = re.compile(r"\+[1-9][0-9]{6,14}|(4:\+|8:|28:)\S{1,240}")


class _Worker(Section):
    id: str = Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")
    name: str = Field(default="", max_length=128)
    target: str
    labels: dict[Annotated[str, Field(min_length=1, max_length=64)], str] = Field(default_factory=dict)
    capacity: int = Field(default=1, ge=1, le=100)
    queues: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,128}$")], ...] = ()
    available: bool = True

    @field_validator("target")
    @classmethod
    def _can_be_called(cls, target: str) -> str:
        if not _TARGET.fullmatch(target):
            raise ValueError("must be a number as +12025550111, or a raw id as 8:acs:…")
        return target


class _File(Section):
    workers: tuple[_Worker, ...] = Field(min_length=1)


def parse_workers(text: str, *, queue_id: str) -> tuple[Worker, ...]:
    """Read a file of workers.

    Args:
        text: YAML.
        queue_id: For those who name no queues.

    Raises:
        InvalidSetup: It is not YAML, or says what cannot be; each line of the message names a key.
    """
    try:
        # Every scalar as text: YAML would take 10:00 for a number of base 60.
        content = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InvalidSetup(f"it is not YAML{f': line {mark.line + 1}' if mark else ''}") from error
    if not isinstance(content, dict):
        raise InvalidSetup("it must begin with workers:")
    try:
        file = _File.model_validate(content)
    except ValidationError as error:
        raise InvalidSetup(_explained(error)) from error
    return tuple(_worker(each, queue_id) for each in file.workers)


def _worker(each: _Worker, queue_id: str) -> Worker:
    return Worker(
        each.id,
        each.name,
        each.target,
        each.queues or (queue_id,),
        {name: _label(value) for name, value in each.labels.items()},
        each.capacity,
        (Channel(VOICE),),
        each.available,
    )


def _label(written: str) -> Label:
    text = written.strip()
    if text in ("true", "false"):
        return text == "true"
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def _explained(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        reason = "there is no such key" if problem["type"] == "extra_forbidden" else problem["msg"]
        lines.append(f"{'.'.join(str(part) for part in problem['loc'])}: {reason}")
    return "\n  ".join(lines)
