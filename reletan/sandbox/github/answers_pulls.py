"""How the REST side writes down pull requests and their reviews."""

from reletan.sandbox.github.answers import association, conversation, node, owner, repository, user
from reletan.sandbox.github.merging import judged
from reletan.sandbox.github.model import Review
from reletan.sandbox.github.view import Json, View, maybe_moment, moment
from reletan.sandbox.team import OWNER, Pull


def pull(view: View, pull: Pull) -> Json:
    """A pull request as lists show it: without what GitHub has to compute."""
    api, web = f"{view.api}/pulls/{pull.number}", f"{view.web}/pull/{pull.number}"
    head, issue_url = head_of(view, pull), f"{view.api}/issues/{pull.number}"
    places = {
        "self": api,
        "html": web,
        "issue": issue_url,
        "comments": f"{issue_url}/comments",
        "review_comments": f"{api}/comments",
        "review_comment": f"{view.api}/pulls/comments{{/number}}",
        "commits": f"{api}/commits",
        "statuses": f"{view.api}/statuses/{head}",
    }
    return {
        **conversation(view, pull),
        "id": pull.number,
        "node_id": node("PullRequest", pull.number),
        "url": api,
        "html_url": web,
        "diff_url": f"{web}.diff",
        "patch_url": f"{web}.patch",
        "issue_url": issue_url,
        **{f"{name}_url": places[name] for name in ("review_comments", "review_comment", "commits", "statuses")},
        "_links": {name: {"href": place} for name, place in places.items()},
        "draft": pull.draft,
        "merged_at": maybe_moment(pull.ended_at) if pull.merged else None,
        "merge_commit_sha": pull.merged,
        "auto_merge": _auto_merge(view, pull),
        "requested_reviewers": [user(view, view.site.person(login)) for login in pull.reviewers],
        "requested_teams": [],
        "head": _end(view, pull.owner, pull.branch, head),
        "base": _end(view, OWNER, pull.base, base_of(view, pull)),
    }


def full_pull(view: View, one: Pull) -> Json:
    """A pull request alone. Reading it makes GitHub find out whether it can be merged."""
    site = view.site
    base, head = base_of(view, one), head_of(view, one)
    changes = view.git.changes(base, head)
    can, state = judged(site, one)
    return {
        **pull(view, one),
        "merged": one.merged is not None,
        "merged_by": user(view, one.merged_by) if one.merged and one.merged_by else None,
        "mergeable": can,
        "mergeable_state": state,
        "rebaseable": can and site.rebaseable(one.number),
        "maintainer_can_modify": one.fork,
        "comments": sum(comment.number == one.number for comment in site.comments),
        "review_comments": 0,
        "commits": len(view.git.between(base, head)),
        "additions": sum(change.added for change in changes),
        "deletions": sum(change.deleted for change in changes),
        "changed_files": len(changes),
    }


def head_of(view: View, pull: Pull) -> str:
    return view.git.refs[pull.ref]


def base_of(view: View, pull: Pull) -> str:
    """As ``Site.base_of``, without asking git for each pull request of a list."""
    now = view.git.refs.get(f"refs/heads/{pull.base}") or head_of(view, pull)
    return (not pull.open and pull.base_was) or now


def _end(view: View, login: str, branch: str, sha: str) -> Json:
    return {
        "label": f"{login}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": owner(view, login),
        "repo": repository(view, login),
    }


def _auto_merge(view: View, pull: Pull) -> Json | None:
    if pull.auto_merge is None or not pull.open:
        return None
    auto = pull.auto_merge
    return {
        "enabled_by": user(view, auto.by),
        "merge_method": auto.how,
        "commit_title": f"{pull.title} (#{pull.number})" if auto.title is None else auto.title,
        "commit_message": auto.body or "",
    }


def review(view: View, review: Review) -> Json:
    api, web = f"{view.api}/pulls/{review.number}", f"{view.web}/pull/{review.number}"
    html = f"{web}#pullrequestreview-{review.id}"
    return {
        "id": review.id,
        "node_id": node("PullRequestReview", review.id),
        "user": user(view, review.author),
        "author_association": association(view, review.author),
        "body": review.body,
        "state": review.state,
        "commit_id": review.commit,
        "submitted_at": moment(review.at),
        "html_url": html,
        "pull_request_url": api,
        "_links": {"html": {"href": html}, "pull_request": {"href": api}},
    }
