"""OPERATIONS.md, read as a program: each command of its blocks is run as it stands there, on a systemd booted for it.

What is not run is named here, with the reason; a test sees that there is nothing else on the page.
"""

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.drills.operator import Failed, Machine

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "OPERATIONS.md"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
BOOTED = 30.0  # seconds
LOOK = 0.1

# What cannot be run here, by how the command begins.
NOT_RUN: Mapping[str, str] = {
    "sudo apt install": "what it installs is there, and a package mirror need not be",
    "docker ": "no container engine runs here",
    "umask 077": "part of the container's recipe",
    "install -d -m 0700 secrets": "part of the container's recipe",
    "cat > secrets/token": "part of the container's recipe",
    "sudo chown 10001:10001 secrets": "part of the container's recipe",
}


@dataclass(frozen=True)
class Step:
    """A part of the page to go through: all blocks of commands under its heading.

    `before`: what has happened to the operator, as commands. `put`: what stands for a word in brackets. `typed`: what
    is pasted where a command waits for it, by a part of that command.
    """

    heading: str
    before: tuple[str, ...] = ()
    put: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


def sections(text: str) -> dict[str, list[str]]:
    """The commands of the page, by the heading they stand under."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"(?m)^#{2,3} ", text)[1:]:
        heading, _, body = part.partition("\n")
        blocks = re.findall(r"(?ms)^( *)```sh\n(.*?)^ *```", body)
        commands = [command for indent, block in blocks for command in in_block(block, len(indent))]
        if commands:
            found[heading] = commands
    return found


def in_block(block: str, indent: int) -> Iterator[str]:
    """The commands of one block, without comments; a line that ends in a pipe goes on in the next."""
    waiting = ""
    for line in block.splitlines():
        text = re.sub(r"(^|\s{2,}|\s)# .*$", "", line[indent:]).strip()
        if not text:
            continue
        waiting = f"{waiting} {text}".strip()
        if not waiting.endswith("|"):
            yield waiting
            waiting = ""


def hindrance() -> str:
    """What keeps the page from being played here; empty if nothing does."""
    needed = [
        name for name in ("unshare", "setpriv", "nsenter", "systemd-run", "git", "make") if shutil.which(name) is None
    ]
    if os.geteuid() != 0 or needed:
        return f"it needs root{', ' if needed else ''}{', '.join(needed)}"
    return ""


def reason_not_to_run(command: str) -> str:
    """Why a command is not run; empty if it is."""
    return next((why for begins, why in NOT_RUN.items() if command.startswith(begins)), "")


KEY, TOKEN = "/etc/stadsbot/master-key", "/etc/stadsbot/token"


def steps(token: str, address: str, commit: str, version: str, port: int = 9464) -> list[Step]:
    """The operator's way through the page: install, use, lose, move, rotate, upgrade, go back, serve a page."""
    settings = f"printf 'STADSBOT_API_URL={address}\\nSTADSBOT_METRICS={port}\\n' >> /etc/stadsbot/settings"
    copied = "cp -r /var/backups/stadsbot /root/copied && systemctl disable --now stadsbot"
    lost = (
        "rm -r /var/lib/stadsbot /var/backups/stadsbot && install -d -m 0700 -o stadsbot -g stadsbot /var/lib/stadsbot"
    )
    return [
        Step(
            "The first fifteen minutes, with systemd",
            before=(f"mkdir -p /etc/stadsbot && {settings}",),
            put={"<this repository>": ROOT.as_uri()},
            typed={f"cat > {TOKEN}": token},
        ),
        Step("At most a minute lost"),
        Step(
            "Restore drill (twice a year, and after every change of machine; ten minutes)",
            before=("sb backup",),
            typed={"cat > /etc/stadsbot/master-key.typed": f"$({KEY})"},
        ),
        Step("Restore for real"),
        Step(
            "Moving to another machine",
            before=(copied, lost, "cp -r /root/copied /var/backups/stadsbot", "rm -r /srv/stadsbot-latest/*"),
        ),
        Step("Rotating the secrets", typed={f"cat > {TOKEN}": token}),
        Step("Updates, upgrade, rollback", put={"<version>": version, "<commit>": commit, "<backup>": "$(backup)"}),
        Step("What to watch"),
        Step(
            "Without git and make on the server",
            before=("make wheel && cp dist/stadsbot-*.tar.gz /root", "systemctl stop stadsbot && rm -r /opt/stadsbot"),
            put={"<version>": "*"},
        ),
        Step("A page in the browser", typed={"cat > /etc/stadsbot/mail-password": "invented"}),
    ]


class Booted:
    """A machine whose systemd is our own; `folder` takes what is written on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._inside = ""

    async def __aenter__(self) -> "Booted":
        spaces = ["--mount", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "--kill-child"]
        command = [
            "setpriv",
            "--pdeathsig",
            "KILL",
            "unshare",
            *spaces,
            "sh",
            str(Path(__file__).with_name("boot.sh")),
            str(self.folder),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: ASYNC220
        async with asyncio.timeout(BOOTED):
            while not self._inside:
                children = _children(self._process.pid)
                if children and (await self.run("systemctl is-system-running", process=children[0]))[0] == 0:
                    self._inside = children[0]
                await asyncio.sleep(LOOK)
        (self.root_seen / "usr/local/bin/sudo").write_text('#!/bin/sh\nexec "$@"\n')  # who drills is root
        (self.root_seen / "usr/local/bin/sudo").chmod(0o755)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @property
    def root_seen(self) -> Path:
        """Its file system, as it is seen from here."""
        return Path(f"/proc/{self._inside}/root")

    async def run(self, command: str, typed: str = "", process: str = "") -> tuple[int, str]:
        """Run a command there as an operator would, with a terminal; its exit code and what it printed."""
        spaces = ["nsenter", "-t", process or self._inside, "-m", "-p", "-u", "-i", "-C"]
        here = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "http", "HTTP"))}
        given = [
            f"{name}={value}"
            for name, value in {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **here}.items()
        ]
        there = [
            *spaces,
            "env",
            "-i",
            "HOME=/root",
            "TERM=dumb",
            "PAGER=cat",
            "SYSTEMD_PAGER=",
            *given,
            "bash",
            "-c",
            command,
        ]
        terminal = [sys.executable, str(Path(__file__).with_name("terminal.py")), typed, shlex.join(there)]
        made = await asyncio.create_subprocess_exec(*terminal, stdout=asyncio.subprocess.PIPE)
        said, _ = await made.communicate()
        return made.returncode or 0, said.decode(errors="replace")


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()


async def by_the_page(machine: Machine) -> None:
    """All of OPERATIONS.md that runs here, as written: from nothing to a page, with a move and a way back."""
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)  # noqa: ASYNC221
    page = sections(PAGE.read_text(encoding="utf-8"))
    async with Booted(machine.folder) as there:
        for step in steps(machine.sandbox.token, machine.address, commit.stdout.strip(), VERSION, machine.port):
            for command in step.before:
                await _done(there, command, "")
            last = ""
            for command in page[step.heading]:
                if not reason_not_to_run(command):
                    last = await _play(there, step, command, last)


async def _play(there: Booted, step: Step, command: str, backup: str) -> str:
    """Run one command of the page; the name of the backup that `sb backup` has named last."""
    for word, stands_for in step.put.items():
        command = command.replace(word, backup if stands_for == "$(backup)" else stands_for)
    typed = next((text for part, text in step.typed.items() if part in command), "")
    if typed.startswith("$("):
        typed = (there.root_seen / typed[3:-1]).read_text().strip()
    said = await _done(there, command, typed)
    found = re.search(r"stadsbot-\d{6}-\w+\.backup", said) if command == "sb backup" else None
    return found[0] if found else backup


async def _done(there: Booted, command: str, typed: str) -> str:
    code, said = await there.run(f"cd /opt/stadsbot 2>/dev/null; {command}", typed)
    sys.stdout.write(f"{'ok    ' if code == 0 else 'FAILED'}  {command}\n")
    if code:
        raise Failed(f"{command}\nended with {code}:\n{said[-3000:]}")
    return said
