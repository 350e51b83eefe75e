"""Bots, webhooks and announcements for the tests of Slack."""

from reletan.adapters.slack import SlackBot, SlackWebhook
from reletan.adapters.token import Token
from reletan.domain.message import Announcement, Message, Reply, Stage
from reletan.sandbox.http.wire import Reply as Answer
from reletan.sandbox.slack.model import Post
from reletan.sandbox.slack.server import SlackServer

POST, UPDATE, DELETE = "chat.postMessage", "chat.update", "chat.delete"
HISTORY = "conversations.history"

Waits = list[tuple[float, str]]


def way_to(
    slack: SlackServer, waits: Waits, told: list[str], channel: str = "#release", token: str | None = None
) -> SlackBot:
    secret = Token(token or slack.bot.token, "SLACK_BOT_TOKEN")
    return SlackBot(slack.api_url, secret, channel, wait=lambda *why: waits.append(why), tell=told.append)


def webhook_to(slack: SlackServer, waits: Waits, told: list[str]) -> SlackWebhook:
    url = Token(slack.webhook_url, "SLACK_WEBHOOK_URL")
    return SlackWebhook(url, wait=lambda *why: waits.append(why), tell=told.append)


def message(said: str = "Begun") -> Message:
    return Message(text=f"Release 1.4.0 · {said}", header="Release 1.4.0", sections=(said, "*Features*\n• One"))


def announcement(
    said: str = "Begun",
    *replies: tuple[str, str],
    stage: Stage = "started",
    version: str = "1.4.0",
    oldest: int | None = None,
) -> Announcement:
    thread = tuple(Reply(key=key, message=Message(text=text, sections=(text,))) for key, text in replies)
    return Announcement(
        repository="acme/shop",
        version=version,
        stage=stage,
        duty="hana",
        main=message(said),
        thread=thread,
        oldest=oldest,
    )


def the_post(slack: SlackServer) -> Post:
    (post,) = slack.posts("#release")
    return post


def thread(slack: SlackServer) -> list[str]:
    return [reply.text for reply in the_post(slack).replies]


def redirect(status: int, path: str = "") -> Answer:
    """To another host, which must not get the secret."""
    return Answer(status, {"Location": f"https://elsewhere.example/{path}"}, b"")
