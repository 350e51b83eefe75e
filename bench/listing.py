"""How long ``reletan list`` takes on a long history, above what git itself takes to read it, and how long others take."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.tables import MISSING, Limit, Table, beside, milliseconds
from bench.timing import Case, medians, program, tell, timed

ROUNDS = 9
SIZES = (10, 100, 1_000, 10_000)
HISTORIES = Path(os.environ.get("RELETAN_HISTORIES") or Path(__file__).parents[2] / "shared" / "histories")
# The stream has only the tags whose commits are on the main line: each of these, else the nearest that it has.
TAGS = (("v8.0.0", "v8.0.0.rc1"), ("v8.1.0", "v8.1.0.beta1"))
OURS = "reletan list --offline --json"
LOG = "git log --format=%s"
IMPORTS = "python -c 'import typer, git, msgspec'"
MOST = 1.4
MANY = 1_000  # from here on reletan is to be quicker than git-cliff, which is compiled
# Most others list what is new since the newest tag of a version, so each range begins at the only one that there is
SINCE = "v1.0.0"
UNTIL = "refs/heads/range"
FAILED = "failed"
SHOWN = 300  # characters of what a failed program says
# Without a configuration these two drop all that is no Conventional Commit: of this history, everything.
CLIFF = """\
[changelog]
body = "{% for commit in commits %}{{ commit.id }} {{ commit.message | split(pat='\\n') | first }}\\n{% endfor %}"
[git]
conventional_commits = false
filter_unconventional = false
"""
COMMITIZEN = """\
[tool.commitizen]
name = "cz_customize"
tag_format = "v$version"
[tool.commitizen.customize]
changelog_pattern = ".*"
commit_parser = "(?P<message>.*)"
"""
# What each is run with to print all that it finds, without a look at any remote
PEERS = {
    "git-cliff": ("git-cliff", "--config", ".git/cliff.toml", f"{SINCE}..HEAD"),
    "commitizen": ("cz", "--config", ".git/cz.toml", "changelog", "--dry-run", "--start-rev", SINCE),
    "auto-changelog": ("auto-changelog", "--stdout", "--unreleased-only", "--commit-limit", "false"),
    "conventional-changelog": ("conventional-changelog", "--output-unreleased", "--stdout"),
    "release-it": ("release-it", "--changelog", "--ci", "--no-npm", "--no-git.push", "--no-git.requireUpstream"),
}


@dataclass(frozen=True)
class Range:
    """One range: how it is called, how many pull requests reletan finds there, and program -> median seconds."""

    name: str
    pulls: int
    seconds: Mapping[str, float]


def bench(rounds: int | None = None) -> list[Table]:
    rounds = rounds or ROUNDS
    stream = HISTORIES / "rails.fi.gz"
    if not stream.is_file():
        tell(f"skipped: there is no {stream.name} in the histories folder (set RELETAN_HISTORIES)")
        return []
    ranges = []
    with tempfile.TemporaryDirectory(prefix="reletan-bench-") as folder:
        rails = Path(folder)
        _fast_import(stream, rails)
        for note, since, until in _ranges(rails):
            _make_range(rails, since, until)
            pulls = _listed(rails)
            ranges.append(Range(f"{pulls:,}{note}", pulls, medians(_cases(rails, pulls), rounds)))
    return [_table(ranges, rounds)]


def _table(ranges: Sequence[Range], rounds: int) -> Table:
    rows = [(f"`{name}`", *(milliseconds(it.seconds[name]) for it in ranges)) for name in (OURS, LOG, IMPORTS)]
    rows += [(name, *(_cell(name, it.seconds) for it in ranges)) for name in PEERS]
    title = f"listing so many pull requests: medians of {rounds}; in brackets reletan's time to theirs"
    return Table("list", title, ("", *(it.name for it in ranges)), rows, _limits(ranges))


def _cell(name: str, seconds: Mapping[str, float]) -> str:
    if name in seconds:
        return f"{milliseconds(seconds[name])} ({beside(seconds[OURS], seconds[name])})"
    return FAILED if program(PEERS[name][0]) else MISSING


def _limits(ranges: Sequence[Range]) -> list[Limit]:
    above = [
        Limit(
            f"above git log, to the imports, for {it.name}",
            (it.seconds[OURS] - it.seconds[LOG]) / it.seconds[IMPORTS],
            MOST,
        )
        for it in ranges
    ]
    cliff = [
        Limit(f"reletan to git-cliff, for {it.name}", it.seconds[OURS] / it.seconds["git-cliff"], 1)
        for it in ranges
        if it.pulls >= MANY and "git-cliff" in it.seconds
    ]
    return [*above, *cliff]


def _fast_import(stream: Path, folder: Path) -> None:
    tell(f"reading {stream.name}")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    importer = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
    with gzip.open(stream) as source, importer:
        assert importer.stdin
        shutil.copyfileobj(source, importer.stdin)
    (folder / ".git" / "cliff.toml").write_text(CLIFF, encoding="utf-8")
    (folder / ".git" / "cz.toml").write_text(COMMITIZEN, encoding="utf-8")


def _ranges(rails: Path) -> list[tuple[str, str, str]]:
    """A note for people, and where each range begins and ends; removes the tags."""
    tags = [next(tag for tag in names if _git(rails, "tag", "--list", tag)) for names in TAGS]
    ranges = [("", _before(rails, size), _git(rails, "rev-parse", "main")) for size in SIZES]
    begin, end = (_git(rails, "rev-parse", f"{tag}^{{commit}}") for tag in tags)
    ranges.insert(-1, (f" ({'..'.join(tags)})", begin, end))
    _git(rails, "tag", "--delete", *_git(rails, "tag").splitlines())
    return ranges


def _before(rails: Path, pulls: int) -> str:
    """The commit of the main line from which on it has merged so many pull requests."""
    merges = ("--first-parent", "--merges", "--grep=^Merge pull request", "--format=%H")
    return _git(rails, "log", *merges, f"-{pulls + 1}", "main").split()[-1]


def _make_range(rails: Path, since: str, until: str) -> None:
    _git(rails, "tag", "--force", SINCE, since)
    _git(rails, "update-ref", UNTIL, until)
    _git(rails, "symbolic-ref", "HEAD", UNTIL)


def _git(folder: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def _ours() -> list[str]:
    reletan, *args = OURS.split()
    return [program(reletan) or reletan, *args, "--since", SINCE, "--until", UNTIL]


def _listed(rails: Path) -> int:
    listing = json.loads(subprocess.run(_ours(), cwd=rails, capture_output=True, check=True).stdout)
    return len(listing["pull_requests"])


def _cases(rails: Path, pulls: int) -> list[Case]:
    tell(f"listing {pulls:,} pull requests")
    cases = [
        Case(OURS, _ours(), rails),
        Case(LOG, [*LOG.split(), f"{SINCE}..{UNTIL}"], rails),
        Case(IMPORTS, [sys.executable, "-c", "import typer, git, msgspec"], rails),
    ]
    for name, (command, *args) in PEERS.items():
        if found := program(command):
            case = Case(name, [found, *args], rails)
            cases += [case] if _lists_all(case, pulls) else []
    return cases


def _lists_all(case: Case, pulls: int) -> bool:
    """Whether it prints at least a line for each pull request: else it would only look fast."""
    try:
        lines = len(timed(case.argv, case.cwd)[1].splitlines())
    except SystemExit as failure:
        tell(str(failure)[:SHOWN])
        return False
    if lines < pulls:
        tell(f"{case.name} printed {lines} lines for {pulls} pull requests")
    return lines >= pulls
