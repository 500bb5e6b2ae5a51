"""What is left on a disk when the power goes: what was synced to the files, and of the rest anything or nothing.

A kill leaves the system's page cache, so it cannot show a receipt that is given before its data is on the disk. Here
the system calls of the process are read as strace has noted them down: what it wrote where, what it synced, and what it
told the network. So the disk can be put together as it was at any moment.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CALLS = "pwrite64,write,writev,sendto,sendmsg,ftruncate,fsync,fdatasync,unlink,unlinkat"
TRACE = ("strace", "-f", "-qq", "-y", "-xx", "-s", "200000", "-e", f"trace={CALLS}", "-o")
_LINE = re.compile(r"(?P<pid>\d+) +(?P<call>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>(?P<rest>.*)")
_RESUMED = re.compile(r"(?P<pid>\d+) +<\.\.\. (?P<call>\w+) resumed>(?P<rest>.*)")
_UNLINK = re.compile(r'\d+ +(?P<call>unlink(?:at)?)\((?:AT_FDCWD[^,]*, )?"(?P<path>(?:\\x[0-9a-f]{2})*)"(?P<rest>.*)')
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_ENDS = re.compile(r"\) += (-?\d+)")


@dataclass(frozen=True, slots=True)
class Told:
    """A call to the Bot API as it left the process."""

    method: str
    params: dict[str, Any]


@dataclass(slots=True)
class Disk:
    """The files under a folder: what is safe in them, and what was written since their last sync.

    That a file was removed is safe with the next sync of any, as file systems keep the order of such changes.
    """

    safe: dict[str, bytearray] = field(default_factory=dict)
    loose: defaultdict[str, list[tuple[int, bytes | None]]] = field(default_factory=lambda: defaultdict(list))
    removed: set[str] = field(default_factory=set)

    def remove(self, path: str) -> None:
        """A file is removed."""
        self.loose.pop(path, None)
        self.removed.add(path)

    def sync(self, path: str) -> None:
        """All that was written to a file is safe."""
        for gone in self.removed:
            self.safe.pop(gone, None)
        self.removed.clear()
        if path in self.loose:  # a folder, which is synced too, has no content of its own
            file = self.safe.setdefault(path, bytearray())
            for write in self.loose.pop(path):
                _apply(file, *write)

    def left(self, luck: random.Random | None = None) -> Iterator[tuple[str, bytes]]:
        """The files as they are after a power cut; with `luck`, some of what was loose has reached them too."""
        for path in {*self.safe, *(self.loose if luck else ())}:
            file = bytearray(self.safe.get(path, b""))
            for write in self.loose.get(path, []):
                if luck is not None and luck.random() < 0.5:
                    _apply(file, *write)
            yield path, bytes(file)


def _apply(file: bytearray, offset: int, content: bytes | None) -> None:
    """Write at an offset, or (None) cut the file there."""
    if content is None:
        del file[offset:]
        file.extend(bytes(offset - len(file)))
        return
    file.extend(bytes(max(0, offset - len(file))))
    file[offset : offset + len(content)] = content


def replay(trace: Path, folder: Path) -> Iterator[tuple[Told, Disk]]:
    """Yield every call to the Bot API with the disk as it was when the call left. The disk goes on changing."""
    disk, streams = Disk(), defaultdict[str, bytearray](bytearray)
    ends: defaultdict[str, int] = defaultdict(int)  # where plain writes go on, in files that are written from the start
    for call, path, rest in _calls(trace):
        if path.startswith(str(folder)):
            name = path.removeprefix(f"{folder}/")
            _on_disk(disk, ends, call, name, rest)
        elif path.startswith("socket:") and call in ("write", "writev", "sendto", "sendmsg"):
            streams[path] += b"".join(map(_bytes, _TEXT.findall(rest)))
            for told in _requests(streams[path]):
                yield told, disk


def _on_disk(disk: Disk, ends: defaultdict[str, int], call: str, name: str, rest: str) -> None:
    match call:
        case "pwrite64":
            disk.loose[name].append((int(rest.rpartition(")")[0].rpartition(",")[2]), _content(rest)))
        case "write":
            content = _content(rest)
            disk.loose[name].append((ends[name], content))
            ends[name] += len(content)
        case "ftruncate":
            disk.loose[name].append((int(rest.split(")", maxsplit=1)[0].strip(" ,")), None))
        case "fsync" | "fdatasync":
            disk.sync(name)
        case "unlink" | "unlinkat":
            disk.remove(name)


def _calls(trace: Path) -> Iterator[tuple[str, str, str]]:
    """Yield name, path and arguments of each call in the order in which they ended; what failed did nothing."""
    begun: dict[str, tuple[str, str, str]] = {}
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            if found := _RESUMED.match(line):
                call, path, rest = begun.pop(found["pid"], ("", "", ""))
                rest += found["rest"]
            elif found := _UNLINK.match(line):
                call, path, rest = found["call"], _bytes(found["path"]).decode(), found["rest"]
            elif found := _LINE.match(line):
                call, path, rest = found["call"], _path(found["path"]), found["rest"]
                if "<unfinished ...>" in rest:
                    begun[found["pid"]] = (call, path, rest.replace("<unfinished ...>", ""))
                    continue
            else:
                continue
            ended = _ENDS.search(rest)
            if call and ended and int(ended[1]) >= 0:
                yield call, path, rest


def _path(shown: str) -> str:
    """A path as strace shows it, which is in hexadecimal too."""
    return _bytes(shown).decode() if shown.startswith("\\x") else shown


def _bytes(shown: str) -> bytes:
    return bytes.fromhex(shown.replace("\\x", ""))


def _content(rest: str) -> bytes:
    found = _TEXT.search(rest)
    assert found is not None
    return _bytes(found[1])


def _requests(stream: bytearray) -> Iterator[Told]:
    """Yield the whole requests at the beginning of a stream, and take them away."""
    while (end := stream.find(b"\r\n\r\n")) >= 0:
        head = stream[:end].decode("latin-1")
        length = re.search(r"(?i)content-length: (\d+)", head)
        size = end + 4 + (int(length[1]) if length else 0)
        if len(stream) < size:
            return
        body, method = bytes(stream[end + 4 : size]), head.split()[1].rpartition("/")[2]
        del stream[:size]
        yield Told(method, json.loads(body) if body.startswith(b"{") else {})
