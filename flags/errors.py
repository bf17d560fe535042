"""What can go wrong with flags.

FlagsError
└── FlagsUnreadable   the source cannot be read now; what was read before stays
"""


class FlagsError(Exception):
    """Base of all errors of this package."""


class FlagsUnreadable(FlagsError):
    """The source cannot be read. The message explains it to the operator; it holds no value and no secret."""
