"""How long it takes until reletan says anything."""

import subprocess
import sys

from bench.timing import Case, Limit, medians, present, program, show_limits, show_seconds

ROUNDS = 21
PEERS = ("towncrier", "gh")
# What only some commands need, and help and errors never.
HEAVY = ("git", "rich", "jinja2", "questionary", "semver", "importlib.metadata", "asyncio")


def bench() -> None:
    print(f"startup: medians of {ROUNDS}")
    reletan = program("reletan") or "reletan"
    cases = [Case("reletan --version", [reletan, "--version"]), Case("reletan --help", [reletan, "--help"])]
    cases += [Case(f"{peer} --version", [program(peer) or peer, "--version"]) for peer in present(PEERS)]
    cases.append(Case("python -c pass", [sys.executable, "-c", "pass"]))
    measured = medians(cases, ROUNDS)
    show_seconds(measured)
    limits = []
    for peer, most in zip(PEERS, (0.75, 1.7), strict=True):
        if (theirs := measured.get(f"{peer} --version")) is not None:
            limits += [
                Limit(f"{ours} / {peer} --version", measured[ours] / theirs, most)
                for ours in ("reletan --version", "reletan --help")
            ]
    show_limits([*limits, Limit("heavy libraries that --help imports", _heavy_imports(), 0)])


def _heavy_imports() -> int:
    code = f"import sys\nfrom reletan.running import run\nrun(['--help'])\nsys.exit(sum(n in sys.modules for n in {HEAVY}))"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode
