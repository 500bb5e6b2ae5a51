"""The moments at which the process is killed: at any time, and exactly at each point where something could be lost."""

# In the bot's own process (`victim`).
INSIDE: dict[str, str] = {
    "intake.polled": "updates have come, their transaction has not begun",
    "intake.before_commit": "all statements of an intake's transaction are done, but not COMMIT",
    "intake.committed": "just after that COMMIT; Telegram has not yet heard that the updates are taken",
    "sender.fetched": "a message is fetched from the outbox, its call not made",
    "sender.answered": "Telegram's answer to the call has come, it is not marked as sent",
    "sender.before_mark": "all statements of the mark's transaction are done, but not COMMIT",
    "sender.marked": "just after that COMMIT",
    "alarm.before_commit": "a reminder that fell due is worked out and queued, but not committed",
    "alarm.committed": "just after that COMMIT",
    "start.migrating": "in the midst of making the tables (before anybody has come)",
    "start.opened": "the database is opened",
    "start.introduced": "Telegram has told who the bot is",
    "start.polling": "all is up, the first poll not made",
    "backup.copied": "a backup is under way: the database is copied",
    "backup.sealed": "a backup is under way: the copy is sealed, and has no name yet",
}
# In Telegram, that is in the sandbox, which then kills the bot.
OUTSIDE: dict[str, str] = {
    "sender.arrived": "the call has arrived at Telegram, which has not taken it",
    "sender.taken": "Telegram has taken the call, its answer has not left",
}
RANDOM: dict[str, str] = {
    "random.time": "at any time after the first poll",
    "random.call": "in the midst of the n-th call",
    "random.starting": "while starting, most often before the first poll",
}
POINTS: dict[str, str] = INSIDE | OUTSIDE
MIGRATING = "start.migrating"
BACKUPS = ("backup.copied", "backup.sealed")
# A table beside the bot's own: each update is noted in it by the transaction that takes it.
TAKEN = "crash_taken"
HEADER = "X-Crash"  # of each call: the life of the process that makes it, and its row and queue in the outbox
