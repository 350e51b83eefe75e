"""One round of the races: who runs what, all at once; and what has to hold when they are done, and when it is finished."""

import copy
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from random import Random
from typing import Self

import msgspec
from quick_world import QuickWorld

from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import Run
from torture.machine_history import History, Refs
from torture.machine_promises import KILLED
from torture.races_origin import MOMENTS, Colleague, Listener, overwritten
from torture.rounds import made_light, to_begin_with

Args = tuple[str, ...]


class Story(msgspec.Struct, frozen=True):
    """What somebody does, each one of these commands; whether releases are open when they begin, and which branches of the
    sandbox GitHub are protected then (None: there is no GitHub).
    """

    choices: tuple[Args, ...]
    opened: bool = True
    protected: tuple[str, ...] | None = None


HEADS = "refs/heads/"
# where somebody commits without reletan; the last one is there from the beginning, or not at all
PEOPLES = ("release/1.4.0", "release/1.4.0", "develop", "main", "hotfix/1.3.1")
TAG, START = ("tag", "1.4.0"), ("start", "1.4.0")
HOTFIX, ABORT = ("tag", "1.3.1"), ("abort", "1.4.0")
STORIES = (
    Story((TAG,)),
    Story((TAG, ("tag", "1.4.0", "--backmerge", "pull-request"))),
    Story((TAG, HOTFIX)),
    Story((TAG, TAG, ABORT)),
    Story((TAG, HOTFIX, ("resume",), ("start", "hotfix", "1.3.2"))),
    Story((("start",), START), opened=False),
    Story((START, ("start", "2.0.0"), ("start", "hotfix", "1.3.1"), ("start", "minor")), opened=False),
    Story((START, TAG, ABORT), opened=False),
    Story((TAG, ("pr", "1.4.0")), protected=()),
    Story((TAG, HOTFIX), protected=("main",)),
    Story((TAG, ("pr", "1.4.0")), protected=("main", "develop")),
)
# How many effects a run has, about; those who come too late have fewer
EFFECTS = {"tag": 100, "start": 58, "abort": 30, "resume": 40, "pr": 40}
BY_PULL = Protection(pull_request=True, admins=True)


class Answer(msgspec.Struct, frozen=True):
    """What somebody did, and was told."""

    name: str
    args: Args
    run: Run

    @property
    def killed(self) -> bool:
        return self.run.code == KILLED

    @property
    def text(self) -> str:
        return f"{self.name}: reletan {' '.join(self.args)}: exit {self.run.code}\n{self.run.err}"


@cache
def prepared(opened: bool) -> QuickWorld:
    """The bare minimum; with 1.4.0 and the hotfix 1.3.1 open, where asked. Built once in each process."""
    world = to_begin_with()
    if opened:
        for branch, base in (("release/1.4.0", "develop"), ("hotfix/1.3.1", "main")):
            world.branch(branch, f"refs/heads/{base}")
            world.commit(branch, f"Mend it on {branch}")
    return made_light(world)


class Round:
    """``before`` and ``after`` the race, and ``finished``: once somebody has gone on with what was left."""

    def __init__(self, dice: Random, managers: int) -> None:
        self.story = story = dice.choice(STORIES)
        self._folder = Path(tempfile.mkdtemp(prefix="reletan-races-"))
        self.world = prepared(story.opened).copy_to(self._folder / "world")
        (self.world.folder / "tmp").mkdir()
        self.listener = Listener(self.world)
        self.colleague: Colleague | None = None
        self.history = History(self.world.origin, self.world.env)
        self.before = self.after = self.finished = self.history.look()
        self.answers: list[Answer] = []
        self.endings: list[Answer] = []
        self._jobs = [self._job(dice, f"manager{number}") for number in range(managers)]
        if dice.random() < 0.6:
            self.colleague = self._colleague(dice)
        self._open = ExitStack()
        self._open.callback(self.history.close)

    def __enter__(self) -> Self:
        if self.story.protected is not None:
            self.world.unknown_reads = 0
            self._open.enter_context(self.world.on_github())
            for branch in self.story.protected:
                self.world.protect_branch(branch, BY_PULL)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _job(self, dice: Random, name: str) -> tuple[Args, Path, dict[str, object] | None]:
        """Somebody's command and own laptop; and, for most, the moment to be killed, which half of them reach."""
        clone = self.world.folder / name
        shutil.copytree(self.world.clone, clone, symlinks=True)
        with (clone / ".git" / "config").open("a") as config:
            config.write(f"[user]\n\tname = {name}\n")
        args, spared = dice.choice(self.story.choices), dice.random() < 0.35
        kill: dict[str, object] = {
            "told": str(self._folder / name), "world": str(self.world.folder), "at": dice.randint(1, EFFECTS[args[0]]),
            "kind": dice.choice(["kill", "kill-after"]),
        }  # fmt: skip
        return args, clone, None if spared else kill

    def _colleague(self, dice: Random) -> Colleague:
        """Somebody who commits where no rule is broken; a sandbox GitHub knows that a ``pre-receive`` hook holds merges up."""
        there = PEOPLES if self.story.opened else PEOPLES[:-1]
        branches = [name for name in there if name not in (self.story.protected or ())]
        return Colleague(self.world, dice, branches, MOMENTS if self.story.protected is None else MOMENTS[::2])

    def race(self) -> None:
        """All at once; then one run for each version that somebody began, until there is nothing left to do."""
        environments = [self.world.environment() for _ in self._jobs]
        with ThreadPoolExecutor(len(self._jobs)) as at_once:
            self.answers = list(at_once.map(self._run, self._jobs, environments))
        if self.colleague:
            self.colleague.goes()
        self.after = self.history.look()
        tried = [self._finish(args) for args in self._left()]
        # once more, as another one may have to be finished first
        self.endings = [self._finish(one.args) if one.run.code else one for one in tried]
        self.finished = self.history.look()

    def _run(self, job: tuple[Args, Path, dict[str, object] | None], env: dict[str, str]) -> Answer:
        args, clone, kill = job
        world = copy.copy(self.world)
        world.watched = kill
        done = world.run_reletan((*args, "--yes"), clone, env, b"")
        return Answer(clone.name, args, Run(done.returncode, done.stdout.decode(), done.stderr.decode()))

    def _left(self) -> Iterable[Args]:
        """What somebody still has to do about the versions of this race."""
        opened = {
            name.partition("/")[2] for name in self.after.heads if "/" in name and not name.startswith("feature/")
        }
        released = {name[1:] for name in self.after.tags.keys() - self.before.tags.keys()}
        yield from (("resume" if version in released else "tag", version) for version in sorted(opened | released))

    @property
    def peoples(self) -> set[str]:
        """The commits that were made without reletan."""
        return self.colleague.commits if self.colleague else set()

    def _finish(self, args: Args) -> Answer:
        return Answer("hana", args, self.world.reletan(*args, "--yes"))

    def as_told(self) -> str:
        return "\n".join(answer.text for answer in (*self.answers, *self.endings))


def lost(a_round: Round) -> Iterable[str]:
    """The promises that do not hold."""
    for answer in a_round.answers:
        if not answer.killed:
            yield from _of_an_answer(answer, on_github=a_round.story.protected is not None)
    kept = _kept(a_round)
    for ending in a_round.endings:
        # a hotfix without a commit, or the second of two releases that began at the same commit
        empty = "There is nothing to release" in ending.run.err
        if ending.run.code and not empty and not (ending.run.code == 3 and ending.args[1] in kept):
            yield f"{ending.name} cannot finish {ending.args}: exit {ending.run.code}"
    # by pull request, a tag comes a moment after its merge
    for refs in (a_round.finished, a_round.after if a_round.story.protected is None else a_round.finished):
        yield from _of_production(a_round, refs)
    names = [release.tag for release in a_round.world.releases]
    if len(set(names)) != len(names):
        yield f"one GitHub Release a version: {names}"
    yield from _of_what_was(a_round)
    yield from _of_the_end(a_round)


def _of_what_was(a_round: Round) -> Iterable[str]:
    """What origin ever had, it has: production and development on their branches, a tag as it was made."""
    history, moved, end = a_round.history, a_round.listener.moved(), a_round.finished
    heads = {one.new: one.ref.removeprefix(HEADS) for one in moved if one.new and one.ref.startswith(HEADS)}
    lost = history.reached([*a_round.before.tips, *heads]) - history.reached(end.tips)
    if any(answer.args[0] == "abort" for answer in a_round.answers):
        # the merge of a hotfix's tag into an aborted release has nothing that is not elsewhere
        lost = {commit for commit in lost if not history.is_sound(commit)}
    if lost:
        yield f"commits are lost: {sorted(lost)}"
    for branch in ("main", "develop"):
        line = history.reached([end.heads[branch]])
        if back := [commit for commit, name in heads.items() if name == branch and commit not in line]:
            yield f"{branch} was overwritten: {back}"
    if again := [*overwritten(moved, end.tags.keys() - a_round.before.tags.keys())]:
        yield f"tags were overwritten: {again}"


def _kept(a_round: Round) -> set[str]:
    """The released versions to whose branch somebody committed too late: it stays."""
    refs, history = a_round.finished, a_round.history
    branches = ((f"{kind}/{name[1:]}", name) for name in refs.tags for kind in ("release", "hotfix"))
    return {
        name[1:]
        for branch, name in branches
        if branch in refs.heads
        and (history.reached([refs.heads[branch]]) - history.reached([refs.tags[name].commit])) & a_round.peoples
    }


def _of_an_answer(answer: Answer, *, on_github: bool) -> Iterable[str]:
    said = answer.run.err + answer.run.out
    # who tags what nobody has begun yet, or somebody dropped; whose way back is by people, or went another way meanwhile
    by_people = "pull-request" in answer.args or on_github
    others = {2: "There is no release" in said, 5: by_people and "run `reletan resume 1.4.0`" in said}
    if answer.run.code not in (0, 3) and not others.get(answer.run.code):
        yield f"exit {answer.run.code} of {answer.name}"
    if "Traceback" in said or "unexpected" in said:
        yield f"a traceback of {answer.name}"
    if answer.run.code and not ("error: " in answer.run.err and "next: " in answer.run.err):
        yield f"{answer.name} is not told what happened, and what to do"
    if "1." not in said and "2.0.0" not in said:
        yield f"{answer.name} is told of no version"


def _of_production(a_round: Round, refs: Refs) -> Iterable[str]:
    """One merge a released version, in the first-parent history, and its annotated tag on it; nothing else."""
    history = a_round.history
    line = history.line(refs.heads["main"])
    if a_round.before.heads["main"] not in line:
        yield "production was moved back"
        return
    made = [one for one in line[: line.index(a_round.before.heads["main"])] if one not in a_round.peoples]
    tagged = {name: tag for name, tag in refs.tags.items() if name not in a_round.before.tags}
    commits = [tag.commit for tag in tagged.values()]
    # by pull request a release may be merged in the instant in which a hotfix goes back into its branch: then once more
    spare = 1 if a_round.story.protected and HOTFIX in a_round.story.choices else 0
    if not set(commits) <= set(made) or len(made) - len(commits) not in range(spare + 1):
        yield f"production has {made}, the tags are {tagged}"
    if len(set(commits)) != len(commits) or not all(tag.annotated for tag in tagged.values()):
        yield f"one annotated tag a release: {tagged}"
    if any(len(history.parents(one)) != 2 for one in made):
        yield "production got something else than merges"


def _of_the_end(a_round: Round) -> Iterable[str]:
    """Nothing is left over, and what was released is back where it belongs."""
    refs, history = a_round.finished, a_round.history
    for name, tag in refs.tags.items():
        if name not in a_round.before.tags and not history.has(refs.heads["develop"], tag.commit):
            yield f"{name} is not back in development"
    version = {name[1:] for name in refs.tags} - _kept(a_round)
    left = [f"{kind}/{one}" for kind in ("release", "hotfix", "backmerge") for one in version]
    if found := refs.heads.keys() & set(left):
        yield f"left over: {sorted(found)}"
