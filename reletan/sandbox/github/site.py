"""The sandbox's repository on GitHub: what it remembers, and the verbs of people and of CI."""

import copy
from typing import Any

from reletan.sandbox.github.history import History
from reletan.sandbox.github.model import (
    Check,
    Comment,
    CommitStatus,
    Deployment,
    Issue,
    Label,
    Permission,
    Protection,
    Release,
    Review,
    ReviewState,
    Settings,
)
from reletan.sandbox.github.protection import update_hook
from reletan.sandbox.origin import NewCommit, Origin, Person, WorldError
from reletan.sandbox.team import GITHUB, OWNER, How, Pull, Team

NAME = "shop"
TOKEN = "sandbox-token-of-hana"  # noqa: S105 - it opens nothing but the sandbox
COLORS = {"bug": "d73a4a", "feature": "0e8a16", "breaking": "b60205", "documentation": "0075ca"}
# What a copy of a world takes over
REMEMBERED = (
    "clock", "last_number", "last_id", "pulls", "labels", "issues", "comments", "reviews", "checks", "statuses",
    "releases", "deployments", "protections", "queue", "settings", "permissions", "tokens", "name", "former_names",
    "unknown_reads", "index_lag", "unknown_left", "lag_left",
)  # fmt: skip


class Site(Team):
    """A team whose repository is on GitHub. ``unknown_reads``: for so many reads of a pull request after its head or
    base moved, nobody knows whether it can be merged. ``index_lag``: for so many requests after a merge, GitHub does
    not know which pull request a commit came with.
    """

    def __init__(self, server: Origin) -> None:
        super().__init__(server)
        self.name = NAME
        self.former_names: list[str] = []
        self.settings = Settings()
        self.labels: dict[str, Label] = {}
        self.issues: dict[int, Issue] = {}
        self.comments: list[Comment] = []
        self.reviews: list[Review] = []
        self.checks: list[Check] = []
        self.statuses: list[CommitStatus] = []
        self.releases: list[Release] = []
        self.deployments: list[Deployment] = []
        self.protections: dict[str, Protection] = {}
        self.queue: list[int] = []
        self.permissions: dict[str, Permission] = {"hana": "admin"}
        # token -> login; what reads as "@…" is an app, whose right is what the permissions say for it
        self.tokens: dict[str, str] = {TOKEN: "hana"}
        self.unknown_reads = 1
        self.index_lag = 0
        self.unknown_left: dict[str, int] = {}
        self.lag_left: dict[str, int] = {}
        self.last_id = 1000
        # the refs and open pull requests that were looked at last: git is slow to ask for each
        self._noticed: tuple[str, list[tuple[int, str]]] | None = None

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

    def remember_as(self, other: "Site") -> None:
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

    # people

    def may(self, login: str) -> Permission:
        """The team may write, strangers may read; ``permissions`` says otherwise."""
        return self.permissions.get(login, "write" if login in self.team() else "read")

    def right(self, login: str | None) -> Permission:
        """What somebody, or nobody (None), may do here; strangers do not see a private repository."""
        known = login is not None and (login in self.permissions or login in self.team())
        may = self.may(login) if login and known else "none"
        return may if self.settings.private or may != "none" else "read"

    def person(self, login: str) -> Person:
        """Who has this login; a new person where nobody of the pull requests has it."""
        known = (pull.author for pull in self.pulls.values() if pull.author.login == login)
        return next(known, Person(login))

    def team(self) -> set[str]:
        """Who opened a pull request from the repository itself."""
        return {pull.author.login for pull in self.pulls.values() if not pull.fork}

    def open_issue(self, title: str, author: str = "Hana") -> int:
        number = self.next_number()
        self.issues[number] = Issue(number, title, Person(author), self._tick())
        return number

    def label(self, number: int, *names: str) -> None:
        """Put labels on a pull request or an issue; missing ones are made."""
        holder = self.pulls.get(number) or self.issues[number]
        for name in names:
            self.make_label(name)
            if name not in holder.labels:
                holder.labels.append(name)

    def make_label(self, name: str, color: str | None = None, description: str | None = None) -> Label:
        if name not in self.labels:
            self.labels[name] = Label(self.next_id(), name, color or COLORS.get(name, "ededed"), description)
        return self.labels[name]

    def approve(self, number: int, by: str = "Yuki") -> Review:
        return self.review(number, "APPROVED", by)

    def request_changes(self, number: int, by: str = "Yuki") -> Review:
        return self.review(number, "CHANGES_REQUESTED", by)

    def review(self, number: int, state: ReviewState, by: str, body: str = "") -> Review:
        """A review of the head as it is now."""
        review = Review(self.next_id(), number, Person(by), state, self.head_of(number), self._tick(), body)
        self.reviews.append(review)
        return review

    def comment(self, number: int, body: str, by: str = "Hana") -> Comment:
        now = self._tick()
        comment = Comment(self.next_id(), number, Person(by), body, now, now)
        self.comments.append(comment)
        return comment

    def close_pull(self, number: int) -> None:
        """Close it without merging."""
        self.pulls[number].closed, self.pulls[number].ended_at = True, self._tick()

    def publish(
        self, tag: str, body: str = "", *, name: str | None = None, draft: bool = False, by: str = "Hana"
    ) -> Release:
        """A GitHub Release; the tag is not made."""
        now = self._tick()
        release = Release(self.next_id(), tag, self.settings.default_branch, name or tag, body, draft, False, Person(by), now,
                          None if draft else now)  # fmt: skip
        self.releases.append(release)
        return release

    # CI

    def check(
        self, name: str, conclusion: str | None, at: int | str, *, run: int = 1, details_url: str | None = None
    ) -> Check:
        """A check run on a commit, or on the head of the pull request ``at``; conclusion None: it still runs."""
        sha = self.head_of(at) if isinstance(at, int) else at
        self.checks = [one for one in self.checks if (one.name, one.sha) != (name, sha)]
        status = "in_progress" if conclusion is None else "completed"
        check = Check(self.next_id(), sha, name, status, conclusion, self._tick(), run, details_url)
        self.checks.append(check)
        return check

    def status(
        self, context: str, state: str, at: int | str, target_url: str | None = None, by: str = "Hana"
    ) -> CommitStatus:
        """A commit status, the older kind of check, on a commit or on the head of the pull request ``at``."""
        sha = self.head_of(at) if isinstance(at, int) else at
        status = CommitStatus(self.next_id(), sha, context, state, self._tick(), Person(by), None, target_url)
        self.statuses.append(status)
        return status

    # rules

    def protect_branch(self, branch: str, protection: Protection) -> None:
        """Rules for one branch, which hold for merges; where they ask for anything, pushes are refused too."""
        self.protections[branch] = protection
        self.set_hook("update", update_hook(self.protections))

    def unprotect_branch(self, branch: str) -> None:
        self.protections.pop(branch, None)
        self.set_hook("update", update_hook(self.protections))

    def has_hook(self, name: str) -> bool:
        return (self._server.path / "hooks" / name).exists()

    def set_hook(self, name: str, script: str | None) -> None:
        """Give origin a hook, or take it away."""
        hook = self._server.path / "hooks" / name
        if script is None:
            hook.unlink(missing_ok=True)
            return
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(script, encoding="utf-8")
        hook.chmod(0o755)

    # what GitHub knows

    def find_pull(self, number: int) -> Pull | None:
        self.notice()
        return self.pulls.get(number)

    def head_of(self, number: int) -> str:
        """The head of a pull request, merged or not."""
        found = self._server.find(self.pulls[number].ref)
        if found is None:
            raise WorldError(f"pull request {number} has no head")
        return found

    def base_of(self, number: int) -> str:
        """What the pull request is compared with: its base as it is, or as it was when it ended."""
        pull = self.pulls[number]
        return (not pull.open and pull.base_was) or self.head(pull.base) or self.head_of(number)

    def own_commits(self, number: int) -> list[str]:
        """The commits of a pull request, oldest first."""
        return self._server.git("rev-list", "--reverse", f"{self.base_of(number)}..{self.head_of(number)}").split()

    def conflicts(self, number: int) -> bool:
        pull = self.pulls[number]
        try:
            self._server.merged_tree(f"refs/heads/{pull.base}", pull.ref)
        except WorldError:
            return True
        return False

    def behind(self, number: int) -> bool:
        """Whether the base has commits that the head lacks."""
        base = f"refs/heads/{self.pulls[number].base}"
        return bool(self._server.git("rev-list", "-1", base, f"^{self.head_of(number)}").strip())

    def knows(self, number: int) -> bool:
        """Whether a merge can be judged by now; each call counts as one read. False for ``unknown_reads`` times."""
        pull = self.pulls[number]
        key = f"{self.head_of(number)} {self.head(pull.base)}"
        left = self.unknown_left.setdefault(key, self.unknown_reads)
        self.unknown_left[key] = max(left - 1, 0)
        return left == 0

    def pulls_with(self, sha: str) -> list[Pull]:
        """The pull requests that a commit came with, once the index knows: those that were merged, and open ones."""
        return self.indexed(History(self._server)).get(sha, [])

    def indexed(self, history: History) -> dict[str, list[Pull]]:
        """All commits of pull requests -> the pull requests, as far as the index knows."""
        found: dict[str, list[Pull]] = {}
        for pull in self.pulls.values():
            if pull.merged and self.lag_left.setdefault(pull.ref, self.index_lag) > 0:
                continue
            for sha in self._brought(pull, history):
                found.setdefault(sha, []).append(pull)
        return found

    def _brought(self, pull: Pull, history: History) -> set[str]:
        """Its own commits, the one that merged it, and those that a rebase made on the base."""
        head = history.refs[pull.ref]
        base = (not pull.open and pull.base_was) or history.refs.get(f"refs/heads/{pull.base}", head)
        brought = set(history.between(base, head))
        if pull.merged:
            brought.add(pull.merged)
            if pull.how == "rebase":
                brought.update(history.between(base, pull.merged))
        return brought

    def index_request(self) -> None:
        """One request has been answered: the index comes nearer to knowing the newest merges."""
        self.lag_left = {ref: max(left - 1, 0) for ref, left in self.lag_left.items()}

    def notice(self) -> None:
        """See what was pushed since: heads that moved, branches that are gone, heads that a push brought into the base."""
        compared = [(pull.number, pull.base) for pull in self.pulls.values() if pull.open]
        seen = self._server.git("for-each-ref", "--format=%(refname) %(objectname)"), compared
        if seen == self._noticed:
            return
        self._noticed = seen
        for pull in self.pulls.values():
            if not pull.open or pull.fork:
                continue
            head, known, base = self.head(pull.branch), self._server.find(pull.ref), self.head(pull.base)
            if head is not None and head != known:
                self._server.point(pull.ref, head)
            if base is not None and self._merged_by_push(pull, base):
                continue
            if head is None:
                pull.closed, pull.ended_at = True, self.clock

    def _merged_by_push(self, pull: Pull, base: str) -> bool:
        """Somebody merged it without the button: GitHub marks it as merged with the commit that brought it in."""
        head = self.head_of(pull.number)
        if self._server.git("rev-list", "-1", head, f"^{base}").strip():
            return False
        brought = self._server.git("rev-list", "--ancestry-path", "--merges", f"{head}..{base}").split()
        if not brought and head != base:
            return False
        pull.merged, pull.how, pull.ended_at = brought[-1] if brought else head, "true", self.clock
        pull.merged_by = pull.author
        if brought:
            pull.base_was = self.parents(brought[-1])[0]
        return True

    def merge_by_button(self, number: int, how: How, login: str, title: str | None, body: str | None) -> str:
        """What the merge button does, once nothing speaks against it."""
        keep = not self.settings.delete_branch
        return self.merge_pull(number, how, keep, title=title, body=body, by=self.person(login).name)

    def update_pull(self, number: int, login: str) -> str:
        """Merge the base into the branch of a pull request; its new head. Raises WorldError where that conflicts."""
        pull = self.pulls[number]
        base = f"refs/heads/{pull.base}"
        new = NewCommit(
            message=f"Merge branch '{pull.base}' into {pull.branch}",
            author=self.person(login),
            committer=GITHUB,
            time=self._tick(),
            parents=[pull.ref, base],
            tree=self._server.merged_tree(pull.ref, base),
        )
        return self._server.commit(new, pull.ref) if pull.fork else self._land(pull.branch, new)

    def state(self) -> dict[str, Any]:
        """What GitHub has besides git's objects, to compare: pull requests, reviews, comments, releases."""
        return {
            "pulls": {
                n: ("merged" if p.merged else "closed" if p.closed else "open", p.title) for n, p in self.pulls.items()
            },
            "labels": {n: sorted(p.labels) for n, p in self.pulls.items() if p.labels},
            "reviews": [(r.number, r.author.login, r.state, r.commit) for r in self.reviews],
            "comments": [(c.number, c.body) for c in self.comments],
            "releases": [(r.tag, r.name, r.draft, r.body) for r in self.releases],
        }
