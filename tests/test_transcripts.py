"""Every transcript holds: the bot says what they say it says."""

import asyncio
import re
from pathlib import Path

import pytest

from bot.demo.player import Player
from bot.demo.town import town
from flows.definitions.loader import the_process
from tests.remembered import assert_remembered_rightly

# Refused without harm: to pin or send a file where the bot may not, an edit that changes nothing, a message to one who
# has blocked it, who is in a group that hides it; to edit a receipt in a chat that was emptied.
HARMLESS = re.compile(
    "MESSAGE_ID_INVALID|pinned messages|to send documents|is not modified|blocked by the user|CHAT_ADMIN_REQUIRED"
)
COVERS = re.compile(r"^# covers: (.+)$", re.MULTILINE)
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_transcript(path: Path, tmp_path: Path) -> None:
    """What a person reads in the transcript is what people in a town are told."""
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    async with town(tmp_path) as played:
        await Player(played).play(path.name, text)
        refused = [c["error"] for c in played.sandbox.calls if c["error"] and not HARMLESS.search(c["error"])]
        assert not refused
        async with played.bot.store.work() as work:
            assert await work.update_log.dead_letters() == []
        await assert_remembered_rightly(played.bot.store, played.bot.services)


def test_step_0_is_covered() -> None:
    """Each transcript says which ids of the process it covers, and together they cover step 0 and coming in."""
    covered = set()
    for path in TRANSCRIPTS:
        ids = COVERS.search(path.read_text(encoding="utf-8"))
        assert ids is not None, f"{path.name} has no line “# covers: …”"
        covered |= set(ids[1].split(", "))
    assert covered <= set(the_process().ids)
    assert {"0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "P.4", "P.5", "P.9"} <= covered
