"""Many answers added up, and figures that give nobody away."""
