"""What is right and wrong on Slack: facts -> checks of ``reletan doctor``."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import msgspec

from reletan.domain.contributors import Person
from reletan.domain.doctor import Check, failed, good, skipped, warning
from reletan.domain.toml import literal

OAUTH = "under OAuth & Permissions of the Slack app, and install it again"
HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")

# What a bot needs: scope -> for what. A private channel has scopes of its own
ALWAYS = {"chat:write": "to post", "channels:history": "to find its message again"}
BY_NAME = {"channels:read": "to find the channel by its name"}
BY_EMAIL = {"users:read": "to find people by e-mail", "users:read.email": "to find people by e-mail"}

# The commands that speak to Slack, and what they need there
_ALL = (*ALWAYS, *BY_NAME, *BY_EMAIL)
COMMANDS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    ("start", "tag", "resume", "abort", "notify", "checklist"), _ALL
)
_MOST_NAMED = 5


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """The channel as the bot sees it."""

    name: str
    private: bool
    archived: bool
    member: bool


class BotFacts(msgspec.Struct, frozen=True, kw_only=True):
    """``scopes``: None where Slack does not tell; ``now``: by Slack's clock, in seconds since 1970, 0 where it does not tell."""

    source: str
    user: str
    team: str
    is_bot: bool
    scopes: tuple[str, ...] | None
    now: int


def webhook_check(url: str, source: str) -> Check:
    """The form alone: to try it would be to send something."""
    parts = urlsplit(url)
    if parts.hostname in HOSTS and len(parts.path.strip("/").split("/")) == 4:
        return good("slack.token", f"a webhook, from {source}: each event is a message of its own")
    return warning("slack.token", f"{source} is no address as Slack gives them for incoming webhooks (it is at {parts.hostname})",
                   f"take the one under Incoming Webhooks of the Slack app, and set {source} to it")  # fmt: skip


def bot_check(bot: BotFacts) -> Check:
    if not bot.is_bot:
        return failed("slack.token", f"{bot.source} holds a person's token, not a bot's",
                      f"set {bot.source} to the Bot User OAuth Token under OAuth & Permissions of the Slack app")  # fmt: skip
    return good("slack.token", f"from {bot.source}: the bot {bot.user} in {bot.team}")


def scopes_check(scopes: Sequence[str] | None, room: Room | None, channel: str) -> Check:
    """``room``: None where it was not found; then the channel may be public or private."""
    id = "slack.scopes"
    if scopes is None:
        return skipped(id, "Slack does not tell the scopes of this token")
    kind = "groups" if room and room.private else "channels"
    # a channel that is given by its ID does not have to be looked for
    needed = ALWAYS | (BY_NAME if channel.startswith("#") else {})
    missing = {
        scope: why
        for scope, why in ((scope.replace("channels:", f"{kind}:"), why) for scope, why in needed.items())
        if scope not in scopes
    }
    if missing:
        words = ", ".join(f"{scope} ({why})" for scope, why in missing.items())
        return failed(id, f"these are missing: {words}", f"add {' '.join(missing)} {OAUTH}")
    if people := [scope for scope in BY_EMAIL if scope not in scopes]:
        return warning(
            id, f"nobody is found by e-mail without {' and '.join(people)}", f"add {' '.join(people)} {OAUTH}"
        )
    return good(id, ", ".join(sorted(scopes)))


def room_check(room: Room | None, channel: str, bot: str) -> Check:
    id, invite = "slack.channel", f"in {channel} on Slack: /invite @{bot}"
    if room is None:
        return failed(
            id, f"the bot sees no channel {channel}", f"correct slack.channel; if the channel is private, {invite}"
        )
    if room.archived:
        return failed(id, f"{channel} is archived", "set slack.channel in .reletan.toml to a channel that is in use")
    if not room.member:
        return failed(id, f"the bot is not in {channel}, and reads nothing there", invite)
    return good(id, f"{channel}: the bot is in it")


def people_check(people: Sequence[Person], unknown: Sequence[Person]) -> Check:
    """``people``: recent authors; ``unknown``: those whom Slack does not know by e-mail, nor ``slack.users``."""
    id = "slack.people"
    if not people:
        return skipped(id, "nobody has written anything lately")
    if not unknown:
        return good(id, f"each of the {len(people)} recent authors can be mentioned")
    named = ", ".join(f"{one.name} <{one.email}>" for one in unknown[:_MOST_NAMED])
    more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
    table = ", ".join(f"{literal(one.email)} = {literal('U…')}" for one in unknown[:_MOST_NAMED])
    return warning(id, f"{len(unknown)} of {len(people)} recent authors are not found on Slack: {named}{more}",
                   f"users = {{ {table} }}  # under [slack] in .reletan.toml: Slack's member IDs")  # fmt: skip


def is_mapped(person: Person, users: Mapping[str, str]) -> bool:
    """Whether ``slack.users`` has somebody: by e-mail, by the login in it, or by name."""
    names = {name.casefold() for name in users}
    return bool(names & (person.marks | {person.email.partition("@")[0].casefold()}))
