"""What the sandbox GitHub remembers, and how it is copied and compared."""

import copy
from typing import Any

import msgspec

from reletan.sandbox.github.model import (
    Check,
    Comment,
    CommitStatus,
    Deployment,
    Edit,
    Issue,
    Label,
    Permission,
    Protection,
    Release,
    Review,
    Settings,
)
from reletan.sandbox.origin import Origin, Person
from reletan.sandbox.team import OWNER, Team

NAME = "shop"
TOKEN = "sandbox-token-of-hana"  # noqa: S105 - it opens nothing but the sandbox
# Those whom the stories tell of
MEMBERS = ("Hana", "Yuki", "Marta", "山田 花子", "佐藤 健")
# What a copy of a world takes over
REMEMBERED = (
    "clock", "last_number", "last_id", "pulls", "labels", "issues", "edits", "comments", "reviews", "checks", "statuses",
    "releases", "deployments", "protections", "queue", "settings", "members", "permissions", "tokens", "name",
    "former_names", "unknown_reads", "index_lag", "queue_lag", "unknown_left", "lag_left", "queue_left", "touched",
)  # fmt: skip
# What only counts, what the counters and the clock gave, and how texts came about: two ways to the same end differ in these
COUNTED = ("edits", "clock", "last_number", "last_id", "unknown_left", "lag_left", "queue_left", "touched")
FROM_COUNTERS = ("id", "at", "edited_at", "opened_at", "ended_at", "published_at", "latest_at")


class Memory(Team):
    """A team whose repository is on GitHub. ``unknown_reads``: for so many reads of a pull request after its head or
    base moved, nobody knows whether it can be merged. ``index_lag``: for so many requests after a merge, GitHub does
    not know which pull request a commit came with. ``queue_lag``: for so many requests, what could be merged at once
    stays in the merge queue.
    """

    def __init__(self, server: Origin) -> None:
        super().__init__(server)
        self.name = NAME
        self.former_names: list[str] = []
        self.settings = Settings()
        self.labels: dict[str, Label] = {}
        self.issues: dict[int, Issue] = {}
        self.edits: list[Edit] = []
        self.comments: list[Comment] = []
        self.reviews: list[Review] = []
        self.checks: list[Check] = []
        self.statuses: list[CommitStatus] = []
        self.releases: list[Release] = []
        self.deployments: list[Deployment] = []
        # names or patterns of branches, and those of tags with refs/tags/ -> their rules
        self.protections: dict[str, Protection] = {}
        self.queue: list[int] = []
        self.members: dict[str, Person] = {Person(name).login: Person(name) for name in MEMBERS}
        self.permissions: dict[str, Permission] = {"hana": "admin"}
        # token -> login; what reads as "@…" is an app, whose right is what the permissions say for it
        self.tokens: dict[str, str] = {TOKEN: "hana"}
        self.unknown_reads = 1
        self.index_lag = 0
        self.queue_lag = 1
        self.unknown_left: dict[str, int] = {}
        self.lag_left: dict[str, int] = {}
        self.queue_left: dict[int, int] = {}
        # number of a pull request or an issue -> when somebody changed it last
        self.touched: dict[int, int] = {}
        self.last_id = 1000

    @property
    def slug(self) -> str:
        return f"{OWNER}/{self.name}"

    @property
    def former_slugs(self) -> list[str]:
        return [f"{OWNER}/{name}" for name in self.former_names]

    def rename(self, name: str) -> None:
        """Give the repository another name; the old one leads to it."""
        self.former_names.append(self.name)
        self.name = name

    def remember_as(self, other: "Memory") -> None:
        """Take over all that ``other`` remembers, as a copy."""
        for name in REMEMBERED:
            setattr(self, name, copy.deepcopy(getattr(other, name)))

    @property
    def bare(self) -> Origin:
        """The repository itself."""
        return self._server

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def state(self) -> dict[str, Any]:
        """All that GitHub has besides git's objects, to compare; without the ids and times that it gave."""
        kept = {name: getattr(self, name) for name in REMEMBERED if name not in COUNTED}
        found: dict[str, Any] = _without(msgspec.to_builtins(kept), FROM_COUNTERS)
        return found


def _without(part: Any, names: tuple[str, ...]) -> Any:
    if isinstance(part, dict):
        return {key: _without(value, names) for key, value in part.items() if key not in names}
    return [_without(one, names) for one in part] if isinstance(part, list) else part
