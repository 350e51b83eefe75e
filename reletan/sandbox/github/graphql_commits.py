"""Git's objects and refs in GraphQL, and the checks of a commit. A class is a type of the schema, a method a field."""

from typing import Any, TypeVar

from reletan.sandbox.github import answers
from reletan.sandbox.github.answers import code_of, node
from reletan.sandbox.github.graphql_view import Connection, Look, named
from reletan.sandbox.github.history import Made, Signature
from reletan.sandbox.github.merging import rules_of, standings
from reletan.sandbox.github.model import NO_RULES, Check, CommitStatus, Issue, Protection
from reletan.sandbox.github.view import Json, moment
from reletan.sandbox.team import Pull

_ROLLED_UP = {"failing": "FAILURE", "green": "SUCCESS"}

One = TypeVar("One", Pull, Issue)


class Commit:
    def __init__(self, view: Look, made: Made) -> None:
        self._view, self._made = view, made
        self.oid = made.sha
        self.id = node("Commit", code_of(made.sha))
        self.abbreviated_oid = made.sha[:7]
        self.message, self.message_headline, self.message_body = made.message, made.headline, made.body
        self.authored_date, self.committed_date = moment(made.author.at), moment(made.committer.at)

    @property
    def url(self) -> str:
        return f"{self._view.web}/commit/{self.oid}"

    commit_url = url

    def author(self) -> Json:
        return _git_actor(self._view, self._made.author)

    def committer(self) -> Json:
        return _git_actor(self._view, self._made.committer)

    def authors(self, **page: Any) -> Connection:
        return Connection([self.author()], **page)

    def parents(self, **page: Any) -> Connection:
        return Connection(self._made.parents, lambda sha: commit(self._view, sha), **page)

    def associated_pull_requests(self, order_by: Json | None = None, **page: Any) -> Connection:
        from reletan.sandbox.github.graphql_pulls import PullRequest

        pulls = self._view.indexed.get(self.oid, [])
        return Connection(in_order(self._view, pulls, order_by), lambda pull: PullRequest(self._view, pull), **page)

    def status_check_rollup(self) -> "StatusCheckRollup | None":
        return rollup(self._view, self.oid)

    def file(self, path: str) -> Json | None:
        oid = self._view.site.bare.find(f"{self.oid}:{path}")
        return {"name": path.split("/")[-1], "path": path, "object": git_object(self._view, oid)} if oid else None


def commit(view: Look, sha: str | None) -> Commit | None:
    made = view.git.commit(sha) if sha else None
    return Commit(view, made) if made else None


def in_order(view: Look, found: list[One], order_by: Json | None) -> list[One]:
    """By number, or by the last change where that is asked for."""
    by = order_by or {"field": "CREATED_AT", "direction": "ASC"}
    when = answers.updated_at if by["field"] == "UPDATED_AT" else _created
    return sorted(found, key=lambda one: (when(view, one), one.number), reverse=by["direction"] == "DESC")


def _created(_: Look, one: Pull | Issue) -> int:
    return one.number


def _git_actor(view: Look, who: Signature) -> Json:
    person = answers.person_with(view, who.email)
    return {"name": who.name, "email": who.email, "date": moment(who.at), "user": person and view.actor(person)}


class StatusCheckRollup:
    def __init__(self, view: Look, sha: str, checks: list[Check], statuses: list[CommitStatus]) -> None:
        self._view, self._sha, self._checks, self._statuses = view, sha, checks, statuses
        self.id = node("StatusCheckRollup", code_of(sha))

    def state(self) -> str:
        """FAILURE where one failed, else PENDING where one is not done, else SUCCESS."""
        found = {_ROLLED_UP.get(standing, "PENDING") for standing in standings(self._view.site, self._sha).values()}
        return next(state for state in ("FAILURE", "PENDING", "SUCCESS") if state in found)

    def commit(self) -> Commit | None:
        return commit(self._view, self._sha)

    def contexts(self, **page: Any) -> Connection:
        shown = [CheckRun(self._view, check) for check in self._checks]
        both = [*shown, *(StatusContext(self._view, status) for status in self._statuses)]
        return Contexts(both, **page)


def rollup(view: Look, sha: str) -> StatusCheckRollup | None:
    """None where nothing has been checked. The latest status of each context counts."""
    checks = [check for check in view.site.checks if check.sha == sha]
    statuses = {status.context: status for status in view.site.statuses if status.sha == sha}
    return StatusCheckRollup(view, sha, checks, list(statuses.values())) if checks or statuses else None


class Contexts(Connection):
    """Counts the two kinds besides."""

    def check_run_count(self) -> int:
        return sum(isinstance(item, CheckRun) for item in self.items)

    def status_context_count(self) -> int:
        return self.total_count - self.check_run_count()


class CheckRun:
    def __init__(self, view: Look, check: Check) -> None:
        self._view, self._check = view, check
        self.id, self.database_id, self.name = node("CheckRun", check.id), check.id, check.name
        self.status = check.status.upper()
        self.conclusion = check.conclusion.upper() if check.conclusion else None
        self.started_at, self.completed_at = moment(check.at), moment(check.at) if check.conclusion else None
        self.url = f"{view.web}/runs/{check.id}"
        self.details_url = check.details_url or self.url

    def is_required(self, **which: Any) -> bool:
        return _required(self._view, self.name, **which)

    def check_suite(self) -> Json:
        return {"id": node("CheckSuite", self._check.run), "workflowRun": self._workflow_run()}

    def _workflow_run(self) -> Json | None:
        """None for a check from outside of GitHub Actions, whose ``run`` is 0."""
        run = self._check.run
        if not run:
            return None
        return {
            "id": node("WorkflowRun", run),
            "databaseId": run,
            "event": "pull_request",
            "url": f"{self._view.web}/actions/runs/{run}",
            "workflow": {"id": node("Workflow", 1), "name": "CI"},
        }


class StatusContext:
    def __init__(self, view: Look, status: CommitStatus) -> None:
        self._view, self._status = view, status
        self.id, self.context, self.state = node("StatusContext", status.id), status.context, status.state.upper()
        self.description, self.target_url = status.description, status.target_url
        self.created_at = moment(status.at)

    def creator(self) -> Json:
        return self._view.actor(self._status.author)

    def is_required(self, **which: Any) -> bool:
        return _required(self._view, self.context, **which)


def _required(
    view: Look, name: str, pull_request_number: int | None = None, pull_request_id: str | None = None
) -> bool:
    if pull_request_id:
        pull_request_number = named(pull_request_id)[1]
    pull = view.site.pulls.get(pull_request_number or 0)
    return pull is not None and name in rules_of(view.site, pull.base).checks


class Ref:
    """A branch or a tag, by its full name."""

    def __init__(self, view: Look, full: str) -> None:
        self._view, self._full = view, full
        kind, self.name = full.split("/", 2)[1:]
        self.prefix = f"refs/{kind}/"
        self.id = node("Ref", code_of(full))

    def target(self) -> Any:
        return git_object(self._view, self._view.git.refs[self._full])

    def branch_protection_rule(self) -> Json | None:
        rules = rules_of(self._view.site, self.name) if self.prefix == "refs/heads/" else NO_RULES
        return None if rules is NO_RULES or rules.by_ruleset else _rule(self.name, rules)

    def rules(self, **page: Any) -> Connection | None:
        """What rulesets say, as far as it matters before a merge."""
        rules = rules_of(self._view.site, self.name)
        if not rules.by_ruleset:
            return Connection([], **page)
        wanted: list[Json] = []
        if rules.by_pull_request:
            wanted.append({"__typename": "PullRequestParameters", "requiredApprovingReviewCount": rules.approvals})
        if rules.checks:
            checks = [{"context": name} for name in rules.checks]
            wanted.append({"__typename": "RequiredStatusChecksParameters", "requiredStatusChecks": checks})
        told = [{"id": node("RepositoryRule", at), "parameters": one} for at, one in enumerate(wanted, 1)]
        return Connection(told, **page)

    def ref_update_rule(self) -> Json | None:
        """What the rules say to pushes, seen by the viewer; classic protection and rulesets alike."""
        site, full = self._view.site, self._full
        rules = site.rules_for(full)
        if rules is None:
            return None
        bypass = site.may_bypass(self._view.me, rules)
        return {
            "allowsDeletions": rules.deletions,
            "allowsForcePushes": rules.force_pushes,
            "blocksCreations": not rules.creations,
            "pattern": self.name,
            "requiredApprovingReviewCount": rules.approvals or None,
            "requiredStatusCheckContexts": list(rules.checks),
            "requiresCodeOwnerReviews": False,
            "requiresConversationResolution": False,
            "requiresLinearHistory": rules.linear,
            "requiresSignatures": False,
            "viewerAllowedToDismissReviews": self._view.may("write"),
            "viewerCanPush": self._view.may("write") and (bypass or not (rules.by_pull_request or rules.queue)),
        }


def _rule(branch: str, rules: Protection) -> Json:
    return {
        "id": node("BranchProtectionRule", code_of(branch)),
        "pattern": branch,
        "allowsDeletions": rules.deletions,
        "allowsForcePushes": rules.force_pushes,
        "isAdminEnforced": rules.admins,
        "dismissesStaleReviews": rules.dismiss_stale,
        "requiredApprovingReviewCount": rules.approvals if rules.by_pull_request else None,
        "requiredStatusCheckContexts": list(rules.checks),
        "requiresApprovingReviews": rules.by_pull_request,
        "requiresLinearHistory": rules.linear,
        "requiresStatusChecks": bool(rules.checks),
        "requiresStrictStatusChecks": rules.strict,
    }


def ref(view: Look, full: str) -> Ref | None:
    return Ref(view, full) if full in view.git.refs else None


def git_object(view: Look, oid: str) -> Any:
    """A Commit, Tag, Tree or Blob; None without such an object."""
    kind = view.git.kind(oid)
    if kind == "commit":
        return commit(view, oid)
    if kind is None:
        return None
    name = kind.capitalize()
    common = {"__typename": name, "id": node(name, code_of(oid)), "oid": oid, "abbreviatedOid": oid[:7]}
    if kind == "blob":
        text = view.git.content("blob", oid)
        return {**common, "text": text, "byteSize": len(text.encode()), "isBinary": False, "isTruncated": False}
    return {**common, **_tag(view, oid)} if kind == "tag" else common


def _tag(view: Look, oid: str) -> Json:
    head, _, message = view.git.content("tag", oid).partition("\n\n")
    told = dict(line.split(" ", 1) for line in head.splitlines())
    name, _, rest = told["tagger"].partition(" <")
    email, _, when = rest.partition("> ")
    tagger = _git_actor(view, Signature(name, email, int(when.split(" ")[0])))
    return {"name": told["tag"], "message": message, "tagger": tagger, "target": git_object(view, told["object"])}
