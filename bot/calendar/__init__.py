"""The calendar: dates, tasks, absence, check-ins, and the one message a day."""
