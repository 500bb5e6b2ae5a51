"""Operations: backups, health, and other needs of a running service."""
