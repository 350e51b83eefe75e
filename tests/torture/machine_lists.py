"""What each release and the open list have to hold, by the graph and by what people did; and what reletan says they hold."""

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from reletan.sandbox.team import Pull
from torture.machine_laptops import Laptops
from torture.machine_stage import OURS, RELEASE


class Lists(Laptops):
    """Each pull request that was merged is in exactly one release, or in the open list; so is each other commit."""

    def __init__(self) -> None:
        super().__init__()
        # releases whose lists were looked at: they stay what they were
        self._listed: set[str] = set()

    def look_at_the_lists(self, clone: Path) -> None:
        if self.squashed:
            return  # by ancestry nothing of that release is in production: documented, and the next list shows it again
        production = self.history.reached([self.refs.heads["main"]])
        releases = {
            name: tag.commit for name, tag in self.refs.tags.items()
            if RELEASE.fullmatch(name) and tag.commit in production
        }  # fmt: skip
        for name, commit in releases.items():
            if name not in self._listed:
                self._listed.add(name)
                before = {
                    one: at for one, at in releases.items() if at != commit and self.history.has(commit, at)
                }  # fmt: skip
                span = (*self._since(before), "--until", name)
                self._compare(clone, span, self._between([commit], before.values()))
        develop = self.history.reached([self.refs.heads["develop"]])
        # until a release is back, what it has is told by content, and not by the graph
        if develop.issuperset(releases.values()):
            self._compare(clone, (), self._between([self.refs.heads["develop"]], list(releases.values())))

    def _since(self, before: Mapping[str, str]) -> tuple[str, ...]:
        """Every other time the release before is named, where production has one after the other."""
        in_line = before and not self.by_hand & before.keys()
        if not in_line or len(self._listed) % 2:
            return ()
        return "--since", max(before, key=lambda name: len(self.history.reached([before[name]])))

    def _between(self, tips: Iterable[str], excluded: Iterable[str]) -> set[str]:
        return self.history.reached(tips) - self.history.reached(excluded)

    def _compare(self, clone: Path, span: tuple[str, ...], commits: Set[str]) -> None:
        self.note(f"reletan list --json {' '.join(span)}, on {clone.name}'s laptop")
        run = self.world.reletan("list", "--json", *span, cwd=clone)
        self.require(run.code == 0, "a list always comes", run.err)
        entries = run.json["pull_requests"]
        pulls = [entry["number"] for entry in entries]
        loose = {commit["sha"] for commit in run.json["commits_without_pull_request"]}
        self.require(len(set(pulls)) == len(pulls), "each pull request once", pulls)
        wanted = self._pulls_of(commits)
        odd = [entry for entry in entries if entry["number"] not in wanted]
        odd += [self.world.pulls[number] for number in wanted.difference(pulls)]
        self.require(set(pulls) == wanted, "no pull request too many or too few", *odd, run.err)
        alone = self._loose_of(commits)
        self.require(loose == alone, "no other commit too many or too few", loose - alone, alone - loose, run.err)

    def _pulls_of(self, commits: Set[str]) -> set[int]:
        return {pull.number for pull in self.merged_pulls() if pull.merged in commits and self._counts(pull)}

    def _counts(self, pull: Pull) -> bool:
        """Whether it is one more change, and not the flow's own; only GitHub knows what landed by a rebase."""
        flow = OURS.match(pull.branch) and not self._brings_its_own(pull)
        return not flow and (self.on_github or pull.how != "rebase")

    def _brings_its_own(self, pull: Pull) -> bool:
        """A hotfix that came by its pull request is one more change, where it has commits that no other pull request brought."""
        by_pull = pull.how == "merge" or (self.on_github and pull.how == "true" and pull.base_was is not None)
        return pull.branch.startswith("hotfix/") and by_pull and bool(self._brought(pull) & self._own())

    def _brought(self, pull: Pull) -> set[str]:
        return self._between([pull.merged or ""], [pull.base_was or ""])

    def _own(self) -> set[str]:
        return self.direct.union(*self.made_here.values())

    def _loose_of(self, commits: Set[str]) -> set[str]:
        """Commits of people that no pull request brought; those too that GitHub made of one that does not count."""
        pulls = [pull for pull in self.merged_pulls() if pull.base_was]
        anew = [self._brought(pull) for pull in pulls if pull.how in ("squash", "rebase") and not self._counts(pull)]
        brought = [self._brought(pull) for pull in pulls if self._counts(pull)]
        return (self._own().union(*anew) & commits).difference(*brought)
