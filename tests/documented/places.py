"""Where a team may be when somebody types a command: a shop on GitHub, with Slack, in every state that the pages speak of."""

from contextlib import ExitStack
from pathlib import Path

from github_world import problems
from quick_world import QuickWorld

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.model import Protection
from reletan.sandbox.stories import bare_minimum, shop
from reletan.sandbox.world import World

NOTHING = "nothing is open"
OPEN = "a release is open"
OUT = "a release is out"
HOTFIX = "a hotfix is open"
PULLS = "pull requests wait"
PROTECTED = "main is protected"
INCOMPLETE = "GitHub failed after the push"
# A release and a hotfix go through these, one after the other
WAY = (NOTHING, OPEN, OUT, HOTFIX)
_AN_HOUR = 3_600


def _start(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)


def _tag(world: World) -> None:
    world.reletan("tag", "1.4.0", "--yes", check=True)


def _hotfix(world: World) -> None:
    world.reletan("start", "hotfix", "1.4.1", "--yes", check=True)
    commit_a_fix(world)


def commit_a_fix(world: World) -> None:
    """What a person does between `start hotfix` and `tag`."""
    (branch,) = (name for name in world.branches() if name.startswith("hotfix/"))
    world.commit(branch, "Fix the total on invoices", {"src/invoice.txt": "with tax\n"}, "Yuki")


def squash_the_release(world: World) -> None:
    """What somebody does on GitHub who does not know better."""
    world.reletan("pr", "1.4.0", "--yes", check=True)
    world.merge_pull(world.last_number, "squash")


def _protected(world: World) -> None:
    rules = Protection(pull_request=True, approvals=1, admins=True)
    world.protect_branch("main", rules)
    _start(world)


def _incomplete(world: World) -> None:
    """The push is done, and the GitHub Release is not."""
    _start(world)
    world.github.fault("POST", "/repos/*/releases", do=Fault.status(502, "Server Error"))
    assert world.reletan("tag", "1.4.0", "--yes").code == 5


def _pulls(world: World) -> None:
    """#12 and #15 are ready, and Hana has #12 checked out; #13 lacks an approval and #14 is a draft."""
    bare_minimum(world)
    world.last_number = 11
    for title, draft in (
        ("Add a wish list", False), ("Cancel an order", False), ("Show ratings", True), ("Pay by card", False)
    ):  # fmt: skip
        number = world.open_pull(title, draft=draft, author="Yuki")
        world.check("ci", "success", number)
    world.approve(12, by="Hana")
    world.approve(15, by="Hana")
    world.git("fetch", "--quiet", "origin")
    world.git("switch", "--quiet", world.pulls[12].branch)


_STEPS = {OPEN: _start, OUT: _tag, HOTFIX: _hotfix}
_OTHERS = {PULLS: lambda _: None, PROTECTED: _protected, INCOMPLETE: _incomplete}
PLACES = (*WAY, *_OTHERS)


class Shops:
    """The histories that worlds begin with, each built once in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built: dict[str, World] = {}

    def copy(self, place: str, folder: Path) -> World:
        tell = _pulls if place == PULLS else shop
        if tell.__name__ not in self._built:
            world = QuickWorld(self._folder / tell.__name__)
            tell(world)
            world.unknown_reads = 0
            # few files, which are copied each time
            world.look("repack", "-adq", cwd=world.origin)
            for example in world.folder.rglob("*.sample"):
                example.unlink()
            self._built[tell.__name__] = world
        return self._built[tell.__name__].copy_to(folder)


class Team:
    """A world that goes on from place to place as a page is read; a new one where there is no way forward."""

    def __init__(self, shops: Shops, folder: Path) -> None:
        self._shops = shops
        self._folder = folder
        self._begun = 0
        self._stack = ExitStack()
        self._world: World | None = None
        self._other: str | None = None
        self.problems: list[str] = []

    def be_at(self, wanted: tuple[str, ...]) -> World:
        """A world at one of these places: at the first of them where it has to go somewhere, at any where there are none."""
        here = self.place
        if self._world is not None and (here in wanted or (not wanted and here)):
            return self._world
        goal = wanted[0] if wanted else NOTHING
        if goal in _OTHERS:
            world = self._begin(goal)
            _OTHERS[goal](world)
            self._other = goal
            return world
        ahead = here in WAY and WAY.index(here) < WAY.index(goal)
        world = self._world if self._world and ahead else self._begin(goal)
        for place in WAY[WAY.index(self.place or NOTHING) + 1 : WAY.index(goal) + 1]:
            _STEPS[place](world)
        return world

    @property
    def as_it_is(self) -> World:
        """The world as the line before has left it."""
        return self._world or self.be_at(())

    @property
    def place(self) -> str | None:
        """Where it is now; None: at none of the places."""
        if self._world is None or self._other is not None:
            return self._other
        new = set(self._world.tags()) - {"v1.2.0", "v1.3.0"}
        begun = [name for name in self._world.branches() if name.startswith(("release/", "hotfix/"))]
        known = {"": {"": NOTHING, "release/1.4.0": OPEN}, "v1.4.0": {"": OUT, "hotfix/1.4.1": HOTFIX}}
        return known.get(" ".join(new), {}).get(" ".join(begun))

    def use_up(self) -> None:
        """A line has changed what cannot be told by branches and tags."""
        self._other = ""

    def leave(self) -> None:
        """The next line begins anew."""
        if self._world is not None:
            self.problems += [*problems(self._world.github), *self._world.slack.wrong()]
        self._stack.close()
        self._stack, self._world, self._other = ExitStack(), None, None

    def _begin(self, place: str) -> World:
        self.leave()
        self._begun += 1
        world = self._world = self._shops.copy(place, self._folder / str(self._begun))
        self._stack.enter_context(world.on_github())
        self._stack.enter_context(world.on_slack())
        # otherwise all is so new that GitHub may not know it yet, and is asked again
        world.clock += _AN_HOUR
        return world
