"""How long ``reletan list`` takes on a long history, above what git itself takes to read it."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.timing import Case, Limit, medians, present, program, show_limits, show_seconds

ROUNDS = 9
SIZES = (10, 100, 1_000, 10_000)
HISTORIES = Path(os.environ.get("RELETAN_HISTORIES") or Path(__file__).parents[2] / "shared" / "histories")
# The stream has only the tags whose commits are on the main line: each of these, else the nearest that it has.
TAGS = (("v8.0.0", "v8.0.0.rc1"), ("v8.1.0", "v8.1.0.beta1"))
# Without a configuration git-cliff drops all that is no Conventional Commit: of this history, everything.
CLIFF = """\
[changelog]
body = "{% for commit in commits %}{{ commit.id }} {{ commit.message | split(pat='\\n') | first }}\\n{% endfor %}"
[git]
conventional_commits = false
filter_unconventional = false
"""
IMPORTS = "python -c 'import typer, git, msgspec'"


def bench() -> None:
    print(f"list --offline --json: medians of {ROUNDS}")
    stream = HISTORIES / "rails.fi.gz"
    if not stream.is_file():
        print(f"  skipped: there is no {stream.name} in the histories folder (set RELETAN_HISTORIES)\n")
        return
    with tempfile.TemporaryDirectory(prefix="reletan-bench-") as folder:
        rails = Path(folder)
        _fast_import(stream, rails)
        since, until = (next(tag for tag in names if _git(rails, "tag", "--list", tag)) for names in TAGS)
        _bench_range(rails, since, until, f"{since}..{until}, the stream's tags nearest to v8.0.0..v8.1.0", peers=False)
        for size in SIZES:
            what = f"about {size:,} pull requests"
            _bench_range(rails, _before(rails, size), "main", what, peers=size >= 1_000)


def _before(rails: Path, pulls: int) -> str:
    """The commit of the main line from which on it has merged so many pull requests."""
    merges = ("--first-parent", "--merges", "--grep=^Merge pull request", "--format=%H")
    return _git(rails, "log", *merges, f"-{pulls + 1}", "main").split()[-1]


def _fast_import(stream: Path, folder: Path) -> None:
    print(f"  reading {stream.name} …")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    importer = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE)
    with gzip.open(stream) as source, importer:
        assert importer.stdin
        shutil.copyfileobj(source, importer.stdin)


def _git(folder: Path, *args: str) -> str:
    return subprocess.run(["git", *args], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def _bench_range(rails: Path, since: str, until: str, what: str, *, peers: bool) -> None:
    ours = [program("reletan") or "reletan", "list", "--offline", "--json", "--since", since, "--until", until]
    listed = json.loads(subprocess.run(ours, cwd=rails, capture_output=True, check=True).stdout)
    print(f"  {what} ({len(listed['pull_requests']):,} pull requests listed)")
    cases = [
        Case("reletan list", ours, rails),
        Case("git log --format=%s", ["git", "log", "--format=%s", f"{since}..{until}"], rails),
        Case(IMPORTS, [sys.executable, "-c", "import typer, git, msgspec"], rails),
    ]
    if peers and present(["git-cliff"]):
        configuration = rails / ".git" / "cliff.toml"
        configuration.write_text(CLIFF, encoding="utf-8")
        cliff = [program("git-cliff") or "git-cliff", "--config", str(configuration), f"{since}..{until}"]
        cases.append(Case("git-cliff", cliff, rails))
    measured = medians(cases, ROUNDS)
    show_seconds(measured)
    above = measured["reletan list"] - measured["git log --format=%s"]
    limits = [Limit("(reletan - git log) / imports", above / measured[IMPORTS], 1.4)]
    if "git-cliff" in measured:
        limits.append(Limit("reletan / git-cliff", measured["reletan list"] / measured["git-cliff"], 1))
    show_limits(limits)
