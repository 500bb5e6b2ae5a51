"""Errors, by who can do something about them."""

from storage.errors import Busy, DiskFull, TransactionLost


class StartError(Exception):
    """The bot cannot start or go on; the message is one sentence for the operator, and `code` the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def passes(error: Exception) -> bool:
    """True for an error of the whole database that may pass, as when the disk is full: try the same again later.

    Every other error belongs to the one thing that was being done, and would come again.
    """
    return isinstance(error, DiskFull | Busy | TransactionLost)
