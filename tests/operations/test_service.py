"""The service as the unit file has it: sound, closed, and able to do all that the bot does within what it may."""

import asyncio
import base64
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.durability.process import MASTER_KEY, telegram_over_http, until
from tests.durability.resident import Resident
from tests.operations import confined

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "stadsbot.service"
USER = 61_234  # nobody's
EXPOSED = 20  # tenths, at most, of what systemd counts as exposed; a service without any of it has 96
STOPPED = 20  # seconds, the unit's TimeoutStopSec
NEEDED = ("unshare", "mount", "systemd-analyze")

systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze looks at the unit")
rights = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, NEEDED)) or shutil.which("ldconfig") is None,
    reason="only root can take all rights from a process, with util-linux, systemd-analyze and libseccomp",
)


@systemd
def test_the_unit_is_sound(tmp_path: Path) -> None:
    """systemd understands every line of it."""
    there = tmp_path / UNIT.name
    there.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", UNIT.read_text(encoding="utf-8")))
    done = subprocess.run(["systemd-analyze", "verify", there], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@systemd
def test_the_unit_is_closed() -> None:
    """What systemd itself counts as exposed is next to nothing: the network, which a bot needs, and little else."""
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user may reach, as pytest's own may not."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


class Service:
    """`stadsbot run` as the unit starts it, with the environment and the credentials that it names and no other."""

    def __init__(self, folder: Path, address: str, token: str, group: int) -> None:
        self._folder, self.notified = folder, folder / "notify"
        self.state, self.backups = folder / "state", folder / "backups"
        secrets = folder / "credentials"
        for place in (self.state, self.backups, secrets):
            place.mkdir(mode=0o700)
        for name, secret in (("token", token), ("master-key", base64.urlsafe_b64encode(MASTER_KEY).decode())):
            (secrets / f"stadsbot-{name}").write_text(f"{secret}\n")
            shutil.chown(secrets / f"stadsbot-{name}", USER)
        shutil.chown(secrets, USER)
        said = confined.settings(UNIT.read_text(encoding="utf-8"))
        assert [value.split(":")[0] for value in said["LoadCredential"]] == ["stadsbot-token", "stadsbot-master-key"]
        self.environment = {
            **dict(value.split("=", 1) for value in said["Environment"]),
            "CREDENTIALS_DIRECTORY": str(secrets),
            "NOTIFY_SOCKET": str(self.notified),
            "STADSBOT_API_URL": address,
            "STADSBOT_ALLOWED_GROUPS": str(group),
            "PATH": "/usr/bin:/bin",
        }
        places = [f"{self.state}:/var/lib/stadsbot", f"{self.backups}:/var/backups/stadsbot"]
        before = ["unshare", "--mount", sys.executable, confined.__file__, str(UNIT), str(USER), *places, "--"]
        self.command = [*before, sys.executable, "-m", "bot", "run"]

    async def start(self) -> asyncio.subprocess.Process:
        """Start it."""
        with (self._folder / "errors.txt").open("wb") as errors:
            return await asyncio.create_subprocess_exec(*self.command, cwd=ROOT, env=self.environment, stderr=errors)

    @property
    def errors(self) -> str:
        """What it wrote on standard error."""
        return (self._folder / "errors.txt").read_text(encoding="utf-8")


@systemd
@rights
@pytest.mark.slow
async def test_it_does_all_it_must(folder: Path) -> None:
    """As another user without rights, on a file system that cannot be written, under systemd's filter of system calls:
    it says that it is ready, answers, makes a PDF in its worker, backs up, and stops before systemd would kill it."""
    async with telegram_over_http() as (sandbox, address):
        alva = Resident(sandbox, "Alva", luck=random.Random(1))
        alva.group = sandbox.create_group("Exempelstad", alva.id, [])
        service = Service(folder, address, sandbox.token, alva.group)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(str(service.notified))
            service.notified.chmod(0o666)
            told.setblocking(False)
            process = await service.start()
            try:
                async with asyncio.timeout(60):
                    while await asyncio.get_running_loop().sock_recv(told, 100) != b"READY=1":
                        pass
                asyncio.get_running_loop().add_reader(told, told.recv, 100)
                sandbox.act(alva.id, "add_bot", chat=alva.group)
                await alva.join()
                await _ask_for_a_pdf(sandbox, alva)
                for file in (service.state / "stadsbot.db", *service.backups.glob("*.backup")):
                    assert (file.stat().st_uid, file.stat().st_mode & 0o777) == (USER, 0o600)
                assert len(list(service.backups.glob("stadsbot-*.backup"))) == 1
                process.send_signal(signal.SIGTERM)
                async with asyncio.timeout(STOPPED):
                    assert await process.wait() == 0
            except BaseException as error:
                error.add_note(f"the service's log:\n{service.errors[-3000:]}")
                raise
            finally:
                asyncio.get_running_loop().remove_reader(told)
                if process.returncode is None:
                    process.kill()
                    await process.wait()
    assert '"level": "error"' not in service.errors


async def _ask_for_a_pdf(sandbox: Sandbox, person: Resident) -> None:
    person._since = person._newest()
    person._write("/dokument")
    for label in ("Från fråga till beslut", "PDF"):
        await person._tap(label, page=True)
    await until(sandbox, lambda: any("document" in m.content for m in sandbox.chat(person.id).messages.values()))
