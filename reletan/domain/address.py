"""Addresses: of remotes, and of pull requests, which anybody may write into a variable or a comment."""

import re
from urllib.parse import urlsplit

import msgspec

from reletan.domain.errors import UsageError
from reletan.domain.subjects import pull_number

# By ssh the port is that of sshd, which tells nothing about the web server
_USUAL_PORTS = {"http": 80, "https": 443}
# user@host:path, as ssh has it
_SCP = re.compile(r"(?:[^@/:]+@)?([^@/:]+):(?!//)(.*)")


class RemoteAddress(msgspec.Struct, frozen=True):
    """Where a remote is: ``host`` in lower case; ``port`` only of HTTP, where it is not the usual one;
    ``path`` without ``.git`` and outer slashes.
    """

    host: str
    port: int | None
    path: str


def remote_address(url: str) -> RemoteAddress | None:
    """What a remote's URL says; None for a path, and for what is no address."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ssh", "git") and parts.hostname:
            port = None if parts.port == _USUAL_PORTS.get(parts.scheme, parts.port) else parts.port
            return RemoteAddress(_known(parts.hostname), port, _path(parts.path))
    except ValueError:
        return None
    found = _SCP.fullmatch(url) if "://" not in url else None
    return RemoteAddress(_known(found[1].lower()), None, _path(found[2])) if found else None


def _known(host: str) -> str:
    # GitHub's way through firewalls that close port 22
    return "github.com" if host == "ssh.github.com" else host


def _path(path: str) -> str:
    return path.strip("/").removesuffix(".git")


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
