"""``python -m bench [startup|list|remote|github …]``: all of them without a name."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import github, listing, remote, startup
from bench.page import PAGE, run_of, update
from bench.tables import Table
from bench.timing import program

SUITES: dict[str, Callable[[int | None], list[Table]]] = {
    "startup": startup.bench,
    "list": listing.bench,
    "remote": remote.bench,
    "github": github.bench,
}


def main(argv: Sequence[str]) -> int:
    options = _parser().parse_args(argv)
    if program("reletan") is None:
        print("reletan is not installed here: run `make bench`, or `pip install -e .` first", file=sys.stderr)
        return 2
    # A quick try must not replace what was measured with care
    page = options.page or (None if options.rounds else PAGE)
    for name in options.suites or SUITES:
        run = run_of(name)
        print(f"{name}:", file=sys.stderr)
        tables = SUITES[name](options.rounds)
        for table in tables:
            print(table.text(), flush=True)
        if tables and page:
            update(page, name, run, tables)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="How fast reletan is, beside its peers.")
    parser.add_argument(
        "suites", nargs="*", type=_suite, metavar="SUITE", help=f"{', '.join(SUITES)}; without any, all"
    )
    parser.add_argument("--rounds", type=_rounds, metavar="N", help="a quick try: N rounds, and no page")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the tables here, not into docs/benchmarks.md")
    return parser


def _suite(name: str) -> str:
    if name not in SUITES:
        raise argparse.ArgumentTypeError(f"there is no {name}; there are: {', '.join(SUITES)}")
    return name


def _rounds(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
