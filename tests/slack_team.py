"""What a team reads on Slack while reletan works, and what was written there."""

import re

from slack_way import the_post

from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.slack.model import Post
from reletan.sandbox.world import Run, World

WRITES = ("chat.postMessage", "chat.update", "chat.delete", "webhook")
NEWS = ("announce", "send-message")
# The rate limit for longer than anybody waits: fails without a pause
BUSY = Fault.limited(90)


def shown(post: Post) -> str:
    """The blocks of a post, one below the other."""
    return "\n\n".join(block["text"]["text"] for block in post.blocks)


def read(world: World) -> str:
    """The only message in #release as people read it, its thread below it."""
    (post,) = world.slack.posts("#release")
    return "\n---\n".join(_read(one) for one in (post, *post.replies))


def _read(post: Post) -> str:
    return re.sub(r"<[^<>|]*\|([^<>]*)>", r"\1", shown(post))


def states(world: World) -> list[str]:
    """The second paragraph of each message in #release that has one: its state, duty and range."""
    return [text.split("\n\n")[1] for post in world.slack.posts("#release") if "\n\n" in (text := _read(post))]


def thread(world: World) -> list[str]:
    return [_read(reply) for reply in the_post(world.slack).replies]


def mentions(world: World) -> list[str]:
    """Everybody who is mentioned in #release, each as often as that."""
    posts = [one for post in world.slack.posts("#release") for one in (post, *post.replies)]
    return re.findall(r"<([@!#][^<>|]*)", "\n".join(part for post in posts for part in (shown(post), post.text)))


def member(world: World, name: str) -> str:
    return world.slack.people[name].id


def writes(world: World) -> list[str]:
    """What was written to Slack so far, in order."""
    return [call.method for call in world.slack.calls() if call.method in WRITES]


def news_of(run: Run) -> list[tuple[str, str | None]]:
    """(state, detail) of the steps that tell the team, of a run with --json."""
    return [(step["state"], step["detail"]) for step in run.json["steps"] if step["kind"] in NEWS]
