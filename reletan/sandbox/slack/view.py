"""Posts, channels and people as the Web API shows them."""

from typing import Any

from reletan.sandbox.slack.model import TEAM, Channel, Member, Post
from reletan.sandbox.slack.workspace import Workspace

_EMOJI = {"mrkdwn": ("verbatim", False), "plain_text": ("emoji", True)}


def message(post: Post, *, metadata: bool = False) -> dict[str, Any]:
    """A post; ``metadata``: with what its author attached for programs."""
    shown: dict[str, Any] = {"type": "message", "user": post.author.id, "ts": post.ts, "text": post.text, "team": TEAM}
    if post.gone:
        shown |= {"subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
    elif post.author.bot_id:
        shown |= _by_bot(post.author)
    if post.blocks:
        shown["blocks"] = [_block(block, post.ts, i) for i, block in enumerate(post.blocks)]
    if post.edited:
        shown["edited"] = {"user": post.author.id, "ts": post.edited}
    if metadata and post.metadata:
        shown["metadata"] = post.metadata
    return shown | _thread(post)


def _by_bot(author: Member) -> dict[str, Any]:
    profile = {"id": author.bot_id, "app_id": author.app_id, "name": author.name, "deleted": False, "team_id": TEAM}
    return {"bot_id": author.bot_id, "app_id": author.app_id, "bot_profile": profile}


def _thread(post: Post) -> dict[str, Any]:
    if post.thread_ts:
        return {"thread_ts": post.thread_ts}
    if not post.replies:
        return {}
    who = list(dict.fromkeys(reply.author.id for reply in post.replies))
    return {
        "thread_ts": post.ts,
        "reply_count": len(post.replies),
        "reply_users_count": len(who),
        "reply_users": who,
        "latest_reply": post.replies[-1].ts,
        "subscribed": False,
        "is_locked": False,
    }


def _block(block: dict[str, Any], ts: str, number: int) -> dict[str, Any]:
    """Slack names each block and writes down what was left to it: what is read is not what was posted."""
    named: dict[str, Any] = _filled(block)
    return {**named, "block_id": block.get("block_id") or f"b{number}{ts[-4:]}"}


def _filled(part: Any) -> Any:
    if isinstance(part, list):
        return [_filled(one) for one in part]
    if not isinstance(part, dict):
        return part
    filled = {name: _filled(value) for name, value in part.items()}
    if part.get("type") in _EMOJI and "text" in part:
        name, value = _EMOJI[part["type"]]
        filled.setdefault(name, value)
    return filled


def conversation(workspace: Workspace, channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "is_member": workspace.bot.id in channel.members,
        "created": channel.created,
        "creator": next(iter(workspace.people.values())).id,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def user(member: Member, *, email: bool) -> dict[str, Any]:
    profile = {"real_name": member.name, "display_name": member.login, "team": TEAM}
    return {
        "id": member.id,
        "team_id": TEAM,
        "name": member.login,
        "real_name": member.name,
        "deleted": False,
        "is_bot": member.bot_id is not None,
        "profile": profile | ({"email": member.email} if email and member.email else {}),
    }
