"""The top floor, which knows every feature: their lists, and who hears what comes in."""
