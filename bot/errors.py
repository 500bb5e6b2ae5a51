"""What goes wrong here, told apart by who can do something about it."""

from storage.errors import Busy, DiskFull, TransactionLost


class StartError(Exception):
    """The bot cannot start or go on; the message is one sentence for the operator, and `code` the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def passes(error: Exception) -> bool:
    """True for a trouble of the whole database's that may pass, as when the disk is full: try again later, as it was.

    Any other error is the fault of the one thing that was being done, and will be there the next time too.
    """
    return isinstance(error, DiskFull | Busy | TransactionLost)
