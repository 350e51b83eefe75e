"""What GitHub answered: its words, its limits, and the values in it."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import msgspec

from reletan.domain.errors import ReletanError
from reletan.domain.text import one_line

T = TypeVar("T")

# GitHub's advice where it limits us and does not say for how long, in seconds
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
UNTOLD_WAIT = 60.0


class HubError(ReletanError):
    """GitHub failed, or could not be reached (exit 1). ``unclear``: whether a write was done is not known; ``slow``: no
    answer came in time.
    """

    def __init__(self, message: str, *, next: str | None = None, unclear: bool = False, slow: bool = False) -> None:
        super().__init__(message, next=next)
        self.unclear = unclear
        self.slow = slow


class Refused(HubError):
    """GitHub understood, and says no; asking again is of no use (exit 1)."""


class _Said(msgspec.Struct):
    message: Any = ""
    errors: Any = ()


class Reply(msgspec.Struct, frozen=True):
    """An answer as it came. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def now(self) -> int:
        """GitHub's clock, in seconds since 1970; 0 where it did not tell."""
        try:
            return int(parsedate_to_datetime(self.headers.get("date", "")).timestamp())
        except (ValueError, OverflowError):
            return 0

    @property
    def words(self) -> str:
        """What GitHub said about a failure, in one line."""
        try:
            said = msgspec.json.decode(self.text, type=_Said)
        except (msgspec.DecodeError, RecursionError):
            return f"HTTP {self.status}"
        errors = said.errors if isinstance(said.errors, list) else [said.errors]
        known = [said.message, *(_detail(error) for error in errors)]
        words = ": ".join(one_line(text) for text in known if isinstance(text, str) and text)
        return f"{words or 'no reason given'} (HTTP {self.status})"

    def number(self, header: str) -> int | None:
        """A header that holds a number; None without it."""
        value = self.headers.get(header, "")
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 12 else None

    @property
    def limited(self) -> float | None:
        """The seconds that a rate limit asks to wait; None where it is none. GraphQL tells it in its own way too."""
        told = self.number("retry-after") is not None or self.number("x-ratelimit-remaining") == 0
        if self.status == 429 or (self.status == 403 and (told or "rate limit" in self.words.lower())):
            return self.wait
        return None

    @property
    def wait(self) -> float:
        """The seconds until GitHub answers again, once it said that we ask too much."""
        after, reset = self.number("retry-after"), self.number("x-ratelimit-reset")
        if after is not None:
            return float(after)
        if self.number("x-ratelimit-remaining") == 0 and reset is not None:
            # The clock of whoever sent the reset, not ours
            return max(float(reset) - (self.now or time.time()), 0) + 1
        return UNTOLD_WAIT


def _detail(error: object) -> object:
    return (error.get("message") or error.get("code")) if isinstance(error, dict) else error


def decode(reply: Reply, type: type[T]) -> T:
    """The answer as ``type``. Raises HubError for HTML, cut JSON, and fields that are missing or wrong."""
    try:
        return msgspec.json.decode(reply.text, type=type)
    except msgspec.ValidationError as error:
        what = f"in an unknown shape ({error})"
    except (msgspec.DecodeError, RecursionError):
        what = "that is not JSON"
    kind = one_line(reply.headers.get("content-type", "").partition(";")[0]) or "no content type"
    raise HubError(f"GitHub gave an answer {what} (HTTP {reply.status}, {kind}).", unclear=True,
                   next="check github.api_url, and whether a proxy stands in between") from None  # fmt: skip


def typed(reply: Reply, raw: msgspec.Raw, type: type[T]) -> T:
    """A part of the answer as ``type``; raises as ``decode``."""
    return decode(msgspec.structs.replace(reply, text=bytes(raw).decode()), type)
