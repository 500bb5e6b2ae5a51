"""OPERATIONS.md: each command on it that needs neither systemd nor a container engine is carried out as it is written.

What does need them (and apt, git, make) is stood for by programs that note what they were told. systemd-run does
for the program what systemd would: environment, umask, credentials; and what root alone may read is not there for it.
"""

import asyncio
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from bot import __main__ as program
from bot.secret_files import decode_key
from storage.records.records import GroupState
from storage.store import Store
from storage.vault.vault import Keyring
from tests.durability.process import telegram_over_http
from tests.operations.test_service import systemd
from tests.storage.conftest import make_group

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "OPERATIONS.md").read_text(encoding="utf-8")
UNIT = (ROOT / "stadsbot.service").read_text(encoding="utf-8")
PLACES = r"(?<!\w)/(?:opt/stadsbot|etc/(?:stadsbot|systemd/system)|var/(?:lib|backups)/stadsbot|usr/local/bin)\b"
NOTED = ("apt", "git", "useradd", "systemctl", "make", "docker", "chown", "stty")
SYSTEMD_RUN = """#!{python}
import os, pathlib, shutil, subprocess, sys, tempfile
given, environment, credentials = sys.argv[1:], {{"PATH": os.environ["PATH"]}}, []
while given[0].startswith("-"):
    option = given.pop(0)
    if option not in ("-p", "-E"):
        continue
    name, _, value = given.pop(0).partition("=")
    if option == "-E":
        environment[name] = value
    elif name == "LoadCredential":
        credentials.append(value.split(":"))
    elif name == "EnvironmentFile":
        environment |= dict(line.split("=", 1) for line in pathlib.Path(value[1:]).read_text().split())
    elif name == "UMask":
        os.umask(int(value, 8))
with tempfile.TemporaryDirectory() as folder:
    for name, path in credentials:
        shutil.copy(path, pathlib.Path(folder, name))
    environment["CREDENTIALS_DIRECTORY"] = folder
    secret = pathlib.Path("{etc}")
    secret.rename(secret.with_name("hidden"))
    try:
        code = subprocess.run(given, env=environment).returncode
    finally:
        secret.with_name("hidden").rename(secret)
sys.exit(code)
"""


def blocks(kind: str) -> list[str]:
    """The page's blocks of code, in order."""
    return [dedent(block) for block in re.findall(rf"^ *```{kind}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)]


@asynccontextmanager
async def nobody_behind() -> AsyncIterator[str]:
    """A reverse proxy that reaches no bot; its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


class Machine:
    """A machine whose places lie in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = folder / "told"
        stubs = folder / "stubs"
        for place in (stubs, self.at("/opt/stadsbot/.venv/bin"), self.at("/opt/stadsbot/bot/operations")):
            place.mkdir(parents=True)
        for path in ("/etc/systemd/system", "/var/lib", "/var/backups", "/usr/local/bin"):
            self.at(path).mkdir(parents=True)
        for name in NOTED:
            self._program(stubs / name, f'#!/bin/sh\necho "{name} $*" >> {self.told}\n')
        self._program(stubs / "sudo", '#!/bin/sh\nexec "$@"\n')
        self._program(stubs / "id", "#!/bin/sh\necho 0\n")
        installing = f'#!/bin/sh\nexec {shutil.which("install")} $(echo "$*" | sed "s/-[og] stadsbot//g")\n'
        self._program(stubs / "install", installing)
        running = SYSTEMD_RUN.format(python=sys.executable, etc=self.at("/etc/stadsbot"))
        self._program(stubs / "systemd-run", running)
        bare = f'#!/bin/sh\nPYTHONDONTWRITEBYTECODE=1 PYTHONPATH={ROOT} exec {sys.executable} -m bot "$@"\n'
        self._program(self.at("/opt/stadsbot/.venv/bin/stadsbot"), bare)
        for name in ("sb", "sb-rekey"):
            script = self.at(f"/opt/stadsbot/bot/operations/{name}")
            self._program(script, self.placed((ROOT / "bot/operations" / name).read_text(encoding="utf-8")))
            assert os.access(ROOT / "bot/operations" / name, os.X_OK)
        shutil.copy(ROOT / "stadsbot.service", self.at("/opt/stadsbot"))
        self._path = f"{stubs}:{self.at('/usr/local/bin')}:{os.environ['PATH']}"

    def _program(self, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def at(self, path: str) -> Path:
        """Where a path of the machine is."""
        return self.folder / path[1:]

    def placed(self, text: str) -> str:
        """A text with the machine's places made into those of the folder."""
        return re.sub(PLACES, lambda found: f"{self.folder}{found[0]}", text)

    async def do(self, commands: str, typed: str = "", fill: Mapping[str, str] | None = None) -> str:
        """Carry out what an operator types; what it says. Nothing of it may fail."""
        for blank, value in (fill or {}).items():
            commands = commands.replace(f"<{blank}>", value)
        process = await asyncio.create_subprocess_exec(
            *("sh", "-euc", self.placed(commands)),
            cwd=self.at("/opt/stadsbot"),
            env={"PATH": self._path},
            # What reads nothing may have ended before it is told so.
            stdin=asyncio.subprocess.PIPE if typed else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, errors = await process.communicate(typed.encode() or None)
        assert process.returncode == 0, f"{commands}\n{out.decode()}\n{errors.decode()}"
        return out.decode()

    def master_key(self) -> str:
        """The key that is in use."""
        return self.at("/etc/stadsbot/master-key").read_text(encoding="ascii")


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.slow
async def test_every_block(tmp_path: Path) -> None:
    """From nothing to a service, the drill, a restore, new secrets, an upgrade and the way back, one after another."""
    install, _no_git, containers, _latest, drill, typed_drill, restore, moving, *rest = blocks("sh")
    new_token, rekey, rekey_containers, upgrade, rollback, _journal, mail_password = rest  # the others: `tests/drills`
    machine = Machine(tmp_path / "machine")
    etc, data = machine.at("/etc/stadsbot"), machine.at("/var/lib/stadsbot")
    async with telegram_over_http() as (sandbox, address), nobody_behind() as proxy:
        etc.mkdir(mode=0o700)
        settings = f"STADSBOT_API_URL={address}\nSTADSBOT_PAGE_URL={proxy}\n"
        (etc / "settings").write_text(settings, encoding="utf-8")
        said = await machine.do(
            install, typed=sandbox.token, fill={"this repository": "https://git.example.se/stadsbot"}
        )
        assert "Telegram knows the bot" in said
        assert [mode(etc / name) for name in ("token", "master-key")] == [0o600] * 2
        assert "systemctl enable --now stadsbot" in machine.told.read_text(encoding="utf-8")

        await machine.do(containers, typed=sandbox.token)
        assert mode(machine.at("/opt/stadsbot/secrets/token")) == 0o400

        keyring = Keyring(decode_key(machine.master_key().strip()) or b"")
        store = await Store.open(data / "stadsbot.db", keyring=keyring, clock=lambda: datetime.now(UTC))
        async with store.work() as work:
            for number in (1, 2):
                owner = sandbox.add_person("Asta")
                chat = sandbox.create_group(f"Exempelstad {number}", owner, [])
                sandbox.act(owner, "add_bot", chat=chat)
                group, _ = await make_group(work, chat, members=1, first_user=500 + number)
                await work.groups.update(group.id, title=f"Exempelstad {number}", state=GroupState.ACTIVE)
        await store.close()
        first = (await machine.do("sb backup")).split()[0]
        assert "the sealed names of 2 of them can be read" in await machine.do(drill)
        assert "the sealed names of 2 of them can be read" in await machine.do(typed_drill, typed=machine.master_key())
        assert not (etc / "master-key.typed").exists()

        there = Machine(tmp_path / "another")
        there.at("/etc/stadsbot").mkdir(mode=0o700)
        (there.at("/etc/stadsbot") / "settings").write_text(settings, encoding="utf-8")
        await there.do(install.partition("sb doctor")[0], typed=sandbox.token, fill={"this repository": "x"})
        shutil.copy(etc / "master-key", there.at("/etc/stadsbot"))
        shutil.copytree(machine.at("/var/backups/stadsbot"), there.at("/var/backups/stadsbot"), dirs_exist_ok=True)
        assert "holds 2 groups" in await there.do(moving)
        assert "systemctl enable --now stadsbot" in there.told.read_text(encoding="utf-8")

        assert "holds 2 groups" in await machine.do(restore)
        assert len(list(data.glob("stadsbot.db.aside-*"))) == 1
        assert "Telegram knows the bot" in await machine.do(new_token, typed=sandbox.token)

        old = machine.master_key()
        said = await machine.do(rekey)
        assert "The master key fits the database." in said
        (kept,) = etc.glob("master-key.until-*")
        assert (kept.read_text(encoding="ascii"), mode(kept)) == (old, 0o600)
        assert machine.master_key() != old
        assert not (etc / "master-key.new").exists()
        await machine.do(rekey_containers)
        back = f"sb restore --replace --made-with /etc/stadsbot/{kept.name} {first}"
        assert "holds 2 groups" in await machine.do(back)

        said = await machine.do(upgrade, fill={"version": "0.2.0", "commit": "4222ff80"})
        told = machine.told.read_text(encoding="utf-8")
        assert told.rindex("systemctl stop") < told.rindex("git checkout 4222ff80") < told.rindex("systemctl start")
        made = Path(re.findall(r"(\S+\.backup) is made", said)[0]).name
        assert "holds 2 groups" in await machine.do(rollback, fill={"commit": "4222ff80", "backup": made})

        await machine.do(mail_password, typed="invented")
        (dropped_in,) = machine.at("/etc/systemd/system").glob("stadsbot.service.d/mail.conf")
        (credential,) = re.findall(r"^#(LoadCredential=stadsbot-mail-password:\S+)$", UNIT, re.MULTILINE)
        assert machine.placed(credential) in dropped_in.read_text(encoding="utf-8").splitlines()
        assert mode(etc / "mail-password") == 0o600
        await machine.do("sb doctor")

        (tidy,) = re.findall(r"`(sudo find [^`]+)`", PAGE)
        await machine.do(tidy)
        assert kept.exists(), "its day has not come"
        os.utime(kept, (0, 0))
        await machine.do(tidy)
        assert not kept.exists()


@pytest.mark.slow
async def test_a_change_of_the_key_that_was_cut_short(tmp_path: Path) -> None:
    """Killed after the database was sealed anew and before the key was put in its place, it goes on from there."""
    machine = Machine(tmp_path / "machine")
    async with telegram_over_http() as (sandbox, address):
        etc = machine.at("/etc/stadsbot")
        etc.mkdir(mode=0o700)
        (etc / "settings").write_text(f"STADSBOT_API_URL={address}\n", encoding="utf-8")
        await machine.do(
            blocks("sh")[0], typed=sandbox.token, fill={"this repository": "https://git.example.se/stadsbot"}
        )
        keyring = Keyring(decode_key(machine.master_key().strip()) or b"")
        database = machine.at("/var/lib/stadsbot/stadsbot.db")
        await (await Store.open(database, keyring=keyring, clock=lambda: datetime.now(UTC))).close()
        await machine.do(
            "umask 077; stadsbot=/opt/stadsbot/.venv/bin/stadsbot; $stadsbot key > /etc/stadsbot/master-key.new"
        )
        new = (etc / "master-key.new").read_text(encoding="ascii")
        await machine.do("sb rekey /etc/stadsbot/master-key.new")
        assert "The master key fits the database." in await machine.do("sb-rekey")
        assert machine.master_key() == new


@pytest.mark.slow
async def test_the_page_alone(tmp_path: Path) -> None:
    """Where nobody uses Telegram the token's file is empty: `sb` says so when it is missing, and works with it."""
    machine = Machine(tmp_path / "machine")
    etc = machine.at("/etc/stadsbot")
    etc.mkdir(mode=0o700)
    (etc / "settings").touch()
    await machine.do("ln -s /opt/stadsbot/bot/operations/sb /usr/local/bin/")
    with pytest.raises(AssertionError, match=r"token is missing: .* without Telegram: sudo install -m 0600 /dev/null"):
        await machine.do("sb doctor")
    (empty,) = re.findall(r"`(sudo install -m 0600 /dev/null [^`]+)`", PAGE)
    await machine.do(empty)
    with pytest.raises(AssertionError, match="master-key is missing: put its copy back"):
        await machine.do("sb doctor")
    await machine.do("umask 077; /opt/stadsbot/.venv/bin/stadsbot key > /etc/stadsbot/master-key")
    await machine.do("install -d -m 0700 /var/lib/stadsbot /var/backups/stadsbot")
    async with nobody_behind() as proxy:
        (etc / "settings").write_text(f"STADSBOT_PAGE_URL={proxy}\n", encoding="utf-8")
        assert "None is set: the bot is on the page alone." in await machine.do("sb doctor")
        with pytest.raises(AssertionError, match=r"master-key\.typed is missing"):
            await machine.do("sb restore --drill --made-with /etc/stadsbot/master-key.typed")


@pytest.mark.parametrize("words", sorted(set(re.findall(r"`sb ([a-z-]+[^`]*)`", PAGE.replace("\n", " ")))))
def test_commands_in_the_text(words: str) -> None:
    """What the text tells to give as a command is one, with options that it has."""
    given = re.sub(r"<[^>]*>|HEAD", "2", words).split()
    assert program._parser().parse_args(given).command in program.COMMANDS


@systemd
def test_the_units_on_the_page(tmp_path: Path) -> None:
    """What tells when the service stops is understood by systemd."""
    *_, unit = [block for block in blocks("ini") if "stadsbot-stopped.service" in block.splitlines()[0]]
    path = tmp_path / "stadsbot-stopped.service"
    path.write_text(unit, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
