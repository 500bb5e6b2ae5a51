"""The calendar: meetings, dates, absence."""
