"""The image, built by the Dockerfile's own steps and run as the compose file says, without a container engine."""

import asyncio
import base64
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

from tests.durability.process import MASTER_KEY, telegram_over_http, until
from tests.durability.resident import Resident
from tests.operations import confined
from tests.operations.image import Image, build
from tests.operations.test_service import rights

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
PORT = "9464"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image. Others can reach its folder, as pytest's own they may not."""
    pytest.importorskip("setuptools", minversion="77")  # as in the lock
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        yield build(Path(folder))


def test_the_program_is_whole(image: Image, tmp_path: Path) -> None:
    """Away from the folder that it was made from, the program has all of its data with it; and pip is gone."""
    for command in (["check"], ["chart"], ["key"]):
        done = subprocess.run(
            image.words([*image.command[:1], *command]),
            cwd=tmp_path,
            env=image.environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
    assert not image.place("/opt/stadsbot/bin/pip").exists()


@rights
async def test_it_runs_closed(image: Image) -> None:
    """As the image's user, with nothing writable but the two volumes: it answers, its health check says so, and it
    stops when it is told; then the health check fails."""
    secrets = image.folder / "secrets"
    secrets.mkdir(mode=0o700)
    user = int(image.user.partition(":")[0])
    like_a_unit = image.folder / "limits"
    (threads,) = re.findall(r"pids_limit: (\d+)", COMPOSE)
    like_a_unit.write_text(f"TasksMax={threads}\nUMask=0022\n")
    given = dict(re.findall(r"STADSBOT_(\w+): /run/secrets/(\S+)", COMPOSE))
    async with telegram_over_http() as (sandbox, address):
        for name, secret in (
            ("token", sandbox.token),
            ("master-key", base64.urlsafe_b64encode(MASTER_KEY).decode()),
        ):
            (secrets / name).write_text(secret)
            shutil.chown(secrets / name, user)
            (secrets / name).chmod(0o400)
        shutil.chown(secrets, user)
        alva = Resident(sandbox, "Alva", luck=random.Random(1))
        alva.group = sandbox.create_group("Exempelstad", alva.id, [])
        port = _free_port()
        environment = {
            **{name: value.replace(PORT, port) for name, value in image.environment.items()},
            **{f"STADSBOT_{name}": str(secrets / file) for name, file in given.items()},
            "STADSBOT_API_URL": address,
            "STADSBOT_ALLOWED_GROUPS": str(alva.group),
        }
        places = [f"{image.place(volume)}:{image.place(volume)}" for volume in ("/data", "/backups")]
        before = ["unshare", "--mount", sys.executable, confined.__file__, str(like_a_unit), str(user), *places, "--"]
        check = [word.replace(PORT, port) for word in image.words(image.check)]
        errors = image.folder / "errors.txt"
        with errors.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *before, *image.words(image.command), cwd=image.place("."), env=environment, stderr=log
            )
        try:
            await until(sandbox, lambda: sandbox.poll > 0)
            sandbox.act(alva.id, "add_bot", chat=alva.group)
            await alva.join()
            assert await _ends(check) == 0
            assert image.place("/data/stadsbot.db").stat().st_uid == user
            assert list(image.place("/backups").glob("stadsbot-*.backup"))
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
            assert await _ends(check) != 0
        except BaseException as error:
            error.add_note(f"the container's log:\n{errors.read_text()[-3000:]}")
            raise
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _free_port() -> str:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return str(door.getsockname()[1])


async def _ends(command: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()
