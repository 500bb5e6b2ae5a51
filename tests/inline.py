"""SQLite on the thread of a test: with millions of statements, the trips to another would be most of the time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from storage.errors import translate
from storage.session import Connection


@contextmanager
def on_this_thread() -> Iterator[None]:
    """Statements run where they are asked for."""

    async def call(connection: Connection, function: Any, *arguments: Any) -> Any:
        try:
            return function(connection._conn, *arguments)
        except sqlite3.Error as error:
            raise translate(error) from error

    shared = partial(sqlite3.connect, check_same_thread=False)
    with patch.object(Connection, "call", call), patch("storage.session.sqlite3.connect", shared):
        yield
