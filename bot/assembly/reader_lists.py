"""Who hears a text, in which order, and why in that one. `stadsbot chart texts` draws these lists.

The first that takes a text ends its way, so the last row of each list but the first takes whatever is left. A new
reader is a file with a function, and a row here.
"""

from typing import Any, Final

from bot.assembly import (
    asked_readers,
    door_readers,
    edited_texts,
    group_commands,
    group_readers,
    in_need,
    offers,
    own_words,
    private_commands,
    slips,
    strangers,
    unexpected_readers,
)
from bot.assembly.edited_texts import EditedText
from bot.assembly.group_commands import GroupCommand
from bot.assembly.group_readers import GroupText
from bot.assembly.private_text import Arrived, PrivateText
from bot.dispatch.readers import Reader, Readers

AT_THE_DOOR: Final[Readers[Arrived]] = Readers(
    "message in a private chat",
    (
        Reader("flood", door_readers.flood, "more than hands can write is nobody's word, and costs everybody"),
        Reader("stranger in need", strangers.in_need, "numbers come before all else, to anybody"),
        Reader("link", strangers.link, "by a link of ours a stranger becomes known"),
        Reader("stranger", strangers.anything, "of somebody unknown nothing is kept"),
        Reader("command", door_readers.command, "what begins with a sign is meant for us"),
        Reader("media", door_readers.media, "it is no text"),
    ),
)  # what none of these takes is a text, or the edit of one

IN_PRIVATE: Final[Readers[PrivateText]] = Readers(
    "private chat",
    (
        Reader("need", in_need.met, "numbers come before all else, and what is meant for us alone reaches nobody"),
        Reader(
            "returns", unexpected_readers.returns, "who says that they are back is not answering: they come back so"
        ),
        Reader("town", asked_readers.town_named, "a town's name under “which town?” can mean nothing else"),
        Reader("promise", asked_readers.promise_first, "nothing is kept before a new promise is answered"),
        Reader("forgotten", asked_readers.forgotten, "what it replies to is forgotten, so it answers nothing of now"),
        Reader("score", asked_readers.score, "a bare figure under a check-in is no answer to another question"),
        Reader("forwarded", asked_readers.forwarded, "it was said to somebody else, so it is in doubt"),
        Reader("offered", offers.offered, "a bare word is about what the last message offers, whatever waits above it"),
        Reader(
            "taken back",
            slips.of_what_was_said,
            "who takes back or puts right what they just said answers nothing new",
        ),
        Reader("own words", own_words.under_question, "who asks, is away or wants a person answers nothing by that"),
        Reader("reply", asked_readers.reply, "who replies has said what is meant"),
        Reader("piece", asked_readers.next_piece, "seconds after a long text nobody has read anything between"),
        Reader("command", asked_readers.command_word, "a bare word is a command only where no words are asked for"),
        Reader("question", asked_readers.question, "one question is fresh, or asks for just what this is: no doubt"),
        Reader("thanks", asked_readers.thanks, "thanks alone answer nothing, and must not be held"),
        Reader("buttons", asked_readers.buttons, "it says outright what the newest message has as a button"),
        Reader("mind", asked_readers.change_of_mind, "a bare yes is no reason for the no that was said before"),
        Reader("guest waits", asked_readers.guest_who_waits, "questions only wait, so the event may be meant"),
        Reader("held", asked_readers.held, "some open question can take it: its writer says which"),
        Reader("buttons again", asked_readers.buttons_again, "no words are asked for, so these buttons are meant"),
        Reader("no score", asked_readers.no_score, "nothing else is open, so the check-in above is meant"),
        Reader("guest paused", asked_readers.guest_who_paused, "the event may be meant, not what they put off"),
        Reader(
            "logged",
            unexpected_readers.near_incident,
            "what points somebody out under an incident, or right after one, leaves, whatever else it says",
            unasked=True,
        ),
        Reader(
            "asks",
            own_words.unasked,
            "where nothing is asked the same is answered, whatever they last did",
            unasked=True,
        ),
        Reader(
            "incident", asked_readers.incident_shown, "what else stands under an incident must not stay in the chat"
        ),
        Reader("pen", asked_readers.pen_elsewhere, "who writes for the group does so in its chat"),
        Reader("summary", asked_readers.summary, "under one's own answers only its buttons' words count"),
        Reader("paused", asked_readers.paused, "a late word may belong to what they put off"),
        Reader("exercise", asked_readers.exercise, "the exercise they were last in says what it takes"),
        Reader("shut out", unexpected_readers.shut_out, "who is in no open group has no other way", unasked=True),
        Reader("guest", unexpected_readers.guest, "a guest has nothing but the event", unasked=True),
        Reader("actor form", unexpected_readers.actor_form, "who answers from outside has but the form", unasked=True),
        Reader(
            "logging", unexpected_readers.logged_meanwhile, "it may be of the incident, and so leaves", unasked=True
        ),
        Reader("shrug", unexpected_readers.shrug, "nothing asks for it: all that it may mean is shown", unasked=True),
    ),
)

EDITED: Final[Readers[EditedText]] = Readers(
    "edit in a private chat",
    (
        Reader("closed", edited_texts.closed, "who has left or has another role changes nothing"),
        Reader("need", edited_texts.need, "numbers come first, and a cry changes nothing that others read"),
        Reader("answer", edited_texts.answer, "the message has given an answer, which is changed"),
        Reader("remark", edited_texts.remark, "it came before an option, and will be its comment"),
        Reader("given", edited_texts.given, "it became something else, which is changed or shown"),
        Reader("lost", edited_texts.lost, "nobody knows what it gave: nothing is changed"),
    ),
)

IN_GROUP: Final[Readers[GroupText]] = Readers(
    "reply in the group",
    (
        Reader("need", group_readers.need, "numbers come before all else, in private too"),
        Reader("consent", group_readers.consent, "a yes or a no to what was put to all there may be written"),
        Reader("asks", group_readers.asks, "what all there may know is answered there, to whatever it replies"),
        Reader("not here", group_readers.not_here, "it replies to what asks for no text, so nothing of it is kept"),
        Reader("no seat", group_readers.no_seat, "only who has a seat answers there"),
        Reader("wanted", group_readers.wanted, "a feature asked for this text"),
        Reader(
            "beside the pen",
            group_readers.beside_pen,
            "only who has the pen writes what the group has come to; the rest is asked about",
        ),
        Reader("exercise", group_readers.exercise, "a round asked for this answer"),
    ),
)

IN_GROUP_COMMANDS: Final[Readers[GroupCommand]] = Readers(
    "command in the group",
    (
        Reader("arrives", group_commands.arrives, "a code for this chat is no command to the group that is here"),
        Reader("helps", group_commands.helps, "whom to ring is told to anybody, before all else"),
        Reader("need", group_commands.need, "numbers come first, whatever the command is"),
        Reader("unknown", group_commands.unknown, "it may be another bot's"),
        Reader("no seat", group_commands.no_seat, "only who has a seat may use what follows"),
        Reader("here", group_commands.here, "it is answered where it is written"),
        Reader("incident", group_commands.incident, "what is written in a group stays on everybody's phone"),
        Reader("in private", group_commands.in_private, "all else is between the bot and each one"),
    ),
)
LISTS: Final[tuple[Readers[Any], ...]] = (
    AT_THE_DOOR,
    IN_PRIVATE,
    EDITED,
    IN_GROUP,
    private_commands.IN_PRIVATE,
    IN_GROUP_COMMANDS,
)
