"""The sandbox's repository on GitHub as a whole: what GitHub knows of its pull requests, and how it merges them."""

from reletan.sandbox.github.history import History
from reletan.sandbox.github.noticing import Noticing
from reletan.sandbox.origin import Origin, WorldError
from reletan.sandbox.team import GITHUB, How, Pull

# GitHub rebases no longer pull requests than this
MOST_REBASED = 100


class Site(Noticing):
    """All of it together: what the answers of REST and GraphQL are made from."""

    def __init__(self, server: Origin) -> None:
        super().__init__(server)
        # head and base -> whether they conflict, and whether it can be rebased
        self._conflicting: dict[tuple[str, str], bool] = {}
        self._rebaseable: dict[tuple[str, str], bool] = {}

    # what GitHub knows

    def find_pull(self, number: int) -> Pull | None:
        self.notice()
        return self.pulls.get(number)

    def base_of(self, number: int) -> str:
        """What the pull request is compared with: its base as it is, or as it was when it ended."""
        pull = self.pulls[number]
        return (not pull.open and pull.base_was) or self.head(pull.base) or self.head_of(number)

    def own_commits(self, number: int) -> list[str]:
        """The commits of a pull request, oldest first."""
        own = f"{self.base_of(number)}..{self.head_of(number)}"
        return self._server.ask("rev-list", "--reverse", of=[own]).split()

    def conflicts(self, number: int) -> bool:
        head, base = self.head_of(number), self.head(self.pulls[number].base)
        if base is None:
            return True
        if (head, base) not in self._conflicting:
            self._conflicting[head, base] = not self._can_merge(base, head)
        return self._conflicting[head, base]

    def _can_merge(self, base: str, head: str) -> bool:
        try:
            self._server.merged_tree(base, head)
        except WorldError:
            return False
        return True

    def behind(self, number: int) -> bool:
        """Whether the base has commits that the head lacks."""
        base = self._server.id(f"refs/heads/{self.pulls[number].base}")
        return not self._server.has(self.head_of(number), base)

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

    # merging

    def rebaseable(self, number: int) -> bool:
        """Whether each of its commits can be made anew on the base."""
        head, base = self.head_of(number), self.base_of(number)
        if (head, base) not in self._rebaseable:
            self._rebaseable[head, base] = self._can_rebase(base, head)
        return self._rebaseable[head, base]

    def _can_rebase(self, base: str, head: str) -> bool:
        if int(self._server.ask("rev-list", "--count", of=[f"{base}..{head}"])) > MOST_REBASED:
            return False
        try:
            self.rebased(base, head, GITHUB, self.clock)
        except WorldError:
            return False
        return True

    def merge_by_button(self, number: int, how: How, login: str, title: str | None, body: str | None) -> str:
        """What the merge button does, once nothing speaks against it. Raises Moved, and WorldError for a conflict."""
        branch = self.pulls[number].branch
        rules = self.rules_for(branch)
        kept = branch == self.settings.default_branch or (rules is not None and not rules.deletions)
        keep = kept or not self.settings.delete_branch
        return self.merge_pull(number, how, keep, title=title, body=body, by=self.person(login).name)

    def update_pull(self, number: int, login: str) -> str:
        """Merge the base into the branch of a pull request; its new head. Raises WorldError where that conflicts."""
        pull, head = self.pulls[number], self.head_of(number)
        base = self._server.id(f"refs/heads/{pull.base}")
        text = f"Merge branch '{pull.base}' into {pull.branch}"
        new = self._merged(head, base, text, self.person(login), GITHUB)
        if pull.fork:
            self._server.move(pull.ref, new, head)
        else:
            self._land(pull.branch, new, head)
        return new
