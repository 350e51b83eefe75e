"""Pull requests and what hangs on them, in GraphQL. A class is a type of the schema, a method a field."""

from typing import Any

from reletan.sandbox.github.answers import code_of, node, updated_at
from reletan.sandbox.github.answers_pulls import base_of, head_of
from reletan.sandbox.github.graphql_commits import Commit, Ref, StatusCheckRollup, commit, ref, rollup
from reletan.sandbox.github.graphql_edits import Edited
from reletan.sandbox.github.graphql_view import Connection, Look, named, no_node
from reletan.sandbox.github.history import Change
from reletan.sandbox.github.merging import counted, opinions, rules_of
from reletan.sandbox.github.model import Comment, Label, Review
from reletan.sandbox.github.model import Issue as AnIssue
from reletan.sandbox.github.view import Json, maybe_moment, moment
from reletan.sandbox.team import Pull

_CHANGES = {"A": "ADDED", "D": "DELETED", "M": "MODIFIED", "T": "CHANGED"}


class PullRequest(Edited):
    def __init__(self, view: Look, pull: Pull) -> None:
        self._view, self._pull = view, pull
        self.id, self.number = node("PullRequest", pull.number), pull.number
        self.title, self.body = pull.title, pull.body
        self.state = state_of(pull)
        self.is_draft, self.merged, self.closed = pull.draft, pull.merged is not None, not pull.open
        self.base_ref_name, self.head_ref_name = pull.base, pull.branch
        self.is_cross_repository = self.maintainer_can_modify = pull.fork
        self.locked = False
        self.is_in_merge_queue = pull.number in view.site.queue
        self.milestone = self.potential_merge_commit = None
        self.reaction_groups: list[Json] = []

    # who and when

    @property
    def url(self) -> str:
        return f"{self._view.web}/pull/{self.number}"

    permalink = url

    def author(self) -> Json:
        return self._view.actor(self._pull.author)

    def author_association(self) -> str:
        return self._view.association(self._pull.author)

    def merged_by(self) -> Json | None:
        return self._view.actor(self._pull.merged_by) if self._pull.merged_by else None

    def created_at(self) -> str:
        return moment(self._pull.opened_at)

    def updated_at(self) -> str:
        return moment(updated_at(self._view, self._pull))

    def closed_at(self) -> str | None:
        return maybe_moment(self._pull.ended_at)

    def merged_at(self) -> str | None:
        return maybe_moment(self._pull.ended_at) if self._pull.merged else None

    # whether it can be merged, and how

    def mergeable(self) -> str:
        words = {True: "MERGEABLE", False: "CONFLICTING", None: "UNKNOWN"}
        return words[self._view.judged(self._pull)[0]]

    def merge_state_status(self) -> str:
        return self._view.judged(self._pull)[1].upper()

    def merge_commit(self) -> Commit | None:
        return commit(self._view, self._pull.merged)

    def auto_merge_request(self) -> Json | None:
        auto = self._pull.auto_merge
        if auto is None:
            return None
        words = {"commitHeadline": auto.title, "commitBody": auto.body}
        return {"mergeMethod": auto.how.upper(), "enabledBy": self._view.actor(auto.by), "pullRequest": self, **words}

    def is_merge_queue_enabled(self) -> bool:
        return rules_of(self._view.site, self._pull.base).queue

    def viewer_can_merge_as_admin(self) -> bool:
        rules = self._view.site.rules_for(self._pull.base)
        return rules is not None and self._view.site.may_bypass(self._view.me, rules)

    def merge_queue_entry(self) -> Json | None:
        return queue_entry(self) if self.is_in_merge_queue else None

    def viewer_merge_headline_text(self, merge_type: str = "MERGE") -> str:
        if merge_type == "SQUASH":
            return f"{self.title} (#{self.number})"
        return f"Merge pull request #{self.number} from {self._pull.owner}/{self._pull.branch}"

    def viewer_merge_body_text(self, merge_type: str = "MERGE") -> str:
        return self.title if merge_type == "MERGE" else ""

    # branches

    def repository(self) -> Any:
        from reletan.sandbox.github.graphql_repository import Repository

        return Repository(self._view)

    base_repository = repository

    def base_ref(self) -> Ref | None:
        return ref(self._view, f"refs/heads/{self._pull.base}")

    def base_ref_oid(self) -> str:
        return base_of(self._view, self._pull)

    def head_ref(self) -> Ref | None:
        return None if self._pull.fork else ref(self._view, f"refs/heads/{self._pull.branch}")

    def head_ref_oid(self) -> str:
        return head_of(self._view, self._pull)

    def head_repository(self) -> Any:
        from reletan.sandbox.github.graphql_repository import Repository

        return Repository(self._view, self._pull.owner)

    def head_repository_owner(self) -> Json:
        return self._view.account(self._pull.owner)

    # what is in it

    def _own(self) -> list[str]:
        return self._view.git.between(self.base_ref_oid(), self.head_ref_oid())[::-1]

    def commits(self, **page: Any) -> Connection:
        return Connection(self._own(), self._commit, **page)

    def _commit(self, sha: str) -> Json:
        return {"id": node("PullRequestCommit", code_of(sha)), "commit": commit(self._view, sha), "pullRequest": self}

    def status_check_rollup(self) -> StatusCheckRollup | None:
        return rollup(self._view, self.head_ref_oid())

    def _changes(self) -> list[Change]:
        return self._view.git.changes(self.base_ref_oid(), self.head_ref_oid())

    def additions(self) -> int:
        return sum(change.added for change in self._changes())

    def deletions(self) -> int:
        return sum(change.deleted for change in self._changes())

    def changed_files(self) -> int:
        return len(self._changes())

    def files(self, **page: Any) -> Connection:
        return Connection(self._changes(), _changed_file, **page)

    # what people say of it

    def labels(self, **page: Any) -> Connection:
        return labels(self._view, self._pull.labels, **page)

    def comments(self, **page: Any) -> Connection:
        said = [comment for comment in self._view.site.comments if comment.number == self.number]
        return Connection(said, lambda comment: show_comment(self._view, comment), **page)

    def assignees(self, **page: Any) -> Connection:
        return Connection(self._pull.assignees, self._view.account, **page)

    def review_requests(self, **page: Any) -> Connection:
        return Connection(self._pull.reviewers, self._review_request, **page)

    def _review_request(self, login: str) -> Json:
        return {
            "id": node("ReviewRequest", code_of(f"{self.number} {login}")),
            "requestedReviewer": self._view.account(login),
        }

    def project_cards(self, **page: Any) -> Connection:
        return Connection([], **page)

    def reviews(self, states: list[str] | None = None, author: str | None = None, **page: Any) -> Connection:
        found = [one for one in self._reviews() if states is None or one.state in states]
        return Connection([one for one in found if author in (None, one.author.login)], self.review, **page)

    def latest_reviews(self, **page: Any) -> Connection:
        latest = {review.author.login: review for review in self._reviews()}
        return Connection(list(latest.values()), self.review, **page)

    def latest_opinionated_reviews(self, writers_only: bool = False, **page: Any) -> Connection:
        site = self._view.site
        latest = opinions(site, self._pull).items()
        kept = [one for login, one in latest if not writers_only or site.may(login) in ("admin", "write")]
        return Connection(kept, self.review, **page)

    def review_decision(self) -> str | None:
        needed = rules_of(self._view.site, self._pull.base).approvals
        if not needed:
            return None
        states = [review.state for review in counted(self._view.site, self._pull)]
        if "CHANGES_REQUESTED" in states:
            return "CHANGES_REQUESTED"
        return "APPROVED" if len(states) >= needed else "REVIEW_REQUIRED"

    def _reviews(self) -> list[Review]:
        return [review for review in self._view.site.reviews if review.number == self.number]

    def review(self, review: Review) -> Json:
        when = moment(review.at)
        return {
            "__typename": "PullRequestReview",
            "id": node("PullRequestReview", review.id),
            "databaseId": review.id,
            "state": review.state,
            "author": self._view.actor(review.author),
            "authorAssociation": self._view.association(review.author),
            "body": review.body,
            "commit": commit(self._view, review.commit),
            "createdAt": when,
            "submittedAt": when,
            "updatedAt": when,
            "url": f"{self.url}#pullrequestreview-{review.id}",
            "pullRequest": self,
            "reactionGroups": [],
        }


def state_of(pull: Pull) -> str:
    return "OPEN" if pull.open else "MERGED" if pull.merged else "CLOSED"


class Issue:
    def __init__(self, view: Look, issue: AnIssue) -> None:
        self._view, self._issue = view, issue
        self.id, self.number, self.title, self.body = node("Issue", issue.number), issue.number, issue.title, issue.body
        self.url = f"{view.web}/issues/{issue.number}"
        self.state, self.closed = "CLOSED" if issue.closed else "OPEN", issue.closed
        self.closed_at = maybe_moment(issue.ended_at)
        self.created_at = moment(issue.opened_at)

    def author(self) -> Json:
        return self._view.actor(self._issue.author)

    def labels(self, **page: Any) -> Connection:
        return labels(self._view, self._issue.labels, **page)


def pull_or_issue(view: Look, id: str) -> PullRequest | Issue:
    """What a node id stands for. Raises Trouble where it is neither."""
    kind, number = named(id)
    if kind == "PullRequest" and number in view.site.pulls:
        return PullRequest(view, view.site.pulls[number])
    if kind == "Issue" and number in view.site.issues:
        return Issue(view, view.site.issues[number])
    raise no_node(id)


def queue_entry(pull: PullRequest) -> Json:
    """Its place in the merge queue."""
    view, number = pull._view, pull.number
    return {
        "id": node("MergeQueueEntry", number),
        "position": view.site.queue.index(number) + 1,
        "state": "QUEUED",
        "enqueuedAt": moment(view.site.clock),
        "enqueuer": view.actor(view.person),
        "pullRequest": pull,
    }


def labels(view: Look, names: list[str], **page: Any) -> Connection:
    return Connection([view.site.make_label(name) for name in names], lambda label: show_label(view, label), **page)


def show_label(view: Look, label: Label) -> Json:
    return {
        "id": node("Label", label.id),
        "name": label.name,
        "color": label.color,
        "description": label.description,
        "url": f"{view.web}/labels/{label.name}",
    }


def show_comment(view: Look, comment: Comment) -> Json:
    return {
        "__typename": "IssueComment",
        "id": node("IssueComment", comment.id),
        "databaseId": comment.id,
        "author": view.actor(comment.author),
        "authorAssociation": view.association(comment.author),
        "body": comment.body,
        "createdAt": moment(comment.at),
        "updatedAt": moment(comment.edited_at),
        "url": f"{view.web}/pull/{comment.number}#issuecomment-{comment.id}",
        "isMinimized": False,
        "minimizedReason": None,
        "includesCreatedEdit": comment.edited_at != comment.at,
        "viewerDidAuthor": comment.author.login == view.me,
        "viewerCanUpdate": comment.author.login == view.me or view.may("write"),
        "reactionGroups": [],
    }


def _changed_file(change: Change) -> Json:
    kind = _CHANGES.get(change.kind, "CHANGED")
    return {"path": change.path, "additions": change.added, "deletions": change.deleted, "changeType": kind}
