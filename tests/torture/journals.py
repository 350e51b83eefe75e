"""Journals as a crash, another version of reletan or somebody's hand may leave them: none may stop a release, or spoil it."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path

from reletan.adapters.journal import JournalFolder
from torture.attempts import Lost, compare, finish, in_a_world, outside, require_run, survey, watched
from torture.cases import Case, StillWorld
from torture.points import WAYS

NAMES = ("start", "tag", "tag-hotfix", "tag-pulls")
# The bytes of a journal -> what stands there instead; a number is that part of it, in twelfths
SPOILT: dict[str, Callable[[bytes], bytes]] = {
    "whole": bytes,
    "empty": lambda _whole: b"",
    "zeros": lambda whole: b"\0" * len(whole),
    "half-zeros": lambda whole: whole[: len(whole) // 2] + b"\0" * (len(whole) // 2),
    "not-text": lambda _whole: b"\xff\xfe" * 100,
    "a-list": lambda _whole: b"[]",
    "older": lambda whole: b'{"version":' + whole.split(b'"version":')[1].split(b",")[0] + b',"steps":["push"]}',
    "later": lambda whole: whole.replace(b'"schema":1}', b'"schema":2,"stars":[1]}'),
    "another-command": lambda whole: whole.replace(b'{"command":"', b'{"command":"un'),
    "deep": lambda whole: whole[:-1] + b',"deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}
TORN = 12
IN_THE_WAY = ("folder", "link-to-itself", "folder-for-the-lock", "file-for-the-folder")


def names() -> list[str]:
    """What ``attempt`` takes."""
    spoilt = (*SPOILT, *(f"torn-{part}" for part in range(TORN)), "finished", "stale", *IN_THE_WAY)
    prefixes = [f"journal:{case}:prefixes:again" for case in NAMES]
    return prefixes + [f"journal:{case}:{sort}:{way}" for case, sort, way in product(NAMES, spoilt, WAYS)]


def attempt(name: str) -> str | None:
    """None where all is as it should be; else what is not."""
    _, case, sort, way = name.split(":")
    usual = _blocked if sort in IN_THE_WAY else _spoilt
    done = {"prefixes": _read_prefixes, "finished": _put_back, "stale": _joined}.get(sort, usual)
    return in_a_world(case, lambda world, of: done(world, of, sort, way))


def _spoilt(world: StillWorld, case: Case, sort: str, way: str) -> None:
    """A run is killed, and its journal is not what it wrote; those who go on do not mind."""
    journal = _killed(world, case, way)
    whole = journal.read_bytes()
    torn = sort.removeprefix("torn-")
    journal.write_bytes(whole[: len(whole) * int(torn) // TORN] if torn.isdigit() else SPOILT[sort](whole))
    _go_on(world, case, way)


def _put_back(world: StillWorld, case: Case, _sort: str, way: str) -> None:
    """The journal is that of a release that is complete."""
    journal = _killed(world, case, way)
    whole = journal.read_bytes()
    finish(world, case, "again", "hana")
    journal.write_bytes(whole)
    _go_on(world, case, way)


def _joined(world: StillWorld, case: Case, _sort: str, way: str) -> None:
    """Beside it lies the journal of a release that was complete long ago."""
    journal = _killed(world, case, way)
    stale = journal.with_name("1.3.0.json")
    text = journal.read_bytes().replace(case.version.encode(), b"1.3.0")
    # whoever resumes 1.3.0 would get its GitHub Release, which nobody has published
    stale.write_bytes(text.replace(b'"no_release":false', b'"no_release":true'))
    _go_on(world, case, way)
    if stale.exists():
        raise Lost("the stale journal is still there")


def _read_prefixes(world: StillWorld, case: Case, _sort: str, way: str) -> None:
    """No beginning of a journal is read as one, and none is in the way of the others."""
    journal = _killed(world, case, way)
    whole = journal.read_bytes()
    folder = JournalFolder(str(world.clone / ".git"))
    for length in range(len(whole)):
        journal.write_bytes(whole[:length])
        if folder.read(case.version) or folder.unfinished():
            raise Lost(f"the first {length} bytes are read as a journal")


def _blocked(world: StillWorld, case: Case, sort: str, way: str) -> None:
    """What is no journal lies in its place: one clear error with nothing done, or all done."""
    folder = world.clone / ".git" / "reletan"
    in_the_way = _put_in_the_way(folder, sort, case.version)
    before = outside(world)
    run = world.reletan(*case.command, "--yes")
    if run.code not in (0, 1) or "Traceback" in run.err or "unexpected" in run.err:
        raise Lost(f"{run}")
    if run.code and (outside(world) != before or str(in_the_way) not in run.err):
        raise Lost(f"it does not say what is in the way, or it has done something: {run}")
    with suppress(FileNotFoundError):
        in_the_way.rmdir() if in_the_way.is_dir() else in_the_way.unlink()
    _go_on(world, case, way)


def _put_in_the_way(folder: Path, sort: str, version: str) -> Path:
    for old in folder.glob("*"):
        old.unlink()
    if sort == "file-for-the-folder":
        with suppress(FileNotFoundError):
            folder.rmdir()
        folder.write_text("")
        return folder
    folder.mkdir(exist_ok=True)
    where = folder / ("lock" if sort == "folder-for-the-lock" else f"{version}.json")
    if sort == "link-to-itself":
        where.symlink_to(where.name)
    else:
        where.mkdir()
    return where


def _killed(world: StillWorld, case: Case, way: str) -> Path:
    """The journal of a run that was killed around its first write to the remote: before it, or just after."""
    effects = survey(case)[0]
    noted = next(n for n, effect in enumerate(effects) if effect.startswith("file rename"))
    first = next(n for n, effect in enumerate(effects[noted:], noted + 1) if not effect.startswith("file "))
    watched(world, case, first, "kill" if way.startswith("again") else "kill-after")
    (journal,) = (world.clone / ".git" / "reletan").glob("*.json")
    return journal


def _go_on(world: StillWorld, case: Case, way: str) -> None:
    clones = ("yuki", "hana") if way.endswith("elsewhere") else ("hana",)
    for clone in clones:
        require_run(world, clone, "status")
        finish(world, case, way, clone, version=case.version)
    for left in sorted((world.clone / ".git" / "reletan").glob("*.json")):
        require_run(world, "hana", "resume", left.stem)
    require_run(world, "hana", *case.command)
    compare(world, case, elsewhere=len(clones) > 1)
