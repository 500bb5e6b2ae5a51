"""Parts beside the bot, such as its mail: one that fails is heard of at once, and begun again."""

import asyncio
import io
import json
from pathlib import Path

import pytest

from bot import service
from bot.demo.town import town
from bot.operations import supervisor
from bot.page.mail import Mailer
from bot.settings import Address, MailServer
from storage.records.mail import Mail
from tests.operations.test_health import asked, metrics
from tests.page.reader import ADDRESS
from tests.page.test_both import both
from tests.page.test_mail import Mailed, mailed
from tests.setup.test_logs import out

__all__ = ["both", "mailed", "out"]

SERVER = MailServer("localhost", 1, "stad@example.se", "none")


async def test_mail_that_breaks(tmp_path: Path, out: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw is in the log as it happens, without its words, and seen by who watches the bot; the
    bot goes on, and the mail is begun again after pauses that grow."""
    broke = asyncio.Event()
    drained: list[Mailer] = []

    async def drain(mailer: Mailer) -> None:
        drained.append(mailer)
        if len(drained) == 3:
            broke.set()
        raise ValueError("to cia@example.se")

    monkeypatch.setattr(Mailer, "drain", drain)
    monkeypatch.setattr(supervisor, "PAUSES", (0.0, 0.0, 3600.0))
    async with (
        town(tmp_path, page_url=ADDRESS, mail=True) as people,
        asked(people) as client,
        service.paged(people.bot, people.clock, Address("127.0.0.1", 0), SERVER),
    ):
        await broke.wait()
        async with client.get("/health") as answer:
            assert answer.status == 200
            assert (await answer.json())["resting"] == ["mail"]
        assert (await metrics(client))['stadsbot_part_failures_total{part="mail"}'] == 3
        told = [json.loads(line) for line in out.getvalue().splitlines()]
    failed = [(line["kind"], line["error_type"], line["tries"]) for line in told if line.get("event") == "part_failed"]
    assert failed == [("mail", "ValueError", tries) for tries in (1, 2, 3)]
    assert "cia@" not in out.getvalue()


async def test_a_mail_that_breaks(mailed: Mailed, monkeypatch: pytest.MonkeyPatch) -> None:
    """One mail that cannot be sent, whatever is wrong with it, does not keep the others waiting."""
    cia, send = await mailed.both.invited("Cia"), Mailer._send

    async def broken(mailer: Mailer, mail: Mail) -> None:
        if mail.address.startswith("broken"):
            raise ValueError(mail.address)
        await send(mailer, mail)

    monkeypatch.setattr(Mailer, "_send", broken)
    for address in ("broken@example.se", "cia@example.se"):
        await cia.open("/konto")
        await cia.press("Spara adressen", address=address)
    await mailed.mailer.drain()
    assert [mail["To"] for mail in mailed.post.came] == ["cia@example.se"]


async def test_a_part_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that ends without an error is begun again after the first pause, and counts as no failure."""
    begun, often = list[int](), asyncio.Event()

    async def ends() -> None:
        begun.append(len(begun))
        if len(begun) == 3:
            often.set()

    monkeypatch.setattr(supervisor, "PAUSES", (0.0, 3600.0))
    parts = supervisor.Beside()
    keeping = asyncio.create_task(parts.keep("mail", ends))
    await asyncio.wait_for(often.wait(), 10)
    keeping.cancel()
    assert parts.failures == {"mail": 0}
