"""What people write, and the token, are in no log and nowhere on the disk in the clear."""

import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.http import serve
from tests.durability.process import MASTER_KEY, bot_process, until
from tests.durability.resident import JOINING, Resident

NAME = "Zanzibarfyren"  # everything that this person writes holds it
TITLE = "Kvastfenstaden"
TOKEN = "7000000001:" + "canaryToken_canaryToken-canaryToken"
CANARIES = (NAME, TITLE, "canaryToken", "Jordgubbsluren")


def hits(raw: bytes) -> list[str]:
    """The canaries that are in it, as UTF-8 or as the two-byte text that some things keep."""
    return [c for c in CANARIES if c.lower().encode() in raw.lower() or c.encode("utf-16-le") in raw]


@pytest.mark.slow
async def test_canaries(tmp_path: Path) -> None:
    """After a conversation with every kind of trouble, logged at its loudest, nothing of it and nothing of the token
    can be read in the log, the database, its write-ahead log or the folder of keys, neither while the process runs nor
    after it died."""
    sandbox = Sandbox(start=datetime.now(UTC), monotonic=time.monotonic, token=TOKEN)
    sandbox.limits.enabled = False
    anna = Resident(sandbox, NAME, luck=random.Random(3))
    anna.group = sandbox.create_group(TITLE, anna.id)
    settings = {"ALLOWED_GROUPS": str(anna.group), "LOG_LEVEL": "DEBUG"}
    async with (
        serve(sandbox, page=False) as address,
        bot_process(tmp_path, address, sandbox.token, **settings) as bot,
    ):
        await bot.start()
        sandbox.act(anna.id, "add_bot", chat=anna.group)
        for fault in ("flood", "error", "drop_after", "garbage"):
            sandbox.faults.add(fault, value=1 if fault == "flood" else None, methods=("sendMessage",), times=1)
        await anna.join()
        sandbox.act(anna.id, "send_text", chat=anna.id, text="Jordgubbsluren, som inte hör till någon fråga")
        letter = {"chat": {"id": anna.id, "type": "private"}, "from": {"id": anna.id}, "text": "Jordgubbsluren"}
        sandbox.world.updates.push("message", letter, sandbox.now())  # a message without number and date
        sandbox.touch()
        await until(sandbox, lambda: sandbox.pending(0) == [])
        kept = {file: file.read_bytes() for file in bot.database.parent.rglob("*") if file.is_file()}
        await bot.send(signal.SIGKILL)
        kept |= {Path(f"{file}, later"): file.read_bytes() for file in bot.database.parent.rglob("*") if file.is_file()}
    assert '"event": "dead_letter"' in bot.errors
    assert '"level": "debug"' in bot.errors
    assert hits(bot.errors.encode()) == []
    assert len(kept) >= 8
    assert {str(file.name): hits(raw) for file, raw in kept.items() if hits(raw)} == {}
    assert MASTER_KEY not in b"".join(kept.values())
    assert anna.told.count == len(JOINING.questions)  # all of it was said, and taken
