"""What is remembered: the records, and a repository for each kind of them."""
