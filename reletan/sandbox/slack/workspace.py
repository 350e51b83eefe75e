"""A team's workspace and what people do in it."""

from collections.abc import Callable, Iterable
from typing import Any

from reletan.sandbox.origin import Person, WorldError
from reletan.sandbox.slack.model import APP, TEAM, Bot, Channel, Member, Post, Webhook

TOKEN = "xoxb-sandbox-token-of-reletan"  # noqa: S105 - it opens nothing but the sandbox
SECRET = "sandboxSecretOfTheWebhook"  # noqa: S105 - it opens nothing but the sandbox
SCOPES = ("chat:write", "channels:history", "channels:read", "users:read", "users:read.email")


class Workspace:
    """``now``: seconds since 1970, by the world's clock; the parts of ``ts`` after the dot tell posts of one second apart.

    ``channels`` by name without ``#``; ``people`` and ``bots`` by name; ``bot`` is ours, a member of #release.
    """

    def __init__(self, people: Iterable[Person], now: Callable[[], int]) -> None:
        self._now = now
        self._posted = 0
        self.people = {
            one.name: Member(f"U0ACME{n:04}", one.name, one.login, one.email) for n, one in enumerate(people, 1)
        }
        ours = Member("U0RELETAN1", "reletan", "reletan", None, "B0RELETAN1", APP)
        other = Member("U0DEPLOY01", "Deploybot", "deploybot", None, "B0DEPLOY01", "A0DEPLOY01")
        self.bots = {one.name: one for one in (ours, other)}
        self.bot = Bot(ours, TOKEN, set(SCOPES))
        self.channels: dict[str, Channel] = {}
        for name in ("general", "release"):
            self.open_channel(name)
        self.channels["release"].members.add(ours.id)
        self.webhook = Webhook(f"/services/{TEAM}/B0WEBHOOK1/{SECRET}", "release")

    # what people do

    def open_channel(self, name: str, *, private: bool = False, bot: bool = False) -> Channel:
        """A new channel with all the people in it, and our bot only where it is asked for."""
        members = {one.id for one in self.people.values()} | ({self.bot.id} if bot else set())
        channel_id = f"C0ACME{len(self.channels) + 1:04}"
        self.channels[name] = Channel(channel_id, name, self._now(), private=private, members=members)
        return self.channels[name]

    def say(
        self, who: str, channel: str, text: str, *, thread: str | None = None, metadata: dict[str, Any] | None = None
    ) -> Post:
        """A person, or a bot of any name, posts; in the thread of the post whose ``ts`` is ``thread``."""
        author = self.people.get(who) or self.bots.get(who)
        if author is None:
            raise WorldError(f"nobody is called {who!r} on the sandbox Slack")
        post = Post(ts=self.next_ts(), author=author, text=text, metadata=metadata)
        return self.put(self.channel(channel), post, thread)

    def edit(self, ts: str, text: str) -> None:
        """Its author writes something else instead."""
        post = self._found(ts)
        post.text, post.blocks, post.edited = text, [], self.next_ts()

    def delete(self, ts: str) -> None:
        """Its author, or an administrator, deletes a post; where it has a thread, that stays."""
        channel = next(one for one in self.channels.values() if one.find(ts))
        self.take_away(channel, self._found(ts))

    # what one can see

    def channel(self, name: str) -> Channel:
        """By ``#name``, name or id."""
        found = self.find_channel(name)
        if found is None:
            raise WorldError(f"there is no channel {name} on the sandbox Slack")
        return found

    def find_channel(self, name: str) -> Channel | None:
        by_name = self.channels.get(name.removeprefix("#"))
        return by_name or next((one for one in self.channels.values() if one.id == name), None)

    def posts(self, channel: str) -> list[Post]:
        """The posts outside of threads, oldest first, without those that were deleted."""
        return [post for post in self.channel(channel).posts if not post.gone]

    def member(self, member_id: str) -> Member | None:
        everybody = [*self.people.values(), *self.bots.values()]
        return next((one for one in everybody if one.id == member_id), None)

    # how it is kept

    def next_ts(self) -> str:
        self._posted += 1
        return f"{self._now()}.{self._posted * 100:06}"

    def put(self, channel: Channel, post: Post, thread: str | None) -> Post:
        """Keep a post. As on Slack, an answer to what is not there stands outside of threads."""
        parent = channel.parent(thread) if thread else None
        if parent is None:
            channel.posts.append(post)
        else:
            post.thread_ts = parent.ts
            parent.replies.append(post)
        return post

    def take_away(self, channel: Channel, post: Post) -> None:
        parent = channel.parent(post.thread_ts) if post.thread_ts else None
        if parent:
            parent.replies.remove(post)
        elif post.replies:
            post.gone, post.text, post.blocks, post.metadata = True, "This message was deleted.", [], None
        else:
            channel.posts.remove(post)
        if parent and parent.gone and not parent.replies:
            channel.posts.remove(parent)

    def _found(self, ts: str) -> Post:
        for channel in self.channels.values():
            if post := channel.find(ts):
                return post
        raise WorldError(f"there is no post {ts} on the sandbox Slack")
