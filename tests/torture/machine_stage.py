"""What a run of the state machine stands on: a world, what its origin held so far, and what was done, step by step."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from quick_world import QuickWorld

from reletan.sandbox.origin import WorldError
from reletan.sandbox.team import Pull
from torture.machine_history import History, Refs
from torture.rounds import made_light, to_begin_with

T = TypeVar("T")

# Which one of several: a remainder of it
ANY = st.integers(0, 59)
# Happens now and then
SELDOM = st.integers(0, 7).map(lambda n: n == 7)
FLOW = re.compile(r"(release|hotfix)/([0-9].*)")
# branches whose pull requests are the flow's own
OURS = re.compile(r"(release|hotfix|backmerge)/")
RELEASE = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+")


class Verb(msgspec.Struct, frozen=True):
    """What can happen: the method's name, how often in comparison, whether it can now, and what it needs to know."""

    name: str
    often: int
    when: Callable[[Any], object]
    drawn: dict[str, st.SearchStrategy[Any]]


def happens(
    often: int, when: Callable[[Any], object] = lambda _: True, **drawn: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A ``rule`` with a weight. Hypothesis' own rules are all alike, and in most runs it does without many of them: then
    hardly any release gets to its end.
    """

    def noted(method: Callable[..., None]) -> Callable[..., None]:
        method.verb = Verb(method.__name__, often, when, drawn)  # type: ignore[attr-defined]
        return method

    return noted


def pick(options: Sequence[T], which: int) -> T:
    return options[which % len(options)]


@cache
def prepared() -> QuickWorld:
    """main, develop, v1.3.0, three pull requests since, and the laptops of Hana and Yuki; built once in each process."""
    world = to_begin_with()
    world.another_clone("yuki")
    return made_light(world)


class Stage(RuleBasedStateMachine):
    """``steps`` and ``releases``: of all runs in this process. ``trail``: what was done in this one, as text."""

    on_github: ClassVar[bool] = False
    steps: ClassVar[int] = 0
    releases: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="reletan-machine-"))
        self.world = prepared().copy_to(self.folder / "world")
        self.trail: list[str] = []
        # commits on the flow's branches that came without a pull request
        self.direct = set(self.world.look("rev-list", "--no-merges", "v1.3.0", cwd=self.world.origin).split())
        # tags that people made, whatever they mean
        self.by_hand: set[str] = set()
        # production got a release as something else than a merge
        self.squashed = False
        self._open = ExitStack()
        self.history = History(self.world.origin, self.world.env)
        self._open.callback(self.history.close)
        if self.on_github:
            self._open.enter_context(self.world.on_github())

    def teardown(self) -> None:
        self._open.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        verb = data.draw(st.sampled_from([verb for verb in self._verbs() if verb.when(self)]))
        getattr(self, verb.name)(**{name: data.draw(strategy) for name, strategy in verb.drawn.items()})
        Stage.steps += 1

    @classmethod
    @cache
    def _verbs(cls) -> list[Verb]:
        """Each as often as it happens; first what is simplest to read in a failure."""
        found = [method.verb for name in dir(cls) if hasattr(method := getattr(cls, name), "verb")]
        found.sort(key=lambda verb: -verb.often)
        return [verb for verb in found for _ in range(verb.often)]

    @property
    def refs(self) -> Refs:
        return self.history.refs

    @invariant()
    def what_there_is_is_known(self) -> None:
        self.history.look()

    def what_github_sees_is_known(self) -> None:
        """Not after each step: to ask git about each open pull request takes its time."""
        self.world.notice()
        self.history.look()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One thing that people do, which may turn out to be impossible."""
        self.note(what)
        try:
            yield
        except WorldError:
            self.trail[-1] += " (that cannot be done)"

    def note(self, what: str) -> None:
        self.trail.append(what)

    def require(self, holds: bool, promise: str, *more: object) -> None:
        """Raises AssertionError with all that was done where a promise does not hold."""
        if not holds:
            told = "\n".join(f"  {number}. {what}" for number, what in enumerate(self.trail, 1))
            details = "\n".join(str(one) for one in more)
            raise AssertionError(f"{promise}\n{details}\nwhat was done:\n{told}")

    # what there is to choose from

    def flow_branches(self) -> list[str]:
        """The release and hotfix branches of origin."""
        return [name for name in self.refs.heads if FLOW.fullmatch(name)]

    def open_pulls(self) -> list[Pull]:
        return [pull for pull in self.world.pulls.values() if pull.open]

    def merged_pulls(self) -> list[Pull]:
        return [pull for pull in self.world.pulls.values() if pull.merged]

    def laptop(self, which: int) -> Path:
        return self.world.folder / pick(self.world.clones, which)

    def versions(self) -> list[str]:
        """Those that are open, released, or could come next."""
        opened = [name.partition("/")[2] for name in self.flow_branches()]
        released = [name[1:] for name in self.refs.tags if RELEASE.fullmatch(name)]
        last = max((tuple(map(int, version.split("."))) for version in released), default=(1, 0, 0))
        major, minor, patch = last
        coming = [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0"]
        return [*opened * 4, *coming, *sorted(released)[-2:]]
