"""Sealing: the master key, the keys of house and groups, and files sealed as a whole."""
