"""Apply a plan: the only place that writes. Each step is probed first: todo, done, or in conflict with the world."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

import msgspec

from reletan import applypull
from reletan.adapters.files import write_atomically
from reletan.adapters.gitrepo import GitRepo
from reletan.adapters.gitrun import GitFailed
from reletan.adapters.hooks import run_hook
from reletan.domain.errors import Blocked, ReletanError
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
    State,
    Step,
    Switch,
    UpdateBranch,
    WriteFile,
    WritePull,
)

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub
    from reletan.adapters.slack import SlackBot, SlackWebhook

# The release is public before these: when one fails, the others are done all the same, and a re-run does it.
HOUSEKEEPING = (DeleteRemoteBranch, UpdateBranch, CreateTag, DeleteBranch, PublishRelease, OpenPull, ClosePull)


NEWS = (Announce, Remind, SendMessage)
# What these do is what they are for, and nothing that follows a release: a failure is an error
ALONE = ("notes", "notify", "checklist")


class Tried:
    """Whether this run has tried a step: from then on an interruption may leave something half done."""

    anything = False


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What effects go through. ``hub`` and ``slack`` are there where a plan has steps for them."""

    repo: GitRepo
    hub: "Hub | None" = None
    slack: "SlackBot | SlackWebhook | None" = None


class Result(msgspec.Struct, frozen=True):
    """What became of a step; ``detail`` says why where it is not done."""

    state: State
    detail: str | None = None


def perform(plan: Plan, tools: Tools, report: Callable[[int, Result], None]) -> list[Result]:
    """Do the steps in their order and ``report`` each. Raises what a step raises, unless it is housekeeping."""
    results: list[Result] = []
    public = plan.public
    Tried.anything = Tried.anything or bool(plan.steps)
    for index, step in enumerate(plan.steps):
        if isinstance(step, SendMessage):
            # Nothing tells afterwards whether it was sent: killed from here on, it is not sent again
            report(index, Result("unknown"))
        result = _tell(step, tools, plan) if isinstance(step, NEWS) else _perform(step, tools, public, plan)
        public = public or isinstance(step, PushRefs)
        results.append(result)
        report(index, result)
    return results


def _perform(step: Step, tools: Tools, public: bool, plan: Plan) -> Result:
    try:
        return _do(step, tools)
    except ReletanError as error:
        # of `start` the branch is what counts
        aside = isinstance(step, WritePull) and plan.command == "start"
        if plan.command in ALONE or not (aside or _housekeeping(step, public)):
            raise
        advice = _advice(error) if isinstance(step, PublishRelease | OpenPull | WritePull) else ""
        later = f" To do it later: reletan pr {plan.version}" if isinstance(step, WritePull) else ""
        return Result("conflict", " ".join([error.message, *error.details[:2]]) + advice + later)


def _advice(error: ReletanError) -> str:
    return f" {error.next[:1].upper()}{error.next[1:]}." if error.next else ""


def _housekeeping(step: Step, public: bool) -> bool:
    if isinstance(step, SetConfig):
        return public
    return isinstance(step, HOUSEKEEPING) or (isinstance(step, RunHook) and step.hook.startswith("post-"))


def _do(step: Step, tools: Tools) -> Result:
    repo = tools.repo
    match step:
        case PushRefs():
            return _push(step, repo)
        case DeleteRemoteBranch():
            ref = f"refs/heads/{step.branch}"
            repo.push(step.remote, [RefUpdate(ref, step.expected, None)])
            repo.forget_tracking(step.remote, step.branch)
        case UpdateBranch():
            return _update_branch(step, repo)
        case CreateTag():
            return _create_tag(step, repo)
        case DeleteBranch():
            return _delete_branch(step, repo)
        case SetConfig():
            if repo.setting(step.key) == step.value:
                return Result("skipped", "already so")
            repo.set_config(step.key, step.value)
        case WriteFile():
            return _write_file(step, repo)
        case Switch():
            repo.switch(step.branch)
        case RunHook():
            run_hook(repo, step)
        case MergePull():
            return Result("done", applypull.merge(step, tools.hub))
        case OpenPull():
            return Result("done", applypull.open(step, tools.hub))
        case WritePull():
            something, told = applypull.write(step, tools.hub)
            return Result("done" if something else "skipped", told)
        case ClosePull():
            return Result("done") if applypull.close(step, tools.hub) else Result("skipped", "it is closed already")
        case SetStatus():
            return Result("done") if applypull.set_status(step, tools.hub) else Result("skipped", "already so")
        case PublishRelease():
            return _publish(step, tools)
        case Announce() | Remind() | SendMessage():
            return _send(step, tools)
        case _:
            assert_never(step)
    return Result("done")


def _push(step: PushRefs, repo: GitRepo) -> Result:
    # The leases are the probe: the remote itself compares, in the same instant in which it writes.
    try:
        repo.push(step.remote, step.updates)
    except GitFailed:
        if not _landed(step, repo):
            raise
        return Result("done", "the answer was lost, but everything is on the remote")
    try:
        _track(step, repo)
    except ReletanError as error:
        return Result("done", f"but this clone does not remember it: {error.message}")
    return Result("done")


def _track(step: PushRefs, repo: GitRepo) -> None:
    branches = [(u.ref.removeprefix("refs/heads/"), u.new) for u in step.updates if u.ref.startswith("refs/heads/")]
    for branch, new in branches:
        if new is None:
            repo.forget_tracking(step.remote, branch)
    repo.update_refs([(f"refs/remotes/{step.remote}/{branch}", new, "") for branch, new in branches if new])


def _landed(step: PushRefs, repo: GitRepo) -> bool:
    """After an unclear answer only the remote knows; a push that is still under way shows up at the next run."""
    refs = repo.remote_refs(step.remote, pulls=False)
    for update in step.updates:
        name = update.ref.split("/", 2)[2]
        tag = refs.tags.get(name)
        at = refs.heads.get(name) if update.ref.startswith("refs/heads/") else tag.object if tag else None
        if at != update.new:
            return False
    return True


def _update_branch(step: UpdateBranch, repo: GitRepo) -> Result:
    now = repo.local_refs(None, f"refs/heads/{step.branch}").heads.get(step.branch)
    if now is not None and now.oid == step.new:
        return Result("skipped", "already there")
    if (now.oid if now else None) != step.old or (now is not None and now.worktree != step.worktree):
        return Result("conflict", f"{step.branch} changed in this clone meanwhile")
    if now is None:
        repo.update_refs([(f"refs/heads/{step.branch}", step.new, None)])
    elif step.worktree is None:
        repo.fast_forward(step.branch, step.new)
    elif repo.clean(step.worktree):
        repo.fast_forward_worktree(step.worktree, step.new)
    else:
        return Result("conflict", f"there are changes in {step.worktree}")
    return Result("done")


def _create_tag(step: CreateTag, repo: GitRepo) -> Result:
    now = repo.local_refs(None, f"refs/tags/{step.tag}").tags.get(step.tag)
    if now is not None:
        same = now.object == step.object
        return Result("skipped", "already there") if same else Result("conflict", "another tag of that name is here")
    repo.update_refs([(f"refs/tags/{step.tag}", step.object, None)])
    return Result("done")


def _delete_branch(step: DeleteBranch, repo: GitRepo) -> Result:
    now = repo.local_refs(None, f"refs/heads/{step.branch}").heads.get(step.branch)
    if now is None:
        return Result("skipped", "already gone")
    if now.oid != step.expected or now.worktree is not None:
        return Result("conflict", "it moved, or is checked out")
    # The branch last: while it is there, a run after a crash finds it and does the rest.
    repo.remove_config_section(f"branch.{step.branch}")
    repo.update_refs([(f"refs/heads/{step.branch}", None, step.expected)])
    return Result("done")


def _write_file(step: WriteFile, repo: GitRepo) -> Result:
    path = os.path.join(repo.top or repo.git.directory, step.path)
    try:
        with open(path, encoding="utf-8", newline="") as file:
            now = file.read()
    except FileNotFoundError:
        now = None
    except (OSError, UnicodeDecodeError) as error:
        raise ReletanError(f"{step.path} cannot be read: {error}.") from error
    if now == step.content:
        return Result("skipped", "already so")
    if now != step.old:
        raise Blocked(f"{step.path} changed while the plan was shown.", next="run the command again")
    write_atomically(path, step.content)
    return Result("done")


def _publish(step: PublishRelease, tools: Tools) -> Result:
    from reletan.adapters.hubrelease import WantedRelease, publish

    if tools.hub is None:
        raise ReletanError("There is no token for GitHub any more.", next="set GH_TOKEN, or run `gh auth login`")
    wanted = WantedRelease(
        tag=step.tag, commit=step.commit, name=step.name, notes=step.notes, more=step.more, prerelease=step.prerelease,
        latest=step.latest,
    )  # fmt: skip
    published = publish(tools.hub, wanted)
    told = ": ".join(part for part in (published.state, published.url, published.detail) if part)
    return Result("skipped" if published.state == "unchanged" else "done", told)


def _tell(step: Announce | Remind | SendMessage, tools: Tools, plan: Plan) -> Result:
    """Whatever Slack does, the release stands."""
    from reletan.adapters.slack import SlackError

    try:
        return _send(step, tools)
    except ReletanError as error:
        unclear = isinstance(error, SlackError) and error.unclear
        said = f"{error.message} Whether it is there is not known." if unclear else error.message
        if plan.command in ALONE:
            raise ReletanError(said, next=_again(step, plan) if unclear else error.next) from error
        if unclear:
            return Result("unknown", f"{said} Next: {_again(step, plan)}")
        return Result("conflict", f"{said}{_advice(error)} To notify later: {_command(plan)}")


def _again(step: Announce | Remind | SendMessage, plan: Plan) -> str:
    """What to do where nobody knows what became of a message."""
    if isinstance(step, Announce | Remind):
        return f"{_command(plan)} (it looks first, and does what is missing)"
    if plan.command == "abort":
        return "look into the channel"
    return f"look into the channel before you send it again by {_command(plan)}"


def _command(plan: Plan) -> str:
    """What tells the news again. Only the journal knows of a release that was aborted, and so the same command."""
    if plan.command == "checklist":
        return f"reletan checklist {plan.version} --remind"
    return f"reletan {'abort' if plan.command == 'abort' else 'notify'} {plan.version}"


def _send(step: Announce | Remind | SendMessage, tools: Tools) -> Result:
    from reletan.adapters.slack import SlackBot, SlackWebhook

    match step, tools.slack:
        case Announce(announcement=announcement), SlackBot() as bot:
            delivered = bot.bring_up_to_date(announcement)
        case Remind(), SlackBot() as bot:
            delivered = bot.put_reply(step.repository, step.version, step.reply, step.oldest, only_edit=step.only_edit)
        case SendMessage(message=message), SlackWebhook() as webhook:
            delivered = webhook.send(message)
        case _:
            raise ReletanError("The way to Slack is not the one that was planned with.", next="set the token again")
    told = ": ".join(part for part in (delivered.state, delivered.url, delivered.detail) if part)
    return Result("skipped" if delivered.state == "unchanged" else "done", told)
