"""What a workspace has: channels, people, bots and posts."""

from typing import Any

import msgspec

TEAM = "T0ACME0001"
APP = "A0RELETAN1"


class Member(msgspec.Struct, frozen=True):
    """Somebody who can be mentioned; ``bot_id`` and ``app_id`` where it is a bot."""

    id: str
    name: str
    login: str
    email: str | None = None
    bot_id: str | None = None
    app_id: str | None = None


class Bot(msgspec.Struct):
    """Our own bot. ``refused``: the error that its token gets for everything (``account_inactive``), None for none."""

    member: Member
    token: str
    scopes: set[str]
    refused: str | None = None

    @property
    def id(self) -> str:
        return self.member.id

    @property
    def name(self) -> str:
        return self.member.name

    @property
    def bot_id(self) -> str | None:
        return self.member.bot_id


class Post(msgspec.Struct, kw_only=True):
    """A message as Slack keeps it. ``ts``: when, and its id; ``edited``: when, in the same form; ``text`` and ``blocks`` as
    they were sent; ``thread_ts``: that of the post that it answers; ``gone``: deleted, though its thread is still there.
    """

    ts: str
    author: Member
    text: str
    blocks: list[dict[str, Any]] = msgspec.field(default_factory=list)
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None
    edited: str | None = None
    gone: bool = False
    unfurls: bool = True
    webhook: bool = False
    replies: list["Post"] = msgspec.field(default_factory=list)


class Channel(msgspec.Struct):
    """``name`` is without ``#``; ``members`` are ids; ``posts`` are those outside of threads, oldest first."""

    id: str
    name: str
    created: int
    private: bool = False
    archived: bool = False
    members: set[str] = msgspec.field(default_factory=set)
    posts: list[Post] = msgspec.field(default_factory=list)

    def find(self, ts: str) -> Post | None:
        """The post or the reply of this time."""
        everything = (one for post in self.posts for one in (post, *post.replies))
        return next((one for one in everything if one.ts == ts), None)

    def parent(self, ts: str) -> Post | None:
        """The post outside of threads of this time."""
        return next((post for post in self.posts if post.ts == ts), None)


class Webhook(msgspec.Struct):
    """An incoming webhook: who has ``path`` may post to ``channel``. ``gone``: somebody removed it."""

    path: str
    channel: str
    gone: bool = False
