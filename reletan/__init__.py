"""reletan: the release tool for git-flow teams on GitHub."""

__version__ = "0.1.0"
