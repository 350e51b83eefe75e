"""Search for pull requests and issues, with the qualifiers that gh sends."""

import shlex
from collections.abc import Callable
from typing import Any

from reletan.sandbox.github.graphql_pulls import Issue, PullRequest
from reletan.sandbox.github.graphql_view import Connection, Look, Trouble
from reletan.sandbox.github.model import Issue as AnIssue
from reletan.sandbox.team import Pull

One = Pull | AnIssue


class SearchResults(Connection):
    def issue_count(self) -> int:
        return self.total_count


def search(view: Look, query: str, **page: Any) -> SearchResults:
    """Newest first. Raises Trouble for a qualifier that the sandbox does not know."""
    tests = [_test(view, word) for word in shlex.split(query)]
    site = view.site
    every: list[One] = [*site.pulls.values(), *site.issues.values()]
    found = sorted((one for one in every if all(test(one) for test in tests)), key=lambda one: -one.number)
    return SearchResults(found, lambda one: _show(view, one), **page)


def _show(view: Look, one: One) -> PullRequest | Issue:
    return PullRequest(view, one) if isinstance(one, Pull) else Issue(view, one)


def _test(view: Look, word: str) -> Callable[[One], bool]:
    name, colon, value = word.partition(":")
    if not colon:
        return lambda one: word.lower() in one.title.lower() or word in _commits(view, one)
    known: dict[str, Callable[[One], bool]] = {
        "repo": lambda _: value in (view.site.slug, *view.site.former_slugs),
        "is": lambda one: value in _states(one),
        "type": lambda one: value in _states(one),
        "state": lambda one: value in _states(one),
        "draft": lambda one: isinstance(one, Pull) and one.draft is (value == "true"),
        "author": lambda one: one.author.login == value,
        "assignee": lambda one: value in one.assignees,
        "review-requested": lambda one: isinstance(one, Pull) and value in one.reviewers,
        "label": lambda one: value in one.labels,
        "head": lambda one: isinstance(one, Pull) and one.branch == value,
        "base": lambda one: isinstance(one, Pull) and one.base == value,
        "sort": lambda _: True,
    }
    if name not in known:
        raise Trouble("UNPROCESSABLE", f"The sandbox does not know the qualifier {name}")
    return known[name]


def _states(one: One) -> set[str]:
    if isinstance(one, AnIssue):
        return {"issue", "closed" if one.closed else "open"}
    draft = {"draft"} if one.draft else set()
    return {
        "pr",
        "pull-request",
        *draft,
        *(["open"] if one.open else ["closed", "merged" if one.merged else "unmerged"]),
    }


def _commits(view: Look, one: One) -> list[str]:
    if not isinstance(one, Pull):
        return []
    return [sha for sha, pulls in view.indexed.items() if one in pulls]
