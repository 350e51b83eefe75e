"""The release notes of a release, a range or what is not released yet, and their text."""

import os
from contextlib import suppress

import msgspec

from reletan.adapters import files
from reletan.commands.contributors import with_contributors
from reletan.commands.finding import find_release, several_open
from reletan.commands.github import github_slug, web_url
from reletan.commands.landed import Found, untagged_merges
from reletan.commands.listing import Range, chosen_range, default_range, read_listing
from reletan.commands.observing import Observed
from reletan.commands.session import Session, warn_once
from reletan.domain.config import Language
from reletan.domain.errors import UsageError
from reletan.domain.flow import Kind
from reletan.domain.listing import Listing
from reletan.domain.notes import MARKDOWN, Notes, Place, Policy, compose, context, policy_of

# What GitHub itself reads for the notes that it generates
RELEASE_YML = (".github/release.yml", ".github/release.yaml")
A_DAY = 86_400


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What notes are about. ``version`` None: not known yet; ``tag``: as it is or will be; ``branch``: where it is open.

    ``commit``: what the tag stands on; None before.
    """

    kind: Kind
    version: str | None
    tag: str | None
    branch: str | None
    commit: str | None
    span: Range

    @property
    def released(self) -> bool:
        return self.commit is not None


def subject_of(session: Session, facts: Observed, version: str | None) -> Subject:
    """The release that ``version`` names; without it the only open one, else what is not released yet."""
    if facts.prefix_problem is not None:
        raise facts.prefix_problem
    if version is not None:
        found = find_release(session, facts, version)
        assert found is not None  # noqa: S101 - a version that is named is found, or an error
        return subject_of_found(session, facts, found)
    branches = [branch for branch in facts.open if not facts.is_tagged(branch)]
    opened = [Found(kind=branch.kind, version=branch.version, branch=branch, tagged=None) for branch in branches]
    if facts.looked:
        opened = opened or untagged_merges(session, facts)
    if len(opened) > 1:
        raise several_open(opened)
    if opened:
        return subject_of_found(session, facts, opened[0])
    return Subject(kind="release", version=None, tag=None, branch=None, commit=None, span=default_range(facts))


def subject_of_found(session: Session, facts: Observed, found: Found, head: str | None = None) -> Subject:
    """``head``: of the release branch, where it is known better than by ``found``."""
    tag = facts.tag_prefix + found.version
    if found.tagged is not None:
        span = chosen_range(session, facts, None, f"refs/tags/{tag}")
        span = msgspec.structs.replace(span, until=tag)
    else:
        name = found.branch.name if found.branch else found.version
        tip = head or (found.branch.head if found.branch else found.merge)
        span = default_range(facts, name, tip)
    return Subject(
        kind=found.kind, version=found.version, tag=tag, span=span,
        branch=found.branch.name if found.branch else None, commit=found.tagged.commit if found.tagged else None,
    )  # fmt: skip


def subject_of_range(session: Session, facts: Observed, since: str | None, until: str | None) -> Subject:
    """What ``--since`` and ``--until`` name; a range that ends at a release tag is that release."""
    span = chosen_range(session, facts, since, until)
    version = tag = commit = None
    if until is not None and facts.prefix_problem is None:
        name = until.removeprefix("refs/tags/")
        names = [n for n in (name, facts.tag_prefix + name) if n in facts.refs.tags and n.startswith(facts.tag_prefix)]
        if names:
            tag = names[0]
            version, commit = tag.removeprefix(facts.tag_prefix), facts.refs.tags[tag].commit
    return Subject(kind="release", version=version, tag=tag, branch=None, commit=commit, span=span)


def listing_of(session: Session, facts: Observed, subject: Subject) -> Listing:
    listing = read_listing(session, facts, subject.span, kind=subject.kind)
    return with_contributors(session, listing, subject.span)


def release_notes(
    session: Session, facts: Observed, subject: Subject, listing: Listing, language: Language, *, strict: bool = False
) -> Notes:
    """The notes of ``listing``, what ``listing_of`` gave; the usual headings are in ``language``."""
    place = place_of(session, facts, subject, listing)
    return compose(listing, _policy(session, subject.span.until_sha, language, strict), place)


def place_of(session: Session, facts: Observed, subject: Subject, listing: Listing) -> Place:
    version = subject.version or listing.suggested_version
    return Place(
        version=version,
        tag=subject.tag or (facts.tag_prefix + version if version else None),
        released=subject.released,
        date=session.repo.date_of(subject.commit) if subject.commit else None,
        repository=github_slug(session, facts.url),
        web_url=web_url(session, facts.url),
        compare_url=_compare_url(session, facts, subject, listing),
    )


def _compare_url(session: Session, facts: Observed, subject: Subject, listing: Listing) -> str | None:
    page = web_url(session, facts.url)
    end = subject.tag if subject.released else subject.branch
    if subject.version and not end:
        # merged, but not tagged: nothing has its name
        end = subject.span.until_sha
    if page and listing.since and end:
        return f"{page}/compare/{listing.since}...{end}"
    return listing.compare_url


def _policy(session: Session, commit: str, language: Language, strict: bool) -> Policy:
    """The headings: of our settings, else of the ``release.yml`` of that commit, as GitHub itself would read it.

    A file that is broken does not hold up a release (in its commit it cannot be mended any more); ``strict`` raises.
    """
    from reletan.adapters.releaseyml import parse

    found = None
    if "notes.categories" not in session.settings.sources:
        found = session.repo.file_at(commit, *RELEASE_YML)
    try:
        return policy_of(session.settings, parse(found[1], found[0]) if found else None, language)
    except UsageError as problem:
        if strict:
            raise UsageError(problem.message, next="mend it, or set notes.categories in .reletan.toml") from problem
        warn_once(session, f"{problem.message} So the usual headings are taken.")
        return policy_of(session.settings, None, language)


def markdown(
    session: Session, notes: Notes, language: Language, *, template: str | None = None, for_release: bool = False
) -> str:
    """The notes by reletan's template, or by the team's own: the file ``template``, else ``notes.template``."""
    from reletan.adapters.templates import render_notes, render_template

    values = {**context(notes, MARKDOWN), "for_release": for_release}
    source = _own_template(session, template)
    if source is None:
        return render_template("release_notes.md.j2", language, values)
    return render_notes(*source, values)


def _own_template(session: Session, given: str | None) -> tuple[str, str] | None:
    """(text, name) of the team's own template, where it has one."""
    configured = session.settings.notes.template
    if given is not None:
        folder, name = os.path.split(os.path.abspath(given))
    elif configured and session.repo.top:
        folder, name = session.repo.top, configured
    else:
        return None
    content = files.read(folder, name)
    if content is None:
        where = "--template" if given else session.settings.sources.get("notes.template", "notes.template")
        raise UsageError(f"There is no template {given or configured}, which {where} names.", next="mend the path")
    return files.decode(content, name), name


def oldest_moment(session: Session, span: Range) -> int | None:
    """Unix seconds before which nobody can have spoken of this release, also where clocks differ; None for a first one."""
    if span.since_sha is None:
        return None
    times = session.repo.git.run(
        "log", "--format=%ct", span.until_sha, *(f"^{sha}" for sha in span.excluded), "--"
    ).out.split()
    times += session.repo.git.run("log", "-1", "--format=%ct", span.since_sha, "--").out.split()
    with suppress(ValueError):
        return min(int(moment) for moment in times) - A_DAY
    return None
