"""What people do on their laptops: reletan must leave all of it as it is."""

from pathlib import Path

from torture.machine_stage import ANY, SELDOM, Stage, happens, pick


class Laptops(Stage):
    """Nothing here reaches origin but by a push."""

    def __init__(self) -> None:
        super().__init__()
        # laptop -> commits that were made there, and are perhaps nowhere else
        self.made_here: dict[str, list[str]] = {}

    @happens(2, which=ANY, push=SELDOM)
    def commit_on_a_laptop(self, which: int, push: bool) -> None:
        clone = self.laptop(which)
        with self.step(f"a commit on {clone.name}'s laptop, {push=}"):
            self.world.git("commit", "--quiet", "--allow-empty", "-m", "Not pushed yet", cwd=clone)
            made = self.world.look("rev-parse", "HEAD", cwd=clone)
            self.made_here.setdefault(clone.name, []).append(made)
            if push:
                branch = self.world.look("symbolic-ref", "--short", "HEAD", cwd=clone)
                self.world.push_to(branch, clone=clone)

    @happens(1, which=ANY)
    def leave_something_lying(self, which: int) -> None:
        clone = self.laptop(which)
        with self.step(f"edit a file on {clone.name}'s laptop"):
            (clone / pick(["README.md", "draft.txt"], which)).write_text(f"not done at {self.world.clock}\n")

    @happens(1, which=ANY)
    def leave_more_lying(self, which: int) -> None:
        """What ``git status`` does not show, or only in part."""
        clone = self.laptop(which)
        with self.step(f"a secret that git ignores, and a stash, on {clone.name}'s laptop"):
            (clone / ".git" / "info" / "exclude").write_text(".env\n")
            (clone / ".env").write_text(f"password={self.world.clock}\n")
            (clone / "README.md").write_text(f"an idea at {self.world.clock}\n")
            self.world.git("stash", "--quiet", cwd=clone)

    @happens(2, which=ANY)
    def tidy_up(self, which: int) -> None:
        clone = self.laptop(which)
        with self.step(f"throw the changes on {clone.name}'s laptop away, and pull"):
            self.world.git("reset", "--quiet", "--hard", cwd=clone)
            self.world.git("clean", "--quiet", "-df", cwd=clone)
            self.world.git("pull", "--quiet", "--no-rebase", "--ff-only", cwd=clone)

    @happens(2, which=ANY, where=ANY)
    def switch(self, which: int, where: int) -> None:
        clone = self.laptop(which)
        branch = pick(["main", "develop", *self.flow_branches()], where)
        with self.step(f"switch to {branch} on {clone.name}'s laptop"):
            self.world.git("fetch", "--quiet", "origin", cwd=clone)
            self.world.git("switch", "--quiet", branch, cwd=clone)

    # what reletan must not touch

    def require_own_commits(self, clone: Path) -> None:
        for made in self.made_here.get(clone.name, ()):
            anywhere = self.world.look("for-each-ref", "--count=1", f"--contains={made}", cwd=clone)
            self.require(bool(anywhere), f"the commit {made}, made on this laptop, is still on one of its branches")
