"""``python -m bench [startup|list|remote|github …]``: all of them without a name."""

import sys
from collections.abc import Callable, Sequence

from bench import github, listing, remote, startup
from bench.timing import program

SUITES: dict[str, Callable[[], None]] = {
    "startup": startup.bench,
    "list": listing.bench,
    "remote": remote.bench,
    "github": github.bench,
}


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in SUITES]
    if unknown:
        print(f"there is no {' or '.join(unknown)}; there are: {', '.join(SUITES)}", file=sys.stderr)
        return 2
    if program("reletan") is None:
        print("reletan is not installed here: run `make bench`, or `pip install -e .` first", file=sys.stderr)
        return 2
    for name in names or SUITES:
        SUITES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
