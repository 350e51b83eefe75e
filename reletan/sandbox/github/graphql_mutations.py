"""What GraphQL can do to pull requests. A method is a field of Mutation."""

from typing import cast

from reletan.sandbox.github import merging
from reletan.sandbox.github.graphql_pulls import PullRequest, pull_or_issue, queue_entry, show_comment
from reletan.sandbox.github.graphql_view import Look, Trouble, no_node
from reletan.sandbox.github.model import ReviewState
from reletan.sandbox.github.view import Json
from reletan.sandbox.github.wire import Refused
from reletan.sandbox.team import How, Pull

_REVIEWS: dict[str, ReviewState] = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


class Mutation:
    def __init__(self, view: Look) -> None:
        self._view, self._site = view, view.site

    def merge_pull_request(self, input: Json) -> Json:
        pull = self._writable(input, "MergePullRequest")
        try:
            merging.merge(
                self._site,
                pull,
                sha=input.get("expected_head_oid"),
                method=_how(input),
                title=input.get("commit_headline"),
                body=input.get("commit_body"),
                login=self._view.me,
            )
        except Refused as refused:
            raise Trouble("UNPROCESSABLE", str(refused)) from None
        return self._done(input, pull)

    def enable_pull_request_auto_merge(self, input: Json) -> Json:
        pull = self._writable(input, "EnablePullRequestAutoMerge")
        self._same_head(pull, input)
        if refused := self._no_auto_merge(pull):
            raise Trouble("UNPROCESSABLE", f"Pull request {refused}")
        pull.auto_merge = _how(input)
        return self._done(input, pull)

    def _no_auto_merge(self, pull: Pull) -> str | None:
        """What speaks against merging it later by itself."""
        if not pull.open:
            return "Pull request is closed"
        if not self._site.settings.auto_merge:
            return "Auto merge is not allowed for this repository"
        if pull.base not in self._site.protections:
            return "Protected branch rules not configured for this branch"
        state = self._view.judged(pull)[1]
        return f"Pull request is in {state} status" if state in ("clean", "has_hooks", "unstable") else None

    def disable_pull_request_auto_merge(self, input: Json) -> Json:
        pull = self._writable(input, "DisablePullRequestAutoMerge")
        if pull.auto_merge is None:
            raise Trouble("UNPROCESSABLE", "Can't disable auto-merge for this pull request.")
        pull.auto_merge = None
        return self._done(input, pull)

    def enqueue_pull_request(self, input: Json) -> Json:
        pull = self._writable(input, "EnqueuePullRequest")
        self._same_head(pull, input)
        if not pull.open:
            raise Trouble("UNPROCESSABLE", "Pull request is closed")
        if not merging.rules_of(self._site, pull.base).queue:
            raise Trouble("UNPROCESSABLE", "The merge queue is not enabled for this branch.")
        if pull.number not in self._site.queue:
            self._site.queue.append(pull.number)
        shown = PullRequest(self._view, pull)
        return {"clientMutationId": input.get("client_mutation_id"), "mergeQueueEntry": queue_entry(shown)}

    def add_pull_request_review(self, input: Json) -> Json:
        pull = self._found(input)
        state = _REVIEWS.get(input.get("event") or "")
        if state is None:
            raise Trouble("UNPROCESSABLE", "The sandbox makes reviews in one go, with an event")
        if state == "APPROVED" and pull.author == self._view.person:
            raise Trouble("UNPROCESSABLE", "Can not approve your own pull request")
        review = self._site.review(pull.number, state, self._view.person.name, input.get("body") or "")
        shown = PullRequest(self._view, pull).review(review)
        return {"clientMutationId": input.get("client_mutation_id"), "pullRequestReview": shown}

    def mark_pull_request_ready_for_review(self, input: Json) -> Json:
        pull = self._writable(input, "MarkPullRequestReadyForReview")
        pull.draft = False
        return self._done(input, pull)

    def close_pull_request(self, input: Json) -> Json:
        pull = self._writable(input, "ClosePullRequest")
        if pull.open:
            self._site.close_pull(pull.number)
        return self._done(input, pull)

    def add_comment(self, input: Json) -> Json:
        subject = pull_or_issue(self._view, input["subject_id"])
        comment = self._site.comment(subject.number, input["body"], by=self._view.person.name)
        edge = {"cursor": str(comment.id), "node": show_comment(self._view, comment)}
        return {"clientMutationId": input.get("client_mutation_id"), "commentEdge": edge, "subject": subject}

    def _writable(self, input: Json, what: str) -> Pull:
        """The pull request that is meant. Raises Trouble where there is none, or the viewer may not write."""
        pull = self._found(input)
        if not self._view.may("write"):
            app = self._view.me.startswith("@")
            named_so = f"{self._view.me} does not have the correct permissions to execute `{what}`"
            raise Trouble("FORBIDDEN", "Resource not accessible by integration" if app else named_so)
        return pull

    def _found(self, input: Json) -> Pull:
        found = pull_or_issue(self._view, input["pull_request_id"])
        if not isinstance(found, PullRequest):
            raise no_node(input["pull_request_id"])
        return self._site.pulls[found.number]

    def _same_head(self, pull: Pull, input: Json) -> None:
        known = input.get("expected_head_oid")
        if known is not None and known != self._site.head_of(pull.number):
            raise Trouble("UNPROCESSABLE", "Head branch was modified. Review and try the merge again.")

    def _done(self, input: Json, pull: Pull) -> Json:
        self._view.look_again()
        return {
            "actor": self._view.actor(self._view.person),
            "clientMutationId": input.get("client_mutation_id"),
            "pullRequest": PullRequest(self._view, pull),
        }


def _how(input: Json) -> How:
    return cast(How, (input.get("merge_method") or "MERGE").lower())
