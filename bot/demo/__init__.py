"""The demo: invented towns in the sandbox."""
