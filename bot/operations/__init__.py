"""Operations: for those who keep the bot running."""
