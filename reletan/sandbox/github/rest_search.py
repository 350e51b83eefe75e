"""REST: searching issues and pull requests."""

from reletan.sandbox.github import answers
from reletan.sandbox.github.model import Issue
from reletan.sandbox.github.search import search
from reletan.sandbox.github.view import Json, View
from reletan.sandbox.github.wire import Answer, Refused
from reletan.sandbox.team import Pull


def issues(view: View) -> Answer:
    asked = view.request.query
    if not asked.get("q"):
        raise Refused(422, "Validation Failed", errors=[{"resource": "Search", "field": "q", "code": "missing"}])
    hits = search(view, asked["q"])
    if asked.get("order") == "asc":
        hits.reverse()
    shown, headers = view.page(hits, _hit)
    found = {"total_count": len(hits), "incomplete_results": False, "search_type": "lexical", "items": shown}
    return Answer(200, found, headers)


def _hit(view: View, one: Pull | Issue) -> Json:
    return {**answers.issue(view, one), "body": one.body, "score": 1.0}
