"""The doctor's report as text for people and as JSON for scripts; what comes from outside is made inert here."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from reletan.domain.doctor import PARTS, Check, Report, State
from reletan.domain.text import one_line
from reletan.render import console, to_json
from reletan.terminal import Terminal

_STYLES: dict[State, str] = {"ok": "green", "warning": "yellow", "failed": "bold red", "skipped": "dim"}
_WIDTH = max(map(len, _STYLES))


def show(terminal: Terminal, found: Report) -> None:
    """The report on stdout, and how it ends on stderr."""
    if terminal.json:
        terminal.out(to_json(found))
        return
    for part, checks in groupby(found.checks, lambda check: check.part):
        terminal.out("\n".join(["", PARTS[part], *_lines(terminal, list(checks))]))
    counts = Counter(check.state for check in found.checks)
    numbers = ", ".join(f"{counts[state]} {state}" for state in _STYLES if counts[state])
    end = (
        "Something has to be mended."
        if not found.ok
        else "Ready."
        if not counts["warning"]
        else "Ready, with warnings."
    )
    terminal.say(f"\n{end} {numbers}.")


def _lines(terminal: Terminal, checks: list[Check]) -> Iterator[str]:
    """Rich draws what a check says in the width that there is; a fix stays on one line, to be copied as it is."""
    from rich.table import Table
    from rich.text import Text as Cell

    drawing = console(terminal)
    for check in checks:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=_WIDTH, no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row(Cell(check.state, style=_STYLES[check.state]), Cell(one_line(f"{_name(check)}: {check.text}")))
        with drawing.capture() as drawn:
            drawing.print(table)
        yield drawn.get().rstrip("\n")
        if check.fix:
            yield f"{' ' * (_WIDTH + 2)}fix: {one_line(check.fix)}"


def _name(check: Check) -> str:
    return check.id.partition(".")[2]
