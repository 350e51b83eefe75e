"""What README and docs tell people to type: found in the pages, and run as they stand there."""
