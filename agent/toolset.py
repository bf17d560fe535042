"""The tools that there are: every module of ``agent.tools``, so that adding one is one file and one test.

Each module has a function ``build(means: ToolMeans) -> Tool | None``; None where the
means for it are not there, and then no model is offered it.
"""

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

from agent import tools
from agent.tool import Tool, ToolMeans


def toolset(means: ToolMeans, package: ModuleType = tools) -> tuple[Tool[Any], ...]:
    """Build the tools that there are means for.

    Args:
        means: What they are made of.
        package: Where their modules are.

    Returns:
        Always in the same order: it stands in front of each prompt, which services cache.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    built = (_builder(f"{package.__name__}.{name}")(means) for name in names)
    return tuple(tool for tool in built if tool is not None)


def _builder(module: str) -> Callable[[ToolMeans], Tool[Any] | None]:
    builder: Callable[[ToolMeans], Tool[Any] | None] = importlib.import_module(module).build
    return builder
