"""The crash program, run by `make crash`: the bot is killed, and what it told is held against what it has."""
