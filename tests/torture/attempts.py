"""One attempt: a run is struck, others go on, and the world has to end as if nothing had happened."""

import difflib
import re
import traceback
from collections.abc import Callable
from functools import cache

from reletan.sandbox.world import Run
from torture.cases import CASES, Case, StillWorld, fresh
from torture.own import own, touched
from torture.points import Kind, Point

# What a run says whose news are still to be told
_LATER = re.compile(r"(?:To notify later|To do it later|To bring it up to date|Next): reletan (\w+ [\d.]*\d)")
# Its exit codes where something went wrong; 0 where that could be left for later
_FAILED = (0, 1, 3, 4, 5)
_NOTHING = ("Nothing of", "nothing of", "nothing to resume")

Parts = dict[str, str]


class Lost(Exception):
    """What a run must not do."""


def attempt(point: Point) -> str | None:
    """None where all is as it should be; else what is not."""
    return in_a_world(point.case, lambda world, case: _torment(world, case, point))


def in_a_world(name: str, torment: Callable[[StillWorld, Case], None]) -> str | None:
    """Torment the world of the case ``name``; what is lost by that."""
    try:
        with fresh(CASES[name]) as world:
            torment(world, CASES[name])
    except Lost as lost:
        return str(lost)
    except Exception:
        return traceback.format_exc()
    return None


def _torment(world: StillWorld, case: Case, point: Point) -> None:
    clones = [world.folder / name for name in world.clones]
    before = [own(world, clone) for clone in clones]
    _strike_and_finish(world, case, point)
    for was, clone in zip(before, clones, strict=True):
        for what in touched(was, own(world, clone), switched="--switch" in case.command):
            raise Lost(f"{clone.name}'s own: {what}")


def _strike_and_finish(world: StillWorld, case: Case, point: Point) -> None:
    run = strike(world, case, point.number, point.kind)
    if point.second:
        run = strike(world, case, *point.second)
    for command in _LATER.findall(run.err) if run.code == 0 else []:
        require_run(world, "hana", *command.split())
    elsewhere = point.way.endswith("elsewhere")
    if elsewhere:
        finish(world, case, point.way, "yuki")
        require_run(world, "hana", "status")
        finish(world, case, "resume", "hana")
        require_run(world, "hana", *case.command)
    else:
        finish(world, case, point.way, "hana")
    failed = point.kind.startswith(("error", "down"))
    compare(world, case, elsewhere=elsewhere, reordered=failed and not case.ordered)


def strike(world: StillWorld, case: Case, number: int, kind: Kind) -> Run:
    """The case's command, with a blow at an effect. Raises Lost where it does not end as it should."""
    before = world.head("main")
    run, effects = watched(world, case, number, kind)
    if number > len(effects):
        raise Lost(f"it had only {len(effects)} effects\n{_shown(run)}")
    where = f"{kind} at {effects[number - 1]}"
    try:
        _require_end(world, case, kind, run)
        _require_true_code(world, case, run, public=world.head("main") != before)
    except Lost as lost:
        raise Lost(f"{where}: {lost}") from None
    return run


def _require_true_code(world: StillWorld, case: Case, run: Run, *, public: bool) -> None:
    """Raises Lost where the exit code says of a release that it is public, and it is not; or the other way round."""
    tagged = public and f"v{case.version}" in world.tags()
    if run.code == 5 and not public:
        raise Lost(f"nothing is public, and the exit code says so: {_shown(run)}")
    if (run.code in (1, 2, 4) and public) or (run.code == 3 and tagged and case.runs == 1):
        raise Lost(f"production has it, and the exit code says that all failed: {_shown(run)}")


def _require_end(world: StillWorld, case: Case, kind: Kind, run: Run) -> None:
    """Raises Lost where a run does not end as the blow lets it."""
    if kind.startswith("kill"):
        if run.code != -9:
            raise Lost(f"it was not killed: {_shown(run)}")
        return
    if kind.startswith("error") or kind == "down":
        require_failed_well(world, case, run)
    else:
        code, said = (143, "error: Terminated.") if kind.startswith("term") else (130, "error: Interrupted.")
        if run.code != code or run.err.count(said) != 1 or "Traceback" in run.err:
            raise Lost(f"it does not say, in a line, that it was stopped: {_shown(run)}")
    if left := sorted((world.folder / "tmp").iterdir()):
        raise Lost(f"it leaves {[path.name for path in left]}")


def require_failed_well(world: StillWorld, case: Case, run: Run) -> None:
    """Raises Lost unless a run in which something failed says so in one error or a warning, or has done all the same."""
    if "Something unexpected" in run.err or "Traceback" in run.out + run.err or run.code not in _FAILED:
        raise Lost(f"an end that nobody foresaw: {_shown(run)}")
    if run.code and len(re.findall(r"^error: ", run.err, re.MULTILINE)) != 1:
        raise Lost(f"there is not one error: {_shown(run)}")
    if run.code == 0 and "warning: " not in run.err and parts(world) != reference(case):
        raise Lost(f"something is missing, and nothing says so: {_shown(run)}")


def watched(world: StillWorld, case: Case, number: int = 0, kind: str = "") -> tuple[Run, list[str]]:
    """Run the case's command; (run, its effects)."""
    told = world.folder / "effects"
    told.unlink(missing_ok=True)
    world.watched = {"told": str(told), "world": str(world.folder), "at": number, "kind": kind}
    run = world.reletan(*case.command, "--yes")
    world.watched = None
    world.said.append(run.err)
    return run, told.read_text(encoding="utf-8").splitlines()


def finish(world: StillWorld, case: Case, way: str, clone: str, *, version: str = "") -> None:
    """As often as a clean run needs; what ``resume`` (of a ``version``, where there are several) has no trace of, the command
    does.
    """
    command = tuple(f"resume {version}".split()) if way.startswith("resume") else case.command
    for left in range(case.runs, 0, -1):
        run = require_run(world, clone, *command, codes=(0,) if left == 1 else (0, 3))
        if run.code == 0:
            break
    if command[0] == "resume" and any(said in run.err for said in _NOTHING):
        finish(world, case, "again", clone)


def require_run(world: StillWorld, clone: str, *command: str, codes: tuple[int, ...] = (0,)) -> Run:
    """Run reletan in a clone. Raises Lost where it ends otherwise than with one of ``codes``."""
    confirmed = () if command[0] == "status" else ("--yes",)
    run = world.reletan(*command, *confirmed, cwd=world.folder / clone)
    world.said.append(run.err)
    if run.code not in codes or "Traceback" in run.err:
        raise Lost(f"then, in {clone}: reletan {' '.join(command)}: {_shown(run)}")
    return run


def _shown(run: Run) -> str:
    return f"exit {run.code}\n{run.out}{run.err}"


def parts(world: StillWorld) -> Parts:
    """Title -> what a part of the world holds; without the ports of this machine, and digests of texts with these."""
    dump = re.sub(r"(?<=127\.0\.0\.1):\d+|(?<=\"digest\": \")[0-9a-f]+", "", world.dump())
    texts = iter(re.split(r"^# (.+)$", dump, flags=re.MULTILINE)[1:])
    trees = world.look("for-each-ref", "--format=%(refname) %(tree:short=12)", "refs/heads", cwd=world.origin)
    return {"trees": trees, **dict(zip(texts, texts, strict=True))}


def _in_any_order(known: Parts) -> Parts:
    """The same without what tells in which order it came about: ids of commits, and numbers of pull requests."""
    numbered = r"\b[0-9a-f]{40}\b|(?<=refs/pull/)\d+|^pulls \d+ |(?<=\"number\": )\d+|#\d+|(?<=/pull/)\d+"
    return {title: re.sub(numbered, "…", part, flags=re.MULTILINE) for title, part in known.items()}


def outside(world: StillWorld) -> Parts:
    """What everybody sees: origin, GitHub, Slack."""
    return {title: part for title, part in parts(world).items() if title not in world.clones}


def compare(world: StillWorld, case: Case, *, elsewhere: bool, reordered: bool = False) -> None:
    """Raises Lost where a part differs from that of the run that nobody disturbed.

    Where another clone finished, tags may be missing in the one that did not make them, and the tracking refs are those of
    the last look at the remote: both come with the person's next fetch. Of a message by webhook nobody can tell whether it
    was sent: it may be missing where a run said so. ``reordered``: things may have been done in another order.
    """
    expected = dict(reference(case))
    if elsewhere:
        expected["yuki"] = reference_elsewhere(case)["yuki"]
    found = parts(world)
    if reordered:
        expected, found = _in_any_order(expected), _in_any_order(found)
    for title, part in expected.items():
        wanted, got = (sorted(text.splitlines()) for text in (part, found[title]))
        if elsewhere and title in world.clones:
            wanted, got = ([line for line in lines if not line.startswith("refs/remotes/")] for lines in (wanted, got))
            wanted = [line for line in wanted if line in got or not line.startswith("refs/tags/")]
        if title == "Slack" and case.slack == "webhook" and any("reletan notify" in text for text in world.said):
            wanted = [line for line in wanted if line in got]
        _require_equal(title, wanted, got)
    for where in (world.origin, *(world.folder / clone for clone in world.clones)):
        world.look("fsck", "--connectivity-only", "--no-progress", "--no-dangling", cwd=where)


def _require_equal(title: str, wanted: list[str], got: list[str]) -> None:
    if wanted != got:
        lines = difflib.unified_diff(wanted, got, "expected", "found", n=0, lineterm="")
        raise Lost(f"{title} is not as it should be:\n" + "\n".join(lines))


@cache
def survey(case: Case) -> tuple[list[str], Parts]:
    """(effects, world) of a run that nobody disturbs."""
    with fresh(case) as world:
        run, effects = watched(world, case)
        if run.code:
            raise AssertionError(f"{case.name}: {run}")
        require_sound_merges(world)
        return effects, parts(world)


def require_sound_merges(world: StillWorld) -> None:
    """Raises AssertionError unless each merge has what git makes of its two sides: to that all other runs are compared."""
    for told in world.look("rev-list", "--merges", "--all", "--format=%T %P", cwd=world.origin).splitlines()[1::2]:
        tree, *sides = told.split(" ")
        assert world.look("merge-tree", "--write-tree", *sides, cwd=world.origin) == tree, told


def reference(case: Case) -> Parts:
    return survey(case)[1]


@cache
def reference_elsewhere(case: Case) -> Parts:
    """The world where all is done on the other laptop."""
    with fresh(case) as world:
        finish(world, case, "again", "yuki")
        found = parts(world)
    for title in found.keys() - {"hana", "yuki"}:
        _require_equal(title, reference(case)[title].splitlines(), found[title].splitlines())
    return found


def effects_of_the_next(case: Case, number: int, kind: Kind) -> list[str]:
    """The effects of the run that goes on after a blow."""
    with fresh(case) as world:
        watched(world, case, number, kind)
        return watched(world, case)[1]
