-- By which buttons die with a seat, and which chat is a group's: proved by the seal from now on. Nothing changes but
-- that, and what needs keys for it is done by storage/seats.py in the same transaction.
SELECT 1;
