"""The machine's clock is set forward or back while the bot runs, or was wrong before it was started."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from telegram.error import NetworkError, RetryAfter

from bot.context.abuse_limits import INCIDENTS, RULES, AbuseLimits
from bot.demo.town import GROUP, town
from bot.demo.transcript import begin, gathered
from tests.durability.conftest import PostOffice, Trouble, raising

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("error", [raising(RetryAfter, 30), raising(NetworkError, "Bad Gateway")])
async def test_set_back_while_a_message_waits(office: PostOffice, error: Trouble) -> None:
    """What waits to be sent again is sent within seconds, and not when the old hour comes round again."""
    alva = await office.person()
    office.clock.wrong_by = HOUR
    office.line.trouble(alva.user_id, error)
    await office.put(alva, "Hej")
    await office.send(0)
    assert office.texts(alva) == []
    office.clock.wrong_by = timedelta(0)
    await office.put(alva, "Hej igen")
    await office.send(5)
    assert office.texts(alva) == ["Hej", "Hej igen"]


async def test_wrong_before_the_start(office: PostOffice) -> None:
    """A bot started with a clock a day ahead, and again with the right one, leaves nobody waiting for that day."""
    alva = await office.person()
    office.clock.wrong_by = DAY
    await office.put(alva, "Hej")
    office.clock.wrong_by = timedelta(0)
    await office.send(5)
    assert office.texts(alva) == ["Hej"]


async def test_forward_a_day_and_back(tmp_path: Path) -> None:
    """A day ahead, what falls due in that day comes, once; set right again, it does not come again, and all go on."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await played.wind(days=3)
        before = played.texts("Bo")
        played.clock.wrong_by = DAY
        await played.wind(minutes=1)
        reminded = [text for text in played.texts("Bo") if text not in before]
        assert len(reminded) == 1
        played.clock.wrong_by = timedelta(0)
        await played.wind(days=1)
        assert [text for text in played.texts("Bo") if text not in before] == reminded
        await played.tap("Bo", "Svara")
        await played.tap("Bo", "Börja")
        await played.tap("Bo", "Ja")
        assert "2 av 5" in played.last("Bo")
        assert "borta" not in "\n".join(played.texts("Bo", GROUP)), "nobody was away"


async def test_back_an_hour(tmp_path: Path) -> None:
    """An hour back, people are answered as ever, and what falls due comes when the clock shows its time again, once."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await begin(played, "Riktning")
        await played.wind(days=3)
        played.clock.wrong_by = -HOUR
        await played.tap("Bo", "Börja")
        await played.tap("Bo", "Ja")
        assert "2 av 5" in played.last("Bo")
        before = len(played.texts("Bo"))
        await played.wind(days=1, hours=2)
        assert len(played.texts("Bo")) == before + 1


def test_limits_survive_it() -> None:
    """Whoever had reached a limit while the clock was ahead does not wait for that day to come."""
    limits, now = AbuseLimits(), datetime(2027, 1, 11, tzinfo=UTC)
    for _ in range(RULES[INCIDENTS][0]):
        limits.count(INCIDENTS, 7, now + DAY)
    assert limits.over(INCIDENTS, 7, now + DAY) is not None
    assert limits.should_tell(INCIDENTS, 7, now + DAY)
    assert limits.over(INCIDENTS, 7, now) is None
    assert limits.should_tell(INCIDENTS, 7, now)
