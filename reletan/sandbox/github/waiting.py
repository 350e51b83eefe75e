"""Merges that GitHub makes by itself, later: of pull requests with auto-merge, and of those in the merge queue."""

from contextlib import suppress

from reletan.sandbox.github.merging import unmet
from reletan.sandbox.github.site import Site
from reletan.sandbox.origin import WorldError
from reletan.sandbox.team import How, Pull


def merge_waiting(site: Site) -> None:
    """Merge what nothing is missing for any more: one request has come in."""
    for pull in list(site.pulls.values()):
        auto = pull.auto_merge
        if auto and _fit(site, pull) and not unmet(site, pull, auto.how):
            _merge(site, pull, auto.how, auto.by.login, auto.title, auto.body)
    if site.queue:
        merge_queued(site)


def merge_queued(site: Site) -> None:
    """The merge queue does its work, in order: what conflicts or is closed leaves it, the rest waits for checks."""
    for number in list(site.queue):
        pull, left = site.pulls[number], site.queue_left.get(number, 0)
        if not _fit(site, pull):
            site.queue.remove(number)
        elif left > 0:
            site.queue_left[number] = left - 1
        elif not unmet(site, pull, "merge"):
            _merge(site, pull, "merge", pull.author.login)
            if not pull.open:
                site.queue.remove(number)


def _fit(site: Site, pull: Pull) -> bool:
    return pull.open and not pull.draft and not site.conflicts(pull.number)


def _merge(site: Site, pull: Pull, how: How, login: str, title: str | None = None, body: str | None = None) -> None:
    # what cannot be rebased stays as it is, and so does what somebody pushes past meanwhile
    with suppress(WorldError):
        site.merge_by_button(pull.number, how, login, title, body)
