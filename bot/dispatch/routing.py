"""The routing table: the handlers of buttons, texts and links, collected from the features' lists."""

from collections.abc import Mapping

from bot.context.permission_matrix import Rights
from bot.context.permissions import Right
from bot.context.routes import ButtonRoute, Invitation, StrangerButtonRoute, Text, by_name
from bot.dispatch import chat_commands, held_texts, requested_texts
from bot.features.approvals import approvals, consent, decision_makers, outcomes
from bot.features.calendar import absence, attendance, decisions, meeting_details, meetings, time_poll
from bot.features.digest import daily_message, preferences
from bot.features.documents import archive, handlers
from bot.features.help import town_facts
from bot.features.incidents import (
    areas,
    incident_settings,
    presence,
    read_incidents,
    report,
    second_approval,
    statistics,
    work_devices,
)
from bot.features.journey import (
    about,
    answer_history,
    bookmarks,
    compare_answers,
    coordinator,
    exercise_buttons,
    navigation,
    past_rounds,
    process_leaders,
    results,
    status,
    steps,
    week,
)
from bot.features.members import admission, handover, joining, moving, personal_data, substitutes, turns, unreachable
from bot.features.outsiders import event_day, event_link, forms, guests, inviting, unanswered_invitations, wrong_guest
from bot.features.registers import candidates, knowledge, lines_to_rows, registers, tasks
from bot.features.together import boards, pairs, todos, working_sessions
from bot.features.wellbeing import check_ins

FEATURES = (
    *(
        about,
        absence,
        attendance,
        answer_history,
        approvals,
        outcomes,
        consent,
        decision_makers,
        archive,
        areas,
        second_approval,
        unanswered_invitations,
        wrong_guest,
        compare_answers,
        boards,
        chat_commands,
        requested_texts,
        check_ins,
        town_facts,
    ),
    *(
        coordinator,
        daily_message,
        admission,
        joining,
        event_day,
        event_link,
        exercise_buttons,
        lines_to_rows,
        candidates,
        forms,
        guests,
        inviting,
        preferences,
        handover,
        process_leaders,
        results,
    ),
    *(
        held_texts,
        past_rounds,
        meeting_details,
        time_poll,
        meetings,
        handlers,
        pairs,
        presence,
        read_incidents,
        registers,
        knowledge,
        report,
        personal_data,
        incident_settings,
        working_sessions,
        decisions,
    ),
    *(statistics, status, steps, tasks, todos, navigation, bookmarks, week, moving, substitutes, turns, unreachable),
    work_devices,
)
_ROUTES = [route for feature in FEATURES for route in feature.ROUTES]
BUTTONS = by_name(route for route in _ROUTES if isinstance(route, (ButtonRoute, StrangerButtonRoute)))
TEXTS = by_name(route for route in _ROUTES if isinstance(route, Text))
INVITATIONS = by_name(route for route in _ROUTES if isinstance(route, Invitation))
RIGHTS: Rights = {
    "command": {f"/{name}": command.role for name, command in chat_commands.COMMANDS.items()},
    "button": {verb: route.role for verb, route in BUTTONS.items()},
    "text": {want: route.role for want, route in TEXTS.items()},
}
# The right that each button needs, by verb: those who lack it are not shown the button.
BUTTON_RIGHTS: Mapping[str, Right] = {verb: Right(route.role, route.about) for verb, route in BUTTONS.items()}
