"""Somebody who can write into the database's file, without its key, makes themselves more than they are."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.demo.town import Town
from storage.records.records import GroupState, SeatState
from tests.incidents.scene import log, watched

STRANGER = "Ove"
TAKE_SEAT = "UPDATE members SET person_id = {bo}, user_id = {bo_user} WHERE person_id = {cia}"
FORGED = {  # who gains by it, what they really are, and what is written into the file
    "the reader's Telegram id": (STRANGER, {}, "UPDATE members SET user_id = {stranger} WHERE person_id = {cia}"),
    "the state of one who has left": (
        "Bo",
        {"state": "left"},
        "UPDATE members SET state = 'active' WHERE person_id = {bo}",
    ),
    "the role of one in the network": (
        "Bo",
        {"role": "network"},
        "UPDATE members SET role = 'core' WHERE person_id = {bo}",
    ),
    "who coordinates": ("Bo", {}, "UPDATE members SET coordinator = 1 WHERE person_id = {bo}"),
    "whose the reader's seat is": ("Bo", {}, TAKE_SEAT),
    "since when a seat is what it is": ("Bo", {}, "UPDATE members SET epoch = epoch - 1 WHERE person_id = {bo}"),
}


async def forge(played: Town, *statements: str, **more: int) -> None:
    """Write into the file beside the bot, which is then started anew."""
    async with played.bot.store.work() as work:
        found = {name: await work.people.by_user(played.person(name)) for name in ("Bo", "Cia")}
    ids = {name.lower(): person.id for name, person in found.items() if person}
    with closing(sqlite3.connect(played.bot.store.path)) as database:
        for statement in statements:
            users = {"stranger": played.person(STRANGER), "bo_user": played.person("Bo")}
            database.execute(statement.format(**ids, **users, **more))
        database.commit()
    await played.restart()


@pytest.mark.parametrize("what", FORGED)
async def test_a_changed_seat_is_refused(what: str, tmp_path: Path, loudest: io.StringIO) -> None:
    """Whoever wrote into the file meets a refusal whatever they ask for, and the log says that a seal does not fit."""
    who, really, change = FORGED[what]
    async with watched(tmp_path) as played:
        receipt = await log(played, "Bo")
        async with played.bot.store.work() as work:
            bo = await work.members.find(1, played.person("Bo"))
            assert bo is not None
            await work.members._update(bo.id, **really)
        statements = [change]
        if "{bo_user}" in change:
            statements.insert(0, "DELETE FROM members WHERE person_id = {bo}")
        await forge(played, *statements)
        if who == STRANGER:
            await forge(played, "UPDATE people SET user_id = {stranger} WHERE id = {cia}")
            await played.act(STRANGER, "start")
        before = len(played.texts(who))
        for text in ("/handelser", "/skydd", "/deltagare", "/mina_uppgifter"):
            await played.write(who, text)
        said = played.texts(who)[before:]
        assert receipt not in "".join(said)
        assert set(said) <= {played.bot.services.voice.render("dead_letter", {})}, "a refusal, and nothing else"
    assert "Damaged" in loudest.getvalue()


async def test_a_changed_telegram_id_alone_is_refused(tmp_path: Path, loudest: io.StringIO) -> None:
    """Nobody gets another's messages by writing their own Telegram id into the file; it is told in the log at once."""
    async with watched(tmp_path) as played:
        await forge(played, "UPDATE people SET user_id = {stranger} WHERE id = {cia}")
        await played.act(STRANGER, "start")
        await played.wind(days=1)
        assert played.texts(STRANGER) == []
    assert "seal_does_not_fit" in loudest.getvalue()


async def test_an_old_button_does_not_come_alive(tmp_path: Path, loudest: io.StringIO) -> None:
    """Whoever sets back the count by which their old buttons are dead meets a refusal, and no button opens."""
    async with watched(tmp_path) as played:
        receipt = await log(played, "Bo")
        await played.write("Cia", "/handelser")
        async with played.bot.store.work() as work:
            cia = await work.members.find(1, played.person("Cia"))
            assert cia is not None
            await work.members.update(cia.id, state=SeatState.LEFT)
            await work.members.update(cia.id, state=SeatState.ACTIVE)
        await forge(played, "UPDATE people SET epoch = 0 WHERE id = {cia}")
        before = len(played.texts("Cia"))
        message = next(m for m in reversed(played.messages("Cia")) if m.markup)
        key = next(k for row in (message.markup or {})["inline_keyboard"] for k in row)
        await played.act(
            "Cia", "press", chat=played.person("Cia"), message_id=message.id, data=key["callback_data"], stale=True
        )
        await played.write("Cia", "/handelser")
        assert receipt not in "".join(played.texts("Cia")[before:])
    assert "seal_does_not_fit" in loudest.getvalue()


FORGED_GROUPS = {
    "a chat of one's own": "UPDATE groups SET chat_id = {theirs} WHERE id = 1",
    "that a group which is away goes on": "UPDATE groups SET state = 'active' WHERE id = 1",
}


@pytest.mark.parametrize("what", FORGED_GROUPS)
async def test_a_forged_group_stands_still_alone(what: str, tmp_path: Path, loudest: io.StringIO) -> None:
    """Whoever writes into a group's row hears nothing and its people meet a refusal; the other town goes on as ever."""
    async with watched(tmp_path) as played:
        receipt, theirs = await log(played, "Bo"), played.group("Oves chatt", STRANGER)
        elsewhere = played.group("Kärngruppen i Grannstad", "Elin")
        await played.act("Elin", "add_bot", chat=elsewhere)
        async with played.bot.store.work() as work:
            person = await work.people.ensure(played.person("Elin"))
            member = await work.members.add(2, person.id, "core")
            await work.members.update(
                member.id, name="Elin", state=SeatState.ACTIVE, agreed_at=played.sandbox.now(), coordinator=True
            )
            if "away" in what:
                await work.groups.update(1, state=GroupState.AWAY)
        await played.act("Elin", "start")
        await forge(played, FORGED_GROUPS[what], theirs=theirs)
        await played.bot.maintenance.look()
        assert "seal_does_not_fit" in loudest.getvalue()
        before = {name: len(played.texts(name)) for name in ("Alva", "Cia")}
        for name in before:
            await played.write(name, "/handelser")
        await played.write("Elin", "/vantar")
        await played.wind(days=20)
        refusal = played.bot.services.voice.render("dead_letter", {})
        for name, count in before.items():
            assert set(played.texts(name)[count:]) <= {refusal}
            assert receipt not in "".join(played.texts(name)[count:])
        assert played.texts(STRANGER, "Oves chatt") == []
        assert "kärngruppen i Grannstad" in "".join(played.texts("Elin")[-3:])
