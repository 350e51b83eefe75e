"""What is new in a range, from one ``git log``; shared by list, start, tag and status."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from reletan.commands.completing import complete
from reletan.commands.github import github_slug, web_url
from reletan.commands.landed import named_merges
from reletan.commands.observing import Observed, releases_before
from reletan.commands.session import Session
from reletan.domain.errors import UsageError
from reletan.domain.flow import Kind
from reletan.domain.history import Commit, reached
from reletan.domain.listing import Listing, Warning, level
from reletan.domain.pulls import Names, Released, Survey, collect, released_numbers, survey
from reletan.domain.refs import problem_with
from reletan.domain.subjects import said_by
from reletan.domain.tagging import backmerge_name
from reletan.domain.text import one_line
from reletan.domain.version import final_releases, is_final, propose

# The pull requests that production got squashed since the range began: releases, so a handful.
MOST_SQUASHED = 20


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """From where to where, as names and commits. ``excluded``: all commits whose history is left out."""

    since: str | None
    since_sha: str | None
    until: str
    until_sha: str
    excluded: tuple[str, ...]


def default_range(facts: Observed, until: str | None = None, until_sha: str | None = None) -> Range:
    """Everything that the remote's development branch (or ``until``) has and no final release on production has."""
    last = facts.last
    name = until or (f"{facts.remote}/{facts.branches.development}" if facts.remote else facts.branches.development)
    return Range(
        since=last.tag if last else None,
        since_sha=last.commit if last else None,
        until=name,
        until_sha=until_sha or facts.development,
        excluded=tuple(dict.fromkeys(r.commit for r in facts.releases)),
    )


def chosen_range(session: Session, facts: Observed, since: str | None, until: str | None) -> Range:
    """The range that --since and --until name; what they leave open is the default."""
    if since is None:
        return default_range(facts) if until is None else _up_to(session, facts, until)
    start = resolve(session, facts, since)
    if until is None:
        name = f"{facts.remote}/{facts.branches.development}" if facts.remote else facts.branches.development
        return Range(since=since, since_sha=start, until=name, until_sha=facts.development, excluded=(start,))
    return Range(since=since, since_sha=start, until=until, until_sha=resolve(session, facts, until), excluded=(start,))


def _up_to(session: Session, facts: Observed, until: str) -> Range:
    """From the last release on; up to something that is released already, from the release before it on."""
    end = resolve(session, facts, until)
    usual = default_range(facts, until, end)
    # not the newest alone: a hotfix of an older version may have come out after it
    if not any(session.repo.is_ancestor(end, release.commit) for release in facts.releases):
        return usual
    earlier = releases_before(facts, end)
    return msgspec.structs.replace(
        usual,
        since=earlier[0].tag if earlier else None,
        since_sha=earlier[0].commit if earlier else None,
        excluded=tuple(release.commit for release in earlier),
    )


def resolve(session: Session, facts: Observed, ref: str) -> str:
    """The commit that a name from the command line means: a tag, a version, a branch or an id. Raises UsageError."""
    if ref == "HEAD":
        found: dict[str, str | None] = {"HEAD": session.repo.resolve("HEAD")}
    else:
        if (problem := problem_with(ref)) is not None:
            raise UsageError(f"{ref!r} is no ref: it {problem}.")
        found = _meanings(facts, ref)
        if not any(found.values()) and re.fullmatch(r"[0-9a-f]{7,64}", ref):
            found = {"id": session.repo.resolve(ref)}
    commits = {name: sha for name, sha in found.items() if sha}
    if len(set(commits.values())) > 1:
        raise UsageError(f"{ref} means several things here: {', '.join(commits)}.", next="use one of these full names")
    if not commits:
        raise UsageError(f"There is no tag, branch or commit {ref} here.", next="see `git tag` and `git branch -a`")
    name, sha = next(iter(commits.items()))
    if session.repo.resolve(sha) is None:
        what = name.replace("refs/tags/", "tag ").removeprefix("refs/heads/")
        raise UsageError(f"{ref} is not in this clone yet.", next=f"run `git fetch {facts.remote or ''} {what}`")
    return sha


def _meanings(facts: Observed, ref: str) -> dict[str, str | None]:
    tags = facts.local.tags | facts.refs.tags
    short = ref.removeprefix("refs/tags/")
    tag_name = short if short in tags else f"{facts.tag_prefix}{short}"
    tag = tags.get(tag_name)
    branch = ref.removeprefix(f"{facts.remote}/").removeprefix("refs/heads/")
    local = facts.local.heads.get(branch)
    head = facts.refs.heads.get(branch) or facts.local.tracking.get(branch) or (local.oid if local else None)
    return {
        f"refs/tags/{tag_name}": None if ref.startswith("refs/heads/") or not tag else tag.commit,
        f"refs/heads/{branch}": None if ref.startswith("refs/tags/") else head,
    }


def read_listing(session: Session, facts: Observed, span: Range, *, kind: Kind = "release") -> Listing:
    """Read the range with one ``git log``, let GitHub complete it, and say what is in it."""
    return read_range(session, facts, span, kind=kind)[0]


def read_range(session: Session, facts: Observed, span: Range, *, kind: Kind = "release") -> tuple[Listing, Survey]:
    """``read_listing``, and the survey that the list was made of."""
    open_heads = {b.version: b.head for b in facts.open if b.kind == "release"}
    tips = [span.until_sha, *open_heads.values()]
    commits = list(session.repo.log(tips, span.excluded))
    shown = _stands_on(commits, span, tips)
    released, warnings = (Released(), []) if shown else _released_by_content(session, facts, span)
    known = survey(
        commits, tip=span.until_sha, names=flow_names(session, facts), pull_heads=facts.refs.pulls, released=released
    )
    known, github = complete(session, facts, known)
    found = collect(known, open_heads, _released_within(session, facts, span) if open_heads else ())
    doubt = _doubt_of_tags(facts, span)
    listing = Listing(
        since=span.since,
        since_sha=span.since_sha,
        until=span.until,
        until_sha=span.until_sha,
        compare_url=_compare_url(session, facts, span),
        suggested_version=None,
        source=github.source,
        complete=github.complete and doubt is None,
        warnings=(*_general_warnings(session, facts, span, doubt), *warnings, *github.warnings),
        pull_requests=tuple(found.pull_requests),
        commits_without_pull_request=tuple(found.commits),
        breaking=found.breaking,
    )
    suggested = None if doubt else _suggested(session, facts, span, listing, kind)
    return msgspec.structs.replace(listing, suggested_version=suggested), known


def _released_within(session: Session, facts: Observed, span: Range) -> Sequence[str]:
    """The commits of a range that begins before the last release, as far as that has them."""
    later = [release.commit for release in facts.releases if release.commit not in span.excluded]
    excluded = [f"^{commit}" for commit in span.excluded]
    return session.repo.git.run("rev-list", *later, *excluded, "--").out.split() if later else ()


def _suggested(session: Session, facts: Observed, span: Range, listing: Listing, kind: Kind) -> str | None:
    base = (span.since or "").removeprefix(facts.tag_prefix) or None
    if listing.empty or facts.prefix_problem is not None or (base and not is_final(base)):
        return None
    if _ends_at_a_release(facts, span):
        return None
    taken = [branch.version for branch in facts.open] + [tag.removeprefix(facts.tag_prefix) for tag in facts.refs.tags]
    asked, settings = level(listing, session.settings, kind), session.settings.version
    with suppress(UsageError):
        return propose(
            base, taken, asked, scheme=settings.scheme, format=settings.format, today=datetime.now(UTC).date()
        )
    return None


def _ends_at_a_release(facts: Observed, span: Range) -> bool:
    tagged = {release.commit for release in final_releases(facts.refs.tags, facts.tag_prefix)}
    return span.until_sha != facts.development and span.until_sha in tagged


def _doubt_of_tags(facts: Observed, span: Range) -> Warning | None:
    """What is not known of the remote's tags where nobody looked: the clone was made without them, or fetches without them."""
    if not facts.by_memory:
        return None
    if not final_releases(facts.refs.tags, facts.tag_prefix):
        return Warning("no-tags", "This clone has no release tags; without --offline those of the remote count.")
    if span.since_sha not in {release.commit for release in facts.releases} or not (merged := named_merges(facts)):
        return None
    text = (
        f"{merged[0].version} is merged into {facts.branches.production}; whether it is tagged, this clone does not know, "
        f"so releases after {span.since} may be missing. Without --offline and --no-fetch the tags of the remote count."
    )
    return Warning("old-tags", text)


def _general_warnings(session: Session, facts: Observed, span: Range, doubt: Warning | None) -> Sequence[Warning]:
    found = [Warning("git-flow-settings", text) for text in session.settings.conflicts]
    if (unnamed := facts.unnamed_development) is not None:
        found.append(
            Warning(
                "no-development",
                f"{unnamed.message} So this is about {facts.branches.production} alone; {unnamed.next}",
            )
        )
    if facts.prefix_problem is not None:
        found.append(Warning("mixed-prefixes", f"{facts.prefix_problem.message} No version is proposed."))
    odd = [name for name in facts.refs.heads if name.startswith(facts.prefixes) and not facts.branches.kind_of(name)]
    if odd:
        names = ", ".join(one_line(name) for name in sorted(odd)[:5])
        found.append(Warning("not-a-version", f"Left alone, since no version follows the prefix: {names}."))
    if facts.remote is None:
        found.append(Warning("no-remote", "There is no remote: this is what the clone's own branches say."))
    if doubt is not None:
        found.append(doubt)
    elif span.since is None and facts.releases:
        found.append(Warning("first-release", f"Nothing was released before {span.until}."))
    elif span.since is None:
        found.append(Warning("first-release", "No release tag is on production yet: this would be the first release."))
    return found


def _released_by_content(session: Session, facts: Observed, span: Range) -> tuple[Released, list[Warning]]:
    """What the last release holds although its tag is no ancestor: production was squash-merged, or not merged back."""
    repo = session.repo
    if span.since_sha is None or repo.is_ancestor(span.since_sha, span.until_sha):
        return Released(), []
    theirs = list(repo.log([span.since_sha], [span.until_sha]))
    equal = repo.equal_patches(span.until_sha, span.since_sha)
    whole = _same_tree(session, span) | _squashed(session, facts, span, theirs)
    if (waiting := backmerge_name((span.since or "").removeprefix(facts.tag_prefix))) in facts.refs.heads:
        text = f"{span.since} is not merged back yet: {waiting} waits for that; see `reletan resume`."
        return Released(released_numbers(theirs), frozenset(equal | whole)), [Warning("not-merged-back", text)]
    text = (
        f"{span.since} is not in the history of {span.until}: production was squash-merged, or the release was never "
        "merged back. Left out is what its history names or has as the same change."
    )
    return Released(released_numbers(theirs), frozenset(equal | whole)), [Warning("not-merged-back", text)]


def _stands_on(commits: Sequence[Commit], span: Range, tips: Sequence[str]) -> bool:
    """Whether the log of ``tips`` shows already that the range begins at its start: git would walk as far once more."""
    if set(tips) == {span.until_sha}:
        return any(span.since_sha in commit.parents for commit in reversed(commits))
    positions = reached(commits, {commit.sha: at for at, commit in enumerate(commits)}, span.until_sha)
    return any(span.since_sha in commits[at].parents for at in positions)


def _squashed(session: Session, facts: Observed, span: Range, theirs: Sequence[Commit]) -> set[str]:
    """Everything in the heads of the pull requests that production got as one commit each."""
    numbers = [said.number for commit in theirs if (said := said_by(commit)) and said.how == "squash"]
    known = [number for number in numbers if number in facts.refs.pulls][:MOST_SQUASHED]
    missing = [number for number in known if session.repo.resolve(facts.refs.pulls[number]) is None]
    if missing and facts.remote:
        session.repo.fetch_pulls(facts.remote, missing)
    heads = [facts.refs.pulls[number] for number in known if session.repo.resolve(facts.refs.pulls[number])]
    return {sha for head in heads for sha in session.repo.ids_between(span.since_sha or "", head)}


def _same_tree(session: Session, span: Range) -> set[str]:
    """Everything up to the commit whose files are exactly the release's: it was squashed as a whole."""
    if span.since_sha is None:
        return set()
    tree = session.repo.tree_of(span.since_sha)
    lines = session.repo.git.run("log", "--format=%H %T", span.until_sha, f"^{span.since_sha}", "--").out.split("\n")
    twin = next((line.split()[0] for line in lines if line.endswith(f" {tree}")), None)
    return set(session.repo.ids_between(span.since_sha, twin)) if twin else set()


def flow_names(session: Session, facts: Observed) -> Names:
    slug = github_slug(session, facts.url)
    return Names(
        production=facts.branches.production,
        development=facts.branches.development,
        release_prefix=facts.branches.release_prefix,
        hotfix_prefix=facts.branches.hotfix_prefix,
        owner=slug.split("/")[0] if slug else None,
        url=web_url(session, facts.url),
    )


def _compare_url(session: Session, facts: Observed, span: Range) -> str | None:
    page = web_url(session, facts.url)
    if page is None or span.since is None:
        return None
    return f"{page}/compare/{span.since}...{span.until.removeprefix(f'{facts.remote}/')}"
