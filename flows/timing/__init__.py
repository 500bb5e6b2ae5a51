"""When things happen: the calendar, reminders, working sessions, and where a group is on its way."""
