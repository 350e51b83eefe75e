"""Asking the REST side of the sandbox GitHub without a server in between."""

from typing import Any

from contract_rest import RestContract

from reletan.sandbox.github import rest
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.wire import Answer, Refused, Request

WEB = "http://127.0.0.1:1"
API = f"{WEB}/api/v3"
REPO = "/repos/acme/shop"


def whole(path: str) -> str:
    """Most paths are written without that of the repository."""
    return path if path.startswith(("/repos/", "/repositories/", "/search/", "/user")) else f"{REPO}{path}"


class Asked:
    """One request, by Hana unless it is said otherwise, and what came back: GitHub's errors too."""

    def __init__(
        self,
        site: Site,
        method: str,
        path: str,
        sent: Any = None,
        query: dict[str, str] | None = None,
        login: str | None = "hana",
    ) -> None:
        self.method, self.path, self.sent, self.query = method, whole(path), sent, query or {}
        request = Request(method=method, path=self.path, query=self.query, body=sent, api=API, web=WEB, login=login)
        site.notice()
        answer: Answer | None
        try:
            answer = rest.answer(site, request)
        except Refused as refused:
            answer = refused.answer
        assert answer is not None, f"no route for {method} {self.path}"
        self.status, self.body, self.headers = answer.status, answer.body, answer.headers

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.body["message"]

    def violations(self, contract: RestContract) -> list[str]:
        return contract.violations(self.method, self.path, self.query, self.sent, self.status, self.body)


def get(site: Site, path: str, login: str | None = "hana", **query: str) -> Any:
    """The body of what is there; the test fails where it is not."""
    asked = Asked(site, "GET", path, query=query, login=login)
    assert asked.status == 200, asked.body
    return asked.body
