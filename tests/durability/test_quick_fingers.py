"""Quick fingers: whoever taps as fast as they can sees each tap within a second, and Telegram never says "too many".

Telegram's limits hold here as it counts them, on a clock that is wound a twentieth of a second at a time.
"""

from pathlib import Path

import pytest
from telegram.error import RetryAfter

from bot.demo.screen import labels
from bot.demo.town import Town, town
from bot.demo.transcript import begin, gathered
from bot.telegram.rate_limit import Pace
from storage.records.records import OutboxKind
from tests.durability.conftest import PostOffice, raising
from tests.incidents.scene import watched

BEAT = 0.05  # seconds
SECOND = 1.0
QUICK = 3  # beats between two taps: about as fast as a thumb goes


class Fingers:
    """Lets people tap in their own time, and measures how long what the bot has to say waits."""

    def __init__(self, played: Town) -> None:
        self.town, self.longest, self.sent = played, 0.0, 0
        self._since: dict[int, float] = {}
        played.sandbox.limits.enabled = True
        played.bot.sender._pace = Pace(self.now)
        played.bot.sender.outcomes.clear()
        played.settle = self.beat  # type: ignore[method-assign]  # no act waits for what comes of it

    def now(self) -> float:
        """Seconds."""
        return self.town.sandbox.now().timestamp()

    async def beat(self) -> None:
        """Take what was done, say what may be said now, and let a moment pass."""
        bot = self.town.bot
        await bot.poller.poll(0)
        await bot.poller.settle()
        await bot.sender.drain()
        async with bot.store.work() as work:
            waiting = {row[0] for row in await work._session.rows("SELECT id FROM outbox WHERE state = 'queued'")}
        self._since = {id: self._since.get(id, self.now()) for id in waiting}
        self.longest = max([self.longest, *(self.now() - since for since in self._since.values())])
        self.town.sandbox.wind(BEAT)

    async def pause(self, beats: int = QUICK) -> None:
        """Nobody does anything for a moment."""
        for _ in range(beats):
            await self.beat()

    async def until(self, name: str, label: str) -> None:
        """Wait for a button, as people do."""
        for _ in range(200):
            if any(key.startswith(label) for key in self.town.keys(name)):
                return
            await self.beat()
        raise AssertionError(f"{label} never came: {self.town.last(name)}")

    def held(self) -> None:
        """Nothing waited longer than a second, and Telegram refused nothing."""
        assert set(self.town.bot.sender.outcomes) == {"sent"}, self.town.bot.sender.outcomes
        assert self.longest <= SECOND + BEAT, self.longest


async def test_ticks_as_fast_as_one_can(tmp_path: Path) -> None:
    """Twenty ticks in three seconds: each is answered at once with what it did, and shown within a second."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/start")
        await played.tap("Bo", "Logga en händelse")
        await played.tap("Bo", "Nu")
        fingers = Fingers(played)
        boxes = [label for label in labels(played.messages("Bo")[-1]) if label.startswith("☐")][:5]
        assert len(boxes) == 5
        for turn in range(4):
            for box in boxes:
                shown, wanted = ("☐", "☑") if turn % 2 == 0 else ("☑", "☐")
                name = box.removeprefix("☐")
                await played.tap("Bo", shown + name)
                assert played.toast() == wanted + name
                for _ in range(30):  # a thumb is quick, but looks
                    if wanted + name in played.keys("Bo"):
                        break
                    await fingers.beat()
                assert wanted + name in played.keys("Bo")
        await fingers.pause(60)
        fingers.held()
        assert all(box in played.keys("Bo") for box in boxes)


async def test_ticks_without_looking(tmp_path: Path) -> None:
    """Whoever ticks all boxes without looking finds each of them ticked a second after the last."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/start")
        await played.tap("Bo", "Logga en händelse")
        await played.tap("Bo", "Nu")
        fingers, (message, *_) = Fingers(played), played.button("Bo", "☐")
        places = [
            (row, column, key["callback_data"], key["text"])
            for row, keys in enumerate((message.markup or {})["inline_keyboard"])
            for column, key in enumerate(keys)
            if key["text"].startswith("☐")
        ]
        for _, _, data, label in places:
            await played.act("Bo", "press", chat=played.person("Bo"), message_id=message.id, data=data, stale=True)
            assert played.toast() == label.replace("☐", "☑")
            await fingers.pause(QUICK - 1)
        await fingers.pause(int(SECOND / BEAT) + 1)
        fingers.held()
        assert [key for key in played.keys("Bo") if key.startswith("☐")] == []


async def test_answers_as_fast_as_they_come(tmp_path: Path) -> None:
    """Three people answer a whole exercise as soon as each question is there; none waits more than a second for one."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo", "Cia"])
        await begin(played, "Riktning")
        fingers = Fingers(played)
        for name in ("Alva", "Bo", "Cia"):
            await fingers.until(name, "Börja")
            await played.tap(name, "Börja")
            for n in range(5):
                await fingers.until(name, "Ja")
                at, before = fingers.now(), played.last(name)
                await played.tap(name, "Ja")
                while played.last(name) == before:
                    await fingers.beat()
                assert fingers.now() - at <= SECOND + 2 * BEAT, (name, n)
            await fingers.until(name, "Lämna in")
            await played.tap(name, "Lämna in")
        await fingers.pause(100)
        fingers.held()
        assert "3 av 3 har svarat" in played.last("Cia")


async def test_an_incident_in_six_taps(tmp_path: Path) -> None:
    """An incident is logged in as little time as six taps take."""
    async with watched(tmp_path) as played:
        await played.write("Bo", "/start")
        fingers = Fingers(played)
        await log_quickly(fingers)
        fingers.held()


async def log_quickly(fingers: Fingers) -> None:
    """By the shortest way, each tap as soon as its button is there."""
    for label in ("Logga en händelse", "Nu", "☐ Exploatering i arbete", "Klar", "Hoppa över resten", "Spara"):
        await fingers.until("Bo", label)
        await fingers.town.tap("Bo", label)
    await fingers.pause(40)
    assert "✓ Sparat. Kvitto" in fingers.town.last("Bo")


@pytest.mark.parametrize("taps", [12, 60])
async def test_a_card_in_the_group(office: PostOffice, taps: int) -> None:
    """Many who tap on one card: what waits is one edit, the card is never far behind, and Telegram refuses nothing."""
    group = await office.group()
    await office.put(group, "0", slot="card")
    await office.send()
    late = 0.0
    for number in range(1, taps + 1):
        await office.put(group, str(number), living=True, slot="card", priority=1)
        at = office.sandbox.now()
        await office.send(0.5)
        late = max(late, number - int(office.texts(group)[-1]))
        assert office.sandbox.now() > at
    await office.send(10)
    assert set(office.bot.sender.outcomes) == {"sent"}
    assert office.texts(group) == [str(taps)]
    assert late / 2 <= 10, "seconds that the card was behind"


async def test_a_tap_goes_before_what_is_told(office: PostOffice) -> None:
    """What changes under somebody's finger does not wait for what the chat has yet to be told."""
    group = await office.group()
    await office.put(group, "0", slot="card")
    await office.send()
    for number in range(30):
        await office.put(group, f"Nummer {number}")
    await office.send(20)
    assert len(office.texts(group)) < 20
    await office.put(group, "1", living=True, slot="card", priority=1)
    await office.send(10)
    assert office.texts(group)[0] == "1"
    await office.send(300)
    assert office.texts(group) == ["1", *(f"Nummer {number}" for number in range(30))]
    assert set(office.bot.sender.outcomes) == {"sent"}


async def test_a_chat_that_rests_is_left_alone(office: PostOffice) -> None:
    """Where Telegram has asked for rest, not even a tap is answered with an edit before it is over."""
    person = await office.person()
    await office.put(person, "0", slot="card")
    await office.send()
    office.line.trouble(person.user_id, raising(RetryAfter, 7))
    await office.put(person, "Ett")
    await office.send()
    await office.put(person, "1", kind=OutboxKind.EDIT, slot="card", priority=1)
    await office.send(6)
    assert office.texts(person) == ["0"]
    await office.send(10)
    assert office.texts(person) == ["1", "Ett"]
