"""What can go wrong with sound on its way.

MediaError
└── LineClosed   the other side is gone: nothing more can be sent
"""


class MediaError(Exception):
    """Base of all errors of this package."""


class LineClosed(MediaError):
    """The line has been closed by the other side, or was lost."""
