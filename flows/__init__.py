"""What may happen: the process as data, and the pure engine that runs it. No clock, database, network or words."""
