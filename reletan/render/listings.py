"""Lists: as talk, as a table, as Markdown."""

import shutil
import sys
from collections import Counter
from typing import Any

from reletan.domain.listing import Listing, grouped
from reletan.domain.pulls import LooseCommit, PullRequest
from reletan.domain.text import Text, one_line
from reletan.terminal import Terminal


def listing_summary(terminal: Terminal, listing: Listing) -> None:
    """The list as talk, before a plan."""
    terminal.say(_headline(listing))
    for pull in listing.pull_requests:
        terminal.say(f"  #{pull.number}  {pull.title}{_remarks(pull)}  ({pull.author or pull.author_name or '?'})")
    for commit in listing.commits_without_pull_request:
        terminal.say(_loose(commit))
    terminal.say()


def _headline(listing: Listing) -> str:
    pulls, commits = len(listing.pull_requests), len(listing.commits_without_pull_request)
    since = f"since {listing.since}" if listing.since else "so far (no release yet)"
    loose = f", {count(commits, 'commit')} without one" if commits else ""
    return f"{count(pulls, 'pull request')} {since}{loose}"


def count(number: int, what: str) -> str:
    """``3 commits``, ``1 commit``, ``no commits``."""
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _loose(commit: LooseCommit) -> str:
    mark = f" [in {commit.in_release}]" if commit.in_release else ""
    return f"  {commit.sha[:7]}  {commit.subject}{mark}  ({commit.author_name})"


def _remarks(pull: PullRequest) -> str:
    marks = []
    if pull.via is not None:
        marks.append(f"via #{pull.via}")
    if pull.reverted_by is not None:
        by = f"#{pull.reverted_by}" if isinstance(pull.reverted_by, int) else pull.reverted_by[:7]
        marks.append(f"reverted by {by}")
    if pull.in_release is not None:
        marks.append(f"in {pull.in_release}")
    return f" [{', '.join(marks)}]" if marks else ""


def listing_table(terminal: Terminal, listing: Listing, group_by: str) -> None:
    """The list as a table on stdout; rich only draws, so that no title is ever read as markup."""
    from rich.table import Table
    from rich.text import Text as Cell

    drawing = console(terminal)
    terminal.out(_headline(listing))
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=bool(listing.pull_requests), header_style="bold")
    labelled = any(pull.labels for pull in listing.pull_requests)
    columns: list[tuple[str, dict[str, Any]]] = [
        ("PR", {"justify": "right", "no_wrap": True}),
        ("Title", {"overflow": "fold"}),
        ("Author", {}),
        ("Merged", {"no_wrap": True}),
        *([("Labels", {})] if labelled else []),
    ]
    for name, options in columns:
        table.add_column(name, **options)
    for heading, pulls in grouped(listing.pull_requests, group_by):
        if heading:
            table.add_row("", Cell(one_line(heading), style="bold"))
        for pull in pulls:
            author = Cell(one_line(pull.author) if pull.author else str(pull.author_name or "?"))
            labels = [Cell(one_line(", ".join(pull.labels or ())))] if labelled else []
            title = Cell(f"{pull.title}{_remarks(pull)}")
            table.add_row(f"#{pull.number}", title, author, pull.merged_at[:10], *labels)
    if listing.pull_requests:
        with drawing.capture() as drawn:
            drawing.print(table)
        terminal.out(drawn.get())
    if listing.commits_without_pull_request:
        terminal.out("\nCommits without a pull request:")
        for commit in listing.commits_without_pull_request:
            terminal.out(_loose(commit))
    if newcomers := _newcomers(listing):
        terminal.out(f"\nFirst contributions: {', '.join(newcomers)}")
    if lines := _versions(listing):
        terminal.out("\n" + "\n".join(lines))


def _versions(listing: Listing) -> list[str]:
    """What of the list is open already, and the version for the rest."""
    opened = Counter(entry.in_release for entry in listing.entries if entry.in_release)
    every = len(listing.entries)
    lines = [f"Open: {version}, with {'all' if n == every else n} of these" for version, n in opened.items()]
    if listing.suggested_version and listing.waiting:
        after = f" after {'it' if len(opened) == 1 else 'them'}" if opened else ""
        lines.append(f"Next version{after}: {listing.suggested_version}")
    return lines


def _newcomers(listing: Listing) -> list[str]:
    """``login (#12)`` of everybody who contributed for the first time."""
    return [
        f"{one_line(who.login) if who.login else who.name} ({', '.join(f'#{number}' for number in who.pull_requests)})"
        for who in listing.contributors or ()
        if who.first_time
    ]


def console(terminal: Terminal) -> Any:
    """What draws tables for stdout, in the colours and the width that it has."""
    from rich.console import Console

    is_terminal = sys.stdout.isatty()
    color = terminal.colored(is_terminal)
    return Console(
        file=sys.stdout, markup=False, emoji=False, highlight=False, no_color=not color, force_terminal=color,
        width=None if is_terminal else max(160, shutil.get_terminal_size().columns),
    )  # fmt: skip


def listing_markdown(listing: Listing, group_by: str, language: str) -> str:
    """The list from the template ``list.md.j2``, every text from outside inert."""
    from reletan.adapters.templates import render_template

    groups = [
        {"heading": Text(heading).markdown(), "pull_requests": [_plain(pull) for pull in pulls]}
        for heading, pulls in grouped(listing.pull_requests, group_by)
    ]
    commits = [
        {
            "sha": c.sha,
            "subject": c.subject.markdown(),
            "author": c.author_name.markdown(),
            "in_release": c.in_release,
        }
        for c in listing.commits_without_pull_request
    ]
    newcomers = [
        {
            "name": Text(who.login).markdown() if who.login else (who.name or Text("?")).markdown(),
            "pull_requests": who.pull_requests,
        }
        for who in listing.contributors or ()
        if who.first_time
    ]
    context = {
        "newcomers": newcomers, "since": listing.since, "until": listing.until, "compare_url": listing.compare_url, "groups": groups,
        "commits": commits,
        "version": listing.suggested_version if listing.waiting else None,
    }  # fmt: skip
    return render_template("list.md.j2", language, context)


def _plain(pull: PullRequest) -> dict[str, Any]:
    author = Text(pull.author) if pull.author else pull.author_name
    return {
        "number": pull.number, "title": pull.title.markdown(), "author": author.markdown() if author else None,
        "url": pull.url,
        "via": pull.via, "reverted_by": pull.reverted_by, "in_release": pull.in_release, "merged_at": pull.merged_at,
    }  # fmt: skip
