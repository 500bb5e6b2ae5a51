"""The features with their routes, and the table of the texts that they ask for."""

from bot.context.routes import Text, by_name
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
from bot.features.outsiders import (
    admitting,
    event_day,
    event_link,
    forms,
    guests,
    inviting,
    unanswered_invitations,
    wrong_guest,
)
from bot.features.registers import candidates, knowledge, lines_to_rows, registers, tasks
from bot.features.together import boards, pairs, todos, working_sessions
from bot.features.wellbeing import check_ins, wishes

FEATURES = (
    about,
    absence,
    admission,
    admitting,
    answer_history,
    approvals,
    archive,
    areas,
    attendance,
    boards,
    bookmarks,
    candidates,
    check_ins,
    compare_answers,
    consent,
    coordinator,
    daily_message,
    decision_makers,
    decisions,
    event_day,
    event_link,
    exercise_buttons,
    forms,
    guests,
    handlers,
    handover,
    incident_settings,
    inviting,
    joining,
    knowledge,
    lines_to_rows,
    meeting_details,
    meetings,
    moving,
    navigation,
    outcomes,
    pairs,
    past_rounds,
    personal_data,
    preferences,
    presence,
    process_leaders,
    read_incidents,
    registers,
    report,
    results,
    second_approval,
    statistics,
    status,
    steps,
    substitutes,
    tasks,
    time_poll,
    todos,
    town_facts,
    turns,
    unanswered_invitations,
    unreachable,
    week,
    wishes,
    work_devices,
    working_sessions,
    wrong_guest,
)
TEXTS = by_name(route for feature in FEATURES for route in feature.ROUTES if isinstance(route, Text))
