"""The repository in GraphQL, and its releases. A class is a type of the schema, a method a field."""

import re
from typing import Any

from reletan.sandbox.github.answers import REPOSITORY_ID, code_of, node
from reletan.sandbox.github.graphql_commits import Ref, commit, git_object, in_order, ref
from reletan.sandbox.github.graphql_pulls import Issue, PullRequest, queue_entry, show_label, state_of
from reletan.sandbox.github.graphql_view import Connection, Look, Trouble
from reletan.sandbox.github.merging import rules_of
from reletan.sandbox.github.model import Release as ARelease
from reletan.sandbox.github.rest_releases import latest_of
from reletan.sandbox.github.view import Json, maybe_moment, moment
from reletan.sandbox.team import OWNER, Pull

_OID = re.compile(r"[0-9a-f]{40}")


class Repository:
    """The repository, or the fork that ``of`` has of it."""

    def __init__(self, view: Look, of: str = OWNER) -> None:
        self._view, self._of, settings = view, of, view.site.settings
        self.is_fork = of != OWNER
        self.name, self.name_with_owner = view.site.name, f"{of}/{view.site.name}"
        self.id = node("Repository", code_of(of) if self.is_fork else REPOSITORY_ID)
        self.url = f"{view.request.web}/{self.name_with_owner}"
        self.ssh_url = f"git@{self.url.partition('://')[2].replace('/', ':', 1)}.git"
        self.description = None
        self.created_at = moment(0)
        self.is_private = settings.private
        self.visibility = "PRIVATE" if settings.private else "PUBLIC"
        self.is_archived, self.has_issues_enabled, self.is_in_organization = False, True, not self.is_fork
        self.merge_commit_allowed, self.squash_merge_allowed = settings.merge, settings.squash
        self.rebase_merge_allowed, self.auto_merge_allowed = settings.rebase, settings.auto_merge
        self.delete_branch_on_merge = settings.delete_branch
        self.viewer_default_merge_method = "MERGE"

    def owner(self) -> Json:
        return self._view.account(self._of)

    def parent(self) -> "Repository | None":
        return Repository(self._view) if self.is_fork else None

    def viewer_permission(self) -> str | None:
        right = self._view.site.right(self._view.request.login)
        return None if right == "none" else "READ" if self.is_fork else right.upper()

    def viewer_can_administer(self) -> bool:
        return self.viewer_permission() == "ADMIN"

    def assignable_users(self, query: str | None = None, **page: Any) -> Connection:
        people = {pull.author.login: pull.author for pull in self._view.site.pulls.values() if not pull.fork}
        return Connection(
            [people[login] for login in sorted(people) if (query or "") in login], self._view.actor, **page
        )

    # pull requests and issues

    def pull_request(self, number: int) -> PullRequest:
        return self._pull_or(number, f"Could not resolve to a PullRequest with the number of {number}.")

    def issue(self, number: int) -> Issue:
        return self._issue_or(number, f"Could not resolve to an Issue with the number of {number}.")

    def issue_or_pull_request(self, number: int) -> PullRequest | Issue:
        if number in self._view.site.pulls:
            return PullRequest(self._view, self._view.site.pulls[number])
        return self._issue_or(number, f"Could not resolve to an issue or pull request with the number of {number}.")

    def _pull_or(self, number: int, otherwise: str) -> PullRequest:
        if number not in self._view.site.pulls:
            raise Trouble("NOT_FOUND", otherwise)
        return PullRequest(self._view, self._view.site.pulls[number])

    def _issue_or(self, number: int, otherwise: str) -> Issue:
        if number not in self._view.site.issues:
            raise Trouble("NOT_FOUND", otherwise)
        return Issue(self._view, self._view.site.issues[number])

    def pull_requests(
        self,
        states: list[str] | None = None,
        head_ref_name: str | None = None,
        base_ref_name: str | None = None,
        labels: list[str] | None = None,
        order_by: Json | None = None,
        **page: Any,
    ) -> Connection:
        def fits(pull: Pull) -> bool:
            return (
                (states is None or state_of(pull) in states)
                and head_ref_name in (None, pull.branch)
                and base_ref_name in (None, pull.base)
                and (labels is None or bool(set(labels) & set(pull.labels)))
            )

        found = [pull for pull in self._view.site.pulls.values() if fits(pull)]
        return Connection(in_order(self._view, found, order_by), lambda pull: PullRequest(self._view, pull), **page)

    def issues(
        self,
        states: list[str] | None = None,
        labels: list[str] | None = None,
        order_by: Json | None = None,
        **page: Any,
    ) -> Connection:
        found = [
            issue
            for issue in self._view.site.issues.values()
            if (states is None or ("OPEN" if issue.open else "CLOSED") in states)
            and (labels is None or set(labels) & set(issue.labels))
        ]
        return Connection(in_order(self._view, found, order_by), lambda issue: Issue(self._view, issue), **page)

    def label(self, name: str) -> Json | None:
        found = self._view.site.labels.get(name)
        return show_label(self._view, found) if found else None

    def labels(self, query: str | None = None, **page: Any) -> Connection:
        found = [label for name, label in sorted(self._view.site.labels.items()) if (query or "") in name]
        return Connection(found, lambda label: show_label(self._view, label), **page)

    # what git has

    def is_empty(self) -> bool:
        return not self._view.git.refs

    def default_branch_ref(self) -> Ref | None:
        return ref(self._view, f"refs/heads/{self._view.site.settings.default_branch}")

    def merge_queue(self, branch: str | None = None) -> Json | None:
        """That of a branch, by default of the default branch; None where its rules have none."""
        site = self._view.site
        branch = branch or site.settings.default_branch
        if not rules_of(site, branch).queue:
            return None
        waiting = [site.pulls[number] for number in site.queue if site.pulls[number].base == branch]
        return {
            "__typename": "MergeQueue",
            "id": node("MergeQueue", code_of(branch)),
            "repository": self,
            "url": f"{self.url}/queue/{branch}",
            "entries": lambda **page: Connection(
                waiting, lambda pull: queue_entry(PullRequest(self._view, pull)), **page
            ),
        }

    def ref(self, qualified_name: str) -> Ref | None:
        """A full name counts before a short one."""
        names = (f"{start}{qualified_name}" for start in ("", "refs/", "refs/heads/", "refs/tags/"))
        return next((Ref(self._view, name) for name in names if name in self._view.git.refs), None)

    def refs(self, ref_prefix: str, query: str | None = None, direction: str | None = None, **page: Any) -> Connection:
        found = [name for name in self._view.git.refs if name.startswith(ref_prefix) and (query or "") in name]
        found.sort(reverse=direction == "DESC")
        return Connection(found, lambda name: Ref(self._view, name), **page)

    def object(self, oid: str | None = None, expression: str | None = None) -> Any:
        if expression:
            oid = self._view.git.find(expression)
        return git_object(self._view, oid) if oid and _OID.fullmatch(oid) else None

    # releases

    def _releases(self) -> list[ARelease]:
        """Drafts are shown to those who may write."""
        return [one for one in self._view.site.releases if not one.draft or self._view.may("write")]

    def releases(self, order_by: Json | None = None, **page: Any) -> Connection:
        """Newest first, unless asked otherwise."""
        oldest_first = order_by is not None and order_by["direction"] == "ASC"
        found = sorted(self._releases(), key=lambda release: release.at, reverse=not oldest_first)
        return Connection(found, lambda release: Release(self._view, release), **page)

    def release(self, tag_name: str) -> "Release | None":
        found = (one for one in self._releases() if one.tag == tag_name and not one.draft)
        return next((Release(self._view, release) for release in found), None)

    def latest_release(self) -> "Release | None":
        found = latest_of(self._view.site)
        return Release(self._view, found) if found else None


class Release:
    def __init__(self, view: Look, release: ARelease) -> None:
        self._view, self._release = view, release
        self.id, self.database_id = node("Release", release.id), release.id
        self.name, self.tag_name, self.description = release.name, release.tag, release.body
        self.is_draft, self.is_prerelease = release.draft, release.prerelease
        self.created_at, self.published_at = moment(release.at), maybe_moment(release.published_at)
        page = f"untagged-{code_of(str(release.id)):x}" if release.draft else release.tag
        self.url = f"{view.web}/releases/tag/{page}"

    def author(self) -> Json | None:
        shown = self._view.actor(self._release.author)
        return shown if shown["__typename"] == "User" else None

    def is_latest(self) -> bool:
        return self._release is latest_of(self._view.site)

    def tag(self) -> Ref | None:
        return ref(self._view, f"refs/tags/{self.tag_name}")

    def tag_commit(self) -> Any:
        return commit(self._view, self._view.git.find(f"refs/tags/{self.tag_name}^{{commit}}"))
