"""``reletan resume``: finish what was begun here or elsewhere; the remote's refs first, the journal second."""

from typing import Any

from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands import abort, start, tag
from reletan.commands.finding import kind_and_version
from reletan.commands.flowing import show_and_apply
from reletan.commands.landed import untagged_merges
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.domain.errors import UsageError
from reletan.domain.plan import Plan
from reletan.domain.tagging import is_backmerge_of


def run(session: Session, version: str | None) -> None:
    require_writable(session)
    folder = JournalFolder(session.repo.common_dir)
    facts = observe(session, writing=True, pulls=False)
    if version is not None:
        version = kind_and_version(facts, version)[1]
    journal = _journal(folder, version)
    target = version or (journal.version if journal else _begun(session, facts))
    released = target is not None and _released(session, facts, target)
    if target is None or (journal is None and not released):
        _say_nothing(session, facts, target)
        return
    if journal is None or released or journal.command == "tag":
        tag.run(session, _tag_options(target, journal))
    elif journal.command == "abort":
        abort.run(session, target)
        return
    else:
        start.run(session, _start_options(journal))
    if not session.dry_run:
        folder.forget(target)


def _say_nothing(session: Session, facts: Observed, version: str | None) -> None:
    said = f"nothing of {version} was interrupted" if version else "there is nothing to resume"
    plan = Plan(command="resume", version=None, steps=(), warnings=(said,), advice=(_hint(facts),))
    show_and_apply(plan, session)


def _journal(folder: JournalFolder, version: str | None) -> Journal | None:
    if version is not None:
        return folder.read(version)
    found = folder.unfinished()
    if len(found) > 1:
        names = ", ".join(f"{j.command} {j.version}" for j in found)
        raise UsageError(f"Several commands were interrupted here: {names}.", next="name the version to resume")
    return found[0] if found else None


def _begun(session: Session, facts: Observed) -> str | None:
    """What the remote shows as begun: a tag without its back-merge or clean-up, a merge without its tag."""
    for branch in facts.open:
        if facts.tag_prefix + branch.version in facts.refs.tags:
            return branch.version
    for release in facts.releases:
        behind = not session.repo.is_ancestor(release.commit, facts.development)
        if behind or any(is_backmerge_of(name, release.version) for name in facts.refs.heads):
            return release.version
    return next((found.version for found in untagged_merges(session, facts)), None)


def _released(session: Session, facts: Observed, version: str) -> bool:
    """Whether production or a tag has the version: then only forward is left."""
    merged = any(found.version == version for found in untagged_merges(session, facts))
    return merged or facts.tag_prefix + version in facts.refs.tags


def _hint(facts: Observed) -> str:
    if facts.open:
        return f"{facts.open[0].name} is open; when it is tested: reletan tag {facts.open[0].version}"
    return "reletan status"


def _tag_options(version: str, journal: Journal | None) -> tag.TagOptions:
    kept: dict[str, Any] = dict(journal.options) if journal and journal.command == "tag" else {}
    known = {
        name: value for name, value in kept.items() if name in tag.TagOptions.__struct_fields__ and value is not None
    }
    # The message has been through the filter already; the journal gives it back by itself.
    known.pop("message", None)
    return tag.TagOptions(**{**known, "version": version})


def _start_options(journal: Journal) -> start.StartOptions:
    kept: dict[str, Any] = dict(journal.options)
    return start.StartOptions(
        kind="hotfix" if kept.get("kind") == "hotfix" else "release",
        version=journal.version,
        base=kept.get("base"),
        switch=bool(kept.get("switch")),
        settled=True,
        duty=kept.get("duty"),
        no_pr=bool(kept.get("no_pr")),
        no_notify=bool(kept.get("no_notify")),
    )
