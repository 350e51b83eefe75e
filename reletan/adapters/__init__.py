"""Libraries and the outside world, as domain values; no policy."""
