"""What Slack answered, and what its refusals mean for people."""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from reletan.domain.errors import ReletanError
from reletan.domain.text import one_line

T = TypeVar("T")

# Slack always says for how long; these are seconds for a proxy that took the header away
UNTOLD_WAIT = 30.0

TOO_MUCH = ("invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long")
_LIMITED = ("ratelimited", "rate_limited", "message_limit_exceeded")
# "It's possible some aspect of the operation succeeded": https://docs.slack.dev/reference/methods/chat.postMessage
_FAILED = ("fatal_error", "internal_error", "service_unavailable", "request_timeout", "rollup_error")
_REJECTED = (
    "invalid_auth",
    "not_authed",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "not_allowed_token_type",
)

_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}")
_SCOPES = re.compile(r"[a-z][a-z0-9_.:,-]{0,199}")
_OAUTH = "under OAuth & Permissions of the Slack app"


class SlackError(ReletanError):
    """Slack failed, refused, or could not be reached (exit 1).

    ``unclear``: whether a write was done is not known; ``code``: Slack's own word; ``wait``: the seconds after which Slack
    would take it; ``passing``: a read may well work when it is tried again; ``late``: it took too long.
    """

    def __init__(
        self, message: str, *, next: str | None = None, unclear: bool = False, code: str | None = None,
        wait: float | None = None, reached: bool = True, late: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(message, next=next)
        self.unclear = unclear
        self.code = code
        self.wait = wait
        self.late = late
        self.passing = not reached or wait is not None or code in _FAILED


class SlackReply(msgspec.Struct, frozen=True):
    """An answer as it came. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def word(self) -> str | None:
        """What a webhook says about a failure; None where it is not a word of Slack's."""
        text = self.content[:100].decode(errors="replace").strip()
        return text if _CODE.fullmatch(text) else None

    @property
    def wait(self) -> float:
        """The seconds until Slack takes more, after it said that this is too much."""
        value = self.headers.get("retry-after", "")
        return max(float(value), 1.0) if value.isascii() and value.isdecimal() and len(value) < 9 else UNTOLD_WAIT


class _Said(msgspec.Struct):
    ok: bool
    error: Any = None
    needed: Any = None
    response_metadata: Any = None


def decode(reply: SlackReply, type: type[T], source: str) -> T:
    """The answer as ``type``. Raises SlackError for refusals, failures, HTML, cut JSON, and fields that are missing or wrong.

    ``source``: the variable that holds the token.
    """
    wrong = reply.status == 429 or reply.status >= 500
    try:
        said = None if wrong else msgspec.json.decode(reply.content, type=_Said)
        if said is not None and said.ok and reply.status == 200:
            return msgspec.json.decode(reply.content, type=type)
    except msgspec.ValidationError as error:
        what = f"in an unknown shape ({error})"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        what = "that is not JSON"
    else:
        code = said.error if said and isinstance(said.error, str) and _CODE.fullmatch(said.error) else None
        raise failure(reply, code, source, said.needed if said else None, _hint(said))
    if 300 <= reply.status < 500:
        raise failure(reply, None, source)
    kind = one_line(reply.headers.get("content-type", "").partition(";")[0])[:80] or "no content type"
    raise SlackError(f"Slack gave an answer {what} (HTTP {reply.status}, {kind}).", unclear=True,
                     next="check slack.api_url, and whether a proxy stands in between")  # fmt: skip


def failure(reply: SlackReply, code: str | None, source: str, needed: object = None, hint: str = "") -> SlackError:
    """What a failed answer means. ``code``: Slack's word for it; ``needed``: scopes; ``hint``: what it says of the blocks."""
    said = code or f"HTTP {reply.status}"
    if reply.status == 429 or code in _LIMITED:
        return SlackError("Slack takes no more for now (its rate limit).", next="try again later", code="ratelimited",
                          wait=reply.wait)  # fmt: skip
    if code == "missing_scope":
        scope = _scopes(needed)
        return SlackError(f"The token from {source} lacks a scope: {scope}.", code=code,
                          next=f"add {scope} {_OAUTH}, and install the app again")  # fmt: skip
    if code in _REJECTED or (code is None and reply.status == 401):
        return SlackError(f"Slack does not accept the token from {source}: {said}.", code=code,
                          next=f"take the Bot User OAuth Token {_OAUTH}, and set {source} to it")  # fmt: skip
    if code in TOO_MUCH:
        return SlackError(f"Slack refuses the message: {said}{hint}.", code=code, next="tell the makers of reletan")
    if reply.status >= 500 or code in _FAILED:
        return SlackError(f"Slack failed: {said}.", code="internal_error", unclear=True,
                          next="try again in a while; slack-status.com tells more")  # fmt: skip
    if 300 <= reply.status < 400:
        return SlackError("Slack points to another address, and no secret is sent there.", code=code,
                          next="check the network, and whether a proxy stands in between")  # fmt: skip
    if reply.status == 200 and code is None:
        return SlackError("Slack gave an answer that cannot be understood.", unclear=True,
                          next="check whether a proxy stands in between")  # fmt: skip
    if code in _WEBHOOK_GONE:
        return SlackError(f"Slack does not know the webhook of {source} any more: {said}.", code=code,
                          next=f"make a new one under Incoming Webhooks of the Slack app, and set {source} to it")  # fmt: skip
    return SlackError(f"Slack says no: {said}{hint}.", code=code, next="see what Slack says: docs.slack.dev/reference")


def _scopes(needed: object) -> str:
    """What Slack says is needed: it names the scope for each kind of conversation, of which we use channels."""
    if not isinstance(needed, str) or not _SCOPES.fullmatch(needed):
        return "one that Slack does not name"
    return " or ".join(scope for scope in needed.split(",") if not scope.startswith(("im:", "mpim:"))) or needed


_WEBHOOK_GONE = ("no_service", "no_service_id", "no_team", "no_active_hooks", "invalid_token", "team_disabled")


def _hint(said: _Said | None) -> str:
    """What Slack says of the blocks that it refuses: the first remark, in one line."""
    told = said.response_metadata.get("messages") if said and isinstance(said.response_metadata, dict) else None
    remark = told[0] if isinstance(told, list) and told else None
    return f": {one_line(remark)[:200]}" if isinstance(remark, str) else ""
