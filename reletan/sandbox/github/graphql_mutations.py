"""What GraphQL can do to pull requests. A method is a field of Mutation."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from reletan.sandbox.github import merging, rest_git, rest_pulls
from reletan.sandbox.github.answers import code_of
from reletan.sandbox.github.graphql_pulls import PullRequest, pull_or_issue, queue_entry, show_comment
from reletan.sandbox.github.graphql_view import Look, Trouble, named, no_node
from reletan.sandbox.github.model import Permission, ReviewState
from reletan.sandbox.github.view import LONGEST_BODY, Json, within
from reletan.sandbox.github.wire import Refused
from reletan.sandbox.team import AutoMerge, How, Pull

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
        title, body = input.get("commit_headline"), input.get("commit_body")
        pull.auto_merge = AutoMerge(_how(input), self._view.person, title, body)
        return self._done(input, pull)

    def _no_auto_merge(self, pull: Pull) -> str | None:
        """What speaks against merging it later by itself."""
        if not pull.open:
            return "Pull request is closed"
        if not self._site.settings.auto_merge:
            return "Auto merge is not allowed for this repository"
        if self._site.rules_for(pull.base) is None:
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
            self._site.queue_left[pull.number] = self._site.queue_lag
        shown = PullRequest(self._view, pull)
        return {"clientMutationId": input.get("client_mutation_id"), "mergeQueueEntry": queue_entry(shown)}

    def dequeue_pull_request(self, input: Json) -> Json:
        pull = self._writable({"pull_request_id": input["id"]}, "DequeuePullRequest")
        if pull.number not in self._site.queue:
            raise Trouble("UNPROCESSABLE", "Pull request is not in the merge queue")
        entry = queue_entry(PullRequest(self._view, pull))
        self._site.queue.remove(pull.number)
        return {"clientMutationId": input.get("client_mutation_id"), "mergeQueueEntry": entry}

    def add_pull_request_review(self, input: Json) -> Json:
        pull = self._found(input)
        state = _REVIEWS.get(input.get("event") or "")
        if state is None:
            raise Trouble("UNPROCESSABLE", "The sandbox makes reviews in one go, with an event")
        if state != "COMMENTED" and pull.author.login == self._view.me:
            what = "approve" if state == "APPROVED" else "request changes on"
            raise Trouble("UNPROCESSABLE", f"Can not {what} your own pull request")
        review = self._site.review(pull.number, state, self._view.person.name, input.get("body") or "")
        shown = PullRequest(self._view, pull).review(review)
        return {"clientMutationId": input.get("client_mutation_id"), "pullRequestReview": shown}

    def mark_pull_request_ready_for_review(self, input: Json) -> Json:
        pull = self._writable(input, "MarkPullRequestReadyForReview")
        pull.draft = False
        return self._done(input, pull)

    def convert_pull_request_to_draft(self, input: Json) -> Json:
        pull = self._writable(input, "ConvertPullRequestToDraft")
        pull.draft = True
        return self._done(input, pull)

    def update_pull_request(self, input: Json) -> Json:
        pull = self._mine(input, "UpdatePullRequest")
        new: Json = {name: input[name] for name in ("title", "body") if name in input}
        new |= {"base": input.get("base_ref_name"), "state": (input.get("state") or "").lower() or None}
        with _in_words_of_graphql():
            rest_pulls.edit(self._view, pull, new)
        return self._done(input, pull)

    def reopen_pull_request(self, input: Json) -> Json:
        pull = self._mine(input, "ReopenPullRequest")
        with _in_words_of_graphql():
            rest_pulls.edit(self._view, pull, {"state": "open"})
        return self._done(input, pull)

    def update_pull_request_branch(self, input: Json) -> Json:
        pull = self._found(input)
        with _in_words_of_graphql():
            merging.update_branch(self._site, pull, sha=input.get("expected_head_oid"), login=self._view.me)
        return self._done(input, pull)

    def delete_ref(self, input: Json) -> Json:
        kind, code = named(input["ref_id"])
        name = next((name for name in self._view.git.refs if code_of(name) == code), None)
        if kind != "Ref" or name is None:
            raise no_node(input["ref_id"])
        with _in_words_of_graphql():
            rest_git.delete_ref(self._view, name.removeprefix("refs/"))
        return {"clientMutationId": input.get("client_mutation_id")}

    def update_refs(self, input: Json) -> Json:
        """All or nothing, as GitHub does it: what does not stand where it should stops the rest."""
        for one in input["ref_updates"]:
            self._move(one["name"].removeprefix("refs/"), one.get("before_oid"), one["after_oid"])
        return {"clientMutationId": input.get("client_mutation_id")}

    def _move(self, short: str, before: str | None, after: str) -> None:
        now = self._view.git.refs.get(f"refs/{short}")
        if before is not None and now != before:
            raise Trouble("UNPROCESSABLE", f"Expected refs/{short} to be at {before}")
        with _in_words_of_graphql():
            if set(after) == {"0"}:
                rest_git.delete_ref(self._view, short)
            else:
                raise LookupError("the sandbox's updateRefs only deletes")

    def close_pull_request(self, input: Json) -> Json:
        pull = self._mine(input, "ClosePullRequest")
        if pull.open:
            self._site.close_pull(pull.number)
        return self._done(input, pull)

    def add_comment(self, input: Json) -> Json:
        subject = pull_or_issue(self._view, input["subject_id"])
        with _in_words_of_graphql():
            within(input["body"], "body", "IssueComment", LONGEST_BODY)
        comment = self._site.comment(subject.number, input["body"], by=self._view.person.name)
        edge = {"cursor": str(comment.id), "node": show_comment(self._view, comment)}
        return {"clientMutationId": input.get("client_mutation_id"), "commentEdge": edge, "subject": subject}

    def update_issue_comment(self, input: Json) -> Json:
        kind, number = named(input["id"])
        comment = next((one for one in self._site.comments if one.id == number), None)
        if kind != "IssueComment" or comment is None:
            raise no_node(input["id"])
        if comment.author.login != self._view.me:
            self._need("write", "UpdateIssueComment")
        with _in_words_of_graphql():
            within(input["body"], "body", "IssueComment", LONGEST_BODY)
        comment.body, comment.edited_at = input["body"], self._view.now()
        shown = show_comment(self._view, comment)
        return {"clientMutationId": input.get("client_mutation_id"), "issueComment": shown}

    def _writable(self, input: Json, what: str) -> Pull:
        """The pull request that is meant. Raises Trouble where there is none, or the viewer may not write."""
        pull = self._found(input)
        self._need("write", what)
        return pull

    def _mine(self, input: Json, what: str) -> Pull:
        """As ``_writable``, for authors too."""
        pull = self._found(input)
        return pull if pull.author.login == self._view.me else self._writable(input, what)

    def _need(self, right: Permission, what: str) -> None:
        if not self._view.may(right):
            app = self._view.me.startswith("@")
            named_so = f"{self._view.me} does not have the correct permissions to execute `{what}`"
            raise Trouble("FORBIDDEN", "Resource not accessible by integration" if app else named_so)

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
        self._view.touch(pull.number)
        self._view.look_again()
        return {
            "actor": self._view.actor(self._view.person),
            "clientMutationId": input.get("client_mutation_id"),
            "pullRequest": PullRequest(self._view, pull),
        }


@contextmanager
def _in_words_of_graphql() -> Iterator[None]:
    """What REST refuses is an error of GraphQL."""
    try:
        yield
    except Refused as refused:
        errors = refused.answer.body.get("errors") or [{}]
        said = errors[0].get("message") if isinstance(errors[0], dict) else errors[0]
        raise Trouble("UNPROCESSABLE", said or str(refused)) from None


def _how(input: Json) -> How:
    return cast(How, (input.get("merge_method") or "MERGE").lower())
