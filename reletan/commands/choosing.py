"""Which version ``start`` begins: the given one, that of an interrupted run, or a proposed one."""

from datetime import UTC, datetime

from reletan import prompts
from reletan.adapters.hooks import run_filter
from reletan.adapters.journal import JournalFolder
from reletan.commands.finding import kind_and_version
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.errors import UsageError
from reletan.domain.flow import KINDS, Kind, OpenBranch, open_branches
from reletan.domain.listing import Listing, level
from reletan.domain.version import LEVELS, Level, check_above, check_version, propose


def opened(facts: Observed, kind: Kind) -> list[OpenBranch]:
    """The open branches of this kind, those of this clone alone too; what is released already is not open."""
    found = open_branches(facts.branches, facts.refs, facts.local)
    return [branch for branch in found if branch.kind == kind and not facts.is_tagged(branch)]


def given(facts: Observed, asked: str | None) -> str | None:
    """The version on the command line, without the tag prefix; None where it is to be proposed."""
    if asked is None or asked in LEVELS:
        return None
    return kind_and_version(facts, asked)[1]


def interrupted(session: Session, facts: Observed, kind: Kind) -> str | None:
    """The version of a ``start`` that was stopped after its push: running it again goes on with that branch."""
    begun = {j.version for j in JournalFolder(session.repo.common_dir).unfinished() if j.command == "start"}
    return next((branch.version for branch in opened(facts, kind) if branch.version in begun), None)


def through_filter(session: Session, facts: Observed, kind: Kind, version: str, *, settled: bool = False) -> str:
    """The version to begin, through git-flow's filter, unless it has been there or its branch is there already. Raises UsageError."""
    prefix = facts.branches.prefix(kind)
    check_version(version, facts.tag_prefix, prefix)
    if settled or any(branch.version == version for branch in opened(facts, kind)):
        return version
    filtered = run_filter(session.repo, f"filter-flow-{kind}-start-version", version)
    check_version(filtered, facts.tag_prefix, prefix)
    return filtered


def choose(session: Session, facts: Observed, kind: Kind, asked: str | None, listing: Listing) -> str:
    """The proposed version; whoever sits at the terminal may type another."""
    proposed = _proposed(session, facts, kind, asked, listing)
    if asked or session.yes or session.dry_run or not session.terminal.interactive:
        return proposed

    def problem(answer: str) -> str | None:
        try:
            check_version(answer, facts.tag_prefix, facts.branches.prefix(kind))
            check_above(answer, facts.releases)
        except UsageError as error:
            return error.message
        return None

    after = f" (after {facts.last.version})" if facts.last else ""
    question = f"Version of the {kind}{after}?"
    return prompts.ask_text(session.terminal, question, default=proposed, flag="VERSION", check=problem)


def _proposed(session: Session, facts: Observed, kind: Kind, asked: str | None, listing: Listing) -> str:
    wanted: Level = next((known for known in LEVELS if known == asked), level(listing, session.settings, kind))
    taken = [branch.version for one in KINDS for branch in opened(facts, one)]
    moment = int(session.repo.signature().committer.rsplit(" ", 2)[1])
    settings = session.settings.version
    return propose(
        facts.last.version if facts.last else None,
        taken + [tag.removeprefix(facts.tag_prefix) for tag in facts.refs.tags],
        wanted,
        scheme=settings.scheme if asked is None else "semver",
        format=settings.format,
        today=datetime.fromtimestamp(moment, UTC).date(),
    )
