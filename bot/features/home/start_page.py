"""Home pages: a person's role here and what they can do, with buttons; shown also instead of a refused command."""

from enum import StrEnum

from bot.ballots.box import voter
from bot.context.context import Actor, Context
from bot.context.events import MenuOutdated
from bot.context.message import Key, when
from bot.context.permissions import Rank, asked_anew, is_reader, rank_of
from bot.exercises import consents, deferral
from bot.features.coordination import coordinator_tasks
from bot.features.coordination.task_kinds import NEXT
from bot.features.home import open_runs
from bot.features.incidents import second_approval
from bot.features.network import access_requests, memberships
from bot.features.process import looking_on, process_leaders, session_keys
from bot.features.process.status import map_of, onward_keys
from bot.features.wellbeing import direct_messages
from bot.reminders import open_items
from bot.views.shared_buttons import in_town
from flows.ballots import Phase
from messages.voice import TemplateFacts
from storage.records.records import Group, Member, Person, is_own_number


class Home(StrEnum):
    """The kind of home page, by a person's seat; NOBODY has none."""

    CORE = "core"
    NETWORK = "network"
    LEADER = "leader"
    DECIDER = "decider"
    GUEST = "guest"
    ASKED = "asked"  # from outside, with a form
    INVITED = "invited"  # joining: has followed a link and not answered all questions
    ANSWERED = "answered"  # from outside, and done
    LEFT = "left"
    DECLINED = "declined"  # said no, or left the chat, before they were in; or answered a form, but it was not saved
    NOBODY = "nobody"


ASKED_FOR = "asked_for"  # in an outsider's profile: for which actor they are asked, by a form
_HOMES = {Rank.FORMER: Home.LEFT, Rank.LEADER: Home.LEADER, Rank.NETWORK: Home.NETWORK}
FIRST = 2  # things that are to be shown or ended, before what comes next


def home_of(member: Member, group: Group) -> Home:
    """Return the kind of home page for this seat."""
    role = rank_of(member, group)
    if role is Rank.FORMER and member.role == "guest":
        return Home.ANSWERED if ASKED_FOR in member.profile or member.profile.get("guest") else Home.DECLINED
    if role is Rank.FORMER and not member.name:
        return Home.DECLINED
    if role is Rank.LEADER and member.id in group.settings.deciders:
        return Home.DECIDER
    if role is Rank.INVITED:
        if member.role == "guest":
            return Home.ASKED if ASKED_FOR in member.profile and not member.profile.get("guest") else Home.GUEST
        return Home.INVITED
    return _HOMES.get(role, Home.CORE if role >= Rank.MEMBER else Home.NOBODY)


async def seats(ctx: Context, person: Person) -> list[tuple[Group, Member]]:
    """Return a person's seats or, if they have none any more, those that they left or declined."""
    every = [(g, m) for g, m in await memberships.of(ctx, person, Rank.FORMER) if g.state == "active"]
    return [(g, m) for g, m in every if rank_of(m, g) > Rank.FORMER] or every


async def seat(ctx: Context, person: Person) -> tuple[Group, Member] | None:
    """Return the seat that counts where no group is named: that of the latest group, or the highest."""
    found = await seats(ctx, person)
    current = [pair for pair in found if pair[0].id == person.current_group]
    return max(current or found, key=lambda pair: rank_of(pair[1], pair[0]), default=None)


async def start(ctx: Context, actor: Actor, _arguments: str = "") -> None:
    """Show the start of the private chat, by the person's role, and set its menu of commands anew."""
    home = home_of(actor.member, actor.group)
    if rank_of(actor.member, actor.group) >= Rank.NETWORK:
        ctx.events.append(MenuOutdated(actor.member.id))
    if home is Home.CORE:
        await show_home(ctx, actor)
        return
    by_chat = actor.member.role == "core" and not is_own_number(actor.group.chat_id)
    guest = await _as_guest(ctx, actor.group, actor.member)
    asked = await consents.last_asked(ctx, actor.group, actor.member.id) if home is Home.DECIDER else None
    facts: TemplateFacts = {
        "home": home,
        "town": actor.group.title,
        "name": actor.member.name,
        "guest": guest,
        "by_chat": by_chat,
        "seat": _seat(actor.member, actor.group),
        "promised": actor.member.agreed_at is not None,
        "asked_anew": asked_anew(actor.member),
        "said": asked.voices.get(voter(actor.member.id)) if asked else None,
        "over": asked is not None and asked.phase is not Phase.OPEN,
    }
    await ctx.tell(actor, "home_of_others", facts, await keys(ctx, actor.person, actor.group, actor.member))


async def _as_guest(ctx: Context, group: Group, member: Member) -> access_requests.GuestNotice | None:
    return await access_requests.state_of(ctx, group, member) if home_of(member, group) is Home.GUEST else None


def _seat(member: Member, group: Group) -> str:
    """Return what a seat is for: core | network | guest | process_leader | decider."""
    return "decider" if member.id in group.settings.deciders else member.role


async def keys(ctx: Context, person: Person, group: Group, member: Member) -> list[list[Key]]:
    """Return the buttons of a home page; an incident is always one tap away for those who may log one."""
    home, number = home_of(member, group), group.id
    begun = await open_runs.paused_keys(ctx, Actor(person, group, member))
    match home:
        case Home.CORE:
            return [*begun, *await home_keys(ctx, group, member)]
        case Home.NETWORK:
            return [
                *await session_keys.of_network(ctx, group),
                *begun,
                [ctx.key("what_waits", "answers", number)],
                [ctx.key("home.calendar", "calendar", number), ctx.key("home.open", "map", number)],
                await direct_messages.way_for(ctx, person, group, member),
                [ctx.key("log", "log", number), *reading_key(ctx, group, member)],
                [ctx.key("more", "more", number)],
            ]
        case Home.LEADER | Home.DECIDER:
            asked = await process_leaders.asked_keys(ctx, person)
            onward = [ctx.key("map", "map", number), ctx.key("home.calendar", "calendar", number)]
            return [*asked, onward, *await process_leaders.town_keys(ctx, person, group)]
        case Home.ASKED:
            return begun
        case Home.GUEST:
            return [*begun, *await _guest_keys(ctx, person, group, member)]
        case Home.INVITED:
            way_in = in_town(ctx, open_runs.way_in_key(ctx, group, member), await ctx.town_for(person.id, group))
            if asked_anew(member):
                return [*begun, [ctx.key("day.renew", "enter", number)], [ctx.key("log", "log", number)]]
            return begun or [[way_in], [ctx.key("decline", "decline", number)]]
        case _:
            own = home in (Home.LEFT, Home.DECLINED, Home.ANSWERED)
            return [[ctx.key("home.mine", "mine", number)]] if own else []


async def _guest_keys(ctx: Context, person: Person, group: Group, member: Member) -> list[list[Key]]:
    """Return a guest's buttons: to what is asked of them, or to the event and to a person."""
    match await access_requests.state_of(ctx, group, member):
        case access_requests.GuestNotice.UNNAMED:
            return [[ctx.key("resume", "ownguest", group.id)]]
        case access_requests.GuestNotice.ANOTHERS if group.settings.event.link and not group.settings.event.off:
            return [[ctx.key("guest.own", "ownguest", group.id)]]
        case access_requests.GuestNotice.REMOVED:
            return []
    event = [[ctx.key("home.event", "guest", group.id)]] if member.profile.get("guest") else []
    return [*event, await direct_messages.way_for(ctx, person, group, member)]


async def refuse(ctx: Context, person: Person, *, log: bool = False) -> None:
    """Refuse a command: say who it is for, and what this person can do instead.

    `log`: they wanted to log an incident, so that it begins with where to turn.
    """
    found = await seat(ctx, person)
    if found is None:
        await memberships.refuse(ctx, person, "not_a_member")
        return
    group, member = found
    guest = await _as_guest(ctx, group, member)
    facts = {"home": home_of(member, group), "town": group.title, "guest": guest, "log": log}
    facts |= {"seat": _seat(member, group), "asked_anew": asked_anew(member)}
    await ctx.to_person(person.id, "not_for_you", facts, await keys(ctx, person, group, member), about=group.id)


async def home_keys(ctx: Context, group: Group, member: Member) -> list[list[Key]]:
    """Return the buttons of a member's start page. Coordinators can go straight to the next exercise."""
    week = when(member.coordinator, ctx.key("day.weekly", "weekly", group.id))
    keys = [[ctx.key("map", "map", group.id), *week]]
    if member.role != looking_on.ROLE:
        keys.insert(0, [ctx.key("what_waits", "answers", group.id)])
    keys.append([ctx.key("log", "log", group.id), *reading_key(ctx, group, member)])  # always at hand
    keys.append(when(rank_of(member, group) >= Rank.NETWORK, ctx.key("more", "more", group.id)))
    if member.coordinator:
        by_hand = [one.key for one in await coordinator_tasks.waiting(ctx, group, member) if one.task not in NEXT]
        onward = onward_keys(ctx, group, await map_of(ctx, group))
        keys[:0] = [*await session_keys.todays_session_keys(ctx, group), *([key] for key in by_hand[:FIRST]), *onward]
    if rank_of(member, group) is Rank.MEMBER and await open_items.is_vacant(ctx, group):
        keys.insert(0, [ctx.key("stand_in", "standin", group.id)])
    keys.append(when(member.coordinator and ctx.services.page_url, ctx.key("admission.make", "seatlink", group.id)))
    return keys


def reading_key(ctx: Context, group: Group, member: Member) -> list[Key]:
    """Return the button to what was logged, for those whom the group has named to read it."""
    return when(is_reader(member, group), ctx.key("read_incidents", "incs", group.id))


async def show_home(ctx: Context, actor: Actor, _arguments: str = "") -> None:
    """Show the start of the private chat to a member."""
    facts = {"town": actor.group.title, "name": actor.member.name, "coordinator": actor.member.coordinator}
    facts["vacant"] = await open_items.is_vacant(ctx, actor.group)
    deferred = await deferral.of(ctx, actor.group)
    facts["waits_until"] = deferred.until if deferred is not None and deferred.until > ctx.today else None
    standing = actor.group.settings.standing.stand_ins
    facts["stands_in"] = actor.member.id in standing
    missed = [id for id, kept in standing.items() if actor.member.id in kept.instead_of]
    facts["stood_in_by"] = [(await ctx.work.members.get(id)).name for id in missed]
    back = [[ctx.key("take_back", "takeback", actor.group.id)]] if missed else []
    told = await second_approval.open_for(ctx, actor)
    facts["told"] = [one.facts for one in told]
    keys = [
        *([*one.ways] for one in told),
        *back,
        *await open_runs.paused_keys(ctx, actor),
        *await home_keys(ctx, actor.group, actor.member),
    ]
    await ctx.tell(actor, "home", facts, keys)
