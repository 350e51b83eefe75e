"""``reletan start``: cut a release or hotfix branch from the remote's state and publish it."""

import shlex
from datetime import UTC, datetime

import msgspec

from reletan import prompts, render
from reletan.adapters.hooks import hook_step, run_filter
from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands.finding import kind_and_version, push_command
from reletan.commands.flowing import carry_out
from reletan.commands.landed import require_nothing_before
from reletan.commands.listing import Range, default_range, read_listing, resolve
from reletan.commands.local import is_on, local_moves
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.commands.starting import Beginning, with_news, with_pull
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.flow import Kind, OpenBranch, open_branches
from reletan.domain.listing import Listing, level
from reletan.domain.plan import Plan, PushRefs, RefUpdate, RunHook, SetConfig, Step, Switch
from reletan.domain.version import LEVELS, Level, check_above, check_version, propose


class StartOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` is a version, a level (major, minor, patch) or None: then it is proposed.

    ``settled``: the version is the journal's, so it has been through git-flow's filter already.
    """

    kind: Kind = "release"
    version: str | None = None
    base: str | None = None
    switch: bool = False
    fail_if_empty: bool = False
    settled: bool = False
    duty: str | None = None
    no_pr: bool = False
    no_notify: bool = False


def run(session: Session, options: StartOptions) -> None:
    require_writable(session)
    who = session.repo.signature()
    with JournalFolder(session.repo.common_dir).lock(needed=not session.dry_run):
        # What was decided once stays decided when the plan has to be made again.
        decided: dict[str, str] = {}
        kept: dict[str, str | bool | None] = {
            "kind": options.kind,
            "base": options.base,
            "switch": options.switch,
            "duty": options.duty,
            "no_pr": options.no_pr,
            "no_notify": options.no_notify,
        }
        carry_out(
            session,
            lambda: _plan(session, options, decided),
            lambda plan: Journal(command="start", version=plan.version or "", options=kept, author=who.author,
                                 committer=who.committer, plan=plan),
        )  # fmt: skip


def _plan(session: Session, options: StartOptions, decided: dict[str, str]) -> Plan:
    facts = observe(session, writing=True)
    listing = read_listing(session, facts, _range(session, facts, options), kind=options.kind)
    _show_listing(session, listing, options.kind)
    if options.kind == "release" and listing.empty and not _names_an_open_branch(facts, options):
        if options.fail_if_empty:
            raise Blocked(f"There is nothing to release since {listing.since}.")
        return Plan(command="start", version=None, steps=(), warnings=(f"nothing to release since {listing.since}",))
    if "version" not in decided:
        decided["version"] = _version(session, facts, options, listing)
    it = _beginning(session, facts, options, decided["version"])
    plan = _plan_start(session, facts, options, it)
    known = listing if listing.until_sha == it.at else None
    if session.settings.checklist.pull_request and not options.no_pr:
        plan = with_pull(session, facts, plan, it, known)
    return plan if options.no_notify else with_news(session, facts, plan, it, options.duty, known)


def _range(session: Session, facts: Observed, options: StartOptions) -> Range:
    usual = default_range(facts)
    if options.kind == "hotfix":
        usual = default_range(facts, f"{facts.remote}/{facts.branches.production}", facts.production)
    if options.base:
        return msgspec.structs.replace(usual, until=options.base, until_sha=resolve(session, facts, options.base))
    return usual


def _show_listing(session: Session, listing: Listing, kind: Kind) -> None:
    if kind == "release" and not session.terminal.quiet and not session.terminal.json:
        render.listing_summary(session.terminal, listing)
    for warning in listing.warnings:
        session.terminal.warn(warning.message)


# -- which version


def _given(facts: Observed, options: StartOptions) -> str | None:
    """The version on the command line, without the tag prefix; None where it is to be proposed."""
    if options.version is None or options.version in LEVELS:
        return None
    return kind_and_version(facts, options.version)[1]


def _names_an_open_branch(facts: Observed, options: StartOptions) -> bool:
    given = _given(facts, options)
    return any(branch.version == given for branch in _open(facts, options.kind))


def _open(facts: Observed, kind: Kind) -> list[OpenBranch]:
    """The open branches of this kind, those of this clone alone too; what is released already is not open."""
    found = open_branches(facts.branches, facts.refs, facts.local)
    return [branch for branch in found if branch.kind == kind and not facts.is_tagged(branch)]


def _version(session: Session, facts: Observed, options: StartOptions, listing: Listing) -> str:
    """The version to begin, through git-flow's filter, unless its branch is there already. Raises UsageError."""
    version = (
        _given(facts, options)
        or _interrupted(session, facts, options.kind)
        or _chosen(session, facts, options, listing)
    )
    prefix = facts.branches.prefix(options.kind)
    check_version(version, facts.tag_prefix, prefix)
    if options.settled or any(branch.version == version for branch in _open(facts, options.kind)):
        return version
    filtered = run_filter(session.repo, f"filter-flow-{options.kind}-start-version", version)
    check_version(filtered, facts.tag_prefix, prefix)
    return filtered


def _interrupted(session: Session, facts: Observed, kind: Kind) -> str | None:
    """The version of a ``start`` that was stopped after its push: running it again goes on with that branch."""
    begun = {j.version for j in JournalFolder(session.repo.common_dir).unfinished() if j.command == "start"}
    return next((branch.version for branch in _open(facts, kind) if branch.version in begun), None)


def _chosen(session: Session, facts: Observed, options: StartOptions, listing: Listing) -> str:
    """The proposed version; whoever sits at the terminal may type another."""
    proposed = _proposed(session, facts, options, listing)
    if options.version or session.yes or session.dry_run or not session.terminal.interactive:
        return proposed
    _refuse_second(session, facts, options)

    def problem(answer: str) -> str | None:
        try:
            check_version(answer, facts.tag_prefix, facts.branches.prefix(options.kind))
            check_above(answer, facts.releases)
        except UsageError as error:
            return error.message
        return None

    return prompts.ask_text(
        session.terminal, f"Which version?  ({options.kind})", default=proposed, flag="VERSION", check=problem
    )


def _proposed(session: Session, facts: Observed, options: StartOptions, listing: Listing) -> str:
    asked: Level = next(
        (known for known in LEVELS if known == options.version), level(listing, session.settings, options.kind)
    )
    opened = [branch.version for kind in ("release", "hotfix") for branch in _open(facts, kind)]
    moment = int(session.repo.signature().committer.rsplit(" ", 2)[1])
    settings = session.settings.version
    return propose(
        facts.last.version if facts.last else None,
        opened + [tag.removeprefix(facts.tag_prefix) for tag in facts.refs.tags],
        asked,
        scheme=settings.scheme if options.version is None else "semver",
        format=settings.format,
        today=datetime.fromtimestamp(moment, UTC).date(),
    )


# -- whether it may begin, and where


def _beginning(session: Session, facts: Observed, options: StartOptions, version: str) -> Beginning:
    kind = options.kind
    branch = facts.branches.prefix(kind) + version
    _require_untagged(facts, version)
    for found in (*_open(facts, "release"), *_open(facts, "hotfix")):
        if found.version == version:
            return _adopted(session, facts, found, kind)
    _refuse_second(session, facts, options)
    check_above(version, facts.releases)
    _require_room(facts, kind)
    at = resolve(session, facts, options.base) if options.base else facts.refs.heads[facts.branches.base(kind)]
    return Beginning(kind=kind, version=version, branch=branch, at=at)


def _require_untagged(facts: Observed, version: str) -> None:
    name = facts.tag_prefix + version
    if tag := facts.refs.tags.get(name):
        raise Blocked(f"The tag {name} exists already, on {tag.commit[:10]}.",
                      next=f"choose another version; to finish that one: reletan resume {version}")  # fmt: skip
    if tag := facts.local.tags.get(name):
        raise Blocked(f"This clone has a tag {name}, on {tag.commit[:10]}, that the remote lacks.",
                      next=f"{push_command(facts, version)}; if it is a left-over: git tag -d {name}")  # fmt: skip


def _adopted(session: Session, facts: Observed, found: OpenBranch, kind: Kind) -> Beginning:
    """A branch that exists is taken as it is; a left-over of one that was merged is not published again."""
    if not found.published:
        require_nothing_before(session, facts, None)
    if found.kind != kind:
        raise Blocked(f"{found.version} is open already, as {found.name}.", next="choose another version")
    return Beginning(
        kind=found.kind,
        version=found.version,
        branch=found.name,
        at=found.head,
        adopted=True,
        published=found.published,
    )


def _refuse_second(session: Session, facts: Observed, options: StartOptions) -> None:
    """One release at a time, as in git-flow: each of two would be merged back into a development that has the other.

    A second hotfix has to be named, or allowed by ``gitflow.multi-hotfix``.
    """
    require_nothing_before(session, facts, None)
    found = _open(facts, options.kind)
    hotfix = options.kind == "hotfix"
    if not found or (hotfix and (_given(facts, options) or is_on(session.repo, "gitflow.multi-hotfix"))):
        return
    if not found[0].published:
        raise Blocked(
            f"A {options.kind} is open already, but only in this clone: {found[0].name}.",
            next=f"publish it with `reletan start {options.kind} {found[0].version}`, "
            f"or delete it with `git branch -D {found[0].name}`",
        )
    raise Blocked(
        f"A {options.kind} is open already: {found[0].name}.",
        next=f"finish it with `reletan tag {found[0].version}`, or drop it with `reletan abort {found[0].version}`"
        + ("; for a second one, name its version" if hotfix else ""),
    )


def _require_room(facts: Observed, kind: Kind) -> None:
    folder = facts.branches.prefix(kind).rstrip("/")
    if folder in facts.local.heads:
        raise UsageError(f"This clone has a branch named {folder}, so git cannot have branches below {folder}/.",
                         next=f"rename it: git branch -m {folder} NEW-NAME")  # fmt: skip


# -- the plan


def _plan_start(session: Session, facts: Observed, options: StartOptions, it: Beginning) -> Plan:
    """The steps that are missing: the pre hook before any write, the remote first, then this clone."""
    repo = session.repo
    if options.switch and repo.top and repo.head_branch() != it.branch and not repo.clean(repo.top):
        raise Blocked("--switch needs a work tree without changes, so nothing was done.",
                      next="commit or stash them, or leave --switch out")  # fmt: skip
    moves = local_moves(session, facts, _targets(facts, it), {})
    pre, post = _hooks(session, facts, options, it)
    steps: list[Step] = [pre] if pre else []
    if not it.published:
        steps.append(PushRefs(facts.remote or "", (RefUpdate(f"refs/heads/{it.branch}", None, it.at),)))
    steps += moves.steps
    steps += [step for step in _configuration(facts, it) if repo.setting(step.key) != step.value]
    if options.switch and repo.head_branch() != it.branch:
        steps.append(Switch(it.branch))
    if post and options.switch:
        steps.append(post)
    return Plan(
        command="start", version=it.version, steps=tuple(steps), head=it.at if it.adopted else None, mode="push",
        result=f"{it.branch} is on {facts.remote}.",
        advice=(*moves.advice, *_advice(options, it, post, bool(steps))),
    )  # fmt: skip


def _targets(facts: Observed, it: Beginning) -> dict[str, str]:
    """Where this clone's branches belong; a branch that has more than the remote is left alone, and said."""
    return {
        facts.branches.production: facts.production,
        facts.branches.development: facts.development,
        it.branch: it.at,
    }


def _hooks(
    session: Session, facts: Observed, options: StartOptions, it: Beginning
) -> tuple[RunHook | None, RunHook | None]:
    """git-flow's hooks around a new branch, with git-flow's arguments."""
    if it.adopted:
        return None, None
    base = options.base or facts.branches.base(it.kind)
    arguments = (facts.tag_prefix + it.version, facts.remote or "", it.branch, base)
    name = f"flow-{it.kind}-start"
    return hook_step(session.repo, f"pre-{name}", *arguments), hook_step(session.repo, f"post-{name}", *arguments)


def _configuration(facts: Observed, it: Beginning) -> list[SetConfig]:
    """What ``git flow … start`` and ``… publish`` leave in the clone's configuration.

    The base is the flow's, wherever the branch began: it is where git-flow's finish merges to.
    """
    return [
        SetConfig(f"gitflow.branch.{it.branch}.base", facts.branches.base(it.kind)),
        SetConfig(f"branch.{it.branch}.remote", facts.remote),
        SetConfig(f"branch.{it.branch}.merge", f"refs/heads/{it.branch}"),
    ]


def _advice(options: StartOptions, it: Beginning, post: RunHook | None, something_to_do: bool) -> list[str]:
    advice = []
    if post and not options.switch:
        command = shlex.join([post.path, *post.arguments])
        advice.append(f"git-flow's hook was not run, since {it.branch} is not checked out: {command}")
    if something_to_do:
        advice.append(f"when it is tested: reletan tag {it.version}")
    return advice
