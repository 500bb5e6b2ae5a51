"""Updates that Telegram brings: each taken exactly once, in whatever order and however often it comes."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from bot.demo.town import GROUP, Town, town
from bot.dispatch import webhook as module
from bot.dispatch.webhook import LARGEST_BODY, Webhook
from bot.errors import StartError
from bot.operations.servers import listening
from bot.settings import Address
from bot.telegram.channel import SECRET_HEADER
from storage.errors import DiskFull
from storage.store import Store
from tests.durability.process import until

SECRET = "s3cret_of-the-house"
URL = "https://bot.example.se/telegram"


class Telegram:
    """Telegram's part: it brings what the sandbox has for the bot."""

    def __init__(self, people: Town, hook: Webhook, client: TestClient[Any, Any]) -> None:
        self.people, self.hook, self.client = people, hook, client

    async def bring(self, update: Any, secret: str = SECRET) -> int:
        """Bring one; the status it is answered with."""
        async with self.client.post("/telegram", json=update, headers={SECRET_HEADER: secret}) as answer:
            return answer.status

    def waiting(self) -> list[dict[str, Any]]:
        """What Telegram has for the bot."""
        return self.people.sandbox.pending()

    def known(self) -> list[int]:
        """The ids of what was remembered as taken."""
        return sorted(self.people.bot.poller._brought)


@asynccontextmanager
async def telegram(people: Town) -> AsyncIterator[Telegram]:
    """The door, open, with its loop running."""
    bot = people.bot
    hook = Webhook(bot.poller, bot.channel, URL, SECRET, bot.watchdog.alive)
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes(hook.routes())
    async with TestClient(TestServer(app)) as client:
        running = asyncio.create_task(hook.run())
        try:
            yield Telegram(people, hook, client)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose bot knows Asta, and has heard nothing yet."""
    async with town(tmp_path) as made:
        async with made.bot.store.work() as work:
            await work.people.ensure(made.person("Asta"))
        yield made


def _write(people: Town, *texts: str) -> list[dict[str, Any]]:
    """Let Asta write in private; the updates of it, which nobody has fetched."""
    if people.person("Asta") not in people.sandbox.world.chats:
        people.sandbox.act(people.person("Asta"), "start")
    for text in texts:
        people.sandbox.act(people.person("Asta"), "send_text", chat=people.person("Asta"), text=text)
    return people.sandbox.pending()


async def _said(people: Town) -> list[str]:
    await people.bot.sender.drain()
    return people.texts("Asta")


async def test_200_only_after_the_commit(people: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the disk refuses, Telegram is told 503 and brings it again; what got its 200 is on the disk."""
    (start,) = _write(people)
    monkeypatch.setattr(module, "BACK_OFF", (0,))
    commit, full = Store._commit, True

    async def refuse(self: Store, session: Any) -> None:
        if full:
            await session.rollback()
            raise DiskFull
        await commit(self, session)

    async with telegram(people) as door:
        monkeypatch.setattr(Store, "_commit", refuse)
        assert await door.bring(start) == 503
        assert await door.bring(start) == 503
        full = False
        assert await door.bring(start) == 200
    async with people.bot.store.work() as work:
        assert await work.update_log.taken() == {start["update_id"]}
        asta = await work.people.by_user(people.person("Asta"))
    assert asta is not None
    assert asta.reach == "reachable"


async def test_out_of_order_and_twice(people: Town) -> None:
    """An earlier update that comes after a later one is not lost, and none is taken twice."""
    updates = _write(people, "/hjalp", "/ring", "/hjalp")
    start, *others = updates
    async with telegram(people) as door:
        assert await door.bring(start) == 200
        for update in (others[2], others[0], others[2], others[1], others[0], start):
            assert await door.bring(update) == 200
        once = len(await _said(people))
        assert once == 4
        assert door.known() == [u["update_id"] for u in updates]


async def test_many_at_once_are_one_transaction(people: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes while the disk is busy is taken together afterwards: a flood costs few commits."""
    updates = _write(people, *["/hjalp"] * 40)
    commits = 0
    take = people.bot.poller.take
    door_of: list[Telegram] = []

    async def counted(batch: Any, **more: Any) -> None:
        nonlocal commits
        commits += 1
        while commits == 1 and len(batch) + len(door_of[0].hook._waiting) < len(updates):  # noqa: ASYNC110 - a server's
            await asyncio.sleep(0)
        await take(batch, **more)

    monkeypatch.setattr(people.bot.poller, "take", counted)
    async with telegram(people) as door:
        door_of.append(door)
        assert set(await asyncio.gather(*(door.bring(update) for update in updates))) == {200}
    assert commits <= 2
    assert len(await _said(people)) == 41


async def test_back_and_forth_between_the_ways(people: Town) -> None:
    """From polls to a webhook and back: nothing is lost, and nothing that Telegram has twice is taken twice."""
    polled = _write(people, "/hjalp")
    await people.bot.poller.poll(0)  # taken, but not yet confirmed to Telegram by a next poll
    async with telegram(people) as door:
        for update in [*_write(people, "/ring"), *polled]:
            assert await door.bring(update) == 200  # the answers get lost: Telegram keeps them all
    await people.bot.telegram.call("deleteWebhook", {})
    await people.settle()
    assert len(await _said(people)) == 3
    _write(people, "/hjalp")
    await people.settle()
    assert len(await _said(people)) == 4
    assert people.sandbox.pending(people.bot.poller.offset) == []


async def test_remembered_over_a_restart(people: Town) -> None:
    """Which were brought is on the disk: a restart does not take one again."""
    (start,) = _write(people)
    async with telegram(people) as door:
        await door.bring(start)
    said = await _said(people)
    people.bot.poller._brought.clear()
    await people.bot.poller.begin()
    async with telegram(people) as door:
        assert await door.bring(start) == 200
    assert await _said(people) == said


async def test_counting_anew(people: Town) -> None:
    """After a silent week Telegram counts on from anywhere, also from far below: those are new."""
    start, helped = _write(people, "/hjalp")
    async with telegram(people) as door:
        await door.bring(start | {"update_id": 900_000_000})
        await door.bring(helped | {"update_id": 12})
    assert len(await _said(people)) == 2


@pytest.mark.parametrize("secret", ["", "wrong", SECRET[:-1], SECRET + "x", "å\udcff"])
async def test_only_telegram_is_heard(people: Town, secret: str) -> None:
    """Whoever does not know the secret is sent away before anything is read."""
    (start,) = _write(people)
    async with telegram(people) as door:
        headers = {SECRET_HEADER: secret.encode("utf-8", "surrogateescape").decode("latin-1")} if secret else {}
        async with door.client.post("/telegram", json=start, headers=headers) as answer:
            assert answer.status == 403
        assert door.known() == []


async def test_what_is_no_update(people: Town) -> None:
    """Garbage, and bodies larger than any update, are refused; other methods find nothing."""
    async with telegram(people) as door:
        assert await door.bring([]) == 400
        assert await door.bring({"update_id": "1"}) == 400
        assert await door.bring({"update_id": True}) == 400
        async with door.client.post("/", data=b"{not json", headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 400
        for deep in (b"[" * 100_000, b'{"update_id": 7, "message": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"):
            async with door.client.post("/", data=deep, headers={SECRET_HEADER: SECRET}) as answer:
                assert answer.status == 400
        async with door.client.post(
            "/", data=io.BytesIO(b" " * (LARGEST_BODY + 1)), headers={SECRET_HEADER: SECRET}
        ) as answer:
            assert answer.status == 413
        async with door.client.get("/") as answer:
            assert answer.status == 405


async def test_too_many_wait(people: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than fill the memory the bot lets Telegram keep them a little longer."""
    monkeypatch.setattr(module, "MOST_WAITING", 0)
    (start,) = _write(people)
    async with telegram(people) as door:
        assert await door.bring(start) == 503


HALF_OPEN = {
    "nothing": b"",
    "half a head": b"POST /telegram HTTP/1.1\r\nHost: bot.example.se\r\n",
    "half a body": f"POST / HTTP/1.1\r\nHost: a\r\n{SECRET_HEADER}: {SECRET}\r\nContent-Length: 99\r\n\r\n{{".encode(),
    "a call and no more": b"GET /telegram HTTP/1.1\r\nHost: bot.example.se\r\n\r\n",
}


async def test_slow_calls_are_ended(people: Town) -> None:
    """Connections on which a call does not come whole are ended by us; one whose answer takes long is not."""
    bot = people.bot
    hook = Webhook(bot.poller, bot.channel, URL, SECRET, bot.watchdog.alive)
    (start,) = _write(people)
    async with (
        listening(hook.routes(), Address("127.0.0.1", 0), LARGEST_BODY, patience=0.1) as (host, port),
        ClientSession(f"http://{host}:{port}", headers={SECRET_HEADER: SECRET}) as client,
    ):
        slow = asyncio.create_task(client.post("/telegram", json=start))  # nobody takes it yet
        for begun in HALF_OPEN.values():
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(begun)
            await reader.read()  # to its end, which is ours to make
            writer.close()
        assert not slow.done()
        await hook.turn()
        assert (await slow).status == 200


async def test_stopped_with_some_waiting(people: Town) -> None:
    """Those that came too late before a stop are not confirmed, and so come again."""
    (start,) = _write(people)
    async with people.bot.store.work(), telegram(people) as door:  # the disk is busy
        bringing = asyncio.create_task(door.bring(start))
        await asyncio.sleep(0.1)
        assert not bringing.done()
    (status,) = await asyncio.gather(bringing, return_exceptions=True)
    assert status != 200
    async with people.bot.store.work() as work:
        assert await work.update_log.taken() == set()


async def test_telegram_is_told(people: Town) -> None:
    """At the start Telegram learns where, with which secret, and that nothing may be dropped."""
    async with telegram(people):
        await until(people.sandbox, lambda: bool(people.sandbox.world.webhook.url))
        assert people.sandbox.world.webhook.url == URL
        assert people.sandbox.world.webhook.secret == SECRET


async def test_telegram_refuses_the_address(people: Town) -> None:
    """An address that Telegram will not bring to is told in a sentence for the operator."""
    bot = people.bot
    hook = Webhook(bot.poller, bot.channel, "http://bot.example.se", SECRET, bot.watchdog.alive)
    with pytest.raises(StartError, match="STADSBOT_WEBHOOK_URL"):
        await hook.run()


async def test_a_group_at_work(people: Town) -> None:
    """The whole bot behind the door: a group comes in and is answered as with polls."""
    people.group(GROUP, "Asta", "Bo")
    people.sandbox.act(people.person("Asta"), "add_bot", chat=people.groups[GROUP])
    async with telegram(people) as door:
        for update in door.waiting():
            assert await door.bring(update) == 200
        await people.bot.sender.drain()
    assert people.texts("Asta", GROUP)
