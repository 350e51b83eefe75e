"""Slack: a release's one live message and its thread by a bot, or messages of their own by a webhook."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from reletan.adapters.slackchannel import Own, SlackChannel, blocks, fit
from reletan.adapters.slackreply import SlackError
from reletan.adapters.slackwire import Line, Patience, Wait, Wire, send_by_webhook
from reletan.adapters.token import Token
from reletan.domain.errors import UsageError
from reletan.domain.message import Announcement, Message, Reply, Stage, digest, mention

__all__ = ["Delivery", "Posted", "SlackBot", "SlackError", "SlackWebhook", "find_slack"]

BOT, WEBHOOK = "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL"
RELEASE, REPLY = "reletan_release", "reletan_reply"
SCHEMA = 1

State = Literal["posted", "updated", "unchanged"]


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """The live message of a release as its metadata tells. ``digest``: of the message as it was meant to be."""

    ts: str
    stage: str
    duty: str
    digest: str


class Delivery(msgspec.Struct, frozen=True):
    """What became of a message. ``url``: where it is; ``detail``: what people should know, such as that it was shortened."""

    state: State
    url: str | None = None
    detail: str | None = None


class SlackBot:
    """Slack's Web API at ``api_url`` (it ends in /api/), in one ``channel``: "#name", or its ID.

    The message of a release, and the replies in its thread, are known by their metadata: so any machine can go on.
    Raises SlackError, and UsageError for an ``api_url`` that must not get a token.
    """

    def __init__(self, api_url: str, token: Token, channel: str, *, wait: Wait, tell: Callable[[str], None]) -> None:
        self.channel = channel
        self._wire = Wire(api_url, token, wait=wait)
        self._there = SlackChannel(self._wire, channel, tell=tell)
        self._tell = tell
        self._knows_people = True

    def find(
        self, repository: str, version: str, oldest: int | None = None, *, stage: Stage = "started"
    ) -> Posted | None:
        """The newest message of our own about this release, where ``stage`` is to be told.

        ``oldest``: Unix seconds before which there can be none. For planning: Slack gets little time for it.
        """
        with self._wire.hurrying():
            found = self._find(repository, version, oldest, stage)
        if found is None:
            return None
        at, duty, told = (str(found.payload.get(key, "")) for key in ("stage", "duty", "digest"))
        return Posted(ts=found.ts, stage=at, duty=duty, digest=told)

    def bring_up_to_date(self, announcement: Announcement) -> Delivery:
        """Post what is missing, update what differs, delete what is left over in the thread. Run again, it changes nothing."""
        self._there.remarks.clear()
        found = self._find(announcement.repository, announcement.version, announcement.oldest, announcement.stage)
        if found is None and announcement.stage == "aborted":
            return Delivery("unchanged", detail="nobody was told of the release")
        _require_same_duty(found, announcement)
        state: State = "posted" if found is None else "unchanged"
        ts, wanted = found.ts if found else None, _release(announcement)
        if found is None or found.payload != wanted:
            ts = self._there.put(announcement.main, RELEASE, wanted, ts=ts, oldest=announcement.oldest)
            state = "posted" if found is None else "updated"
        assert ts is not None  # noqa: S101 - found, or put
        if self._bring_thread_up_to_date(ts, announcement) and state == "unchanged":
            state = "updated"
        return Delivery(state, self._there.permalink(ts), _joined(self._there.remarks))

    def put_reply(
        self, repository: str, version: str, reply: Reply, oldest: int | None = None, *, only_edit: bool = False
    ) -> Delivery:
        """Put one reply into the thread of the release's message, or bring the one with its key up to date; nothing else.

        ``only_edit``: where there is none, none is needed.
        """
        self._there.remarks.clear()
        found = self._find(repository, version, oldest, "started")
        if found is None:
            if only_edit:
                return Delivery("unchanged")
            raise SlackError(f"There is no message about {version} in {self.channel} yet.",
                             next=f"post it with `reletan notify {version}`")  # fmt: skip
        replies = (one for one in self._there.own(REPLY, thread=found.ts) if one.payload.get("key") == reply.key)
        there, wanted = next(replies, None), _reply(version, reply)
        if (there is None and only_edit) or (there is not None and there.payload == wanted):
            return Delivery("unchanged")
        ts = self._there.put(reply.message, REPLY, wanted, ts=there.ts if there else None, thread=found.ts)
        return Delivery("updated" if there else "posted", self._there.permalink(ts), _joined(self._there.remarks))

    def person(self, email: str) -> str | None:
        """The member ID of whoever has this address; None where Slack does not tell. Never raises: ``tell`` says why."""
        if not self._knows_people or "@" not in email or email.endswith("noreply.github.com"):
            return None
        try:
            with self._wire.hurrying():
                user = self._wire.read(lambda slack: slack.users_lookupByEmail(email=email), _Found).user
        except SlackError as problem:
            if problem.code != "users_not_found":
                self._knows_people = False
                self._tell(f"people are not looked up on Slack: {problem.message}")
            return None
        return user.id if mention(user.id) and not user.deleted else None

    def _find(self, repository: str, version: str, oldest: int | None, stage: Stage) -> Own | None:
        newest = next(
            (one for one in self._there.own(RELEASE, oldest=oldest) if _is_about(one, repository, version)), None
        )
        # A release that was aborted and is begun anew has a message of its own
        over = newest is not None and newest.payload.get("stage") == "aborted" and stage != "aborted"
        return None if over else newest

    def _bring_thread_up_to_date(self, ts: str, announcement: Announcement) -> bool:
        """Whether anything was to be done."""
        there: dict[str, Own] = {}
        stale: list[Own] = []
        wanted = {reply.key: _reply(announcement.version, reply) for reply in announcement.thread}
        for one in self._there.own(REPLY, thread=ts):
            key = str(one.payload.get("key"))
            if key.startswith("list-") and (key in there or key not in wanted):
                stale.append(one)
            else:
                there.setdefault(key, one)
        different = [
            reply
            for reply in announcement.thread
            if reply.key not in there or there[reply.key].payload != wanted[reply.key]
        ]
        for reply in different:
            seen = there[reply.key].ts if reply.key in there else None
            self._there.put(reply.message, REPLY, wanted[reply.key], ts=seen, thread=ts)
        for one in stale:
            self._there.delete(one.ts, REPLY, thread=ts)
        return bool(different or stale)


class SlackWebhook:
    """An incoming webhook: it only sends, and cannot tell what was sent before.

    Raises SlackError, and UsageError for an address that is not HTTPS.
    """

    def __init__(self, url: Token, *, wait: Wait, tell: Callable[[str], None]) -> None:
        self._url = url
        self._line = Line(url.value, url.source)
        self._patience = Patience(wait)
        self._tell = tell

    def send(self, message: Message) -> Delivery:
        """Send it at most once; a SlackError is ``unclear`` where nobody knows whether it is there."""
        remarks: list[str] = []
        fit(self._send, message, remarks)
        for remark in remarks:
            self._tell(remark)
        return Delivery("posted", detail=_joined(remarks))

    def _send(self, message: Message) -> None:
        body = {"text": message.text, "blocks": blocks(message) or None, "unfurl_links": False, "unfurl_media": False}
        send_by_webhook(self._line, self._url, self._patience, body)


def find_slack(environ: Mapping[str, str]) -> Token | None:
    """SLACK_BOT_TOKEN, else SLACK_WEBHOOK_URL (``source`` says which). Raises UsageError for what cannot be one."""
    for variable in (BOT, WEBHOOK):
        if value := environ.get(variable, "").strip():
            break
    else:
        return None
    if not re.fullmatch(r"[\x21-\x7e]+", value):
        raise UsageError(f"What {variable} holds cannot be right: it has spaces, or characters beyond ASCII.",
                         next=f"set {variable} to the secret alone")  # fmt: skip
    if variable == BOT and "://" in value:
        raise UsageError(f"{BOT} holds an address, not a token.", next=f"set {WEBHOOK} to it, and unset {BOT}")
    if variable == BOT and not re.match(r"xox[a-z][.-]", value):
        raise UsageError(f"What {BOT} holds is no token for a bot: these begin with xoxb-.",
                         next="take the Bot User OAuth Token under OAuth & Permissions of the Slack app")  # fmt: skip
    return Token(value, variable)


class _User(msgspec.Struct):
    id: str
    deleted: bool = False


class _Found(msgspec.Struct):
    user: _User


def _release(announcement: Announcement) -> dict[str, Any]:
    return {
        "schema": SCHEMA, "repository": announcement.repository, "version": announcement.version,
        "stage": announcement.stage, "duty": announcement.duty, "digest": digest(announcement.main),
    }  # fmt: skip


def _reply(version: str, reply: Reply) -> dict[str, Any]:
    return {"schema": SCHEMA, "version": version, "key": reply.key, "digest": digest(reply.message)}


def _is_about(one: Own, repository: str, version: str) -> bool:
    named = one.payload.get("repository")
    return (
        isinstance(named, str) and named.casefold() == repository.casefold() and one.payload.get("version") == version
    )


def _require_same_duty(found: Own | None, announcement: Announcement) -> None:
    if found is not None and announcement.blind and found.payload.get("duty") != announcement.duty:
        raise SlackError(
            "Slack did not tell in time who is on duty, so its message was left as it is.", next="try again"
        )


def _joined(remarks: list[str]) -> str | None:
    return "; ".join(dict.fromkeys(remarks)) or None
