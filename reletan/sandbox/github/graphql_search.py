"""Search in GraphQL for pull requests and issues."""

from typing import Any

from reletan.sandbox.github.graphql_pulls import Issue, PullRequest
from reletan.sandbox.github.graphql_view import Connection, Look
from reletan.sandbox.github.search import search
from reletan.sandbox.team import Pull


class SearchResults(Connection):
    def __init__(self, view: Look, query: str, **page: Any) -> None:
        def show(one: Any) -> PullRequest | Issue:
            return PullRequest(view, one) if isinstance(one, Pull) else Issue(view, one)

        super().__init__(search(view, query), show, **page)

    def issue_count(self) -> int:
        return self.total_count
