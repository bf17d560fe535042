"""What can go wrong with sound on its way.

MediaError
├── LineClosed         the other side is gone: nothing more can be sent
├── BadOffer           an offer of a WebRTC connection that cannot be taken
├── SoundUnavailable   no microphone, no loudspeaker, or nothing that reaches them
└── UnreadableWav      a file that cannot be played to anybody
"""


class MediaError(Exception):
    """Base of all errors of this package."""


class LineClosed(MediaError):
    """The line has been closed by the other side, or was lost."""


class BadOffer(MediaError):
    """An offer that cannot be read, or is not one of a call; the message says which and quotes nothing of it."""


class SoundUnavailable(MediaError):
    """This machine's microphone or loudspeaker cannot be used; the message says what to do."""


class UnreadableWav(MediaError):
    """The file cannot be read as sound; the message says why, and does not name it."""
