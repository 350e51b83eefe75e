"""Pure values and decisions: no clock, files, environment or network."""
