"""Incoming webhooks: plain words instead of JSON, and a status that says it too."""

from reletan.sandbox.http.wire import Reply
from reletan.sandbox.slack.chat import MAX_TEXT, content, unfurls
from reletan.sandbox.slack.model import Post
from reletan.sandbox.slack.wire import Call, Refused
from reletan.sandbox.slack.workspace import Workspace

_ARGUMENTS = ("text", "blocks", "unfurl_links", "unfurl_media")


def not_known(call: Call) -> list[str]:
    return [f"the argument {name} of a webhook" for name in call.arguments if name not in _ARGUMENTS]


def answer(workspace: Workspace, call: Call) -> Reply:
    hook = workspace.webhook
    channel = workspace.find_channel(hook.channel)
    if call.path.rpartition("/")[0] != hook.path.rpartition("/")[0] or hook.gone:
        return Reply.text(404, "no_service")
    if call.path != hook.path:
        return Reply.text(403, "invalid_token")
    if call.trouble:
        return Reply.text(400, "invalid_payload")
    if channel is None:
        return Reply.text(404, "channel_not_found")
    if channel.archived:
        return Reply.text(410, "channel_is_archived")
    try:
        given = content(call.arguments)
    except Refused as refused:
        return Reply.text(400, refused.error)
    post = Post(
        ts=workspace.next_ts(),
        author=workspace.bot.member,
        text=given["text"][:MAX_TEXT],
        blocks=given["blocks"] or [],
        unfurls=unfurls(call.arguments),
        webhook=True,
    )
    workspace.put(channel, post, None)
    return Reply.text(200, "ok")
