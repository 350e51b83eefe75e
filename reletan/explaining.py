"""What automerge says of the pull requests it looked at: a table, JSON, GitHub Actions' summary and notes, a comment."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from reletan.adapters.templates import render_template
from reletan.domain.config import Language
from reletan.domain.listing import Warning as Warned
from reletan.domain.merging import Judged
from reletan.domain.text import Text, one_line
from reletan.render import console, to_json
from reletan.terminal import Terminal

# By this the comment is found again; whoever edits it away gets a new one
MARKER = "<!-- reletan:automerge -->"
# Actions takes 1 MiB of summary a step, and drops a longer one whole
SUMMARY_BYTES = 900_000
# Actions shows ten notices and ten warnings of a step
MAX_NOTES = 10
MAX_COMMENT = 60_000
# What stays as it is until a person mends it
_TO_MEND = {"conflict", "check-failed", "method-labels", "protection", "refused"}
_DONE = {
    "merged": "merged",
    "enqueued": "enqueued",
    "auto-merge enabled": "auto-merge on",
    "auto-merge disabled": "auto-merge off",
    "updated": "updated",
}
_WOULD = {
    "merge": "would merge",
    "enqueue": "would enqueue",
    "auto-merge": "would turn on auto-merge",
    "stop-auto-merge": "would turn off auto-merge",
    "update": "would update",
    "leave": "left alone",
}


def _what(entry: Judged) -> str:
    """What was done, or would be, in a word or two."""
    if entry.outcome is not None:
        return _DONE[entry.outcome]
    return _WOULD[entry.verdict.action]


def _headline(entries: Sequence[Judged]) -> str:
    number = len(entries)
    if not number:
        return "No pull requests to look at."
    counts = Counter(map(_what, entries))
    parts = [f"{counts[what]} {what}" for what in (*_DONE.values(), *_WOULD.values()) if what in counts]
    return f"{number} pull request{'' if number == 1 else 's'}: {', '.join(parts)}"


# -- for people and scripts


def verdict_table(terminal: Terminal, entries: Sequence[Judged]) -> None:
    """A row for each pull request on stdout, and below it a line for each reason; rich only draws."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text as Cell

    terminal.out(_headline(entries))
    if not entries:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("PR", justify="right", no_wrap=True)
    table.add_column("Title", overflow="fold")
    table.add_column("What", overflow="fold", max_width=14)
    for entry in entries:
        title = Cell(one_line(entry.facts.title))
        table.add_row(f"#{entry.facts.number}", title, Cell(_what(entry), style="bold" if entry.outcome else ""))
        for reason in entry.verdict.reasons:
            # a bullet of its own column keeps the lines of a long reason together
            line = Table.grid(padding=(0, 1, 0, 0))
            line.add_column(no_wrap=True)
            line.add_column(overflow="fold")
            line.add_row("-", Cell(one_line(reason.text)))
            table.add_row("", Padding(line, (0, 0, 0, 2)), "")
    drawing = console(terminal)
    with drawing.capture() as drawn:
        drawing.print(table)
    terminal.out(drawn.get())


def verdicts_json(entries: Sequence[Judged], warnings: Sequence[Warned] = ()) -> str:
    """The contract of ``reletan automerge --json`` (schema 1)."""
    pulls = [_plain(entry) for entry in entries]
    return to_json({"schema": 1, "command": "automerge", "pull_requests": pulls, "warnings": list(warnings)})


def _plain(entry: Judged) -> dict[str, Any]:
    facts, verdict = entry.facts, entry.verdict
    return {
        "number": facts.number, "title": facts.title, "url": entry.url, "base": facts.base, "head": facts.head,
        "action": verdict.action, "method": verdict.method, "outcome": entry.outcome, "commit": entry.commit,
        "reasons": list(verdict.reasons),
    }  # fmt: skip


# -- for GitHub Actions


def step_summary(entries: Sequence[Judged]) -> str:
    """Markdown for ``$GITHUB_STEP_SUMMARY``, in which nothing from outside is live; under Actions' limit."""
    lines = [f"### reletan automerge\n\n{_headline(entries)}\n"]
    if not entries:
        return lines[0]
    lines.append("\n| | Pull request | What | Why |\n|---|---|---|---|\n")
    room = SUMMARY_BYTES
    for at, entry in enumerate(entries):
        row = _summary_row(entry)
        room -= len(row.encode(errors="replace"))
        if room < 0:
            lines.append(f"\nAnd {len(entries) - at} more.\n")
            break
        lines.append(row)
    return "".join(lines)


def _summary_row(entry: Judged) -> str:
    number = f"#{entry.facts.number}"
    what = _what(entry) + (f" as {_sha(entry.commit)}" if entry.commit else "")
    why = "<br>".join(Text(reason.text).markdown() for reason in entry.verdict.reasons)
    linked = f"[{number}]({entry.url})" if _is_plain(entry.url) else number
    return f"| {linked} | {Text(entry.facts.title).markdown()} | {what} | {why} |\n"


def _sha(commit: str | None) -> str | None:
    return Text(commit[:10]).markdown() if commit else None


def _is_plain(url: str | None) -> bool:
    return url is not None and re.fullmatch(r"https?://[\w.:/-]{1,300}", url, re.ASCII) is not None


def annotations(entries: Iterable[Judged]) -> list[str]:
    """Workflow commands for stdout, each one line: a notice for each pull request, a warning where something is to be
    mended; as many as Actions shows.
    """
    warnings: list[str] = []
    notices: list[str] = []
    for entry in entries:
        to_mend = entry.outcome is None and any(reason.code in _TO_MEND for reason in entry.verdict.reasons)
        title = _property(f"#{entry.facts.number} {_what(entry)}")
        why = "; ".join(reason.text for reason in entry.verdict.reasons)
        message = _data(f"{entry.facts.title}{f': {why}' if why else ''}")
        (warnings if to_mend else notices).append(f"::{'warning' if to_mend else 'notice'} title={title}::{message}")
    return [*warnings[:MAX_NOTES], *notices[:MAX_NOTES]]


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# -- for the pull request


def comment_body(entry: Judged, language: Language) -> str:
    """The comment on the pull request; its first line is ``MARKER``. No time is in it: the same verdict has the same text."""
    context = {
        "outcome": entry.outcome, "method": entry.verdict.method, "commit": _sha(entry.commit), "head": _sha(entry.facts.head),
        "base": Text(entry.facts.base).markdown(),
        "over": all(reason.waits == "nobody" for reason in entry.verdict.reasons),
        "reasons": [{"code": reason.code, "text": Text(reason.text).markdown()} for reason in entry.verdict.reasons],
    }  # fmt: skip
    body = render_template("automerge_comment.md.j2", language, context)
    return f"{MARKER}\n{body}"[:MAX_COMMENT].rstrip()
