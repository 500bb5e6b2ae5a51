"""Makes the small database of a released version with that version's own program and people.

    git archive COMMIT | tar x -C FOLDER && cd FOLDER && python …/released/make.py …/released/VERSION.tar.xz COMMIT

COMMIT is the one that wrote the version's heading into the changelog. Four people are in; of seven questions Alva has
answered two, and is in the midst of the third, and Bo five. Beside the database lie what they answered, and the commit.
"""

import asyncio
import json
import sqlite3
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ANSWERED = {"Alva": 2, "Bo": 5}


def first_button(town: Any, name: str) -> str:
    """The first button of the newest message that has any."""
    markups = (message.markup for message in reversed(town.messages(name)))
    return str(next(markup for markup in markups if markup)["inline_keyboard"][0][0]["text"])


async def play(folder: Path) -> tuple[Path, list[Any]]:
    """Play it; where the database is, and what was answered."""
    sys.path.insert(0, ".")
    from bot.demo.town import town  # noqa: PLC0415 - that version's
    from bot.demo.transcript import begin, gathered  # noqa: PLC0415

    async with town(folder) as played:
        await gathered(played, ["Alva", "Bo", "Cia", "David"])
        await begin(played, "Engagemang")
        for name, count in ANSWERED.items():
            await played.tap(name, "Börja")
            for _ in range(count):
                await played.tap(name, first_button(played, name))
        path = Path(played.bot.store.path)
        async with played.bot.store.work() as work:
            rows = await work._session.rows("SELECT DISTINCT run_id, owner FROM answers WHERE owner LIKE 'm:%'")
            sheets = [await work.answers.of_owner(row["run_id"], row["owner"]) for row in rows]
    return path, sorted([answer.owner, answer.question, answer.value] for sheet in sheets for answer in sheet)


def main(target: Path, commit: str) -> None:
    """Play, and pack what there is then."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        path, answers = asyncio.run(play(folder))
        with sqlite3.connect(path, isolation_level=None) as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("VACUUM")
        (folder / "told.json").write_text(json.dumps({"answers": answers, "commit": commit}))
        with tarfile.open(target, "w:xz") as tar:
            tar.add(path, "stadsbot.db")
            tar.add(folder / "told.json", "told.json")
            for key in sorted(path.with_name(f"{path.name}.keys").iterdir()):
                tar.add(key, f"stadsbot.db.keys/{key.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
