"""What automerge does to a pull request on GitHub, each of it sent once and at the head that was judged."""

from typing import Any

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubpull import NotMerged, merge_pull, read_pull, update_pull
from reletan.adapters.hubquery import NOT_ALLOWED, Error
from reletan.adapters.hubreply import HubError, Refused, decode
from reletan.domain.config import Method
from reletan.domain.errors import Unauthorized

# GitHub's words for a matter of the moment, and seconds between looks
BASE_MOVED = "Base branch was modified"
UNDER_WAY, LOOKS = "Merge already in progress", (1.0, 2.0, 4.0)
NO_COMMIT = "0" * 40


class Message(msgspec.Struct, frozen=True):
    """The title and body of the merge's commit; None: GitHub's own words."""

    title: str | None = None
    body: str | None = None


class NotDone(Refused):
    """GitHub's no to a mutation, in its ``words``."""

    def __init__(self, words: str) -> None:
        super().__init__(f"GitHub says no: {words}.", next="see what GitHub says")
        self.words = words


class BaseMoved(NotMerged):
    """The base moved at the same moment: look again, and then try again."""


def merge(hub: Hub, number: int, sha: str, method: Method, message: Message) -> str:
    """Merge at ``sha``; the commit that this made. Raises NotMerged (BaseMoved), Unauthorized and HubError."""
    try:
        return merge_pull(hub, number, sha=sha, method=method, title=message.title, body=message.body)
    except NotMerged as refused:
        if BASE_MOVED in refused.words:
            refused = BaseMoved(number, refused.status, refused.words)
        return _merged_by_another(hub, number, sha, refused)


def _merged_by_another(hub: Hub, number: int, sha: str, refused: NotMerged) -> str:
    """Somebody else may have merged the same head at the same moment, or be about to: that is as good."""
    for seconds in LOOKS if UNDER_WAY in refused.words else (0.0,):
        hub.pause(seconds, "Somebody else is merging it")
        try:
            pull = read_pull(hub, number)
        except HubError:
            break
        if pull.merged and pull.head == sha and pull.commit:
            return pull.commit
    raise refused


def enable_auto_merge(hub: Hub, id: str, sha: str, method: Method, message: Message) -> None:
    """Let GitHub merge it once its rules are met. Raises NotDone, also when it could be merged at once."""
    given = {"pullRequestId": id, "mergeMethod": method.upper(), "expectedHeadOid": sha}
    words = {"commitHeadline": message.title, "commitBody": message.body}
    given |= {name: text for name, text in words.items() if text is not None}
    _mutate(hub, "enablePullRequestAutoMerge", "EnablePullRequestAutoMergeInput", given)


def disable_auto_merge(hub: Hub, id: str) -> None:
    """Take back what ``enable_auto_merge`` asked for."""
    _mutate(hub, "disablePullRequestAutoMerge", "DisablePullRequestAutoMergeInput", {"pullRequestId": id})


def enqueue(hub: Hub, id: str, sha: str) -> None:
    """Put it into the merge queue. Raises NotDone."""
    _mutate(hub, "enqueuePullRequest", "EnqueuePullRequestInput", {"pullRequestId": id, "expectedHeadOid": sha})


def update_branch(hub: Hub, number: int, sha: str) -> None:
    """Merge the base into the branch whose head is ``sha``."""
    update_pull(hub, number, sha)


def delete_branch(hub: Hub, repository_id: str, branch: str, sha: str) -> None:
    """Delete it, unless it has moved since it was merged at ``sha``."""
    update = {"name": f"refs/heads/{branch}", "beforeOid": sha, "afterOid": NO_COMMIT}
    _mutate(hub, "updateRefs", "UpdateRefsInput", {"repositoryId": repository_id, "refUpdates": [update]})


def add_comment(hub: Hub, id: str, body: str) -> None:
    _mutate(hub, "addComment", "AddCommentInput", {"subjectId": id, "body": body})


def edit_comment(hub: Hub, id: str, body: str) -> None:
    _mutate(hub, "updateIssueComment", "UpdateIssueCommentInput", {"id": id, "body": body})


class _Answer(msgspec.Struct):
    data: Any = None
    errors: list[Error] = []


def _mutate(hub: Hub, name: str, type: str, given: dict[str, Any]) -> None:
    """One mutation, sent once. Raises NotDone, Unauthorized, and HubError where it is not known what happened."""
    query = f"mutation automerge($input: {type}!) {{ {name}(input: $input) {{ clientMutationId }} }}"
    reply = hub.write("POST", "/graphql", {"query": query, "variables": {"input": given}})
    hub.require(reply)
    errors = decode(reply, _Answer).errors
    if not errors:
        return
    words = "; ".join(dict.fromkeys(error.message.rstrip(".") for error in errors))
    if any(error.type in NOT_ALLOWED for error in errors):
        raise Unauthorized(
            f"The token may not do this: {words}.", next="give it the right to write contents and pull requests"
        )
    if any(error.type is None for error in errors):
        raise HubError(f"GitHub could not say what it did: {words}.", unclear=True, next="run the command again")
    raise NotDone(words)
