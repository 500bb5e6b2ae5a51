"""Backups and their keys, reading beside a running bot, and changing the master key."""
