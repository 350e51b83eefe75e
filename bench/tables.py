"""What a suite measured, as values: printed, and written into docs/benchmarks.md."""

from collections.abc import Sequence
from dataclasses import dataclass

MISSING = "not installed"


@dataclass(frozen=True)
class Limit:
    """What is promised: ``value`` may be at most ``most``, in the unit that ``what`` names, else a ratio."""

    what: str
    value: float
    most: float

    @property
    def kept(self) -> bool:
        return self.value <= self.most


@dataclass(frozen=True)
class Table:
    """``name``: of its place in the page; ``title``: what is measured and how; ``header``, ``rows``: cells as they are
    shown, a peer that is not there as MISSING.
    """

    name: str
    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    limits: Sequence[Limit] = ()

    def text(self) -> str:
        """For the terminal. No exit code tells whether limits are kept: a busy machine is no mistake of the code."""
        limits = [
            f"  {'pass' if limit.kept else 'FAIL'}  {limit.what}: {limit.value:.2f} (at most {limit.most:g})"
            for limit in self.limits
        ]
        return "\n".join([self.title, *_columns([self.header, *self.rows]), *limits, ""])

    def markdown(self) -> str:
        parts = [f"{self.title[0].upper()}{self.title[1:]}.", _grid(self.header, self.rows)]
        if self.limits:
            limits = [
                (limit.what, f"{limit.value:.2f}", f"{limit.most:g}", "kept" if limit.kept else "**not kept**")
                for limit in self.limits
            ]
            parts.append(_grid(("promised", "measured", "at most", ""), limits))
        return "\n\n".join(parts)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def in_seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:,.0f} s"


def beside(ours: float, theirs: float) -> str:
    """Our time to theirs, both in seconds."""
    return f"{ours / theirs:.2f}"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *rest in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        lines.append(f"  {'  '.join(cells)}".rstrip())
    return lines


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
