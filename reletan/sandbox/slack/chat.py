"""chat.*: posting, updating and deleting by our bot; and what is asked of any message."""

from typing import Any

from reletan.sandbox.slack import view
from reletan.sandbox.slack.blocks import MAX_IN_ALL, in_all, problems
from reletan.sandbox.slack.model import Channel, Post
from reletan.sandbox.slack.wire import Call, Refused
from reletan.sandbox.slack.workspace import Workspace

MAX_TEXT = 40_000
MAX_UPDATED_TEXT = 4_000
_PLAIN = (str, int, float, bool)


def post_message(workspace: Workspace, call: Call) -> dict[str, Any]:
    channel = _to_post_to(workspace, call.arguments["channel"])
    given = content(call.arguments)
    post = Post(
        ts=workspace.next_ts(),
        author=workspace.bot.member,
        text=given["text"][:MAX_TEXT],
        blocks=given["blocks"] or [],
        metadata=_metadata(call.arguments) or None,
        unfurls=unfurls(call.arguments),
    )
    workspace.put(channel, post, call.arguments.get("thread_ts"))
    shown = view.message(post, metadata=True)
    answer: dict[str, Any] = {"channel": channel.id, "ts": post.ts, "message": shown}
    if len(given["text"]) > MAX_TEXT:
        answer |= {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    return answer


def update(workspace: Workspace, call: Call) -> dict[str, Any]:
    """Blocks and metadata that are not given stay."""
    channel, post = _own(workspace, call, "cant_update_message")
    if channel.archived:
        raise Refused("is_inactive")
    given = content(call.arguments)
    if len(given["text"]) > MAX_UPDATED_TEXT:
        raise Refused("msg_too_long")
    metadata = _metadata(call.arguments)
    post.text, post.edited = given["text"], workspace.next_ts()
    post.blocks = post.blocks if given["blocks"] is None else given["blocks"]
    post.metadata = post.metadata if metadata is None else (metadata or None)
    return {"channel": channel.id, "ts": post.ts, "text": post.text, "message": view.message(post, metadata=True)}


def delete(workspace: Workspace, call: Call) -> dict[str, Any]:
    channel, post = _own(workspace, call, "cant_delete_message")
    workspace.take_away(channel, post)
    return {"channel": channel.id, "ts": post.ts}


def get_permalink(workspace: Workspace, call: Call) -> dict[str, Any]:
    channel = visible(workspace, call.arguments["channel"])
    post = channel.find(call.arguments["message_ts"])
    if post is None:
        raise Refused("message_not_found")
    path = f"/archives/{channel.id}/p{post.ts.replace('.', '')}"
    thread = f"?thread_ts={post.thread_ts}&cid={channel.id}" if post.thread_ts else ""
    return {"channel": channel.id, "permalink": f"{path}{thread}"}


def visible(workspace: Workspace, channel_id: str) -> Channel:
    """The channel of this id, where our bot may know that it is there."""
    channel = next((one for one in workspace.channels.values() if one.id == channel_id), None)
    if channel is None or (channel.private and workspace.bot.id not in channel.members):
        raise Refused("channel_not_found")
    return channel


def content(given: dict[str, Any]) -> dict[str, Any]:
    """The text, empty where there is none, and the blocks, None where none are given; else Refused."""
    text, blocks = given.get("text") or "", given.get("blocks")
    if not isinstance(text, str):
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] must be a string: text"]})
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if not text and not blocks:
        raise Refused("no_text")
    if wrong := problems(blocks or []):
        messages = [f"[ERROR] {said}" for said in wrong]
        raise Refused("invalid_blocks", errors=wrong, response_metadata={"messages": messages})
    if in_all(blocks or []) > MAX_IN_ALL:
        raise Refused("msg_blocks_too_long")
    return {"text": text, "blocks": blocks}


def unfurls(given: dict[str, Any]) -> bool:
    """Whether Slack would show previews of links."""
    return any(given.get(name) is not False for name in ("unfurl_links", "unfurl_media"))


def _to_post_to(workspace: Workspace, named: str) -> Channel:
    """Here, and only here, a name does as well as an id."""
    found = workspace.find_channel(named)
    channel = visible(workspace, found.id if found else named)
    if channel.archived:
        raise Refused("is_archived")
    joined = workspace.bot.id in channel.members
    if not joined and "chat:write.public" not in workspace.bot.scopes:
        raise Refused("not_in_channel")
    return channel


def _own(workspace: Workspace, call: Call, otherwise: str) -> tuple[Channel, Post]:
    channel = visible(workspace, call.arguments["channel"])
    post = channel.find(call.arguments["ts"])
    if post is None or post.gone:
        raise Refused("message_not_found")
    if post.author.id != workspace.bot.id:
        raise Refused(otherwise)
    return channel, post


def _metadata(given: dict[str, Any]) -> dict[str, Any] | None:
    """None where it is not given, empty where it is taken away."""
    metadata = given.get("metadata")
    if metadata is None or metadata == {}:
        return metadata
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")
    kind, payload = metadata["event_type"], metadata["event_payload"]
    if not (isinstance(kind, str) and kind and isinstance(payload, dict) and all(map(_allowed, payload.values()))):
        raise Refused("invalid_metadata_format")
    return metadata


def _allowed(value: Any) -> bool:
    """Plain values, flat objects of them, and lists of such objects."""
    if isinstance(value, dict):
        return all(isinstance(one, _PLAIN) for one in value.values())
    if isinstance(value, list):
        return all(isinstance(one, dict) and _allowed(one) for one in value)
    return isinstance(value, _PLAIN)
