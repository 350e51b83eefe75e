"""docs/benchmarks.md: people's words, and between comments the tables of the last run of each suite."""

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.tables import Table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def update(page: Path, suite: str, run: str, tables: Sequence[Table]) -> None:
    """Write a suite's tables, and the ``run`` that they are from, to their places. Raises SystemExit as ``filled`` does."""
    text = filled(page.read_text(encoding="utf-8"), f"{suite}-run", run)
    for table in tables:
        text = filled(text, table.name, table.markdown())
    page.write_text(text, encoding="utf-8")


def filled(page: str, name: str, text: str) -> str:
    """``page`` with ``text`` between the comments ``bench:name`` and ``/bench:name``. Raises SystemExit unless it has them
    once, with no other place between them.
    """
    begin, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    before, _, rest = page.partition(begin)
    old, _, after = rest.partition(end)
    if page.count(begin) != 1 or page.count(end) != 1 or end not in rest or "<!-- bench:" in old:
        raise SystemExit(f"docs/benchmarks.md needs one place for {name}, which is {begin} … {end}")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def run_of(suite: str) -> str:
    """When and on what a suite runs, and how busy the machine is before it."""
    git = re.search(
        r"\d+(\.\d+)+", subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    )
    facts = [
        f"{os.cpu_count()} cores ({platform.machine()})",
        f"{platform.python_implementation()} {platform.python_version()}",
        f"git {git.group() if git else 'of unknown version'}",
        f"load {os.getloadavg()[0]:.1f} before it began",
    ]
    return f"- `{suite}`: {datetime.now(UTC).date()}, {platform.system()}, {', '.join(facts)}"
