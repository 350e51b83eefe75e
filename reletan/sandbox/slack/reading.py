"""auth.test, conversations.* and users.*: what our bot can read."""

import base64
import re
from typing import Any, TypeVar

from reletan.sandbox.slack import view
from reletan.sandbox.slack.chat import visible
from reletan.sandbox.slack.model import TEAM, Channel, Post
from reletan.sandbox.slack.wire import Call, Refused
from reletan.sandbox.slack.workspace import Workspace

Item = TypeVar("Item")
_TYPES = {"public_channel": "channels:read", "private_channel": "groups:read", "mpim": "mpim:read", "im": "im:read"}
_TS = re.compile(r"\d{1,12}(\.\d{1,6})?")
_YES = (True, 1, "1", "true")


def auth_test(workspace: Workspace, call: Call) -> dict[str, Any]:  # noqa: ARG001 - as all methods
    bot = workspace.bot
    known = {"team": "Acme", "team_id": TEAM, "user": bot.name, "user_id": bot.id, "bot_id": bot.bot_id}
    return {"url": "/", **known, "is_enterprise_install": False}


def list_conversations(workspace: Workspace, call: Call) -> dict[str, Any]:
    given = call.arguments
    types = str(given.get("types", "public_channel")).split(",")
    if set(types) - set(_TYPES):
        raise Refused("invalid_types")
    for kind in types:
        need(workspace, _TYPES[kind])
    shown = [
        view.conversation(workspace, one)
        for one in workspace.channels.values()
        if _listed(workspace, one, types) and not (one.archived and given.get("exclude_archived") in _YES)
    ]
    page, cursor = _page(shown, given, 100, 1000)
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


def _listed(workspace: Workspace, channel: Channel, types: list[str]) -> bool:
    if channel.private:
        return "private_channel" in types and workspace.bot.id in channel.members
    return "public_channel" in types


def conversation_info(workspace: Workspace, call: Call) -> dict[str, Any]:
    channel = _readable(workspace, call, "read")
    return {"channel": view.conversation(workspace, channel)}


def history(workspace: Workspace, call: Call) -> dict[str, Any]:
    """The newest first, without answers in threads."""
    channel = _joined(workspace, call)
    posts = [post for post in reversed(channel.posts) if _within(post, call.arguments)]
    page, cursor = _page(posts, call.arguments, 100, 999)
    answer = {"messages": _messages(page, call), "has_more": bool(cursor), "pin_count": 0}
    return {**answer, "channel_actions_ts": None, "channel_actions_count": 0, **_more(cursor)}


def replies(workspace: Workspace, call: Call) -> dict[str, Any]:
    """The post itself, on every page, and then its answers, the oldest first."""
    channel = _joined(workspace, call)
    post = channel.find(call.arguments["ts"])
    if post is None:
        raise Refused("thread_not_found")
    parent = channel.parent(post.thread_ts) if post.thread_ts else post
    answers = [one for one in (parent or post).replies if _within(one, call.arguments)]
    page, cursor = _page(answers, call.arguments, 1000, 1000)
    return {"messages": _messages([parent or post, *page], call), "has_more": bool(cursor), **_more(cursor)}


def lookup_by_email(workspace: Workspace, call: Call) -> dict[str, Any]:
    wanted = str(call.arguments["email"]).lower()
    for person in workspace.people.values():
        if person.email and person.email.lower() == wanted:
            return {"user": view.user(person, email=True)}
    raise Refused("users_not_found")


def user_info(workspace: Workspace, call: Call) -> dict[str, Any]:
    member = workspace.member(call.arguments["user"])
    if member is None:
        raise Refused("user_not_found")
    return {"user": view.user(member, email="users:read.email" in workspace.bot.scopes)}


def need(workspace: Workspace, scope: str) -> None:
    """Refused, naming the scope, where the token has it not."""
    if scope not in workspace.bot.scopes:
        raise Refused("missing_scope", needed=scope, provided=",".join(sorted(workspace.bot.scopes)))


def _readable(workspace: Workspace, call: Call, right: str) -> Channel:
    channel = visible(workspace, call.arguments["channel"])
    need(workspace, f"{'groups' if channel.private else 'channels'}:{right}")
    return channel


def _joined(workspace: Workspace, call: Call) -> Channel:
    channel = _readable(workspace, call, "history")
    if workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _messages(posts: list[Post], call: Call) -> list[dict[str, Any]]:
    metadata = call.arguments.get("include_all_metadata") in _YES
    return [view.message(post, metadata=metadata) for post in posts]


def _within(post: Post, given: dict[str, Any]) -> bool:
    ts, edge = _moment(post.ts), given.get("inclusive") in _YES
    for name in ("oldest", "latest"):
        if not _TS.fullmatch(str(given.get(name, "0"))):
            raise Refused(f"invalid_ts_{name}")
    oldest = _moment(str(given.get("oldest", "0")))
    latest = _moment(str(given["latest"])) if "latest" in given else None
    after = ts > oldest or (edge and ts == oldest)
    return after and (latest is None or ts < latest or (edge and ts == latest))


def _moment(ts: str) -> tuple[int, int]:
    seconds, _, part = ts.partition(".")
    return int(seconds), int(part.ljust(6, "0"))


def _page(items: list[Item], given: dict[str, Any], usual: int, most: int) -> tuple[list[Item], str]:
    """A page of them, and where the next begins; empty where this is the last."""
    size = str(given.get("limit", usual))
    if not size.isdecimal() or not 1 <= int(size) <= most:
        raise Refused("invalid_limit")
    begin = _begin(given.get("cursor") or "")
    end = begin + int(size)
    return items[begin:end], base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""


def _begin(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
    except ValueError:
        raise Refused("invalid_cursor") from None
    if word != "next" or not number.isdecimal():
        raise Refused("invalid_cursor")
    return int(number)


def _more(cursor: str) -> dict[str, Any]:
    return {"response_metadata": {"next_cursor": cursor}} if cursor else {}
