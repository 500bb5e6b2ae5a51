"""What a decision that was put to everybody has come to: who said yes, who objects and why, who is silent.

`approvals.consent` asks, and takes the answers.
"""

from collections.abc import Iterable

from bot.ballots import box
from bot.context.context import Context
from bot.exercises import runner
from flows import ballots
from flows.ballots import YES, Ballot, Phase, Purpose, Voter
from flows.enums import ExerciseRole, Field
from messages.voice import TemplateFacts
from storage.records.records import Group


async def of(ctx: Context, group: Group, ref: str) -> Ballot | None:
    """Return the ballot about a decision ("run:12", "row:34"), None if nobody was asked."""
    return await box.of(ctx, group, Purpose.CONSENT, ref)


async def last_asked(ctx: Context, group: Group, member: int) -> Ballot | None:
    """Return the latest decision of an exercise that stands and that this member was asked about, None without one."""
    found = [(ref, one) for ref, one in (await box.all_of(ctx, group, Purpose.CONSENT)).items() if ref[:4] == "run:"]
    theirs = [one for _, one in sorted(found, key=lambda pair: int(pair[0][4:])) if box.voter(member) in one.asked]
    return next((one for one in reversed(theirs) if one.phase is not Phase.WITHDRAWN), None)


async def facts(ctx: Context, group: Group, ballot: Ballot, *, homes: bool = False) -> TemplateFacts:
    """Return the state in words: who said yes, who objects and why, who is silent; of the network only how many.

    `homes`: with the organisation of each, for whoever reads it and does not know them.
    """
    scene, deciders = await runner.scene_of(ctx, group), group.settings.deciders
    network = await network_of(ctx, group, ballot)
    yes, silent = box.members(ballots.supporters(ballot, YES)), box.members(ballots.silent(ballot))
    label, joined = ctx.services.voice.label, ctx.services.voice.rules.joined

    def named(member: int) -> str:
        known = scene.members.get(member)
        if known is None or not known.name:
            return label("consent.erased")
        return label("consent.who", {"name": known.name}) if member in deciders else known.name

    def told(members: Iterable[int]) -> list[str]:
        """Name these, those of an organisation together."""
        if not homes:
            return [named(member) for member in members]
        found: dict[str, list[str]] = {}
        for member in members:
            known = scene.members.get(member)
            home = scene.organisations.get(known.organisation_id or 0) if known and known.name else None
            found.setdefault(home.name if home else "", []).append(named(member))
        return [f"{joined(names)} ({home})" if home else joined(names) for home, names in found.items()]

    def objection(voter: Voter) -> TemplateFacts:
        return {"who": told(box.members([voter]))[0], "why": ballot.voices[voter].why}

    return {
        "text": ballot.text,
        "until": ballot.until,
        "over": ballot.phase is not Phase.OPEN,
        "withdrawn": ballot.phase is Phase.WITHDRAWN,
        "yes": told(m for m in yes if m not in network),
        "objections": [objection(voter) for voter in ballots.objections(ballot)],
        "silent": told(m for m in silent if m not in network),
        "network": {"asked": len(network), "yes": len(network & set(yes)), "silent": len(network & set(silent))},
    }


async def network_of(ctx: Context, group: Group, ballot: Ballot) -> set[int]:
    """Return those who are asked and are not in the group's chat."""
    there = await ctx.work.members.of_group(group.id, include_left=True, roles=("network",))
    return {member.id for member in there} & set(box.members(ballot.asked))


async def in_words(ctx: Context, group: Group, ref: str, *, homes: bool = False) -> str:
    """Return the state in a line for documents and minutes; empty if nobody was asked. `homes`: as for `facts`."""
    ballot = await of(ctx, group, ref)
    if ballot is None or ballot.phase is Phase.WITHDRAWN:
        return ""
    what, _, number = ref.partition(":")
    row = await ctx.work.rows.lookup(int(number)) if what == "row" else None
    register = ctx.services.process.with_role(ExerciseRole.TODOS)
    other = row is not None and str(register.told(row.values, Field.WHAT)) != ballot.text
    return ctx.services.voice.label("consent.line", {**await facts(ctx, group, ballot, homes=homes), "other": other})
