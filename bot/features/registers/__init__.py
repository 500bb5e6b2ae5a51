"""Registers: lists that a group fills, and the tasks in them."""
