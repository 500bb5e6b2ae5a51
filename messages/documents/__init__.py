"""Documents, pictures and tables made of what a group has answered. See README.md."""
