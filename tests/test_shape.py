"""The shape of the tree: what no linter of ours can see.

Every list of exceptions carries its reasons and fails when it is obsolete.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import IN_REAL_TIME

ROOT = Path(__file__).parent.parent
PACKAGES = (
    "agent",
    "assembly",
    "calls",
    "config",
    "emulators",
    "flags",
    "media",
    "pipeline",
    "providers",
    "routing",
    "stores",
    "telemetry",
    "vad",
    "web",
)
MODULES = ("server",)

FILE_LINES = 400
FILE_LINES_WITH_A_REASON = 600
FUNCTION_LINES = 60

LONG_FILES: dict[str, str] = {
    "tests/test_shape.py": "the law with all its exceptions",
}
"""Path: why it may have up to 600 lines."""

UNTESTED_MODULES: dict[str, str] = {
    "media/line.py": "a protocol and values without behaviour",
    "pipeline/commands.py": "values without behaviour",
    "pipeline/events.py": "values without behaviour",
    "pipeline/turn_settings.py": "values without behaviour",
    "pipeline/turn_steps.py": "the steps of pipeline/turns.py, tested with its rules",
    "pipeline/ports.py": "protocols and values without behaviour",
    "pipeline/services.py": "values without behaviour",
    "pipeline/stages.py": "the wiring of pipeline/conversation.py, tested with it",
    "pipeline/records.py": "values without behaviour",
    "flags/settings.py": "values without behaviour",
    "flags/source.py": "a protocol and a value without behaviour",
    "flags/records.py": "values without behaviour",
    "agent/options.py": "values without behaviour",
    "agent/assistant.py": "a protocol and values without behaviour",
    "agent/grammar/english.py": "words, which the tests of what reads them try out",
    "agent/grammar/french.py": "words, which the tests of what reads them try out",
    "agent/grammar/spanish.py": "words, which the tests of what reads them try out",
    "agent/grammar/german.py": "words, which the tests of what reads them try out",
    "agent/grammar/chinese.py": "words, which the tests of what reads them try out",
    "agent/grammar/french_dates.py": "words, which the tests of what reads them try out",
    "agent/grammar/spanish_dates.py": "words, which the tests of what reads them try out",
    "agent/grammar/german_dates.py": "words, which the tests of what reads them try out",
    "agent/grammar/chinese_dates.py": "words, which the tests of what reads them try out",
    "agent/verdict.py": "values without behaviour",
    "agent/topics/ports.py": "protocols and values without behaviour",
    "agent/jailbreak_rules.py": "tables without behaviour",
    "agent/jailbreak_words.py": "tables without behaviour",
    "agent/disguise_rules.py": "tables without behaviour",
    "agent/consent.py": "tables without behaviour",
    "agent/texts/english.py": "sentences, which tests/agent/texts/test_bundled.py compares",
    "agent/texts/french.py": "sentences, which tests/agent/texts/test_bundled.py compares",
    "agent/texts/spanish.py": "sentences, which tests/agent/texts/test_bundled.py compares",
    "agent/texts/german.py": "sentences, which tests/agent/texts/test_bundled.py compares",
    "agent/texts/chinese.py": "sentences, which tests/agent/texts/test_bundled.py compares",
    "agent/model_records.py": "values without behaviour",
    "stores/records.py": "values without behaviour",
    "stores/store.py": "a protocol; tests/stores/contract.py tests what satisfies it",
    "web/api/models.py": "values without behaviour",
    "calls/export/name_words.py": "words, which the tests of what reads them try out",
    "calls/admission.py": "values without behaviour",
    "calls/ports.py": "a protocol and a value without behaviour",
    "calls/after/records.py": "a value without behaviour",
    "calls/after/steps.py": "protocols and values without behaviour",
    "routing/happenings.py": "values without behaviour",
    "routing/ports.py": "protocols",
    "emulators/acs_operation.py": "values without behaviour",
    "emulators/direct_line_script.py": "values without behaviour",
    "emulators/call_player.py": "a protocol, and one who ignores it",
    "benchmarks/end_of_turn_sentences.py": "tables without behaviour",
    "benchmarks/result.py": "a protocol and a value without behaviour",
    "benchmarks/peers/pipecat_server.py": "run by pipecat's interpreter, which our tests do not need",
    "benchmarks/peers/livekit_server.py": "run by livekit's interpreter, which our tests do not need",
    "benchmarks/peers/livekit_output.py": "run by livekit's interpreter, which our tests do not need",
}
"""Path: why it has no test file of its own. Not listed: ``__init__``, ``__main__``, ``errors``, migrations."""

TESTS_WITHOUT_MODULE: dict[str, str] = {
    "tests/test_shape.py": "tests the tree",
    "tests/test_docs.py": "tests the documents",
    "tests/test_dockerfile.py": "tests the image",
    "tests/test_workers.py": "tests/support/workers.py: how the tests themselves are run",
    "tests/agent/test_interpret_languages.py": "agent/interpret.py: in other languages than English",
    "tests/agent/test_scripted_languages.py": "agent/scripted.py: in other languages than English",
    "tests/agent/test_injections.py": "the guard, the assistants and the tools together",
    "tests/calls/test_live_outbound.py": "calls/live.py: calls that we place",
    "tests/calls/test_webhooks_router.py": "calls/webhooks.py: what Job Router tells",
    "tests/calls/test_live_end.py": "calls/live.py: draining and closing",
    "tests/web/api/test_conformance.py": "the whole API against its own description",
    "tests/providers/test_acs_media.py": "providers/acs.py: what it asks of the media of a call",
    "tests/pipeline/test_chunker_languages.py": "pipeline/chunker.py: in the languages that we speak",
    "tests/pipeline/test_turns_initiative.py": "pipeline/turns.py: what is said unasked, and hand-over",
    "tests/pipeline/test_conversing_guarded.py": "pipeline/conversing.py: behind the guard",
    "tests/pipeline/test_conversing_supervised.py": "pipeline/conversing.py: beside a supervisor",
    "tests/pipeline/test_conversation_supervised.py": "pipeline/conversation.py: beside a supervisor",
    "tests/pipeline/test_conversation_deeds.py": "pipeline/conversation.py: what it asks of its call",
    "tests/pipeline/test_conversation_tools.py": "pipeline/conversation.py: tools that take long, and calls for help",
    "tests/pipeline/test_turns_prepared.py": "pipeline/turns.py: replies prepared early",
    "tests/pipeline/test_conversation_documents.py": "pipeline/conversation.py: answers that rest on documents",
    "tests/pipeline/test_conversation_languages.py": "pipeline/conversation.py: in several languages",
    "tests/pipeline/test_conversation_silence.py": "pipeline/conversation.py: no long silence, whatever fails",
    "tests/pipeline/test_conversation_prepared.py": "pipeline/conversation.py: with replies prepared early",
}
"""Path: what it tests, if not one module. Not listed: journeys/, and modules that hold no tests."""

BANNED_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base"})

CORES = (
    "media/frames.py",
    "media/acs.py",
    "media/chunks.py",
    "media/playout.py",
    "media/clock.py",
    "media/recording.py",
    "media/thirds.py",
    "media/webrtc_reorder.py",
    "vad/segments.py",
    "vad/voicing.py",
    "vad/end_of_turn.py",
    "vad/sentence_end.py",
    "pipeline/ending.py",
    "pipeline/overlap.py",
    "pipeline/timers.py",
    "pipeline/utterance.py",
    "pipeline/turns.py",
    "pipeline/turn_steps.py",
    "pipeline/turn_overlap.py",
    "pipeline/chunker.py",
    "providers/circuit_breaker.py",
    "providers/direct_line_activities.py",
    "providers/direct_line_inbox.py",
    "providers/direct_line_speech.py",
    "providers/hedging.py",
    "providers/continuation.py",
    "agent/block_list.py",
    "agent/folding.py",
    "agent/guard.py",
    "agent/jailbreak.py",
    "agent/known_data.py",
    "agent/leaks.py",
    "agent/quoted.py",
    "agent/tool_gate.py",
    "agent/undisguised.py",
    "agent/tokens.py",
    "agent/topics/actions.py",
    "agent/topics/checking.py",
    "agent/topics/marks.py",
    "agent/topics/state.py",
    "agent/topics/steps.py",
    "agent/topics/templates.py",
    "agent/topics/understanding.py",
    "agent/topics/values.py",
    "agent/topics/walking.py",
    "agent/topics/wording.py",
    "calls/lifecycle.py",
    "calls/costs.py",
    "agent/budget.py",
    "flags/experiments.py",
    "flags/definitions.py",
    "flags/call_flags.py",
    "calls/tokens.py",
    "calls/signing_keys.py",
    "routing/router.py",
    "routing/state.py",
    "routing/job_steps.py",
    "routing/setting_up.py",
    "web/api_keys.py",
)
NOT_IN_CORES = frozenset({"asyncio", "logging", "time", "threading", "concurrent"})

MUTABLE_CALLS = frozenset(
    {"list", "dict", "set", "bytearray", "deque", "defaultdict", "Counter", "OrderedDict", "ContextVar", "Lock"}
    | {"Event", "Queue", "Semaphore", "WeakValueDictionary", "WeakKeyDictionary", "WeakSet"}
)
DECLARED_CLASS_ATTRIBUTES = frozenset(
    {"__slots__", "__match_args__", "__mapper_args__", "__table_args__", "model_config"}
)
"""Class attributes that Python or a library reads once, when the class is made."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file of the project."""

    path: str
    """From the root, with slashes."""
    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, self.path)


def sources(*folders: str) -> list[Source]:
    """All Python files in these folders, and the modules at the root if "." is among them."""
    paths = [path for folder in folders if folder != "." for path in (ROOT / folder).rglob("*.py")]
    paths += [ROOT / f"{module}.py" for module in MODULES] if "." in folders else []
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(paths)
        if "__pycache__" not in path.parts
    ]


PRODUCTION = sources(".", *PACKAGES)
EVERYTHING = PRODUCTION + sources("benchmarks", "tests")


def fail_with(findings: list[str]) -> None:
    """Fail once, with every finding on its own line."""
    if findings:
        pytest.fail("\n" + "\n".join(findings), pytrace=False)


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions, methods and inner functions."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def body_lines(function: Function) -> int:
    """Lines of the body, without the docstring and without the signature."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def path_of_test(path: str) -> str:
    """Where the tests of a module are: a/b.py has tests/a/test_b.py."""
    module = Path(path)
    return (Path("tests") / module.parent / f"test_{module.name}").as_posix()


def is_tested_elsewhere(path: str) -> bool:
    """Whether a module never has a test file of its own: nothing in it can go wrong alone."""
    return Path(path).stem in {"__init__", "__main__", "errors"} or "/migrations/" in path


def names_of(target: ast.expr) -> Iterator[str]:
    """The plain names that an assignment gives a value."""
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from names_of(element)


def assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr, int]]:
    """Name, value and line of what is assigned in a body, below its ``if`` and ``try`` too."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                for name in names_of(target):
                    yield name, statement.value, statement.lineno
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            for name in names_of(statement.target):
                yield name, statement.value, statement.lineno
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            inner = [node for node in ast.iter_child_nodes(statement) if isinstance(node, ast.stmt)]
            yield from assignments(inner)


def is_mutable(value: ast.expr) -> bool:
    """Whether this expression makes something that can be changed later."""
    if isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    if not isinstance(value, ast.Call):
        return False
    called = value.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in MUTABLE_CALLS


def is_constant(name: str, value: ast.expr) -> bool:
    """Whether this is a table: named in capitals, and filled where it is written."""
    is_named_so = name.strip("_").isupper() or (name.startswith("__") and name.endswith("__"))
    filled = (isinstance(value, ast.List | ast.Set) and value.elts) or (isinstance(value, ast.Dict) and value.keys)
    return is_named_so and (bool(filled) or isinstance(value, ast.ListComp | ast.DictComp | ast.SetComp))


def mutable_state(source: Source) -> Iterator[str]:
    """Where a module or a class of it holds state that all its users would share."""
    for name, value, line in assignments(source.tree.body):
        if is_mutable(value) and not is_constant(name, value):
            yield f"{source.path}:{line}: {name} is shared by all calls"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            for name, value, line in assignments(node.body):
                if is_mutable(value) and name not in DECLARED_CLASS_ATTRIBUTES:
                    yield f"{source.path}:{line}: {node.name}.{name} is shared by all instances"
        elif isinstance(node, ast.Global):
            yield f"{source.path}:{node.lineno}: global {', '.join(node.names)}"


def core_findings(source: Source) -> Iterator[str]:
    """What has no place in a core without I/O."""
    for node in ast.walk(source.tree):
        imported: list[str] = []
        match node:
            case ast.Import():
                imported = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                imported = [module]
            case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                yield f"{source.path}:{node.lineno}: async in a core"
        for name in imported:
            if name.split(".")[0] in NOT_IN_CORES:
                yield f"{source.path}: imports {name}"


def test_every_module_has_its_test_file() -> None:
    """a/b.py has tests/a/test_b.py."""
    fail_with(
        [
            f"{source.path}: no {path_of_test(source.path)}"
            for source in PRODUCTION + sources("benchmarks")
            if not is_tested_elsewhere(source.path)
            and source.path not in UNTESTED_MODULES
            and not (ROOT / path_of_test(source.path)).exists()
        ]
    )


def test_every_test_file_has_its_module() -> None:
    """tests/a/test_b.py tests a/b.py: a file that tests nothing that exists was forgotten."""
    modules = {path_of_test(source.path) for source in PRODUCTION + sources("benchmarks")}
    fail_with(
        [
            f"{source.path}: there is no module of that name"
            for source in sources("tests")
            if Path(source.path).name.startswith("test_")
            and source.path not in modules
            and source.path not in TESTS_WITHOUT_MODULE
            and not source.path.startswith("tests/journeys/")
        ]
    )


def test_exceptions_are_not_obsolete() -> None:
    """Every exception is still needed."""
    lines = {source.path: len(source.text.splitlines()) for source in EVERYTHING}
    findings = [f"{path}: is gone" for path in (*UNTESTED_MODULES, *LONG_FILES, *CORES) if path not in lines]
    findings += [f"{path}: is gone" for path in TESTS_WITHOUT_MODULE if path not in lines]
    findings += [f"{path}: has tests now" for path in UNTESTED_MODULES if (ROOT / path_of_test(path)).exists()]
    findings += [f"{path}: is short enough now" for path in LONG_FILES if lines.get(path, FILE_LINES + 1) <= FILE_LINES]
    fail_with(findings)


def test_places_in_real_time_are_not_obsolete() -> None:
    """Each is there, and has tests: a name that was changed would take their repetitions away."""
    tests = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("test_*.py")]
    for place in IN_REAL_TIME:
        assert any(path.is_relative_to(place) for path in tests), place


def test_files_are_short() -> None:
    """A file has at most 400 lines, or 600 with a reason."""
    findings = []
    for source in EVERYTHING:
        limit = FILE_LINES_WITH_A_REASON if source.path in LONG_FILES else FILE_LINES
        lines = len(source.text.splitlines())
        if lines > limit:
            findings.append(f"{source.path}: {lines} lines, at most {limit}")
    fail_with(findings)


def test_functions_are_short() -> None:
    """The body of a function has at most 60 lines, its docstring not counted."""
    fail_with(
        [
            f"{source.path}:{function.lineno}: {function.name} has {body_lines(function)} lines"
            for source in EVERYTHING
            for function in functions(source.tree)
            if body_lines(function) > FUNCTION_LINES
        ]
    )


def test_no_module_is_named_for_nothing() -> None:
    """A module or package says what it owns."""
    fail_with(
        [
            f"{source.path}: a name that owns nothing"
            for source in EVERYTHING
            if BANNED_NAMES & {part.removesuffix(".py").removeprefix("test_") for part in source.path.split("/")}
        ]
    )


def test_every_package_introduces_itself() -> None:
    """Each folder with modules has an ``__init__.py`` whose docstring names its nouns."""
    folders = {Path(source.path).parent for source in PRODUCTION + sources("benchmarks")} - {Path()}
    folders = {folder for folder in folders if "migrations" not in folder.parent.parts}  # scripts, read by path
    findings = []
    for folder in sorted(folders):
        introduction = ROOT / folder / "__init__.py"
        if not introduction.exists():
            findings.append(f"{folder}: no __init__.py")
        elif not ast.get_docstring(ast.parse(introduction.read_text(encoding="utf-8"))):
            findings.append(f"{folder}/__init__.py: no docstring")
    fail_with(findings)


def test_every_package_is_known() -> None:
    """A new package at the root joins the list above, and with it every check."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert found == {*PACKAGES, "benchmarks"}
    assert {path.stem for path in ROOT.glob("*.py")} == set(MODULES)


@pytest.mark.parametrize("path", CORES)
def test_cores_know_no_loop_and_no_clock(path: str) -> None:
    """A sans-IO core neither waits, nor logs, nor looks at a clock."""
    if not (ROOT / path).exists():
        pytest.fail(f"{path} is gone", pytrace=False)
    fail_with([finding for source in PRODUCTION if source.path == path for finding in core_findings(source)])


def test_no_state_outside_an_instance() -> None:
    """Nothing that can be changed lives in a module or on a class: one call must never reach another."""
    fail_with([finding for source in PRODUCTION for finding in mutable_state(source)])


def test_every_test_says_what_it_tests() -> None:
    """Each test function has a docstring of one sentence."""
    fail_with(
        [
            f"{source.path}:{function.lineno}: {function.name} has no docstring"
            for source in sources("tests")
            for function in functions(source.tree)
            if function.name.startswith("test_") and not ast.get_docstring(function)
        ]
    )


@pytest.mark.parametrize(
    "text",
    [
        "cache = {}",
        "CACHE: dict[str, int] = {}",
        "WAITING = collections.deque()",
        "names = {'a': 1}",
        "if True:\n    names = [1]",
        "class Call:\n    frames: list[int] = []",
        "class Call:\n    lock = asyncio.Lock()",
        "def remember():\n    global last\n    last = 1",
    ],
)
def test_shared_state_is_found(text: str) -> None:
    """The check for shared state finds each kind of it."""
    assert len(list(mutable_state(Source("example.py", text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "NAMES = ('a',)\n__all__ = ['a']",
        "NAMES = frozenset({'a'})",
        "NAMES = MappingProxyType({'a': 1})",
        "_NAMES = {'a': 1}",
        "def f():\n    names = []\n    return names",
        "class Call:\n    __slots__ = ['a']\n    def __init__(self):\n        self.frames = []",
        "class Call:\n    frames: list[int] = field(default_factory=list)",
    ],
)
def test_constants_are_no_state(text: str) -> None:
    """The check for shared state lets constants and local names alone."""
    assert list(mutable_state(Source("example.py", text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio",
        "from time import monotonic",
        "import logging.config",
        "async def f(): ...",
        "import concurrent.futures",
    ],
)
def test_io_in_a_core_is_found(text: str) -> None:
    """The check of the cores finds waiting, logging and clocks."""
    assert len(list(core_findings(Source("example.py", text)))) == 1


def test_body_lines_leave_out_the_docstring() -> None:
    """A long contract does not make a function long."""
    tree = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n')
    assert [body_lines(function) for function in functions(tree)] == [2]
