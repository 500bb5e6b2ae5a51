"""A mailbox on this machine, as IMAP has it (RFC 9051): as much of it as a reader of reports asks for."""

import asyncio
import re
import ssl
from dataclasses import dataclass, field
from socket import AF_INET

from bot.settings import Mailbox

USER, PASSWORD = "stad", "invented"


@dataclass
class Inbox:
    """What lies in the mailbox; a mail's UID is its place, counted from 1."""

    mails: list[bytes] = field(default_factory=list)
    read: set[int] = field(default_factory=set)
    fetched: list[int] = field(default_factory=list)
    validity: int = 1  # of the UIDs
    refuses: int = 0  # so many logins before it lets anybody in
    busy: int = 0  # so many searches that it does not make
    marked: asyncio.Event = field(default_factory=asyncio.Event)  # something has been marked as read

    async def listen(self, tls: ssl.SSLContext | None = None) -> tuple[asyncio.Server, Mailbox]:
        """Open it on a free port."""
        server = await asyncio.start_server(self._serve, "localhost", 0, family=AF_INET, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        return server, Mailbox("localhost", port, USER, PASSWORD, tls=tls is not None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, _, command = line.partition(" ")
            said, result = self._answer(command)
            writer.write(said + f"{tag} {result}\r\n".encode())
            await writer.drain()
            if command == "LOGOUT":
                break
        writer.close()

    def _answer(self, command: str) -> tuple[bytes, str]:
        verb = re.match(r"(?:UID )?[A-Z]+", command)
        match verb and verb[0]:
            case "CAPABILITY":
                return b"* CAPABILITY IMAP4rev1\r\n", "OK done"
            case "LOGIN":
                self.refuses -= 1
                known = self.refuses < 0 and command == f'LOGIN {USER} "{PASSWORD}"'
                return b"", "OK in" if known else "NO not you"
            case "SELECT":
                told = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] as they are\r\n"
                return told.encode(), "OK [READ-WRITE] open"
            case "UID SEARCH" if self.busy:
                self.busy -= 1
                return b"* SEARCH try later\r\n", "NO busy"
            case "UID SEARCH":
                return self._search(int(command.rsplit(maxsplit=1)[-1].removesuffix(":*"))), "OK done"
            case "UID FETCH":
                uid = int(command.split()[2])
                self.fetched.append(uid)
                body = self.mails[uid - 1]
                head = f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(body)}}}\r\n".encode()
                return head + body + b")\r\n", "OK done"
            case "UID STORE":
                self.read |= {int(uid) for uid in command.split()[2].split(",")}
                self.marked.set()
                return b"", "OK done"
            case "LOGOUT":
                return b"* BYE\r\n", "OK out"
        return b"", "BAD what?"

    def _search(self, first: int) -> bytes:
        """Return what nobody has read from a UID on; the newest is always in such a range."""
        latest = len(self.mails)
        found = [uid for uid in range(min(first, latest), latest + 1) if uid and uid not in self.read]
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode()
