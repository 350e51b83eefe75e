"""The methods of the Web API that the sandbox has, and how a call goes through the door to one of them."""

from collections.abc import Callable
from typing import Any

import msgspec

from reletan.sandbox.slack import chat, reading
from reletan.sandbox.slack.wire import Call, Refused
from reletan.sandbox.slack.workspace import Workspace

Method = Callable[[Workspace, Call], dict[str, Any]]


class Known(msgspec.Struct, frozen=True):
    """``required`` and ``optional`` are names of arguments, by spaces; ``scopes``: one of them opens the door."""

    answer: Method
    required: str = ""
    optional: str = ""
    scopes: tuple[str, ...] = ()


_KINDS = ("channels", "groups", "mpim", "im")
_HISTORY = tuple(f"{kind}:history" for kind in _KINDS)
_READ = tuple(f"{kind}:read" for kind in _KINDS)
_PAGED = "cursor limit oldest latest inclusive include_all_metadata"
METHODS = {
    "auth.test": Known(reading.auth_test),
    "chat.postMessage": Known(
        chat.post_message, "channel", "text blocks metadata thread_ts unfurl_links unfurl_media", ("chat:write",)
    ),
    "chat.update": Known(chat.update, "channel ts", "text blocks metadata", ("chat:write",)),
    "chat.delete": Known(chat.delete, "channel ts", "", ("chat:write",)),
    "chat.getPermalink": Known(chat.get_permalink, "channel message_ts"),
    "conversations.list": Known(reading.list_conversations, "", "cursor limit types exclude_archived", _READ),
    "conversations.info": Known(reading.conversation_info, "channel", "include_num_members", _READ),
    "conversations.history": Known(reading.history, "channel", _PAGED, _HISTORY),
    "conversations.replies": Known(reading.replies, "channel ts", _PAGED, _HISTORY),
    "users.lookupByEmail": Known(reading.lookup_by_email, "email", "", ("users:read.email",)),
    "users.info": Known(reading.user_info, "user", "", ("users:read",)),
}


def not_known(call: Call) -> list[str]:
    """The method, or the arguments, that the sandbox has not."""
    known = METHODS.get(call.method)
    if known is None:
        return [f"the method {call.method}"]
    names = {*known.required.split(), *known.optional.split()}
    return [f"the argument {name} of {call.method}" for name in call.arguments if name not in names]


def answer(workspace: Workspace, call: Call) -> dict[str, Any]:
    """What Slack answers, with ``ok`` and, where it refuses, ``error``."""
    try:
        return {"ok": True, **_through_the_door(workspace, call)(workspace, call)}
    except Refused as refused:
        return {"ok": False, "error": refused.error, **refused.more}


def _through_the_door(workspace: Workspace, call: Call) -> Method:
    bot, known = workspace.bot, METHODS.get(call.method)
    if known is None:
        raise Refused("unknown_method", req_method=call.method)
    if call.trouble:
        raise Refused(call.trouble)
    if not call.token:
        raise Refused("not_authed")
    if call.token != bot.token or bot.refused:
        raise Refused(bot.refused if call.token == bot.token and bot.refused else "invalid_auth")
    if known.scopes and not bot.scopes.intersection(known.scopes):
        raise Refused("missing_scope", needed=",".join(known.scopes), provided=",".join(sorted(bot.scopes)))
    if missing := [name for name in known.required.split() if call.arguments.get(name) in (None, "")]:
        messages = [f"[ERROR] missing required field: {name}" for name in missing]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})
    return known.answer
