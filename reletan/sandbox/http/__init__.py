"""What the sandbox's servers share: HTTP on loopback, one request at a time, and what goes wrong on the way."""
