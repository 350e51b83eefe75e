"""Addresses of pull requests, which anybody may write into a variable or a comment."""

from urllib.parse import urlsplit

from reletan.domain.errors import UsageError
from reletan.domain.subjects import pull_number


def number_in(url: str, host: str, repository: str) -> int:
    """The number of the pull request that ``url`` names: of ``repository`` ("owner/name") on ``host``, and no other.

    Raises UsageError for anything else.
    """
    try:
        parts = urlsplit(url)
        words = parts.path.strip("/").split("/")
        here = parts.scheme == "https" and parts.netloc.casefold() == host.casefold()
    except ValueError:
        words, here = [], False
    number = pull_number(words[3]) if here and len(words) >= 4 and words[2] == "pull" else None
    if number is None or "/".join(words[:2]).casefold() != repository.casefold():
        raise UsageError(f"{url!r} is no pull request of {repository} on {host}.",
                         next="give the number of the pull request")  # fmt: skip
    return number
