"""Users and passwords in addresses, each of which may be a token: where one stands, and the address without it."""

import re

_ADDRESS = re.compile(r"(?<=://)[^\s'\"]+")
# a host alone, and what follows it
_HOST = re.compile(r"(?:\[[^]/@]*]|[^/?#@:]*)(?::\d+)?(?:[/?#].*)?", re.DOTALL)


def names_user(address: str) -> bool:
    """Whether a user, or a password, stands in ``address``."""
    _, found, place = address.partition("://")
    return bool(found) and "@" in place and not _HOST.fullmatch(place)


def without_user(address: str) -> str:
    """``address`` up to ``://``, and from its last @ on: a password may hold one, and a slash."""
    scheme, found, place = address.partition("://")
    return f"{scheme}{found}{place.rpartition('@')[2]}"


def without_secrets(text: str) -> str:
    """``text`` without the user information of the addresses in it."""
    return _ADDRESS.sub(_starred, text)


def _starred(address: re.Match[str]) -> str:
    _, at, rest = address[0].rpartition("@")
    return f"***@{rest}" if at else rest


def holds_user(text: str) -> bool:
    """Whether a user, or a password, stands in any of the addresses in ``text``."""
    return any(map(names_user, re.findall(r"(?=(://\S+))", text)))
