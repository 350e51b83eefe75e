"""Where the release is; and what is said where something is wrong."""

import msgspec

from reletan.domain.errors import Declined, ReletanError
from reletan.domain.status import OpenRelease, Status
from reletan.domain.text import one_line
from reletan.render.jsontext import to_json
from reletan.render.listings import count
from reletan.terminal import Terminal


def status(terminal: Terminal, status: Status) -> None:
    lines = [
        f"last release   {status.last_release or 'none yet'}"
        + (f"  ({status.last_release_at[:10]})" if status.last_release_at else "")
    ]
    for entry in status.open:
        by = f" by {entry.by}" if entry.by else ""
        since = f" since {entry.since[:10]}{by}" if entry.since else ""
        pulls = f", {count(entry.pull_requests, 'pull request')}" if entry.pull_requests else ""
        lines += [f"{entry.kind:<14} {entry.branch}: {entry.state}{since}{pulls}", *_waited_for(entry)]
    if not status.open:
        lines.append("open           nothing")
    lines.append(
        f"waiting        {_waiting(status)} on {status.development}"
        + (f" for {status.suggested_version}" if status.suggested_version else "")
    )
    explained = {entry.version for entry in status.open if "reletan resume" in entry.next}
    lines += [f"unfinished     {v}: reletan resume {v}" for v in status.unfinished if v not in explained]
    lines.append(f"next           {status.next}")
    terminal.out("\n".join(one_line(line) if not line.isprintable() else line for line in lines))


def _waited_for(entry: OpenRelease) -> list[str]:
    """What GitHub tells about the pull requests of a release; a line each."""
    lines, pull = [], entry.pull_request
    if pull is not None:
        missing = f", not yet by {', '.join(map(str, pull.missing))}" if pull.missing else ""
        checks = ", ".join(f"{count} {state}" for state, count in pull.checks.items() if count)
        lines = [
            f"{'pull request':<14} #{pull.number} {pull.url}",
            f"{'checklist':<14} {pull.done} of {pull.all} ticked{missing}",
            f"{'checks':<14} {checks or 'none'}",
            *(f"{'waits for':<14} {reason}" for reason in pull.waits_for),
        ]
    for back in entry.back_merges:
        lines.append(f"{'back-merge':<14} #{back.number} into {back.base} {back.url}")
        lines += [f"{'waits for':<14} {reason}" for reason in back.waits_for]
    return lines


def _waiting(status: Status) -> str:
    pulls, commits = status.waiting_pull_requests, status.waiting_commits
    if not pulls:
        return f"{count(commits, 'commit')} without a pull request" if commits else "nothing"
    return count(pulls, "pull request") + (f" and {count(commits, 'commit')} without one" if commits else "")


def error(terminal: Terminal, problem: ReletanError) -> None:
    """One error: what failed, why, and the next command. With --json one object on stdout."""
    if terminal.json and not problem.reported:
        body = {
            "kind": problem.kind,
            "exit": problem.exit_code,
            "message": problem.message,
            "details": list(problem.details),
            "next": problem.next,
        }
        terminal.out(to_json({"schema": 1, "error": body}))
        return
    lines = [
        problem.message if isinstance(problem, Declined) else f"error: {problem.message}",
        *(f"  {detail}" for detail in problem.details),
    ]
    if problem.next:
        lines.append(f"next: {problem.next}")
    # an error is said even with --quiet
    msgspec.structs.replace(terminal, quiet=False).say("\n".join(lines))
