"""Documents when something goes wrong: workers that die, files that are lost, a group that is erased, a restart."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.demo.town import WORKER, town
from bot.demo.transcript import gathered
from bot.features.documents import job_runner
from tests.bot import mortal
from tests.bot.documents import content, files, open_plan


async def test_file_that_telegram_has_lost_is_made_anew(tmp_path: Path) -> None:
    """An id that Telegram no longer knows costs a second try, and nobody sees that."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await open_plan(played, "Alva")
        await played.tap("Alva", "PDF")
        (first,) = files(played, "Alva")
        lost = played.sandbox.world.files.pop(first["file_id"])
        await played.tap("Alva", "PDF")
        assert content(played, files(played, "Alva")[-1]) == lost.data


async def test_worker_that_dies_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the worker dies midway, the document is made by the next one."""
    monkeypatch.setattr(job_runner, "fulfil", partial(mortal.once, tmp_path / "died"))
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        await played.tap("Alva", "PDF")
        assert (tmp_path / "died").exists()
        assert len(files(played, "Alva")) == 1


async def test_worker_that_dies_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What kills its worker twice is given up in words, and the page shows no longer that it is being made."""
    monkeypatch.setattr(job_runner, "fulfil", mortal.always)
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        await played.tap("Alva", "PDF")
        assert "gick inte att skriva" in played.last("Alva")
        assert "ögonblick" not in "".join(played.texts("Alva"))
        assert await played.bot.job_runner.drain() == 0


async def test_what_is_waited_for_survives_a_restart(tmp_path: Path) -> None:
    """When the bot is stopped before it has begun to make what was asked for, it makes it after the next start."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        message, row, column, _ = played.button("Alva", "PDF")
        alva = played.person("Alva")
        played.sandbox.act(alva, "press", chat=alva, message_id=message.id, row=row, col=column)
        await played.bot.poller.poll(0)
        await played.restart()
        await played.settle()
        assert len(files(played, "Alva")) == 1


async def test_erased_while_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of a group that is erased while it is made goes to nobody."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await open_plan(played, "Alva")
        do = WORKER.do

        async def erasing(*args: Any) -> Any:
            made = await do(*args)
            async with played.bot.store.work() as work:
                await work.groups.erase(1)
            return made

        monkeypatch.setattr(WORKER, "do", erasing)
        await played.tap("Alva", "PDF")
        assert not files(played, "Alva")


async def test_picture_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked is told, with a word that nothing is lost, and the same button draws it once it can be drawn."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva"])
        await played.write("Alva", "/steg")
        with monkeypatch.context() as broken:
            broken.setattr(job_runner, "fulfil", mortal.always)
            await played.tap("Alva", "Visa som bild")
        assert "Bilden gick inte att rita. Era svar finns kvar." in played.last("Alva")
        await played.write("Alva", "/steg")
        await played.tap("Alva", "Visa som bild")
        assert "photo" in played.messages("Alva")[-1].content
