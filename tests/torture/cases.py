"""The commands that are tormented, each in a world in which it has something to do."""

import atexit
import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import automerging
import bypulling
import msgspec
from quick_world import QuickWorld
from wrapped import FIXED

from reletan.sandbox.slack.model import Channel
from reletan.sandbox.stories import bare_minimum
from torture.points import WAYS, Way

MENDED = "Mend the last bug"
WITHOUT_RESUME: tuple[Way, ...] = ("again", "again-elsewhere")


class StillWorld(QuickWorld):
    """Its clock stands still once ``still``, so that two runs that make the same make the same objects. ``posted``: what stood
    on Slack before. ``said``: what runs told, for who asks later.
    """

    still = False
    posted: dict[str, Channel] | None = None

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.said: list[str] = []

    def _tick(self) -> int:
        return self.clock if self.still else super()._tick()

    def environment(self, extra: Any = None) -> dict[str, str]:
        return super().environment({**FIXED, "TMPDIR": str(self.folder / "tmp"), **(extra or {})})

    def copy_to(self, folder: Path) -> "StillWorld":
        twin = super().copy_to(folder)
        twin.still, twin.posted = self.still, self.posted
        (folder / "tmp").mkdir(exist_ok=True)
        return twin


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """``prepare`` makes the world in which ``command`` has something to do; ``runs``: how often it may have to be run until
    all is done; ``ways``: who can finish it; ``ordered``: False where it
    goes on after a failure, and does in the next run what it left: so the ids and numbers may be others.
    """

    name: str
    command: tuple[str, ...]
    prepare: Callable[[StillWorld], object]
    github: bool = False
    slack: Literal["", "bot", "webhook"] = ""
    runs: int = 1
    ways: tuple[Way, ...] = WAYS
    ordered: bool = True
    pairs: bool = False

    @property
    def version(self) -> str:
        """Its last word that is no option."""
        return next(word for word in reversed(self.command) if not word.startswith("--"))


def _nothing(world: StillWorld) -> None:
    """The world is ready as it is."""


def _busy(world: StillWorld) -> None:
    """Hana is in the middle of something."""
    (world.clone / "README.md").write_text("Not done yet\n")
    (world.clone / "draft.txt").write_text("An idea\n")


def _begun(world: StillWorld) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.commit("release/1.4.0", MENDED)


def _hotfix_begun(world: StillWorld) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    world.commit("hotfix/1.3.1", MENDED)
    _busy(world)


def _pull_wanted(world: StillWorld) -> None:
    """A release is open without its pull request."""
    world.reletan("start", "1.4.0", "--yes", "--no-pr", check=True)


def _untold(world: StillWorld) -> None:
    """A release is open, and Slack does not know."""
    world.reletan("start", "1.4.0", "--yes", "--no-notify", check=True)


def _hotfix_reviewed(world: StillWorld) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.reletan("start", "hotfix", "1.3.1", "--yes", check=True)
    world.pull(MENDED, base="hotfix/1.3.1")


def _protected(*branches: str, after: Callable[[StillWorld], None] = _begun) -> Callable[[StillWorld], None]:
    def prepare(world: StillWorld) -> None:
        after(world)
        bypulling.protect(world, *branches)

    return prepare


def _three_are_ready(world: StillWorld) -> None:
    for title in ("Add gift cards", "Sort by price", "Say hello"):
        automerging.ready(world, title)
    world.open_pull("Nobody has looked at this")


CASES = {
    case.name: case
    for case in (
        Case(name="start", command=("start", "1.4.0"), prepare=_nothing),
        Case(name="start-switch", command=("start", "1.4.0", "--switch"), prepare=_nothing),
        Case(name="start-hotfix", command=("start", "hotfix", "1.3.1"), prepare=_nothing),
        Case(name="start-told", command=("start", "1.4.0"), prepare=_protected("main", after=_nothing), github=True, slack="bot"),
        Case(name="tag", command=("tag", "1.4.0"), prepare=_begun, pairs=True),
        Case(name="tag-hotfix", command=("tag", "1.3.1"), prepare=_hotfix_begun, pairs=True),
        Case(name="tag-told", command=("tag", "1.4.0"), prepare=_begun, github=True, slack="bot"),
        # of two laptops, the tags would be two: here, where time stands still, they are one
        Case(name="tag-webhook", command=("tag", "1.4.0"), prepare=_begun, slack="webhook", ways=("again", "resume")),
        Case(
            name="tag-pull", command=("tag", "1.4.0"), prepare=_protected("main"), github=True, slack="bot", runs=3,
        ),
        Case(
            name="tag-pulls", command=("tag", "1.4.0"), prepare=_protected("main", "develop"), github=True, slack="bot",
            runs=3,
        ),
        Case(
            name="tag-back-pull", command=("tag", "1.4.0"), prepare=_protected("develop"), github=True, slack="bot", runs=2,
        ),
        Case(
            name="tag-hotfix-pulls", command=("tag", "1.3.1"), github=True, runs=3, ordered=False,
            prepare=_protected("main", "develop", "release/*", after=_hotfix_reviewed),
        ),
        Case(name="pr", command=("pr", "1.4.0"), prepare=_pull_wanted, github=True, ways=WITHOUT_RESUME),
        Case(name="notify", command=("notify", "1.4.0"), prepare=_untold, github=True, slack="bot", ways=WITHOUT_RESUME),
        Case(
            name="automerge", command=("automerge", "--all"), prepare=_three_are_ready, github=True, ways=WITHOUT_RESUME,
            ordered=False,
        ),
    )
}  # fmt: skip


@contextmanager
def fresh(case: Case) -> Iterator[StillWorld]:
    """The case's world, ready for its command; it is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="reletan-", dir=_folder()) as folder:
        world = _ready(case).copy_to(Path(folder) / "world")
        with _served(world, case):
            yield world


@cache
def _ready(case: Case) -> StillWorld:
    """One for each process, to copy."""
    world = _small().copy_to(_folder() / case.name)
    with _served(world, case):
        case.prepare(world)
        if case.slack:
            world.posted = copy.deepcopy(world.slack.channels)
    world.still = True
    return world


@cache
def _small() -> StillWorld:
    """main, develop, v1.3.0 and three pull requests since, in few files; Hana has a second laptop."""
    world = StillWorld(_folder() / "small")
    bare_minimum(world)
    world.unknown_reads = 0
    elsewhere = world.another_clone("yuki")
    for key, value in (("user.name", "Hana"), ("user.email", "hana@example.com")):
        world.git("config", key, value, cwd=elsewhere)
    for where in (world.clone, elsewhere):
        _with_something_of_its_own(world, where)
    for where in (world.origin, world.clone, elsewhere):
        world.look("repack", "-adq", cwd=where)
    for example in world.folder.rglob("*.sample"):
        example.unlink()
    return world


def _with_something_of_its_own(world: StillWorld, clone: Path) -> None:
    """What ``git status`` does not show: a file that git ignores, a stash, a note."""
    (clone / ".git" / "info" / "exclude").write_text(".env\n")
    (clone / ".env").write_text("password=none\n")
    (clone / "README.md").write_text("Another idea\n")
    world.git("stash", "--quiet", cwd=clone)
    world.git("notes", "add", "-m", "Looked at", "HEAD", cwd=clone)


class Place:
    """Where worlds stand; None for a temporary folder of this process."""

    folder: Path | None = None


def stand_in(folder: Path) -> None:
    """Let the worlds of this process stand in ``folder``, which somebody else removes."""
    Place.folder = folder


@cache
def _folder() -> Path:
    """For what is made once in each process."""
    made = Path(tempfile.mkdtemp(prefix="reletan-", dir=Place.folder))
    if Place.folder is None:
        atexit.register(shutil.rmtree, made)
    return made


@contextmanager
def _served(world: StillWorld, case: Case) -> Iterator[None]:
    with ExitStack() as stack:
        if case.github:
            stack.enter_context(world.on_github())
        if case.slack:
            slack = stack.enter_context(world.on_slack(webhook=case.slack == "webhook"))
            if world.posted:
                slack.channels = copy.deepcopy(world.posted)
        yield
