"""Quiet people: they were asked last week, have not answered, and are reminded one by one while the bot is killed."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.context.context import Context
from bot.context.sealed_actions import Buttons
from bot.context.services import Services
from bot.exercises import rounds, versions
from bot.reminders.next_message import DAY
from bot.sandbox import Sandbox
from flows.definitions.loader import the_process
from storage.records.group_settings import GroupSettings
from storage.records.records import Group, GroupState, Reach, SeatState
from storage.store import Store
from storage.vault.vault import Keyring
from tests.durability.process import MASTER_KEY
from tests.durability.resident import VOICE

ZONE = ZoneInfo("Europe/Stockholm")
MEMBERS = 20  # of a group
ASKED = timedelta(days=6)  # ago: by the rules they are reminded on the day before they should have answered
OPEN = "premortem"  # the exercise that they have not answered


@dataclass(frozen=True, slots=True)
class Quiet:
    """One of them. `at`: when the reminder falls due, by the bot's clock."""

    name: str
    user: int
    person: int
    at: datetime


async def settle(
    database: Path, sandbox: Sandbox, clock: Callable[[], datetime], moments: Sequence[datetime], luck: random.Random
) -> tuple[list[Quiet], int]:
    """Put as many of them as there are moments into the bot's database, while it is down; with them the newest row of
    the outbox, as what came before that was never called."""
    keyring, made, newest = Keyring(MASTER_KEY), [], 0
    store = await Store.open(database, keyring=keyring, clock=clock)
    try:
        process, earlier = await versions.load_versions(store, the_process(), VOICE)
        services = Services(
            process, VOICE, Buttons(keyring.button_key), ZONE, "stadforstad_bot", 42, exercise_versions=earlier
        )
        shuffled = luck.sample(list(moments), len(moments))
        for first in range(0, len(shuffled), MEMBERS):
            some = shuffled[first : first + MEMBERS]
            users = [sandbox.add_person(f"Tyst {first + n}") for n in range(len(some))]
            chat = sandbox.create_group(f"Stillstad {first // MEMBERS}", users[0], users[1:])
            sandbox.act(users[0], "add_bot", chat=chat)
            async with store.work() as work:
                group = await work.groups.add(chat, f"Stillstad {first // MEMBERS}")
                settings = GroupSettings(activated=True, steps=(0, 1))
                group = await work.groups.update(group.id, state=GroupState.ACTIVE, settings=settings)
                ctx = Context(services, work, clock() - ASKED)
                for user, at in zip(users, some, strict=True):
                    sandbox.act(user, "start")
                    name = sandbox.world.person(user).first_name
                    made.append(Quiet(name, user, await _seat(ctx, group, user, name), at))
                await rounds.begin(ctx, group, process.exercises[OPEN])
                for quiet in made[first:]:
                    await work.schedule.put(DAY, quiet.at, ref=f"person:{quiet.person}")
                while waiting := await work.outbox.due(clock(), 1000):  # that was said last week
                    for item in waiting:
                        newest = max(newest, item.id)
                        await work.outbox.sent(item.id, item.id)
    finally:
        await store.close()
    sandbox.world.updates.clear()
    return made, newest


async def _seat(ctx: Context, group: Group, user: int, name: str) -> int:
    person = await ctx.work.people.ensure(user)
    await ctx.work.people.update(person.id, reach=Reach.REACHABLE, current_group=group.id)
    member = await ctx.work.members.add(group.id, person.id, "core")
    home = await ctx.work.members.add_organisation(group.id, "Kommunen")
    await ctx.work.members.update(
        member.id,
        name=name,
        organisation_id=home.id,
        state=SeatState.ACTIVE,
        agreed_version=VOICE.book("agreement")["version"],
        agreed_at=ctx.now,
    )
    return person.id
