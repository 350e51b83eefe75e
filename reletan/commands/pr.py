"""``reletan pr``: open the release pull request, or a deploy pull request, or bring it up to date."""

from typing import TYPE_CHECKING

import msgspec

from reletan.commands.composing import Subject, place_of, subject_of_found
from reletan.commands.finding import find_release
from reletan.commands.flowing import carry_out
from reletan.commands.github import github_slug, require_hub
from reletan.commands.landed import Found
from reletan.commands.listing import Range, read_range
from reletan.commands.observing import Observed, observe
from reletan.commands.releasepull import due, own_template, release_pull, write_pull_step
from reletan.commands.session import Session, require_writable
from reletan.domain.checklist import brought_in, everything
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.plan import DeployText, Plan, WritePull

if TYPE_CHECKING:
    from reletan.adapters.hubpr import PullText


class PrOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` may also be the name of the branch; ``deploy``: the environment of a deploy pull request."""

    version: str | None = None
    deploy: str | None = None


def run(session: Session, options: PrOptions) -> None:
    require_writable(session)
    if options.version and options.deploy:
        raise UsageError("Give a version or --deploy, not both.", next="reletan pr --help")
    carry_out(session, lambda: _plan(session, options), None)


def _plan(session: Session, options: PrOptions) -> Plan:
    if options.deploy is not None:
        return _plan_deploy(session, options.deploy)
    facts = observe(session, writing=True)
    found = find_release(session, facts, options.version)
    if found is None:
        raise Blocked("No release is open, so there is no release pull request.", next="begin one with `reletan start`")
    if over := _over(session, facts, found):
        return Plan(command="pr", version=found.version, steps=(), warnings=(over,))
    return _plan_release(session, facts, found)


# the release pull request


def _over(session: Session, facts: Observed, found: Found) -> str | None:
    """Why there is nothing to ask for any more, or yet: a job that runs for each push comes late, or too early."""
    production = facts.branches.production
    if found.tagged is not None:
        return f"{found.version} is released already"
    if found.branch is None:
        return f"{found.version} is in {production} already; next: reletan tag {found.version}"
    if not found.branch.published:
        raise Blocked(f"{found.branch.name} is only in this clone, so it has no pull request.",
                      next=f"publish it with `reletan start {found.kind} {found.version}`")  # fmt: skip
    if session.repo.is_ancestor(found.branch.head, facts.production):
        return f"there is nothing to merge: {production} has all commits of {found.branch.name}"
    return None


def _plan_release(session: Session, facts: Observed, found: Found) -> Plan:
    require_hub(session, facts)
    subject = subject_of_found(session, facts, found)
    pull = release_pull(session, facts, subject.branch or "")
    step = write_pull_step(session, facts, subject, number=pull.number if pull else None)
    return Plan(command="pr", version=found.version, head=subject.span.until_sha, steps=due(step, pull))


# the deploy pull request


def _plan_deploy(session: Session, name: str) -> Plan:
    branch = _branch_of(session, name)
    facts = observe(session, writing=True)
    require_hub(session, facts)
    deployed = _deployed(session, facts, branch)
    if said := _nothing_new(session, facts, deployed):
        return Plan(command="pr", version=None, steps=(), warnings=(f"there is nothing to deploy: {branch} {said}",))
    pull, squashed = _deploy_pulls(session, facts, branch, deployed)
    span = _deploy_range(session, facts, branch, deployed, squashed)
    step = _deploy_step(session, facts, name, span, pull.number if pull else None)
    return Plan(command="pr", version=None, head=facts.production, steps=due(step, pull))


def _branch_of(session: Session, name: str) -> str:
    environments = session.settings.environments
    if name not in environments:
        known = ", ".join(environments) or "none"
        raise UsageError(f"No environment {name!r} is configured.", details=[f"configured: {known}"],
                         next=f"set its branch in .reletan.toml, under [environments.{name}]")  # fmt: skip
    return environments[name].branch


def _deployed(session: Session, facts: Observed, branch: str) -> str:
    """The commit that is deployed; fetched where this clone lacks it."""
    production, head = facts.branches.production, facts.refs.heads.get(branch)
    if branch == production:
        raise UsageError(f"{branch} is the production branch itself.", next="name the branch that is deployed from")
    if head is None:
        raise UsageError(
            f"There is no branch {branch} on {facts.remote}.",
            next=f"begin with what is deployed now: git push {facts.remote} COMMIT:refs/heads/{branch}",
        )
    if session.repo.resolve(head) is None:
        session.repo.fetch(facts.remote or "", [branch])
    return head


def _nothing_new(session: Session, facts: Observed, deployed: str) -> str | None:
    production, repo = facts.branches.production, session.repo
    if repo.is_ancestor(facts.production, deployed):
        return f"has all commits of {production}"
    # what was squashed has none of them
    return f"has the same files as {production}" if repo.tree_of(facts.production) == repo.tree_of(deployed) else None


def _deploy_pulls(
    session: Session, facts: Observed, branch: str, deployed: str
) -> "tuple[PullText | None, str | None]":
    """The deploy pull request that is open, and up to which commit of production the last one that was merged has deployed;
    one that was taken out of the branch again has deployed nothing.
    """
    from reletan.adapters.hubpr import find_pull, merged_pulls

    production, repo = facts.branches.production, session.repo
    with session.terminal.progress("asking GitHub about the deploy pull request"):
        hub = require_hub(session, facts)
        opened = find_pull(hub, production, branch)
        merged = [pull for pull in merged_pulls(hub, branch) if pull.branch == production]
    landed = (pull.head for pull in merged if pull.commit and repo.is_ancestor(pull.commit, deployed))
    return opened, next((head for head in landed if repo.is_ancestor(head, facts.production)), None)


def _deploy_range(session: Session, facts: Observed, branch: str, deployed: str, squashed: str | None) -> Range:
    begun = session.repo.git.run("merge-base", facts.production, deployed, ok=(0, 1)).out.split()
    span = Range(since=branch, since_sha=begun[0] if begun else None, until=facts.branches.production,
                 until_sha=facts.production, excluded=(deployed,))  # fmt: skip
    if squashed is None or session.repo.is_ancestor(squashed, deployed):
        return span
    return msgspec.structs.replace(span, since_sha=squashed, excluded=(deployed, squashed))


def _deploy_step(session: Session, facts: Observed, name: str, span: Range, number: int | None) -> WritePull:
    production, branch = facts.branches.production, session.settings.environments[name].branch
    listing, survey = read_range(session, facts, span)
    release = facts.last if facts.last and facts.last.commit == facts.production else None
    subject = Subject(kind="release", version=release.version if release else None, tag=release.tag if release else None,
                      branch=production, commit=None, span=span)  # fmt: skip
    notes = everything(listing, place_of(session, facts, subject, listing))
    return WritePull(
        repository=github_slug(session, facts.url) or "",
        branch=production,
        base=branch,
        number=number,
        title=f"Deploy {production} to {name}",
        text=DeployText(environment=name, branch=branch, notes=notes, commits=brought_in(survey)),
        language=session.settings.notes.language,
        template=own_template(session, "checklist.deploy_template"),
        head=facts.production,
    )
