"""Plans, and what came of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, assert_never

import msgspec

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
from reletan.render.jsontext import encode, to_json
from reletan.terminal import Terminal

if TYPE_CHECKING:
    from reletan.apply import Result


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
    brings = f" (merge of {update.brings})" if update.brings else ""
    return f"{what} {name}  {update.old[:7] if update.old else 'new'} -> {update.new[:7]}{brings}"


def show_plan(terminal: Terminal, plan: Plan) -> None:
    _show_warnings(terminal, plan)
    lines = plan_lines(plan)
    if not lines:
        said = plan.warnings and (plan.version is None or plan.command in ("start", "abort"))
        if plan.waits or plan.paste or said:
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
        entry = msgspec.to_builtins(step, enc_hook=encode)
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
