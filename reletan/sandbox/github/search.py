"""Searching issues and pull requests, as far as release tools and gh ask; REST and GraphQL find the same."""

import shlex
from collections.abc import Callable

from reletan.sandbox.github.answers_pulls import base_of, head_of
from reletan.sandbox.github.model import Issue
from reletan.sandbox.github.view import View
from reletan.sandbox.team import OWNER, Pull

One = Pull | Issue
Test = Callable[[View, One, str], bool]

_IS: dict[str, Callable[[One], bool]] = {
    "pr": lambda one: isinstance(one, Pull),
    "pull-request": lambda one: isinstance(one, Pull),
    "issue": lambda one: isinstance(one, Issue),
    "open": lambda one: one.open,
    "closed": lambda one: not one.open,
    "merged": lambda one: isinstance(one, Pull) and one.merged is not None,
    "unmerged": lambda one: isinstance(one, Pull) and one.merged is None,
    "draft": lambda one: isinstance(one, Pull) and one.draft,
}
_TESTS: dict[str, Test] = {
    "is": lambda _, one, value: _IS[value](one),
    "type": lambda _, one, value: _IS[value](one),
    "state": lambda _, one, value: _IS[value](one),
    "repo": lambda view, _, value: value.lower() in (view.site.slug, *view.site.former_slugs),
    "org": lambda _, __, value: value.lower() == OWNER,
    "user": lambda _, __, value: value.lower() == OWNER,
    "author": lambda _, one, value: one.author.login == value,
    "assignee": lambda _, one, value: value in one.assignees,
    "review-requested": lambda _, one, value: isinstance(one, Pull) and value in one.reviewers,
    "draft": lambda _, one, value: isinstance(one, Pull) and one.draft is (value == "true"),
    "label": lambda _, one, value: value in one.labels,
    "base": lambda _, one, value: isinstance(one, Pull) and one.base == value,
    "head": lambda _, one, value: isinstance(one, Pull) and one.branch.startswith(value),
    "sha": lambda view, one, value: isinstance(one, Pull) and _came_with(view, one, value),
    # as they come anyway: the newest first
    "sort": lambda _, __, value: value in ("created", "created-desc"),
}


def search(view: View, query: str) -> list[One]:
    """Newest first. Words must be in the title or the body; a commit's id finds its pull request.

    Raises LookupError for a qualifier that the sandbox does not know: better than answering something else.
    """
    wanted = [_wanted(word) for word in shlex.split(query)]
    everything: list[One] = [*view.site.pulls.values(), *view.site.issues.values()]
    hits = [one for one in everything if view.may("read") and all(_fits(view, one, *want) for want in wanted)]
    return sorted(hits, key=lambda one: -one.number)


def _wanted(word: str) -> tuple[str, str, bool]:
    """Qualifier ("" for a word), value, and whether it must hold."""
    name, colon, value = word.removeprefix("-").partition(":")
    if not colon:
        name, value = "", name
    if (name and name not in _TESTS) or (name in ("is", "type", "state") and value not in _IS):
        raise LookupError(f"the sandbox cannot search for {word}")
    return name, value, not word.startswith("-")


def _fits(view: View, one: One, name: str, value: str, holds: bool) -> bool:
    fits = _TESTS[name](view, one, value) if name else _has(view, one, value)
    return fits is holds


def _has(view: View, one: One, word: str) -> bool:
    if len(word) >= 7 and set(word) <= set("0123456789abcdef"):
        return isinstance(one, Pull) and _came_with(view, one, word)
    return word.lower() in f"{one.title}\n{one.body}".lower()


def _came_with(view: View, pull: Pull, sha: str) -> bool:
    own = view.git.between(base_of(view, pull), head_of(view, pull))
    commits = [*own, *filter(None, [pull.merged])]
    return any(commit.startswith(sha) for commit in commits)
