"""``reletan start``: cut a release or hotfix branch from the remote's state and publish it."""

import shlex
from datetime import UTC, datetime

import msgspec

from reletan import render
from reletan.adapters.gitrepo import Signature
from reletan.adapters.hooks import hook_step, run_filter
from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands.flowing import carry_out
from reletan.commands.listing import default_range, read_listing, resolve
from reletan.commands.local import local_moves
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.flow import Kind
from reletan.domain.listing import Listing, level
from reletan.domain.plan import Plan, PushRefs, RefUpdate, SetConfig, Step, Switch, UpdateBranch
from reletan.domain.version import LEVELS, Level, bump, check_above, check_version, propose


class StartOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` is a version, a level (major, minor, patch) or None: then it is proposed."""

    kind: Kind = "release"
    version: str | None = None
    base: str | None = None
    switch: bool = False
    fail_if_empty: bool = False


class Beginning(msgspec.Struct, kw_only=True):
    """What ``start`` is about to begin. ``existing``: the branch's head where it exists; ``published``: on the remote."""

    kind: Kind
    version: str
    branch: str
    at: str
    existing: str | None = None
    published: bool = False


def run(session: Session, options: StartOptions) -> None:
    require_writable(session)
    folder = JournalFolder(session.repo.common_dir)
    with folder.lock():
        # What was decided once stays decided when the plan has to be made again.
        decided: dict[str, str] = {}
        session.repo.signature()

        def make_plan() -> Plan:
            return _plan(session, options, decided)

        carry_out(session, make_plan, lambda plan: _journal(session, options, plan))


def _journal(session: Session, options: StartOptions, plan: Plan) -> Journal:
    who = session.repo.signature()
    kept: dict[str, str | bool | None] = {"kind": options.kind, "base": options.base, "switch": options.switch}
    return Journal(
        command="start", version=plan.version or "", options=kept, author=who.author, committer=who.committer, plan=plan
    )


def _plan(session: Session, options: StartOptions, decided: dict[str, str]) -> Plan:
    facts = observe(session, writing=True)
    listing = read_listing(session, facts, _range(session, facts, options), kind=options.kind)
    _show_listing(session, listing, options.kind)
    if options.kind == "release" and listing.empty and not _named_open(facts, options):
        if options.fail_if_empty:
            raise Blocked(f"There is nothing to release since {listing.since}.")
        return Plan(command="start", version=None, steps=(), warnings=(f"nothing to release since {listing.since}",))
    version = decided.get("version") or _version(session, facts, options, listing)
    decided["version"] = version
    beginning = _beginning(session, facts, options, version)
    return _steps(session, facts, options, beginning)


def _range(session: Session, facts: Observed, options: StartOptions):  # type: ignore[no-untyped-def]
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


def _named_open(facts: Observed, options: StartOptions) -> bool:
    return any(b.version == options.version for b in _branches(facts))


def _branches(facts: Observed):  # type: ignore[no-untyped-def]
    from reletan.domain.flow import open_branches

    return open_branches(facts.branches, facts.refs, facts.local)


def _version(session: Session, facts: Observed, options: StartOptions, listing: Listing) -> str:
    last = facts.last
    if options.version and options.version not in LEVELS:
        given = options.version.removeprefix(facts.tag_prefix) if options.version[:1].isalpha() else options.version
        check_version(given, facts.tag_prefix, facts.branches.prefix(options.kind))
        return given
    _refuse_second(session, facts, options.kind)
    asked: Level = options.version if options.version in LEVELS else level(listing, session.settings, options.kind)  # type: ignore[assignment]
    settings = session.settings.version
    moment = int(session.repo.signature().committer.rsplit(" ", 2)[1])
    proposed = propose(
        last.version if last else None,
        [b.version for b in _branches(facts)] + [t.removeprefix(facts.tag_prefix) for t in facts.refs.tags],
        asked,
        scheme=settings.scheme if options.version is None else "semver",
        format=settings.format,
        today=datetime.fromtimestamp(moment, UTC).date(),
    )
    return _filtered(session, options, proposed)


def _filtered(session: Session, options: StartOptions, version: str) -> str:
    return run_filter(session.repo, f"filter-flow-{options.kind}-start-version", version)


def _refuse_second(session: Session, facts: Observed, kind: Kind) -> None:
    """Without a version an open release (or hotfix) is in the way: it is named."""
    several = kind == "hotfix" and (session.repo.setting("gitflow.multi-hotfix") or "").lower() in ("true", "yes", "on", "1")
    found = [b for b in _branches(facts) if b.kind == kind]
    if found and not several:
        branch = found[0]
        raise Blocked(
            f"A {kind} is open already: {branch.name}.",
            next=f"finish it with `reletan tag {branch.version}`, drop it with `reletan abort {branch.version}`, "
            f"or name a version: `reletan start {kind} VERSION`",
        )


def _beginning(session: Session, facts: Observed, options: StartOptions, version: str) -> Beginning:
    kind = options.kind
    branch = facts.branches.prefix(kind) + version
    remote, local = facts.refs.heads.get(branch), facts.local.heads.get(branch)
    if remote or local:
        return _adopted(session, facts, Beginning(
            kind=kind, version=version, branch=branch, at=remote or local.oid, existing=remote or local.oid,  # type: ignore[union-attr]
            published=remote is not None,
        ))  # fmt: skip
    if options.version and options.version not in LEVELS:
        version = _filtered(session, options, version)
        check_version(version, facts.tag_prefix, facts.branches.prefix(kind))
        branch = facts.branches.prefix(kind) + version
        _refuse_second_release(facts, kind)
    check_above(version, facts.releases)
    if taken := facts.refs.tags.get(facts.tag_prefix + version):
        raise Blocked(
            f"The tag {facts.tag_prefix}{version} exists already, on {taken.commit[:10]}.", next="choose another version"
        )
    at = resolve(session, facts, options.base) if options.base else facts.refs.heads[facts.branches.base(kind)]
    return Beginning(kind=kind, version=version, branch=branch, at=at)


def _refuse_second_release(facts: Observed, kind: Kind) -> None:
    # git-flow allows one release at a time; two open ones would each be merged back into a development that has the other
    found = [b for b in _branches(facts) if b.kind == kind == "release"]
    if found:
        raise Blocked(
            f"A release is open already: {found[0].name}.",
            next=f"finish it with `reletan tag {found[0].version}`, or drop it with `reletan abort {found[0].version}`",
        )


def _adopted(session: Session, facts: Observed, beginning: Beginning) -> Beginning:
    """A branch that exists is taken as it is; local commits that the remote lacks are for the person to push."""
    local = facts.local.heads.get(beginning.branch)
    tag = facts.refs.tags.get(facts.tag_prefix + beginning.version)
    if tag is not None:
        raise Blocked(f"{beginning.version} is released already ({tag.commit[:10]}).",
                      next=f"run `reletan resume {beginning.version}`")  # fmt: skip
    if beginning.published and local and not session.repo.is_ancestor(local.oid, beginning.at):
        session.terminal.warn(f"your local {beginning.branch} has commits that the remote lacks: git push {facts.remote} {beginning.branch}")
    return beginning


def _steps(session: Session, facts: Observed, options: StartOptions, it: Beginning) -> Plan:
    repo, remote = session.repo, facts.remote or ""
    base = facts.branches.base(it.kind) if not options.base else options.base
    hook = f"flow-{it.kind}-start"
    arguments = (facts.tag_prefix + it.version, remote, it.branch, base)
    steps: list[Step] = []
    if it.existing is None and (pre := hook_step(repo, f"pre-{hook}", *arguments)):
        steps.append(pre)
    if not it.published:
        steps.append(PushRefs(remote, (RefUpdate(f"refs/heads/{it.branch}", None, it.at),)))
    moves = local_moves(session, facts, _long_lived(facts), {})
    steps += moves.steps
    local = facts.local.heads.get(it.branch)
    if local is None:
        steps.append(UpdateBranch(it.branch, None, it.at))
    elif local.oid != it.at and repo.is_ancestor(local.oid, it.at):
        steps += local_moves(session, facts, {it.branch: it.at}, {}).steps
    steps += [step for step in _configuration(facts, it, base) if repo.setting(step.key) != step.value]
    if options.switch and repo.head_branch() != it.branch:
        steps.append(Switch(it.branch))
    advice = list(moves.advice)
    if it.existing is None and (post := hook_step(repo, f"post-{hook}", *arguments)):
        if options.switch:
            steps.append(post)
        else:
            advice.append(f"git-flow's hook was not run, since {it.branch} is not checked out: {shlex.join([post.path, *post.arguments])}")
    if steps:
        advice.append(f"when it is tested: reletan tag {it.version}")
    return Plan(
        command="start", version=it.version, steps=tuple(steps), head=it.at if it.existing else None, mode="push", advice=tuple(advice)
    )


def _long_lived(facts: Observed) -> dict[str, str]:
    return {facts.branches.production: facts.production, facts.branches.development: facts.development}


def _configuration(facts: Observed, it: Beginning, base: str) -> list[SetConfig]:
    """What ``git flow … start`` and ``… publish`` leave in the clone's configuration."""
    return [
        SetConfig(f"gitflow.branch.{it.branch}.base", base),
        SetConfig(f"branch.{it.branch}.remote", facts.remote),
        SetConfig(f"branch.{it.branch}.merge", f"refs/heads/{it.branch}"),
    ]
