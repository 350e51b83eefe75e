"""How long it takes until reletan says anything."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.peers import GH, PEERS, TOWNCRIER
from bench.tables import MISSING, Limit, Table, beside, milliseconds
from bench.timing import Case, medians, program, tell

ROUNDS = 21
OURS = ("reletan --version", "reletan --help")
BARE = "python -c pass"
MOST = {TOWNCRIER.name: 0.75, GH.name: 1.7}
# What only some commands need, and help and errors never.
HEAVY = ("git", "rich", "jinja2", "questionary", "semver", "importlib.metadata", "asyncio")


def bench(rounds: int | None = None) -> list[Table]:
    rounds = rounds or ROUNDS
    tell(f"starting {len(PEERS) + 3} programs {rounds} times each")
    versions = {peer.name: peer.installed for peer in PEERS}
    reletan = program("reletan") or "reletan"
    # Some look for their settings in the folder that they are run in
    with tempfile.TemporaryDirectory(prefix="reletan-bench-") as folder:
        cases = [Case(name, [reletan, name.split()[1]], Path(folder)) for name in OURS]
        cases += [Case(peer.name, peer.argv, Path(folder)) for peer in PEERS if versions[peer.name]]
        cases.append(Case(BARE, [sys.executable, "-c", "pass"], Path(folder)))
        measured = medians(cases, rounds)
    rows: list[tuple[str, ...]] = [(f"`{name}`", "", milliseconds(measured[name]), "", "") for name in (*OURS, BARE)]
    for name, version in versions.items():
        if version is None:
            rows.append((name, MISSING, "", "", ""))
            continue
        theirs = measured[name]
        rows.append((name, version, milliseconds(theirs), *(beside(measured[ours], theirs) for ours in OURS)))
    header = ("", "version", "time", *(f"`{ours}` to it" for ours in OURS))
    return [
        Table("startup", f"starting up, and telling the version: medians of {rounds}", header, rows, _limits(measured))
    ]


def _limits(measured: dict[str, float]) -> list[Limit]:
    ratios = [
        Limit(f"`{ours}` to {peer}", measured[ours] / measured[peer], most)
        for peer, most in MOST.items()
        if peer in measured
        for ours in OURS
    ]
    return [*ratios, Limit("heavy libraries that `reletan --help` imports", _heavy_imports(), 0)]


def _heavy_imports() -> int:
    code = f"import sys\nfrom reletan.running import run\nrun(['--help'])\nsys.exit(sum(n in sys.modules for n in {HEAVY}))"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode
