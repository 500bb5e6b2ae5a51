"""Ten thousand reminders fall due in the same second: how near to Telegram's limit they go out, and if any is refused.

It is the real agenda, the real sender and the real clock's pace; only the date is another, so that it is a working day.
The stand-in counts as the sandbox does: no more than 30 calls in any second, a message a second to each person, and 429
to what goes beyond.
"""

from __future__ import annotations

import json
import time
from datetime import date, datetime, timedelta
from datetime import time as clock

from tests.bench.figures import Goal, Raw, Told, number, paragraph
from tests.bench.processes import Trouble, Watch, running, standing_in
from tests.bench.setting import Setting
from tests.bench.town_rows import FIRST_USER
from tests.bench.towns import ZONE, Shape

FULL, SHORT = 10_000, 1_500
MEMBERS = 20
TUESDAY = date(2027, 3, 2)
DUE = datetime.combine(TUESDAY, clock(9, 0, 1), tzinfo=ZONE)  # a second after the hour: the end is a day later
AHEAD = 6  # seconds before that, the bot is started
RATE, WANTED = 30, 29
SLACK = 60  # seconds


def shape(setting: Setting) -> Shape:
    """The Monday before: whoever was asked on Wednesday, and is waited for until Wednesday, is reminded on Tuesday."""
    count = FULL if setting.full else SHORT
    return Shape(count // MEMBERS, MEMBERS, (), MEMBERS, least=2, most=2, today=TUESDAY - timedelta(1))


def measure(setting: Setting) -> Raw:
    """One dispatch."""
    asked = shape(setting)
    count = asked.groups * asked.waiting
    with setting.towns.get(asked).opened(setting.folder) as town:
        due = time.monotonic() + AHEAD
        with standing_in(people=[(FIRST_USER, count, "")], limits=True) as telegram:
            program = {"url": telegram.url, "database": str(town.path), "shows": [DUE.isoformat(), due]}
            with running(["-m", "tests.bench.bots.ours", json.dumps(program)], grace=10) as bot:
                watch, end, told = Watch(bot, telegram), due + count / RATE + SLACK, time.monotonic()
                while (so_far := telegram.ask("sent"))["sent"] < count:
                    if time.monotonic() > end:
                        raise Trouble(f"only {so_far} of {count} reminders were sent\n{bot.complaint()}")
                    if time.monotonic() > told + 15:
                        told = time.monotonic()
                        setting.tell(f"reminders: {so_far['sent']} of {count} sent, {so_far['refused']} refused")
                    time.sleep(0.5)
                time.sleep(2)  # none may come twice
                (spent, _), others, peak = watch.cpu(), watch.others(), bot.peak_mb()
            sent = telegram.ask("times")
    times = sent["at"]
    if len(times) != count:
        raise Trouble(f"{len(times)} messages for {count} reminders")
    found = _rates(times) | {
        "reminders": count,
        "refused": sent["refused"],
        "cpu_per_1000": 1000 * spent / count,
        "peak_mb": peak,
        "first_after": times[0] - due,
        "others_cores": others,
    }
    setting.tell(f"{count} reminders: {found['per_second']:.2f} a second, {found['refused']} refused")
    return found


def _rates(times: list[float]) -> Raw:
    """Messages a second, over all and second by second (the last one, which is not full, left out)."""
    seconds = [0] * (int(times[-1] - times[0]) + 1)
    for at in times:
        seconds[int(at - times[0])] += 1
    whole = [float(count) for count in seconds[:-1]]
    return {
        "per_second": (len(times) - 1) / (times[-1] - times[0]),
        "seconds": times[-1] - times[0],
        "slowest": min(whole),
        "quickest": max(whole),
    }


def told(raw: Raw) -> Told:
    """The page's part on this."""
    words = paragraph(
        f"{number(raw['reminders'])} people are reminded at the same hour; each reminder is a row of the agenda,",
        "worked out anew, rendered, sealed, put in the outbox and sent. They were sent in",
        f"{number(raw['seconds'])} s: **{raw['per_second']:.2f} a second** of the {RATE} allowed, in single seconds",
        f"{raw['slowest']:.0f}–{raw['quickest']:.0f}, **{raw['refused']} refused** with 429. The first came",
        f"{raw['first_after']:.2f} s after they fell due.",
        f"CPU for 1 000 reminders: {number(raw['cpu_per_1000'])} s; peak memory {raw['peak_mb']:.0f} MB.",
    )
    return Told(
        [words],
        [
            Goal(
                f"Messages a second, {number(raw['reminders'])} reminders due at once",
                f"≥ {WANTED} of {RATE}",
                f"{raw['per_second']:.2f}",
                raw["per_second"] >= WANTED,
            ),
            Goal("Refused for going too fast (429)", "0", str(raw["refused"]), raw["refused"] == 0),
        ],
    )
