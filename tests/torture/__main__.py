"""``python -m torture [crashes|races|machine|fuzz|all] [--minutes N] [--seed S]``, in ``tests/``.

Each part is a module here with ``run(budget) -> Figures``. Exit 1 where anything was lost, 2 where nothing was tried.
"""

import argparse
import sys
import time
from importlib import import_module
from pathlib import Path

from in_memory import work_in_memory

from torture.budget import Budget, Figures, say

PARTS = ("crashes", "races", "machine", "fuzz")


def main() -> int:
    asked = _arguments()
    work_in_memory()
    # a copy of the tree tries itself, whatever is installed; processes that begin here inherit it
    sys.path.insert(0, str(Path(__file__).parents[2]))
    parts = PARTS if asked.part == "all" else (asked.part,)
    found = [_tried(part, asked, len(parts)) for part in parts]
    for figures in found:
        print(f"{figures.count:>9,} {figures.what}: {len(figures.lost) or 'none'} lost")
    if any(figures.lost for figures in found):
        return 1
    if not all(figures.count for figures in found):
        say("error: something of this was not tried\nnext: give it more time, or an --only that there is")
        return 2
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m torture", description="Try to break reletan, and print the figures."
    )
    parser.add_argument("part", nargs="?", choices=(*PARTS, "all"), default="all")
    parser.add_argument("--minutes", type=float, help="for all parts together; without, each takes what it needs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, help="processes at once; without, one for each core")
    parser.add_argument("--only", help="one case again, as a failure names it")
    return parser.parse_args()


def _tried(part: str, asked: argparse.Namespace, parts: int) -> Figures:
    minutes = None if asked.minutes is None else asked.minutes / parts
    budget = Budget.of(minutes, asked.seed, workers=asked.workers, only=asked.only)
    say(f"{part}: seed {budget.seed}, {budget.workers} at once")
    began = time.monotonic()
    figures: Figures = import_module(f"torture.{part}").run(budget)
    for lost in figures.lost:
        say(f"LOST {lost}")
    say(f"{part}: {figures.count:,} {figures.what} in {time.monotonic() - began:.0f} s, {len(figures.lost)} lost")
    return figures


if __name__ == "__main__":
    sys.exit(main())
