"""One Slack channel as a bot has it: its own messages, found by their metadata, and the ways to change them."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from reletan.adapters.slackreply import TOO_MUCH, SlackError
from reletan.adapters.slackwire import Wire
from reletan.domain.message import Message, shortened
from reletan.domain.text import one_line

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web import SlackResponse

T = TypeVar("T")
Call = Callable[["WebClient"], "SlackResponse"]

PAGE, PAGES = 200, 10
CHANNEL_PAGE, CHANNEL_PAGES = 999, 20
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{4,}")


class Own(msgspec.Struct, frozen=True):
    """A message of our own. ``ts``: which one; ``payload``: what its metadata holds."""

    ts: str
    payload: dict[str, Any]


class _Me(msgspec.Struct):
    user: str
    bot_id: str | None = None


class _Cursor(msgspec.Struct):
    next_cursor: str | None = None


class _Paged(msgspec.Struct):
    response_metadata: _Cursor | None = None

    @property
    def next(self) -> str | None:
        return (self.response_metadata and self.response_metadata.next_cursor) or None


class _Channel(msgspec.Struct):
    id: str
    name: str = ""
    is_archived: bool = False


class _Channels(_Paged, kw_only=True):
    channels: list[_Channel]


class _Seen(msgspec.Struct):
    ts: str
    bot_id: str | None = None
    # of any shape: every app can write some
    metadata: msgspec.Raw = msgspec.Raw(b"null")


class _Page(_Paged, kw_only=True):
    messages: list[_Seen]


class _Metadata(msgspec.Struct):
    event_type: str
    event_payload: dict[str, Any]


class _Sent(msgspec.Struct):
    ts: str


class _Link(msgspec.Struct):
    permalink: str


class SlackChannel:
    """The channel ``name``: "#name", or its ID. ``remarks``: what people should know of how things went.

    Raises, from every method: SlackError.
    """

    def __init__(self, wire: Wire, name: str, *, tell: Callable[[str], None]) -> None:
        self.remarks: list[str] = []
        self._wire = wire
        self._name = name
        self._tell = tell
        self._known_id: str | None = name if _CHANNEL_ID.fullmatch(name) else None
        self._me: _Me | None = None

    def own(self, event_type: str, *, thread: str | None = None, oldest: int | None = None) -> Iterator[Own]:
        """The bot's own messages with such metadata, newest first; of a thread, oldest first.

        ``oldest``: Unix seconds to begin at. At most 2,000 messages are looked at.
        """
        bot_id = self._bot_id()
        cursor = None
        for _ in range(PAGES):
            page = self._read(self._page_call(thread, oldest, cursor), _Page)
            for seen in page.messages:
                payload = _payload(seen, event_type) if seen.bot_id == bot_id else None
                if payload is not None:
                    yield Own(seen.ts, payload)
            cursor = page.next
            if cursor is None:
                return
        self._tell(f"only the newest {PAGE * PAGES} messages in {self._name} were looked at")

    def put(
        self, message: Message, event_type: str, payload: dict[str, Any], *, ts: str | None = None,
        thread: str | None = None, oldest: int | None = None,
    ) -> str:  # fmt: skip
        """Update the message ``ts``, or post one (into a ``thread``); its ``ts``.

        What Slack finds too long or wrong goes as a shortened one. Where the answer is lost, it is looked for as ``own`` does.
        """

        def look() -> str | None:
            there = self.own(event_type, thread=thread, oldest=oldest)
            return next((one.ts for one in there if one.payload == payload and ts in (None, one.ts)), None)

        def send(fitting: Message) -> str:
            metadata = {"event_type": event_type, "event_payload": payload}
            return self._settle(lambda: self._send(fitting, metadata, ts, thread), look)

        return fit(send, message, self.remarks)

    def delete(self, ts: str, event_type: str, *, thread: str) -> None:
        """Delete a reply of our own; one that is gone already is none the worse."""
        channel = self._id()

        def delete() -> bool:
            try:
                self._write(lambda slack: slack.chat_delete(channel=channel, ts=ts), msgspec.Raw)
            except SlackError as problem:
                if problem.code != "message_not_found":
                    raise
            return True

        def look() -> bool | None:
            return None if any(one.ts == ts for one in self.own(event_type, thread=thread)) else True

        self._settle(delete, look)

    def permalink(self, ts: str) -> str | None:
        """The address of a message; None where Slack does not tell."""
        channel = self._id()
        try:
            with self._wire.hurrying():
                link = self._read(
                    lambda slack: slack.chat_getPermalink(channel=channel, message_ts=ts), _Link
                ).permalink
        except SlackError:
            return None
        return link if link.startswith(("https://", "http://")) else None

    # how

    def _send(self, message: Message, metadata: dict[str, Any], ts: str | None, thread: str | None) -> str:
        channel, made = self._id(), blocks(message)
        if ts is not None:
            return self._write(
                lambda slack: slack.chat_update(
                    channel=channel, ts=ts, text=message.text, blocks=made, metadata=metadata
                ),
                _Sent,
            ).ts
        return self._write(
            lambda slack: slack.chat_postMessage(
                channel=channel, text=message.text, blocks=made, metadata=metadata, thread_ts=thread,
                unfurl_links=False, unfurl_media=False,
            ),
            _Sent,
        ).ts  # fmt: skip

    def _settle(self, write: Callable[[], T], look: Callable[[], T | None]) -> T:
        """What ``write`` gives; where its answer is lost, what ``look`` finds of it, else the error."""
        try:
            return write()
        except SlackError as problem:
            if not problem.unclear:
                raise
            with suppress(SlackError):
                if (found := look()) is not None:
                    self.remarks.append("Slack's answer was lost, but it was done")
                    return found
            raise

    def _page_call(self, thread: str | None, oldest: int | None, cursor: str | None) -> Call:
        channel = self._id()
        if thread is not None:
            return lambda slack: slack.conversations_replies(
                channel=channel, ts=thread, cursor=cursor, limit=PAGE, include_all_metadata=True
            )
        since = None if oldest is None else str(oldest)
        return lambda slack: slack.conversations_history(
            channel=channel, oldest=since, cursor=cursor, limit=PAGE, include_all_metadata=True
        )

    def _bot_id(self) -> str:
        if self._me is None:
            self._me = self._read(lambda slack: slack.auth_test(), _Me)
        if not self._me.bot_id:
            raise SlackError(f"The token from {self._wire.source} is a person's, not a bot's.",
                             next="take the Bot User OAuth Token under OAuth & Permissions of the Slack app")  # fmt: skip
        return self._me.bot_id

    def _id(self) -> str:
        """The channel's ID; only a name has to be looked for."""
        if self._known_id is None:
            self._known_id = self._look_for("public_channel") or self._look_for("private_channel")
        if self._known_id is None:
            raise self._worded(SlackError("", code="channel_not_found"))
        return self._known_id

    def _look_for(self, types: str) -> str | None:
        name, cursor, archived = self._name.removeprefix("#").lower(), None, None
        for _ in range(CHANNEL_PAGES):
            try:
                page = self._read(self._channels_call(types, cursor), _Channels)
            except SlackError as problem:
                if problem.code == "missing_scope" and types == "private_channel":
                    return archived
                raise
            for channel in page.channels:
                if channel.name == name and not channel.is_archived:
                    return channel.id
                archived = channel.id if channel.name == name else archived
            cursor = page.next
            if cursor is None:
                break
        return archived

    def _channels_call(self, types: str, cursor: str | None) -> Call:
        return lambda slack: slack.conversations_list(types=types, cursor=cursor, limit=CHANNEL_PAGE)

    def _read(self, call: Call, type: type[T]) -> T:
        try:
            return self._wire.read(call, type)
        except SlackError as problem:
            raise self._worded(problem) from None

    def _write(self, call: Call, type: type[T]) -> T:
        try:
            return self._wire.write(call, type)
        except SlackError as problem:
            raise self._worded(problem) from None

    def _worded(self, problem: SlackError) -> SlackError:
        """``problem`` in words that name the channel and the bot."""
        bot = one_line(self._me.user)[:80] if self._me else "the bot's name"
        invite = f"invite it there: /invite @{bot}"
        match problem.code:
            case "not_in_channel":
                return SlackError(f"The bot is not in {self._name} on Slack.", next=invite, code=problem.code)
            case "channel_not_found":
                return SlackError(f"Slack shows no channel {self._name} to the bot.", code=problem.code,
                                  next=f"check slack.channel; if the channel is private, {invite}")  # fmt: skip
            case "is_archived" | "is_inactive":
                return SlackError(f"{self._name} on Slack is archived.", code=problem.code,
                                  next="set slack.channel to a channel that is in use")  # fmt: skip
        return problem


def fit(send: Callable[[Message], T], message: Message, remarks: list[str]) -> T:
    """What ``send`` gives; a message that Slack finds too long or wrong is sent once more, shortened."""
    try:
        return send(message)
    except SlackError as problem:
        if problem.code not in TOO_MUCH:
            raise
        refused = problem.message.rstrip(".")
    sent = send(shortened(message))
    remarks.append(f"shortened: {refused}")
    return sent


def blocks(message: Message) -> list[dict[str, Any]]:
    """``message`` in Slack's Block Kit. Raises SlackError for what is longer than Slack takes."""
    from slack_sdk.errors import SlackObjectFormationError
    from slack_sdk.models.blocks import HeaderBlock, MarkdownTextObject, PlainTextObject, SectionBlock

    # verbatim: names of channels and addresses in titles do not become links
    texts = [MarkdownTextObject(text=section, verbatim=True) for section in message.sections]
    header = [HeaderBlock(text=PlainTextObject(text=message.header))] if message.header else []
    try:
        return [block.to_dict() for block in (*header, *(SectionBlock(text=text) for text in texts))]
    except SlackObjectFormationError as error:
        problem = f"The message does not fit into Slack's blocks: {error}."
    raise SlackError(problem, code="invalid_blocks", next="tell the makers of reletan")


def _payload(seen: _Seen, event_type: str) -> dict[str, Any] | None:
    try:
        metadata = msgspec.json.decode(seen.metadata, type=_Metadata)
    except (msgspec.DecodeError, RecursionError):
        return None
    return metadata.event_payload if metadata.event_type == event_type else None
