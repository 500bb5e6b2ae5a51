"""After a restore people are asked again for what the backup left out, since it was said without a name."""

from pathlib import Path

from bot.context.context import Context
from bot.demo.town import GROUP, Town, town
from bot.demo.transcript import begin, gathered
from bot.features.wellbeing import check_ins
from storage.backup.backup import LEFT_OUT


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
