"""REST: pull requests, their reviews, and merging them."""

from typing import cast

from reletan.sandbox.github import answers, answers_git, answers_pulls, merging
from reletan.sandbox.github.model import ReviewState
from reletan.sandbox.github.view import LONGEST_BODY, Json, View, found, invalid, within
from reletan.sandbox.github.wire import Answer, Refused
from reletan.sandbox.team import OWNER, How, Pull

_EVENTS: dict[str, ReviewState] = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


def listed(view: View) -> Answer:
    """``head`` counts only with its owner before a colon, as on GitHub."""
    asked = view.request.query
    state, head, base = asked.get("state", "open"), asked.get("head", ""), asked.get("base")
    pulls = [
        pull
        for pull in view.site.pulls.values()
        if (state == "all" or pull.open == (state == "open"))
        and (":" not in head or head == f"{pull.owner}:{pull.branch}")
        and base in (None, pull.base)
    ]
    if asked.get("sort") == "updated":
        pulls.sort(key=lambda pull: answers.updated_at(view, pull))
    newest_first = asked.get("direction", "desc" if asked.get("sort", "created") == "created" else "asc") == "desc"
    return view.listed(pulls[::-1] if newest_first else pulls, answers_pulls.pull)


def one(view: View, number: str) -> Answer:
    return Answer(200, answers_pulls.full_pull(view, view.pull(number)))


def opened(view: View) -> Answer:
    view.need("write")
    head, base = view.sent("head", "base")
    owner, _, branch = head.rpartition(":")
    if owner not in ("", OWNER) or view.site.head(branch) is None:
        raise invalid("PullRequest", "invalid", "head")
    if view.site.head(base) is None:
        raise invalid("PullRequest", "invalid", "base")
    _refuse_a_second(view, branch, base)
    if not view.git.between(f"{view.site.head(base)}", f"{view.site.head(branch)}"):
        raise invalid("PullRequest", "custom", message=f"No commits between {base} and {branch}")
    (title,) = view.sent("title")
    draft, body = bool(view.body.get("draft")), view.body.get("body") or ""
    within(body, "body", "PullRequest", LONGEST_BODY)
    number = view.site.open_pull(title, branch, base, view.person.name, commits=0, draft=draft, body=body)
    view.now()
    return Answer(201, answers_pulls.full_pull(view.again(), view.site.pulls[number]))


def _refuse_a_second(view: View, branch: str, base: str) -> None:
    for pull in view.site.pulls.values():
        if pull.open and (pull.owner, pull.branch, pull.base) == (OWNER, branch, base):
            message = f"A pull request already exists for {OWNER}:{branch}."
            raise invalid("PullRequest", "custom", message=message)


def edited(view: View, number: str) -> Answer:
    pull, new = view.pull(number), view.body
    if pull.author.login != view.me:
        view.need("write")
    edit(view, pull, new)
    return Answer(200, answers_pulls.full_pull(view.again(), pull))


def edit(view: View, pull: Pull, new: Json) -> None:
    """Change what ``new`` has of base, title, body and state. Raises Refused."""
    if new.get("base") and view.site.head(new["base"]) is None:
        raise invalid("PullRequest", "invalid", "base")
    within(new.get("body"), "body", "PullRequest", LONGEST_BODY)
    pull.base = new.get("base") or pull.base
    pull.title = new.get("title") or pull.title
    if "body" in new:
        view.site.edit_body(pull.number, new["body"] or "", view.person.name)
    set_state(view, pull, new.get("state"))
    view.touch(pull.number)


def set_state(view: View, pull: Pull, state: str | None) -> None:
    """Close or reopen a pull request; None leaves it."""
    if state == "closed" and pull.open:
        view.site.close_pull(pull.number)
    if state == "open" and not pull.open:
        if pull.merged or (not pull.fork and view.site.head(pull.branch) is None):
            raise invalid("PullRequest", "invalid", "state")
        pull.closed, pull.ended_at = False, None


def commits(view: View, number: str) -> Answer:
    pull = view.pull(number)
    own = view.git.between(answers_pulls.base_of(view, pull), answers_pulls.head_of(view, pull))
    return view.listed(own[::-1], answers_git.commit)


def files(view: View, number: str) -> Answer:
    pull = view.pull(number)
    head = answers_pulls.head_of(view, pull)
    changes = view.git.changes(answers_pulls.base_of(view, pull), head)
    return view.listed(changes, lambda view, change: answers_git.file(view, change, head))


# merging


def merged(view: View, number: str) -> Answer:
    return Answer(204 if view.pull(number).merged else 404)


def merge(view: View, number: str) -> Answer:
    pull, new = view.pull(number), view.body
    method = new.get("merge_method", "merge")
    if method not in merging.NOT_ALLOWED:
        raise invalid("PullRequest", "invalid", "merge_method")
    sha = merging.merge(
        view.site,
        pull,
        sha=new.get("sha"),
        method=cast(How, method),
        title=new.get("commit_title"),
        body=new.get("commit_message"),
        login=view.me,
    )
    return Answer(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def update_branch(view: View, number: str) -> Answer:
    pull = view.pull(number)
    merging.update_branch(view.site, pull, sha=view.body.get("expected_head_sha"), login=view.me)
    message = "Updating pull request branch."
    return Answer(202, {"message": message, "url": f"{view.request.web}/repos/{view.site.slug}/pulls/{number}"})


# reviews


def reviews(view: View, number: str) -> Answer:
    pull = view.pull(number)
    return view.listed([one for one in view.site.reviews if one.number == pull.number], answers_pulls.review)


def review(view: View, number: str) -> Answer:
    """A review is submitted at once; a pending one, which GitHub keeps for its author, is not offered."""
    pull, new = view.pull(number), view.body
    state = _EVENTS.get(new.get("event", ""))
    if state is None:
        raise Refused(422, "Unprocessable Entity", errors=["The sandbox keeps no pending reviews: give an event"])
    if pull.author.login == view.me and state != "COMMENTED":
        what = "approve" if state == "APPROVED" else "request changes on"
        raise Refused(422, "Unprocessable Entity", errors=[f"Can not {what} your own pull request"])
    if state != "APPROVED" and not new.get("body"):
        raise Refused(422, "Unprocessable Entity", errors=["Body can't be blank"])
    made = view.site.review(pull.number, state, view.person.name, new.get("body") or "")
    made.commit = new.get("commit_id") or made.commit
    if view.me in pull.reviewers:
        pull.reviewers.remove(view.me)
    return Answer(200, answers_pulls.review(view, made))


def reviewers(view: View, number: str) -> Answer:
    asked = view.pull(number).reviewers
    return Answer(200, {"users": [answers.user(view, view.site.person(login)) for login in asked], "teams": []})


def ask_reviewers(view: View, number: str) -> Answer:
    pull = view.pull(number)
    view.need("write")
    wanted = view.body.get("reviewers", [])
    if pull.author.login in wanted:
        raise Refused(422, "Review cannot be requested from pull request author.")
    strangers = [login for login in wanted if view.site.may(login) not in ("write", "admin")]
    if strangers:
        raise Refused(422, "Reviews may only be requested from collaborators. One or more of the users or teams you "
                           f"specified is not a collaborator of the {view.site.slug} repository.")  # fmt: skip
    pull.reviewers += [login for login in wanted if login not in pull.reviewers]
    view.touch(pull.number)
    return Answer(201, answers_pulls.pull(view, pull))


def unask_reviewers(view: View, number: str) -> Answer:
    pull = view.pull(number)
    view.need("write")
    (unwanted,) = view.sent("reviewers")
    pull.reviewers = [login for login in pull.reviewers if login not in unwanted]
    view.touch(pull.number)
    return Answer(200, answers_pulls.pull(view, pull))


def with_commit(view: View, sha: str) -> Answer:
    """The pull requests that a commit came with, as far as the index knows."""
    found(view.git.commit(sha), f"No commit found for SHA: {sha}")
    pulls = view.site.pulls_with(sha)
    view.site.index_request()
    return view.listed(pulls, answers_pulls.pull)
