"""REST: searching issues and pull requests, as far as release tools ask."""

import shlex
from collections.abc import Callable

from reletan.sandbox.github import answers, answers_pulls
from reletan.sandbox.github.model import Issue
from reletan.sandbox.github.view import Json, View
from reletan.sandbox.github.wire import Answer, Refused
from reletan.sandbox.team import OWNER, Pull

Test = Callable[[View, Pull | Issue, str], bool]

_IS: dict[str, Callable[[Pull | Issue], bool]] = {
    "pr": lambda one: isinstance(one, Pull),
    "pull-request": lambda one: isinstance(one, Pull),
    "issue": lambda one: isinstance(one, Issue),
    "open": lambda one: one.open if isinstance(one, Pull) else not one.closed,
    "closed": lambda one: not _IS["open"](one),
    "merged": lambda one: isinstance(one, Pull) and one.merged is not None,
    "unmerged": lambda one: isinstance(one, Pull) and one.merged is None,
    "draft": lambda one: isinstance(one, Pull) and one.draft,
}
_TESTS: dict[str, Test] = {
    "is": lambda _, one, value: _IS[value](one),
    "type": lambda _, one, value: _IS[value](one),
    "state": lambda _, one, value: _IS[value](one),
    "repo": lambda view, _, value: value.lower() == view.site.slug.lower(),
    "org": lambda _, __, value: value.lower() == OWNER,
    "user": lambda _, __, value: value.lower() == OWNER,
    "author": lambda _, one, value: one.author.login == value,
    "label": lambda _, one, value: value in one.labels,
    "base": lambda _, one, value: isinstance(one, Pull) and one.base == value,
    "head": lambda _, one, value: isinstance(one, Pull) and one.branch.startswith(value),
    "sha": lambda view, one, value: isinstance(one, Pull) and _came_with(view, one, value),
}


def issues(view: View) -> Answer:
    """Words must be in the title or the body; a commit's id finds its pull request.

    Raises LookupError for a qualifier that the sandbox does not know: better than answering something else.
    """
    asked = view.request.query.get("q", "")
    if not asked:
        raise Refused(422, "Validation Failed", errors=[{"resource": "Search", "field": "q", "code": "missing"}])
    wanted = [_wanted(word) for word in shlex.split(asked)]
    everything: list[Pull | Issue] = [*view.site.pulls.values(), *view.site.issues.values()]
    everything.sort(key=lambda one: -one.number)
    hits = [one for one in everything if view.may("read") and all(_fits(view, one, *want) for want in wanted)]
    if view.request.query.get("order") == "asc":
        hits.reverse()
    shown, headers = view.page(hits, _hit)
    found = {"total_count": len(hits), "incomplete_results": False, "search_type": "lexical", "items": shown}
    return Answer(200, found, headers)


def _hit(view: View, one: Pull | Issue) -> Json:
    return {**answers.issue(view, one), "body": one.body, "score": 1.0}


def _wanted(word: str) -> tuple[str, str, bool]:
    """Qualifier ("" for a word), value, and whether it must hold."""
    name, colon, value = word.removeprefix("-").partition(":")
    if not colon:
        name, value = "", name
    if (name and name not in _TESTS) or (name in ("is", "type", "state") and value not in _IS):
        raise LookupError(f"the sandbox cannot search for {word}")
    return name, value, not word.startswith("-")


def _fits(view: View, one: Pull | Issue, name: str, value: str, holds: bool) -> bool:
    fits = _TESTS[name](view, one, value) if name else _has(view, one, value)
    return fits is holds


def _has(view: View, one: Pull | Issue, word: str) -> bool:
    if len(word) >= 7 and set(word) <= set("0123456789abcdef"):
        return isinstance(one, Pull) and _came_with(view, one, word)
    return word.lower() in f"{one.title}\n{one.body}".lower()


def _came_with(view: View, pull: Pull, sha: str) -> bool:
    own = view.git.between(answers_pulls.base_of(view, pull), answers_pulls.head_of(view, pull))
    commits = [*own, *filter(None, [pull.merged])]
    return any(commit.startswith(sha) for commit in commits)
