"""Ballots as a group has them: kept, shown, waited for, and ended."""
