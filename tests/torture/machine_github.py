"""The state machine on the sandbox GitHub: rules of branches, reviews, the release pull request, and automerge."""

import msgspec
from hypothesis import strategies as st

from reletan.sandbox.github.model import Protection
from torture.machine_commands import KILL, Commands
from torture.machine_stage import ANY, RELEASE, SELDOM, happens, pick

_BY_PULL = Protection(pull_request=True, admins=True)
_RULES = (
    _BY_PULL,
    msgspec.structs.replace(_BY_PULL, approvals=1),
    msgspec.structs.replace(_BY_PULL, checks=("ci",)),
    msgspec.structs.replace(_BY_PULL, by_ruleset=True),
    msgspec.structs.replace(_BY_PULL, linear=True),
)


class OnGitHub(Commands):
    """GitHub knows at once whether something can be merged."""

    on_github = True

    def __init__(self) -> None:
        super().__init__()
        self.world.unknown_reads = 0

    def teardown(self) -> None:
        server = self.world.github
        super().teardown()
        self.require(not server.unknown, "only what GitHub has is asked for", *server.unknown)
        self.require(not server.crashes, "the sandbox answers", *server.crashes)

    @happens(2, branch=st.sampled_from(["main", "develop"]), which=ANY)
    def protect(self, branch: str, which: int) -> None:
        rules = pick(_RULES, which)
        with self.step(f"protect {branch}: {rules}"):
            self.world.protect_branch(branch, rules)

    @happens(1, lambda self: self.world.protections)
    def unprotect(self) -> None:
        with self.step("take all rules away"):
            self.world.unprotect()

    @happens(3, lambda self: self.open_pulls(), which=ANY)
    def approve(self, which: int) -> None:
        pull = pick(self.open_pulls(), which)
        with self.step(f"approve #{pull.number} from {pull.branch}"):
            self.world.approve(pull.number, by="Marta")
            self.world.check("ci", "success", pull.number)

    @happens(1, lambda self: self.open_pulls(), which=ANY)
    def object_to_it(self, which: int) -> None:
        pull = pick(self.open_pulls(), which)
        with self.step(f"close #{pull.number}, or have its checks fail"):
            if which % 2:
                self.world.close_pull(pull.number)
            else:
                self.world.check("ci", "failure", pull.number)

    @happens(2, which=ANY, laptop=ANY, kill=KILL)
    def write_the_release_pull(self, which: int, laptop: int, kill: int | None) -> None:
        version = pick(self.versions(), which)
        self.ask(("pr", version, "--yes"), self.laptop(laptop), version, kill=kill)

    @happens(3, which=ANY, push=SELDOM, laptop=ANY, kill=KILL)
    def tag_on_github(self, which: int, push: bool, laptop: int, kill: int | None) -> None:
        version = pick(self.versions(), which)
        way = "push" if push else pick(["pull-request", "pull-request", "auto"], which)
        squash = ["--accept-squash"] if which >= 55 else []
        self.squashed |= bool(squash)
        self.ask(("tag", version, "--via", way, *squash, "--yes"), self.laptop(laptop), version, kill=kill)

    @happens(2, laptop=ANY, kill=KILL)
    def merge_what_is_ready(self, laptop: int, kill: int | None) -> None:
        self.ask(("automerge", "--all"), self.laptop(laptop), kill=kill)

    @happens(1, which=ANY, laptop=ANY)
    def publish_notes(self, which: int, laptop: int) -> None:
        version = pick([name[1:] for name in self.refs.tags if RELEASE.fullmatch(name)], which)
        self.ask(("notes", version, "--publish", "--yes"), self.laptop(laptop), version)
