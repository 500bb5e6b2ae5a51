"""What somebody writes where an incident asks with buttons: taken where it is sure which is meant.

No words are kept there, so a sentence that names one of the options stands for its button ("ja, det fanns ett barn"),
and one that says that its writer does not know passes the question over. Anything else brings the buttons again.
"""

from typing import Final

from bot.channel.updates import Written
from bot.context.context import Actor, Context
from bot.exercises import runner
from flows.answers import named_option
from flows.dialogue import spoken
from flows.identities import Identity
from flows.run.events import Picked, Wrote
from storage.records.runs import Run

SKIP: Final = "skip"


async def heard(ctx: Context, actor: Actor, record: Run, said: Written, found: tuple[Identity, ...]) -> Wrote | Picked:
    """Return what a text is to the dialogue. `found`: what in it points somebody out."""
    run, rules, text = runner.load(ctx, record), ctx.services.voice.rules, said.text
    visit = run.visit(actor.member.id)
    labels = await runner.labels_of(ctx, actor.group, run, visit)
    named = [] if named_option(labels, text) else rules.named_in(labels, text)
    if rules.knows_nothing(text) and not named_option(labels, text) and SKIP in spoken.offered(run, actor.member.id):
        return Picked(actor.member.id, visit.ask, SKIP, "", ctx.today, ctx.dates)
    if named and (len(named) == 1 or run.question(visit.key).many):
        text = ", ".join(labels[option].partition(",")[0] for option in named)
    return Wrote(actor.member.id, text, said.at, ctx.today, ctx.dates, "", said.long, identities=found)
