"""What is said, as plain data: blocks, how templates are read into them, and their words without any form. Pure."""
