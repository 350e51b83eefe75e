"""REST: issues, and pull requests seen as issues; labels, assignees and comments."""

from typing import Any

from reletan.sandbox.github import answers
from reletan.sandbox.github.model import Issue
from reletan.sandbox.github.rest_pulls import set_state
from reletan.sandbox.github.view import LONGEST_BODY, View, found, invalid, moment, within
from reletan.sandbox.github.wire import Answer
from reletan.sandbox.team import Pull


def _one(view: View, number: str) -> Pull | Issue:
    return view.site.find_pull(int(number)) or found(view.site.issues.get(int(number)))


def one(view: View, number: str) -> Answer:
    return Answer(200, answers.issue(view, _one(view, number)))


def edited(view: View, number: str) -> Answer:
    """Labels and assignees that are given replace those that were."""
    issue, new = _one(view, number), view.body
    if issue.author.login != view.me:
        view.need("write")
    within(new.get("body"), "body", "Issue", LONGEST_BODY)
    issue.title = new.get("title") or issue.title
    if "body" in new:
        view.site.edit_body(issue.number, new["body"] or "", view.person.name)
    if "labels" in new:
        issue.labels = _names(new["labels"])
    if "assignees" in new:
        issue.assignees = _assignable(view, new["assignees"])
    if isinstance(issue, Pull):
        set_state(view, issue, new.get("state"))
    elif "state" in new and issue.closed != (new["state"] == "closed"):
        issue.closed = new["state"] == "closed"
        issue.ended_at = view.now() if issue.closed else None
    view.touch(issue.number)
    return Answer(200, answers.issue(view.again(), issue))


# assignees


def assign(view: View, number: str) -> Answer:
    issue = _one(view, number)
    view.need("write")
    wanted = _assignable(view, view.body.get("assignees", []))
    issue.assignees += [login for login in wanted if login not in issue.assignees]
    view.touch(issue.number)
    return Answer(201, answers.issue(view, issue))


def unassign(view: View, number: str) -> Answer:
    issue = _one(view, number)
    view.need("write")
    (unwanted,) = view.sent("assignees")
    issue.assignees = [login for login in issue.assignees if login not in unwanted]
    view.touch(issue.number)
    return Answer(200, answers.issue(view, issue))


def _assignable(view: View, logins: list[str]) -> list[str]:
    """Others are left out without a word, as GitHub does."""
    return [login for login in logins if view.site.may(login) in ("write", "admin")]


# comments


def comments(view: View, number: str) -> Answer:
    issue, since = _one(view, number), view.request.query.get("since", "")
    said = [one for one in view.site.comments if one.number == issue.number]
    return view.listed([one for one in said if moment(one.edited_at) >= since], answers.comment)


def comment(view: View, number: str) -> Answer:
    issue = _one(view, number)
    (body,) = view.sent("body")
    within(body, "body", "IssueComment", LONGEST_BODY)
    return Answer(201, answers.comment(view, view.site.comment(issue.number, body, view.person.name)))


# labels


def labels(view: View) -> Answer:
    return view.listed(sorted(view.site.labels.values(), key=lambda label: label.name.lower()), answers.label)


def create_label(view: View) -> Answer:
    view.need("write")
    (name,) = view.sent("name")
    if name.lower() in (known.lower() for known in view.site.labels):
        raise invalid("Label", "already_exists", "name")
    color, description = view.body.get("color"), view.body.get("description")
    return Answer(201, answers.label(view, view.site.make_label(name, color, description)))


def labels_of(view: View, number: str) -> Answer:
    issue = _one(view, number)
    return view.listed([view.site.make_label(name) for name in issue.labels], answers.label)


def add_labels(view: View, number: str) -> Answer:
    """Labels that do not exist are made."""
    issue = _one(view, number)
    view.need("write")
    issue.labels += [name for name in _sent_names(view) if name not in issue.labels]
    view.touch(issue.number)
    return Answer(200, answers.labels(view, issue.labels))


def set_labels(view: View, number: str) -> Answer:
    issue = _one(view, number)
    view.need("write")
    issue.labels = _sent_names(view)
    view.touch(issue.number)
    return Answer(200, answers.labels(view, issue.labels))


def remove_labels(view: View, number: str) -> Answer:
    issue = _one(view, number)
    view.need("write")
    issue.labels = []
    view.touch(issue.number)
    return Answer(204)


def _sent_names(view: View) -> list[str]:
    """GitHub takes ``{"labels": […]}``, and the bare list that PyGithub sends."""
    sent = view.request.body
    return _names(sent if isinstance(sent, list) else view.body.get("labels", []))


def _names(sent: list[Any]) -> list[str]:
    names = [one if isinstance(one, str) else one["name"] for one in sent]
    return list(dict.fromkeys(names))
