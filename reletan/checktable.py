"""Who has not ticked what in a release pull request, as a table; rich only draws, so that no title is ever read as markup."""

from collections.abc import Sequence

from reletan.domain.progress import Progress
from reletan.domain.text import one_line
from reletan.render import console
from reletan.terminal import Terminal


def show(terminal: Terminal, now: Progress) -> None:
    """Who has not ticked what, as a table on stdout."""
    from rich.table import Table
    from rich.text import Text as Cell

    terminal.out(f"{now.version}: {now.done} of {now.all} ticked in #{now.pull_request.number}  {now.pull_request.url}")
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("Who")
    table.add_column("Ticked", justify="right", no_wrap=True)
    table.add_column("Not ticked yet", overflow="fold")
    for person in now.people:
        name = one_line(person.login) if person.login else str(person.name or "?")
        left = "\n".join(f"#{item.number}  {item.title}{_reopened(item.reopened)}" for item in person.open)
        table.add_row(Cell(name), f"{person.done}/{person.done + len(person.open)}", Cell(left or "all ticked"))
    if now.people:
        drawing = console(terminal)
        with drawing.capture() as drawn:
            drawing.print(table)
        terminal.out(drawn.get())


def _reopened(commits: Sequence[str]) -> str:
    return f" [again: {', '.join(sha[:7] for sha in commits)} came later]" if commits else ""
