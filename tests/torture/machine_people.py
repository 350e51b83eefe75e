"""What people do to the repository while releases are made: the rules of the state machine that are not reletan's."""

from typing import Literal

from hypothesis import strategies as st

from reletan.sandbox.branches import Files
from reletan.sandbox.origin import Person, WorldError
from reletan.sandbox.team import How
from torture.machine_stage import ANY, OURS, SELDOM, Stage, happens, pick

HOW = st.sampled_from(["merge", "squash", "rebase", "true"])
TITLES = ("Add a basket", "fix: the sum", "feat: gift cards", "chore: update", "feat!: new prices", "Zeige Preise")
SHARED = ("VERSION", "shop.txt")
_YUKI = Person("Yuki")
Halfway = Literal["merged", "tagged", "whole"]


class People(Stage):
    """By pull requests, by pushes, by git-flow, and on their laptops."""

    # pull requests

    @happens(8, how=HOW, title=ANY, clash=SELDOM, commits=st.integers(1, 2))
    def land_a_change(self, how: How, title: int, clash: bool, commits: int) -> None:
        with self.step(f"a pull request into develop, by {how}, {commits=}, {clash=}"):
            number = self._open_pull("develop", title, clash, commits)
            self.world.merge_pull(number, how)

    @happens(4, onto=ANY, title=ANY, clash=SELDOM)
    def open_a_pull(self, onto: int, title: int, clash: bool) -> None:
        base = pick(["develop", "develop", *self.flow_branches()], onto)
        with self.step(f"open a pull request into {base}, {clash=}"):
            self._open_pull(base, title, clash, 1)

    def _open_pull(self, base: str, title: int, clash: bool, commits: int) -> int:
        files = self._clashing(title) if clash else None
        return self.world.open_pull(pick(TITLES, title), base=base, author="Yuki", files=files, commits=commits)

    def _clashing(self, which: int) -> Files:
        return {pick(SHARED, which): f"as it is at {self.world.clock}\n"}

    @happens(5, lambda self: self.open_pulls(), which=ANY, how=HOW)
    def merge_a_pull(self, which: int, how: How) -> None:
        pull = pick(self.open_pulls(), which)
        with self.step(f"merge #{pull.number} from {pull.branch} into {pull.base} by {how}"):
            self.squashed |= how in ("squash", "rebase") and pull.base == "main"
            self.world.merge_pull(pull.number, how)

    @happens(2, lambda self: self.open_pulls(), which=ANY)
    def push_to_a_pull(self, which: int) -> None:
        pull = pick(self.open_pulls(), which)
        with self.step(f"push to #{pull.number} from {pull.branch}"):
            made = self.world.push_to_pull(pull.number)
            if OURS.match(pull.branch):
                self.direct.add(made)

    @happens(3, lambda self: self.merged_pulls(), which=ANY, how=st.sampled_from(["merge", "squash"]))
    def take_a_pull_back(self, which: int, how: How) -> None:
        pull = pick(self.merged_pulls(), which)
        with self.step(f"revert #{pull.number} in {pull.base} by {how}"):
            if pull.base != "develop":
                raise WorldError("only on develop")
            self.world.revert(pull.number, how, author="Yuki")

    # branches of origin

    @happens(6, onto=ANY, clash=SELDOM)
    def commit_without_a_pull(self, onto: int, clash: bool) -> None:
        branch = pick([*["develop", *self.flow_branches()] * 3, "main"], onto)
        with self.step(f"a commit on {branch}, {clash=}"):
            self.direct.add(self.world.commit(branch, "Mend it", self._clashing(onto) if clash else None, "Yuki"))

    @happens(1, which=ANY)
    def make_both_sides_differ(self, which: int) -> None:
        """A conflict that is going to be met, in a merge or in the way back."""
        branch = pick(["main", *self.flow_branches()], which)
        with self.step(f"the same line in two ways on develop and {branch}"):
            for one in ("develop", branch):
                self.direct.add(self.world.commit(one, f"Change it on {one}", {"VERSION": f"as {one} wants it\n"}))

    @happens(2, lambda self: self.flow_branches(), which=ANY, other=st.sampled_from(["main", "develop"]))
    def merge_by_hand(self, which: int, other: str) -> None:
        """As reletan advises where a merge has conflicts: people settle them in favour of their branch."""
        branch = pick(["develop", *self.flow_branches()], which)
        with self.step(f"merge {other} into {branch}, and settle conflicts"):
            if branch == other or self.history.has(self.refs.heads[branch], self.refs.heads[other]):
                raise WorldError("nothing to merge")
            origin, ours, theirs = self.world.origin, self.refs.heads[branch], self.refs.heads[other]
            try:
                tree = self.world.look("merge-tree", "--write-tree", ours, theirs, cwd=origin).splitlines()[0]
            except WorldError:
                tree = self.world.look("rev-parse", f"{ours}^{{tree}}", cwd=origin)
            text = f"Merge branch '{other}' into {branch}"
            self.world.branch(
                branch, self.world.git("commit-tree", tree, "-p", ours, "-p", theirs, "-m", text, cwd=origin)
            )

    @happens(1, lambda self: self.flow_branches(), which=ANY)
    def delete_a_branch(self, which: int) -> None:
        names = [name for name in self.refs.heads if name not in ("main", "develop")]
        name = pick(names, which)
        with self.step(f"delete {name}"):
            self.world.delete_branch(name)

    @happens(1, lambda self: self.flow_branches(), which=ANY)
    def take_a_commit_off(self, which: int) -> None:
        name = pick(self.flow_branches(), which)
        with self.step(f"push {name} back by one commit"):
            head = self.refs.heads[name]
            if any(self.history.has(self.refs.heads[one], head) for one in ("main", "develop")):
                raise WorldError("it has nothing of its own")
            others = [pull for pull in self.open_pulls() if pull.branch != name]
            building = [self.refs.heads.get(pull.branch, head) for pull in others]
            if any(self.history.has(tip, head) for tip in building):
                raise WorldError("somebody builds on it, and would bring it again")
            self.world.branch(name, self.history.parents(head)[0])

    # as git-flow does, or half of it

    @happens(1, which=ANY, hotfix=st.booleans())
    def begin_by_hand(self, which: int, hotfix: bool) -> None:
        version = pick(self.versions(), which)
        branch, base = (f"hotfix/{version}", "main") if hotfix else (f"release/{version}", "develop")
        with self.step(f"make {branch} by hand"):
            if branch in self.refs.heads:
                raise WorldError("it is there")
            self.world.branch(branch, f"refs/heads/{base}")

    @happens(2, lambda self: self.flow_branches(), which=ANY, halfway=st.sampled_from(["merged", "tagged", "whole"]))
    def finish_by_hand(self, which: int, halfway: Halfway) -> None:
        name = pick(self.flow_branches(), which)
        kind, _, version = name.partition("/")
        with self.step(f"finish {name} by hand, {halfway}"):
            if f"v{version}" in self.refs.tags or self.history.has(self.refs.heads["main"], self.refs.heads[name]):
                raise WorldError("it is released, or has nothing")
            if halfway == "whole":
                self.world.release(version, f"{kind}/", author="Yuki")
                return
            made = self.world.merge_into("main", f"refs/heads/{name}", f"Merge branch '{name}'", _YUKI, _YUKI)
            if halfway == "tagged":
                self.world.tag(f"v{version}", made)

    @happens(1, which=ANY, squat=SELDOM)
    def tag_by_hand(self, which: int, squat: bool) -> None:
        """A candidate, which never counts; or the very name that a release is going to need, somewhere else."""
        name = f"v{pick(self.versions(), which)}" + ("" if squat else f"-rc.{len(self.refs.tags)}")
        with self.step(f"tag develop as {name}"):
            if name in self.refs.tags:
                raise WorldError("it is there")
            self.by_hand.add(name)
            self.world.tag(name, "refs/heads/develop", annotated=False)
