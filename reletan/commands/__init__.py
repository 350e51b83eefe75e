"""One file a command; each reads as a story of calls: observe, plan, show, apply."""
