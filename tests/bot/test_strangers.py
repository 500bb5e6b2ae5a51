"""People and groups that the bot knows nothing of: helped on, and forgotten."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.context.abuse_limits import RULES, STRANGERS, URGENTS
from bot.context.sealed_actions import LINK, Action
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import gathered
from bot.dispatch.polling import LIMIT
from storage.records.records import Reach

FLOOD = 10_000
OTHER = "En grupp som ingen känner"


def rows(played: Town) -> dict[str, int]:
    """How many rows each table has, and how many keys there are."""
    path = played.bot.store.path
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        counted = {t: database.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables}  # noqa: S608
    return counted | {"keys": len(list(path.with_name(f"{path.name}.keys").iterdir()))}


def flood(played: Town, first: int) -> Iterator[dict[str, Any]]:
    """Updates of every kind from people, and in groups, that have nothing to do with the bot."""
    buttons = played.bot.services.buttons
    codes = ["tjo", buttons.seal(LINK, Action("activate", arg="0-0")), buttons.seal(LINK, Action("invite", 1, 0, "x"))]
    for number in itertools.count(first):
        user = {"id": 9_000_000 + number % 977, "is_bot": False, "first_name": "Främling"}
        private = {"id": user["id"], "type": "private", "first_name": "Främling"}
        group = {"id": -(8_000_000 + number % 331), "type": "group", "title": OTHER}
        words = ["hej", "/start", "/hjalp", "/ring", "/steg", "/incident", *(f"/start {code}" for code in codes)]
        words += ["/aktivera tjo", f"/aktivera {codes[1]}"]
        text = words[number // 9 % len(words)]
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[0] == "/" else []
        message = {"message_id": number, "date": 0, "from": user, "text": text, "entities": entities}
        member = {"user": {"id": played.bot.services.user_id, "is_bot": True}, "status": "member"}
        left = {**member, "status": "left"}
        kinds: list[dict[str, Any]] = [
            {"message": {**message, "chat": private}},
            {"message": {**message, "chat": group}},
            {"edited_message": {**message, "chat": private, "edit_date": 1}},
            {"message": {**message, "chat": private, "photo": [{}], "entities": []}},
            {"callback_query": {"id": f"{number}", "from": user, "data": "x", "message": {**message, "chat": private}}},
            {"callback_query": {"id": f"{number}", "from": user, "data": "x", "message": {**message, "chat": group}}},
            {"my_chat_member": {"chat": group, "from": user, "old_chat_member": left, "new_chat_member": member}},
            {"my_chat_member": {"chat": private, "from": user, "old_chat_member": member, "new_chat_member": left}},
            {"message": {**message, "chat": group, "new_chat_members": [member["user"]]}},
        ]
        yield {"update_id": number, **kinds[number % len(kinds)]}


async def test_flood_leaves_nothing(tmp_path: Path) -> None:
    """After ten thousand updates from strangers there is not one row more, and a member among them is answered."""
    async with town(tmp_path, needs_activation=True) as played:
        played.bot.services.limits._times.clear()
        async with played.bot.store.work() as work:
            person = await work.people.ensure(played.person("Alva"))
            await work.people.update(person.id, reach=Reach.REACHABLE)
        await played.act("Alva", "start")
        before, calls = rows(played), played.sandbox._call_count
        updates, offset = flood(played, played.bot.poller.offset), played.bot.poller.offset
        for _ in range(FLOOD // LIMIT):
            await played.bot.poller.take(list(itertools.islice(updates, LIMIT)))
            await played.bot.poller.settle()
        assert played.bot.poller.offset == offset + FLOOD
        assert rows(played) == before
        taps = FLOOD * 2 // 9 + 2
        most = RULES[STRANGERS][0] + RULES[URGENTS][0]
        assert played.sandbox._call_count - calls <= taps + most, "of a flood within five seconds few are answered"
        among = list(itertools.islice(updates, LIMIT))
        among[LIMIT // 2]["message"] = _ring(played.person("Alva"))
        await played.bot.poller.take(among)
        await played.settle()
        assert "112" in played.last("Alva")


def _ring(user: int) -> dict[str, Any]:
    """Somebody asks where to turn."""
    chat = {"id": user, "type": "private"}
    entities = [{"type": "bot_command", "offset": 0, "length": 5}]
    return {"message_id": 1, "date": 0, "from": {"id": user}, "chat": chat, "text": "/ring", "entities": entities}


async def test_whoever_finds_the_bot_is_told_where_to_turn(tmp_path: Path) -> None:
    """A stranger gets numbers and whom to talk to for whatever they write, three times in a row; then a line, and never
    silence."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        before = rows(played)
        await played.act("Zlatan", "start")
        assert "Be någon i gruppen om länken" in played.last("Zlatan")
        await played.write("Zlatan", "Jag vet inte vem jag ska prata med")
        assert "90101" in played.last("Zlatan")
        assert "Stad för stad" not in played.last("Zlatan"), "who we are is behind a command"
        await played.write("Zlatan", "/ring")
        assert "020-390 000" in played.last("Zlatan")
        await played.act("Zlatan", "send_photo", chat=played.person("Zlatan"))
        assert len(played.texts("Zlatan")) == 4
        for _ in range(5):
            await played.write("Zlatan", "Hallå?")
        assert len(played.texts("Zlatan")) == 9
        assert played.last("Zlatan") == "Ring 112 om någon är i fara. Fler nummer: /ring"
        await played.write("Zlatan", "/ring")
        assert "020-390 000" in played.last("Zlatan"), "where to turn is told in full also then"
        await played.wind(minutes=10)
        await played.write("Zlatan", "/start tjo")
        assert "går inte att använda" in played.last("Zlatan")
        assert rows(played) == before


async def test_a_stranger_taps(tmp_path: Path) -> None:
    """Someone in the group's chat who has not joined is told so in a notice, and is nobody after that either."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await played.act("Zlatan", "join", chat=played.groups[GROUP])
        before = rows(played)
        await played.tap("Zlatan", "Stegen", chat=GROUP)
        assert "Tryck på ”Jag är med”" in played.toast()
        assert rows(played) == before


async def test_a_group_without_a_code_is_nothing(tmp_path: Path) -> None:
    """A group that has the bot and no code leaves nothing; a good code, also in a topic, makes it one of ours."""
    async with town(tmp_path, needs_activation=True) as played:
        before = rows(played)
        played.group(OTHER, "Zlatan")
        await played.act("Zlatan", "add_bot", chat=played.groups[OTHER])
        await played.write("Zlatan", "/steg", chat=OTHER)
        await played.write("Zlatan", "/aktivera tjo", chat=OTHER)
        assert len(played.texts("Zlatan", OTHER)) == 3
        await played.act("Zlatan", "remove_bot", chat=played.groups[OTHER])
        assert rows(played) == before
