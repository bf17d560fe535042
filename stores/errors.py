"""What can go wrong in the store.

StoreError
├── StoreUnavailable   the database does not answer; try again later
├── UnknownCall        no such call
├── DuplicateCall      a call of this id exists already
└── UnreadableCursor   a page is asked for with a cursor that no page has given
"""


class StoreError(Exception):
    """Base of all errors of this package."""


class StoreUnavailable(StoreError):
    """The database does not answer; what was to be written was not."""


class UnknownCall(StoreError):
    """There is no call of this id."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"there is no call {call_id}")
        self.call_id = call_id


class DuplicateCall(StoreError):
    """A call of this id exists already."""

    def __init__(self, call_id: str) -> None:
        super().__init__(f"call {call_id} exists already")
        self.call_id = call_id


class UnreadableCursor(StoreError):
    """A page is asked for with a cursor that no page has given."""
