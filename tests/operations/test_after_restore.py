"""After a restore people are asked again for what the backup left out, and told which of their ways in count again."""

from pathlib import Path

from bot.context.context import Context
from bot.demo.town import GROUP, MASTER_KEY, Town, TownState, town
from bot.demo.transcript import begin, gathered
from bot.features.wellbeing import check_ins
from storage.backup import backup
from storage.backup.backup import LEFT_OUT
from storage.vault.vault import Keyring


async def written(played: Town, name: str) -> None:
    """Somebody answers and hands in."""
    await played.tap(name, "Börja")
    for text in ("Tid", "Telefoner"):
        await played.write(name, text)
        await played.tap(name, "Lämna in")


async def test_they_are_asked_again(tmp_path: Path) -> None:
    """Neither the notes nor the scores are there; the card counts from nothing, and both questions are put anew."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia", "David"])
        await begin(played, "Hur skapar vi en modig miljö?")
        for name in ("Alva", "Bo"):
            await written(played, name)
        assert "2 av 4 har svarat" in "\n".join(played.texts("Alva", GROUP))
        async with played.bot.store.work() as work:
            (group,) = await work.groups.all_active()
            await check_ins.begin(Context(played.bot.services, work, played.sandbox.now()), group)
            (check_in,) = await work.check_ins.of_group(group.id)
            bo = next(member.id for member in await work.members.active(group.id) if member.name == "Bo")
            assert await work.check_ins.answer(check_in, bo, 3)
        async with played.bot.store.work() as work:
            for statement in LEFT_OUT:
                work._session.write(statement, {"today": check_in.opened.isoformat()})
        await played.restart()
        await played.settle()
        assert "0 av 4 har svarat" in "\n".join(played.texts("Alva", GROUP))
        await played.write("Bo", "/svara")
        await played.tap("Bo", "Hur skapar vi")
        assert "Vad behöver du för att känna dig fri" in played.last("Bo")
        async with played.bot.store.work() as work:
            assert await work.check_ins.answer(check_in, bo, 4)
            assert await work.check_ins.answers(check_in) == ([4], [])


async def test_ways_in_that_count_again(tmp_path: Path) -> None:
    """Bo's address, and Cia's passkey, have been changed since: both read so where they are, once; who has neither, and
    whose bot only starts anew, does not. Neither the backup nor the file says who is told."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        store, keyring = played.bot.store, Keyring(MASTER_KEY)
        async with store.work() as work:
            people = {name: await work.people.by_user(played.person(name)) for name in ("Bo", "Cia")}
            bo, cia = (one.id for one in people.values() if one is not None)
            old = await work.mail_addresses.give(bo, "bo@example.se")
            await work.mail_addresses.confirm(old)
            key = await work.passkeys.add(cia, ("AA==", "AA=="), 0, name="Telefonen", made=played.clock().date())
        (tmp_path / "kept").mkdir(mode=0o700)
        kept = backup.make(store.path, tmp_path / "kept", keyring, played.clock(), keep=1)
        async with store.work() as work:
            await work.mail_addresses.confirm(await work.mail_addresses.give(bo, "bo@example.org"))
            await work.passkeys.remove(key.id)
        await played.restart()
        assert played._alike is not None
        (again := tmp_path / "again" / "stadsbot.db").parent.mkdir(mode=0o700)
        backup.restore(kept, again, keyring)
        await played.wind(days=3)
        played.bot = await played._alike.go_on(TownState(again.read_bytes(), {}, b""))
        for _ in range(2):
            await played.settle()
            told = {name: "\n".join(played.texts(name)).count("Boten har lagts tillbaka") for name in played.people}
            assert told == {"Alva": 0, "Bo": 1, "Cia": 1}
            await played.restart()
        assert "som de var den 11 januari." in played.last("Bo")
        async with played.bot.store.work() as work:
            assert [one.address for one in await work.mail_addresses.every(bo)] == ["bo@example.se"]
            assert await work._session.rows("SELECT 1 FROM meta WHERE name = 'backup'") == []
