"""What can go wrong with sound on its way.

MediaError
├── LineClosed   the other side is gone: nothing more can be sent
└── BadOffer     an offer of a WebRTC connection that cannot be taken
"""


class MediaError(Exception):
    """Base of all errors of this package."""


class LineClosed(MediaError):
    """The line has been closed by the other side, or was lost."""


class BadOffer(MediaError):
    """An offer that cannot be read, or is not one of a call; the message says which and quotes nothing of it."""
