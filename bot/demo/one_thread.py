"""SQLite on the thread that asks it, for tests and the finished town: the trips to another take half their time."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar
from unittest.mock import patch

from storage.errors import translate
from storage.session import Connection

T = TypeVar("T")


class _Here(Connection):
    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        try:
            return function(self._conn, *arguments)
        except sqlite3.Error as error:
            raise translate(error) from error


@contextmanager
def on_this_thread() -> Iterator[None]:
    """Let statements run where they are asked for, in all towns."""
    shared = partial(sqlite3.connect, check_same_thread=False)
    with patch("storage.session.Connection.call", _Here.call), patch("storage.session.sqlite3.connect", shared):
        yield
