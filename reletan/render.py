"""Plans, lists and answers as text for people and as JSON for scripts."""

import re
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, assert_never

import msgspec

from reletan.domain.errors import Declined, ReletanError
from reletan.domain.listing import Listing, grouped
from reletan.domain.message import readable
from reletan.domain.plan import (
    Announce,
    ClosePull,
    CreateTag,
    DeleteBranch,
    DeleteRemoteBranch,
    MergePull,
    OpenPull,
    Plan,
    PublishRelease,
    PushRefs,
    RefUpdate,
    Remind,
    RunHook,
    SendMessage,
    SetConfig,
    SetStatus,
    Step,
    Switch,
    UpdateBranch,
    WriteFile,
    WritePull,
)
from reletan.domain.pulls import PullRequest
from reletan.domain.status import OpenRelease, Status
from reletan.domain.text import Text, one_line
from reletan.terminal import Terminal

if TYPE_CHECKING:
    from reletan.apply import Result

# Characters that JSON leaves as they are and that a terminal obeys: C1 controls, bidirectional and invisible marks.
_LIVE = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_PLAIN = bytes(range(0x7F))


def to_json(value: object) -> str:
    """``value`` as JSON that is inert in a terminal too."""
    encoded = _json(value)
    text = encoded.decode()
    # Looking through megabytes takes long; through the few characters that are not plain ASCII it does not.
    for live in set(_LIVE.findall(encoded.translate(None, delete=_PLAIN).decode())):
        text = text.replace(live, _escaped(live))
    # The log of GitHub Actions obeys it wherever it stands
    return text.replace("##[", "#\\u0023[")


def _json(value: object) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=_encode)
    except UnicodeEncodeError:
        # an argument or a path whose bytes are no UTF-8
        import json

        return json.dumps(msgspec.to_builtins(value, enc_hook=_encode), ensure_ascii=False).encode(errors="replace")


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _encode(value: object) -> str:
    if isinstance(value, Text):
        return value.raw
    raise TypeError(type(value).__name__)


# -- lists -----------------------------------------------------------------------------------------------------------


def listing_summary(terminal: Terminal, listing: Listing) -> None:
    """The list as talk, before a plan."""
    terminal.say(_headline(listing))
    for pull in listing.pull_requests:
        terminal.say(f"  #{pull.number}  {pull.title}{_remarks(pull)}  ({pull.author or pull.author_name or '?'})")
    for commit in listing.commits_without_pull_request:
        terminal.say(f"  {commit.sha[:7]}  {commit.subject}  ({commit.author_name})")
    terminal.say()


def _headline(listing: Listing) -> str:
    pulls, commits = len(listing.pull_requests), len(listing.commits_without_pull_request)
    since = f"since {listing.since}" if listing.since else "so far (no release yet)"
    loose = f", {_count(commits, 'commit')} without one" if commits else ""
    return f"{_count(pulls, 'pull request')} {since}{loose}"


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


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
            terminal.out(f"  {commit.sha[:7]}  {commit.subject}  ({commit.author_name})")
    if newcomers := _newcomers(listing):
        terminal.out(f"\nFirst contributions: {', '.join(newcomers)}")
    if listing.suggested_version and not listing.empty:
        terminal.out(f"\nNext version: {listing.suggested_version}")


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
        {"sha": c.sha, "subject": c.subject.markdown(), "author": c.author_name.markdown()}
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
        "version": listing.suggested_version,
    }  # fmt: skip
    return render_template("list.md.j2", language, context)


def _plain(pull: PullRequest) -> dict[str, Any]:
    author = Text(pull.author) if pull.author else pull.author_name
    return {
        "number": pull.number, "title": pull.title.markdown(), "author": author.markdown() if author else None,
        "url": pull.url,
        "via": pull.via, "reverted_by": pull.reverted_by, "in_release": pull.in_release, "merged_at": pull.merged_at,
    }  # fmt: skip


# -- plans -----------------------------------------------------------------------------------------------------------


def plan_lines(plan: Plan) -> list[str]:
    return [*(line for step in plan.steps for line in step_lines(step)), *(f"then: {what}" for what in plan.then)]


def step_lines(step: Step) -> list[str]:
    match step:
        case PushRefs():
            return [f"push to {step.remote}, all or nothing:", *(f"  {_moved(update)}" for update in step.updates)]
        case DeleteRemoteBranch():
            return [f"delete {step.branch} on {step.remote} (at {step.expected[:7]})"]
        case UpdateBranch():
            where = f" in {step.worktree}" if step.worktree else ""
            begin = "create" if step.old is None else "bring forward"
            return [f"{begin} your local {step.branch}{where} ({_from(step.old)}{step.new[:7]})"]
        case CreateTag():
            return [f"create the tag {step.tag} here too"]
        case DeleteBranch():
            return [f"delete your local {step.branch} (at {step.expected[:7]})"]
        case SetConfig():
            return [
                f"git config {step.key} {step.value}" if step.value is not None else f"git config --unset {step.key}"
            ]
        case WriteFile():
            return [f"write {step.path}:", *(f"  {line}" for line in step.content.splitlines())]
        case Switch():
            return [f"switch to {step.branch}"]
        case RunHook():
            return [f"run git-flow's hook {step.hook}"]
        case MergePull():
            how = {"merge": "with a merge commit", "queue": "by its merge queue"}.get(step.method, f"by {step.method}")
            return [f"merge #{step.number} on GitHub, {step.branch} at {step.head[:7]} into {step.base}, {how}"]
        case OpenPull():
            return [f"open a pull request from {step.branch} into {step.base}"]
        case WritePull():
            where = f"from {step.branch} into {step.base}"
            if step.number is None:
                return [f"open the pull request {step.title} {where}"]
            return [f"bring pull request #{step.number} {where} up to date"]
        case ClosePull():
            return [f"close pull request #{step.number}"]
        case SetStatus():
            return [f"set the status {step.context} of {step.commit[:7]}: {step.description}"]
        case PublishRelease():
            return [f"publish the GitHub Release {step.tag} with its notes"]
        case Announce():
            return [f"tell {step.channel} on Slack: one message about {step.announcement.version}, kept up to date"]
        case Remind():
            return [f"remind people in {step.channel} on Slack, in the thread of {step.version}"]
        case SendMessage():
            return [f"send a message about {step.version} to Slack"]
        case _:
            assert_never(step)


def _from(old: str | None) -> str:
    return f"{old[:7]} -> " if old else ""


def _moved(update: RefUpdate) -> str:
    kind, name = update.ref.split("/", 2)[1:]
    what = "tag   " if kind == "tags" else "branch"
    if update.new is None:
        return f"{what} {name}  {update.old[:7] if update.old else ''} -> deleted"
    return f"{what} {name}  {update.old[:7] if update.old else 'new'} -> {update.new[:7]}"


def show_plan(terminal: Terminal, plan: Plan) -> None:
    _show_warnings(terminal, plan)
    lines = plan_lines(plan)
    if not lines:
        if plan.waits or plan.paste or (plan.warnings and plan.version is None):
            return
        terminal.say(f"Nothing to do{f' for {plan.version}' if plan.version else ''}: it is all done already.")
        return
    terminal.say(f"The plan for {plan.command}{f' {plan.version}' if plan.version else ''}:")
    for line in lines:
        terminal.say(f"  {line}")
    for wait in plan.waits:
        terminal.say(f"  then people: {wait}")
    terminal.say()


def dry_run(terminal: Terminal, plan: Plan) -> None:
    if terminal.json:
        terminal.out(to_json(_plan_object(plan)))
        return
    show_plan(terminal, plan)
    for line in _news_lines(plan):
        terminal.say(line)
    terminal.say("This was a dry run: nothing was done.")


def _news_lines(plan: Plan) -> list[str]:
    """What the team would read. What ``notify`` prints to be pasted is data."""
    lines: list[str] = []
    for step in plan.steps:
        if isinstance(step, Announce):
            lines += [f"The message in {step.channel}:", *_indented(readable(step.announcement.main))]
            for reply in step.announcement.thread:
                lines += ["In its thread:", *_indented(readable(reply.message))]
        if isinstance(step, Remind):
            lines += ["The reminder:", *_indented(readable(step.reply.message))]
        if isinstance(step, SendMessage):
            lines += ["The message:", *_indented(readable(step.message))]
    if plan.paste and plan.command not in ("notify", "checklist"):
        lines += ["What to tell your team:", *_indented(plan.paste)]
    return lines


def _indented(text: str) -> list[str]:
    return ["", *(f"  {line}" if line else "" for line in text.split("\n")), ""]


def outcomes(terminal: Terminal, done: "Sequence[tuple[Plan, Sequence[Result]]]") -> None:
    """All parts of a command that went on with a new plan, for scripts: one object. It is as the last one, with the steps of all."""
    parts = [_plan_object(plan, results) for plan, results in done]
    terminal.out(to_json(parts[-1] | {"steps": [step for part in parts for step in part["steps"]]}))


def outcome(terminal: Terminal, plan: Plan, results: "Sequence[Result]") -> None:
    """What was done, what was not, and what is left for the person."""
    if terminal.json:
        outcomes(terminal, [(plan, results)])
        return
    for step, result in zip(plan.steps, results, strict=True):
        mark = {"done": "done", "skipped": "skipped", "unknown": "UNKNOWN"}.get(result.state, "NOT DONE")
        detail = f" ({result.detail})" if result.detail else ""
        tell = terminal.say if mark.islower() else terminal.warn
        tell(f"{mark}: {step_lines(step)[0].rstrip(':')}{detail}")
    if results and plan.result and not plan.then:
        terminal.say(plan.result)
    for line in plan.advice:
        terminal.say(f"next: {line}")
    if results and plan.paste:
        terminal.hand_over(f"\nTo tell your team:\n\n{plan.paste}")


def _plan_object(plan: Plan, results: "Sequence[Result] | None" = None) -> dict[str, Any]:
    steps = []
    for index, step in enumerate(plan.steps):
        entry = msgspec.to_builtins(step, enc_hook=_encode)
        if results is not None:
            entry |= {"state": results[index].state, "detail": results[index].detail}
        steps.append(entry)
    return {
        "schema": 1, "command": plan.command, "version": plan.version, "steps": steps, "warnings": list(plan.warnings),
        "advice": list(plan.advice), "waits": list(plan.waits), "then": list(plan.then), "blocked": plan.blocked, "paste": plan.paste,
    }  # fmt: skip


def _show_warnings(terminal: Terminal, plan: Plan) -> None:
    for warning in plan.warnings:
        terminal.say(f"{warning[:1].upper()}{warning[1:]}.")


# -- status and errors -----------------------------------------------------------------------------------------------


def status(terminal: Terminal, status: Status) -> None:
    lines = [
        f"last release   {status.last_release or 'none yet'}"
        + (f"  ({status.last_release_at[:10]})" if status.last_release_at else "")
    ]
    for entry in status.open:
        by = f" by {entry.by}" if entry.by else ""
        since = f" since {entry.since[:10]}{by}" if entry.since else ""
        count = f", {_count(entry.pull_requests, 'pull request')}" if entry.pull_requests else ""
        lines += [f"{entry.kind:<14} {entry.branch}: {entry.state}{since}{count}", *_waited_for(entry)]
    if not status.open:
        lines.append("open           nothing")
    lines.append(
        f"waiting        {_waiting(status)} on {status.development}"
        + (f" for {status.suggested_version}" if status.suggested_version else "")
    )
    lines += [f"interrupted    {version}: reletan resume {version}" for version in status.unfinished]
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
        return f"{_count(commits, 'commit')} without a pull request" if commits else "nothing"
    return _count(pulls, "pull request") + (f" and {_count(commits, 'commit')} without one" if commits else "")


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
