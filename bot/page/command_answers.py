"""Shows a command's answer as a page, without sending it to the chat."""

from dataclasses import dataclass, field, replace

from bot.assembly.chat_commands import COMMANDS
from bot.channel.limits import TEXT
from bot.context.context import Actor, Context
from bot.context.message import Message
from bot.context.permissions import may, seat_for
from bot.context.sealed_actions import private_scope
from bot.context.stored_messages import content, for_seat
from bot.features.network import memberships
from bot.features.process import status
from messages.voice import TemplateFacts
from storage.records.records import ChatCopy, Group, OutboxKind, Person


@dataclass(slots=True)
class CollectingContext(Context):
    """A context that collects messages instead of sending them, and writes nothing."""

    said: list[ChatCopy] = field(default_factory=list)

    async def tell_person(self, person_id: int, message: Message, *, beside: bool = False) -> None:
        """Collect the message, with the buttons that this person may use."""
        person = await self.work.people.get(person_id)
        self._catch(private_scope(person), await for_seat(self.services, self.work, person, message))

    async def tell_group(self, group: Group, message: Message) -> None:
        """Catch it, with the buttons of the group's chat."""
        self._catch(f"g{group.id}", replace(message, about=group.id))

    def to_stranger(
        self,
        chat_id: int,
        name: str,
        facts: TemplateFacts | None = None,
        *,
        thread: int | None = None,
        unless_ours: bool = False,
    ) -> None:
        """Collect what somebody is told whom the bot does not know."""
        self._catch("", Message(self.services.voice.render(name, facts), thread=thread))

    def _catch(self, scope: str, message: Message) -> None:
        for part in message.parts(TEXT):
            kept = content(self.services.buttons, self.now, scope, part)
            self.said.append(ChatCopy(0, "", 0, part.about, False, self.now, str(OutboxKind.MESSAGE), kept, []))


async def standing_of(ctx: CollectingContext, group: Group) -> ChatCopy:
    """Return where a group stands: what its pinned message says now, also to whoever has come after that was sent."""
    pinned = replace(group.settings.chat, unpinned=False)  # here it stands above all the rest anyway
    await status.status(ctx, replace(group, settings=group.settings.having(pinned)))
    return replace(ctx.said[-1], pinned=True)


async def answers_to(ctx: CollectingContext, person: Person, command: str) -> list[tuple[Group, list[ChatCopy]]]:
    """Return the command's answer in each of a person's groups in which they may use it."""
    route, found = COMMANDS[command], []
    assert route.handler is not None
    for group, member in await memberships.of(ctx, person, seat_for(route.needs)):
        if may(route.needs, member, group):
            ctx.said = []
            await route.handler(ctx, Actor(person, group, member), "")
            found.append((group, ctx.said))
    return found
