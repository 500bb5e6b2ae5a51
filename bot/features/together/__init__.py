"""Together: working sessions, boards, pairs, decisions."""
