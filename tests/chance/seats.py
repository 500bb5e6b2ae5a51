"""Two towns with people of every kind, each in their seat."""

from dataclasses import replace

from bot.demo.town import GROUP, Town
from storage.records.records import Reach, SeatState

OTHER = "Kärngruppen i Andrastad"
CORE = ("Alva", "Bo", "Cia", "David", "Elin", "Farid", "Gun")
ELSEWHERE = ("Hanna", "Ivar", "Jamal")
BOTH = "Bo"  # sits in both towns
OUTSIDE = {"Nils": "network", "Olga": "network", "Greta": "guest", "Petra": "process_leader"}


async def seat(town: Town, core: list[str]) -> None:
    """Give everybody their seat; how people come in is played elsewhere, and here by those who leave."""
    async with town.bot.store.work() as work:
        now = town.sandbox.now()
        for title, people in ((GROUP, core), (OTHER, [*ELSEWHERE, BOTH])):
            group = await work.groups.by_chat(town.groups[title])
            assert group is not None
            offices = [
                await work.members.add_organisation(group.id, name, None)
                for name in ("Polisen", "Kvinnojouren", "Hotell Exempel")
            ]
            seats = []
            for place, name in enumerate(people):
                person = await work.people.ensure(town.person(name))
                await work.people.update(person.id, reach=Reach.REACHABLE)
                member = await work.members.add(group.id, person.id, "core")
                office = offices[place % len(offices)].id
                seats.append(
                    await work.members.update(
                        member.id,
                        name=name,
                        state=SeatState.ACTIVE,
                        agreed_at=now,
                        organisation_id=office,
                        coordinator=not place,
                    )
                )
            if title == GROUP:
                for name, role in OUTSIDE.items():
                    person = await work.people.ensure(town.person(name))
                    await work.people.update(person.id, reach=Reach.REACHABLE)
                    member = await work.members.add(group.id, person.id, role)
                    state = SeatState.INVITED if role == "guest" else SeatState.ACTIVE
                    await work.members.update(
                        member.id, name=name, state=state, agreed_at=now, organisation_id=offices[2].id
                    )
            group = await work.groups.get(group.id)
            settings = replace(group.settings, readers=(seats[-1].id,), activated=True)
            await work.groups.update(group.id, settings=settings)
