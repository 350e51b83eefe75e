"""The token for GitHub: from the environment, else from gh. Never from a file of ours, never in any output."""

import re
import shutil
import subprocess
from collections.abc import Mapping

import msgspec

from reletan.domain.errors import UsageError

VARIABLES = ("GH_TOKEN", "GITHUB_TOKEN")


class Token(msgspec.Struct, frozen=True):
    """A secret, and where it comes from; only ``value`` ever holds it, and no text shows it."""

    value: str
    source: str

    def __repr__(self) -> str:
        return f"Token(source={self.source!r})"


def find_token(host: str, environ: Mapping[str, str]) -> Token | None:
    """From GH_TOKEN or GITHUB_TOKEN, else from ``gh auth token``. Raises UsageError for what cannot be a token."""
    for variable in VARIABLES:
        if value := environ.get(variable, "").strip():
            return _checked(Token(value, variable))
    if (gh := shutil.which("gh", path=environ.get("PATH"))) is None:
        return None
    try:
        done = subprocess.run(
            [gh, "auth", "token", "--hostname", host], stdin=subprocess.DEVNULL, capture_output=True, timeout=10,
            check=False, env=dict(environ),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    value = done.stdout.decode(errors="replace").strip()
    return _checked(Token(value, "gh auth token")) if done.returncode == 0 and value else None


def scopes_in(headers: Mapping[str, str]) -> tuple[str, ...] | None:
    """What GitHub, and Slack too, tell of a token's scopes with each answer; None where they do not. Names are in lower case."""
    told = headers.get("x-oauth-scopes")
    return None if told is None else tuple(filter(None, (scope.strip() for scope in told.split(","))))


def _checked(token: Token) -> Token:
    if not re.fullmatch(r"[\x21-\x7e]+", token.value):
        raise UsageError(f"What {token.source} holds cannot be a token: it has spaces, or characters beyond ASCII.",
                         next="set GH_TOKEN to the token alone")  # fmt: skip
    return token
