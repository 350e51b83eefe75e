"""What a release that ``start`` begins still needs: its pull request, and the news of it."""

import msgspec

from reletan.commands.announcing import tell
from reletan.commands.composing import Subject
from reletan.commands.github import require_hub
from reletan.commands.listing import default_range
from reletan.commands.observing import Observed
from reletan.commands.releasepull import due, release_pull, write_pull_step
from reletan.commands.session import Session
from reletan.commands.wording import News
from reletan.domain.errors import ReletanError
from reletan.domain.flow import Kind
from reletan.domain.listing import Listing
from reletan.domain.plan import Plan, WritePull


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """What ``start`` begins, at the commit ``at``. ``adopted``: the branch exists; ``published``: on the remote."""

    kind: Kind
    version: str
    branch: str
    at: str
    adopted: bool = False
    published: bool = False


def _subject(facts: Observed, it: Beginning) -> Subject:
    return Subject(kind=it.kind, version=it.version, tag=facts.tag_prefix + it.version, branch=it.branch, commit=None,
                   span=default_range(facts, it.branch, it.at))  # fmt: skip


def with_pull(session: Session, facts: Observed, plan: Plan, it: Beginning, listing: Listing | None) -> Plan:
    """``plan`` with the release pull request where it is to be written; where it cannot be, a word on how to do it later.

    ``listing``: of the branch, where it has been read.
    """
    try:
        steps = _pull_steps(session, facts, it, listing)
    except ReletanError as problem:
        why = problem.message.rstrip(".")
        left_out = f"the release pull request is left out: {why}; to open it later: reletan pr {it.version}"
        return msgspec.structs.replace(plan, warnings=(*plan.warnings, left_out))
    return msgspec.structs.replace(plan, steps=(*plan.steps, *steps))


def _pull_steps(session: Session, facts: Observed, it: Beginning, listing: Listing | None) -> tuple[WritePull, ...]:
    if session.repo.is_ancestor(it.at, facts.production):
        # a hotfix has no commit yet
        return ()
    require_hub(session, facts)
    pull = release_pull(session, facts, it.branch) if it.published else None
    step = write_pull_step(session, facts, _subject(facts, it), listing, number=pull.number if pull else None)
    return due(step, pull)


def with_news(
    session: Session, facts: Observed, plan: Plan, it: Beginning, duty: str | None, listing: Listing | None
) -> Plan:
    """``plan`` with what tells the team."""
    news = News(subject=_subject(facts, it), stage="started")
    telling = tell(session, facts, news, command="start", fresh=not it.published, duty=duty, listing=listing)
    return msgspec.structs.replace(plan, steps=(*plan.steps, *telling.steps), paste=telling.paste)
