"""What holds after each command of reletan, whatever people did before: the promises of the state machine."""

from collections.abc import Iterable

import msgspec

from reletan.sandbox.world import Run
from torture.machine_history import History, Refs
from torture.machine_stage import FLOW, RELEASE

DOCUMENTED = (0, 1, 2, 3, 4, 5)
KILLED = -9


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One command: what was asked for, and what origin was ``before`` and is ``after`` it.

    ``version``: that was named. ``way_back``: the tag's option; ``dry``: only shown. ``squashed``: production got a release
    by squash at some time, so that commits of a release branch may be at the head of its pull request alone. ``on_github``:
    where production may get its release by a pull request, and its tag a moment later.
    """

    args: tuple[str, ...]
    run: Run
    before: Refs
    after: Refs
    version: str | None = None
    way_back: str = "auto"
    dry: bool = False
    squashed: bool = False
    on_github: bool = False

    @property
    def command(self) -> str:
        return self.args[0]


def broken(told: Told, history: History) -> Iterable[str]:
    """The promises that do not hold."""
    yield from _of_the_answer(told)
    yield from _of_what_stays(told, history)
    yield from _of_production(told, history)
    yield from _of_what_was_made(told, history)
    if told.run.code == 0 and not told.dry:
        yield from _of_the_end(told, history)


def _of_the_answer(told: Told) -> Iterable[str]:
    run, moved = told.run, told.before != told.after
    if run.code != KILLED and run.code not in DOCUMENTED:
        yield f"exit {run.code} is not documented"
    if "Traceback" in run.out + run.err or "unexpected" in run.err:
        yield "no traceback, ever"
    if run.code == 5 and not _is_public(told):
        yield "exit 5, and nothing is public"
    if run.code in (1, 4):
        yield f"exit {run.code}, and nothing was wrong with the machine or the token"
    if run.code not in (0, KILLED) and not run.err.strip():
        yield "who is refused is told why"
    if moved and (told.dry or told.command in ("list", "status")):
        yield "what only looks changes nothing"
    if moved and (run.code == 2 or (run.code == 3 and told.command in ("start", "abort"))):
        yield "a refusal leaves nothing behind"


def _is_public(told: Told) -> bool:
    """Whether production, or a tag, has what a command was for; without a version it may have been any release."""
    released = f"v{told.version}" in told.after.tags if told.version else bool(told.after.tags)
    return released or told.before.heads["main"] != told.after.heads["main"]


def _of_what_stays(told: Told, history: History) -> Iterable[str]:
    spared = told.after.pulls.values() if told.squashed else ()
    lost = history.reached(told.before.tips) - history.reached([*told.after.tips, *spared])
    if told.command in ("abort", "resume"):
        # the merge of a hotfix's tag into an aborted release has nothing that is not elsewhere
        lost = {commit for commit in lost if not history.is_sound(commit)}
    if lost:
        yield f"no commit is lost: {sorted(lost)}"
    if any(told.after.tags.get(name) != tag for name, tag in told.before.tags.items()):
        yield "no tag is moved or deleted"
    gone = told.before.heads.keys() - told.after.heads.keys()
    if any(not (FLOW.fullmatch(name) or name.startswith("backmerge/")) for name in gone):
        yield f"only branches of the flow are deleted: {sorted(gone)}"
    back = [name for name, head in told.after.heads.items() if not _forward(history, told.before.heads.get(name), head)]
    if back:
        yield f"no branch is moved back: {back}"


def _forward(history: History, old: str | None, new: str) -> bool:
    return old is None or old == new or history.has(new, old)


def _of_what_was_made(told: Told, history: History) -> Iterable[str]:
    """Only merges are made, each with all of what both sides have, and nothing more; and no refs but those of the flow."""
    if told.before.others != told.after.others:
        yield f"no refs of other kinds are made: {told.after.others}"
    if told.squashed or told.command == "automerge":
        return
    made = history.reached(told.after.tips) - history.reached([*told.before.tips, *told.before.pulls.values()])
    for commit in made:
        sides = len(history.parents(commit))
        # `start` publishes a branch that is here already with what people have on it
        if (sides < 2 and told.command != "start") or (sides > 1 and not history.is_sound(commit)):
            yield f"what is made is a merge of what both sides have: {commit}"


def _of_production(told: Told, history: History) -> Iterable[str]:
    """It moves by one merge, which has its tag; and nothing else makes a tag."""
    old, new = told.before.heads["main"], told.after.heads["main"]
    line = history.line(new)
    if old not in line:
        yield "production's first-parent history only grows"
        return
    made = line[: line.index(old)]
    if len(made) > 1 or any(len(history.parents(one)) != 2 for one in made if not told.squashed):
        yield f"a release is one merge: {made}"
    tagged = {name: tag for name, tag in told.after.tags.items() if name not in told.before.tags}
    if len(tagged) > 1 or any(not RELEASE.fullmatch(name) or not tag.annotated for name, tag in tagged.items()):
        yield f"one annotated tag a release: {tagged}"
    if any(tag.commit not in line for tag in tagged.values()):
        yield "a release's tag is on production"
    if made and not (told.on_github and not tagged) and [tag.commit for tag in tagged.values()] != made:
        yield "production and its tag land together"
    yield from _of_the_way_back(told, history, tagged)


def _of_the_way_back(told: Told, history: History, tagged: Iterable[str]) -> Iterable[str]:
    """With the tag goes its way back: it is in development, or there is a branch for a pull request."""
    for name in tagged:
        commit, develop = told.after.tags[name].commit, told.after.heads["develop"]
        waits = f"backmerge/{name[1:]}" in told.after.heads
        if told.way_back == "auto" and not waits and not history.has(develop, commit):
            yield f"{name} lands together with its way back into development"


def _of_the_end(told: Told, history: History) -> Iterable[str]:
    """What exit 0 means."""
    heads, version = told.after.heads, told.version
    if version is None:
        return
    branches = [name for name in (f"release/{version}", f"hotfix/{version}") if name in heads]
    if told.command == "start" and not branches and "nothing to release" not in told.run.err.lower():
        yield "after `start` the branch is there"
    if told.command == "abort" and branches:
        yield "after `abort` the branch is gone"
    if told.command == "tag":
        tag = told.after.tags.get(f"v{version}")
        if tag is None or not history.has(heads["main"], tag.commit):
            yield "after `tag` the release is on production"
        elif told.way_back != "none" and not history.has(heads["develop"], tag.commit):
            yield "after `tag` the release is back in development"
