"""reletan's commands as rules of the state machine; after each, its promises are looked at."""

from pathlib import Path

from hypothesis import strategies as st

from reletan.sandbox.world import Run
from torture.machine_lists import Lists
from torture.machine_people import People
from torture.machine_promises import KILLED, Told, broken
from torture.machine_stage import ANY, SELDOM, Stage, happens, pick
from torture.own import own, touched

# At which effect a command is killed; most are not
KILL = st.one_of(st.none(), st.none(), st.none(), st.integers(1, 100))
SWITCH = "--switch"
SOMETIMES_NONE = st.sampled_from([True, True, True, False])


class Commands(Lists, People):
    """What the person on duty runs, on one laptop or the other."""

    def __init__(self) -> None:
        super().__init__()
        # the laptops on which a `start --switch` was killed: `resume` goes on with that
        self.switching: set[Path] = set()

    @happens(5, named=st.booleans(), which=ANY, hotfix=st.booleans(), dry=SELDOM, laptop=ANY, kill=KILL)
    def start(self, named: bool, which: int, hotfix: bool, dry: bool, laptop: int, kill: int | None) -> None:
        version = pick(self.versions(), which) if named else None
        more = [*(["hotfix"] if hotfix else []), *([version] if version else []), *([SWITCH] if which > 50 else [])]
        self._write("start", more, version, dry=dry, laptop=laptop, kill=kill)

    @happens(7, named=SOMETIMES_NONE, which=ANY, way_back=ANY, dry=SELDOM, laptop=ANY, kill=KILL)
    def tag(self, named: bool, which: int, way_back: int, dry: bool, laptop: int, kill: int | None) -> None:
        version = pick(self.versions(), which) if named else None
        chosen = pick(["auto", "auto", "auto", "auto", "auto", "pull-request", "none"], way_back)
        more = [*([version] if version else []), *([] if chosen == "auto" else ["--backmerge", chosen])]
        more += ["--keep-branch"] if way_back == 59 else []
        self._write("tag", more, version, way_back=chosen, dry=dry, laptop=laptop, kill=kill)

    @happens(3, which=ANY, dry=SELDOM, laptop=ANY, kill=KILL)
    def abort(self, which: int, dry: bool, laptop: int, kill: int | None) -> None:
        version = pick(self.versions(), which)
        self._write("abort", [version], version, dry=dry, laptop=laptop, kill=kill)

    @happens(2, named=st.booleans(), which=ANY, laptop=ANY, kill=KILL)
    def resume(self, named: bool, which: int, laptop: int, kill: int | None) -> None:
        version = pick(self.versions(), which) if named else None
        # what the journal remembers may be a release without its way back
        self._write("resume", [version] if version else [], version, way_back="unknown", laptop=laptop, kill=kill)

    @happens(1, laptop=ANY)
    def ask_for_the_status(self, laptop: int) -> None:
        told = self.ask(("status", "--json"), self.laptop(laptop))
        self.require(told.run.code == 0, "status always answers", told.run)

    @happens(1, laptop=ANY)
    def ask_for_the_list(self, laptop: int) -> None:
        self.ask(("list",), self.laptop(laptop))
        self.look_at_the_lists(self.laptop(laptop))

    def _write(
        self, command: str, more: list[str], version: str | None, *, laptop: int, kill: int | None = None,
        dry: bool = False, way_back: str = "auto",
    ) -> None:  # fmt: skip
        clone, args = self.laptop(laptop), (command, *more, "--dry-run" if dry else "--yes")
        told = self.ask(args, clone, version, way_back=way_back, dry=dry, kill=kill)
        if told.run.code == 0 and not dry and version and command != "resume" and laptop % 2:
            again = self.ask(args, clone, version, way_back=way_back)
            self.require(again.run.code == 0 and again.after == told.after, "run again, it changes nothing", again.run)
        if told.before.tags != told.after.tags:
            self.look_at_the_lists(clone)

    def ask(
        self, args: tuple[str, ...], clone: Path, version: str | None = None, *, way_back: str = "auto",
        dry: bool = False, kill: int | None = None,
    ) -> Told:  # fmt: skip
        """One run of reletan on a laptop, whose promises hold."""
        self.note(f"reletan {' '.join(args)}, on {clone.name}'s laptop")
        self.what_github_sees_is_known()
        before, theirs = self.refs, own(self.world, clone)
        run = self._run(args, clone, kill)
        self.trail[-1] += " (killed)" if run.code == KILLED else f" (exit {run.code})"
        self.what_github_sees_is_known()
        told = Told(
            args=args, run=run, before=before, after=self.refs, version=version, way_back=way_back, dry=dry,
            squashed=self.squashed, on_github=self.on_github,
        )  # fmt: skip
        for promise in broken(told, self.history):
            self.require(False, promise, run.out, run.err)
        switches = SWITCH in args or (args[0] == "resume" and clone in self.switching)
        if switches and run.code == KILLED:
            self.switching.add(clone)
        for what in touched(theirs, own(self.world, clone), switched=switches):
            self.require(False, f"what is somebody's own is left as it was: {what}", run.err)
        Stage.releases += len(told.after.tags.keys() - told.before.tags.keys())
        self.require_own_commits(clone)
        return told

    def _run(self, args: tuple[str, ...], clone: Path, kill: int | None) -> Run:
        if kill:
            (self.world.folder / "tmp").mkdir(exist_ok=True)
            told = {"told": str(self.folder / "effects"), "world": str(self.world.folder), "at": kill, "kind": "kill"}
            self.world.watched = told
        try:
            return self.world.reletan(*args, cwd=clone)
        finally:
            self.world.watched = None
