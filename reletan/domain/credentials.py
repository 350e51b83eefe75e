"""Users and passwords in addresses, each of which may be a token: where one stands, and the address without it."""

import re

_ADDRESS = re.compile(r"(?<=://)[^\s'\"]+")
# a host alone, and where the rest begins
_HOST = re.compile(r"(?:\[[^]/@]*]|[^/?#@:]*)(?::\d+)?[/?#]")
_NO_HOST = re.compile(rf"://(?!{_HOST.pattern})")


def names_user(address: str) -> bool:
    """Whether a user, or a password, stands in ``address``."""
    before, at, _ = address.partition("://")[2].rpartition("@")
    return bool(at) and not _HOST.match(before)


def without_user(address: str) -> str:
    """``address`` without its user and password.

    A password may hold an @ and a slash, and a path an @: where nothing tells them apart, too much is cut off.
    """
    scheme, found, place = address.partition("://")
    if not names_user(address) or scheme.lower() == "file":
        return address
    authority, _, path = place.partition("/")
    user, at, _ = authority.rpartition("@")
    path_may_begin_later = not at or (":" in user and "@" in path)
    return f"{scheme}{found}{place.rpartition('@')[2] if path_may_begin_later else place[len(user) + 1 :]}"


def without_secrets(text: str) -> str:
    """``text`` without the user information of the addresses in it."""
    return _ADDRESS.sub(_starred, text)


def _starred(address: re.Match[str]) -> str:
    _, at, rest = address[0].rpartition("@")
    return f"***@{rest}" if at else rest


def holds_user(text: str) -> bool:
    """Whether a user, or a password, stands in any of the addresses in ``text``."""
    # one address may follow another without a space
    return any(_NO_HOST.search(word.rpartition("@")[0]) for word in text.split())
