"""Merges that GitHub makes by itself, later: of pull requests with auto-merge, and of those in the merge queue."""

from reletan.sandbox.github.merging import unmet
from reletan.sandbox.github.site import Site
from reletan.sandbox.team import How, Pull


def merge_waiting(site: Site) -> None:
    """Merge the pull requests with auto-merge for which nothing is missing any more."""
    for pull in list(site.pulls.values()):
        if pull.auto_merge and _ready(site, pull, pull.auto_merge):
            _merge(site, pull, pull.auto_merge)


def merge_queued(site: Site) -> None:
    """The merge queue does its work, in order; what cannot be merged leaves it."""
    queued, site.queue = site.queue, []
    for number in queued:
        if _ready(site, site.pulls[number], "merge"):
            _merge(site, site.pulls[number], "merge")


def _ready(site: Site, pull: Pull, how: How) -> bool:
    return pull.open and not pull.draft and not unmet(site, pull, how) and not site.conflicts(pull.number)


def _merge(site: Site, pull: Pull, how: How) -> None:
    site.merge_by_button(pull.number, how, pull.author.login, None, None)
