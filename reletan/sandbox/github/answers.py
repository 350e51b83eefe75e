"""How the REST side writes down people, the repository, issues and releases."""

import base64
import zlib
from typing import Any

from reletan.sandbox.github.model import Comment, Issue, Label, Release
from reletan.sandbox.github.view import Json, View, maybe_moment, moment
from reletan.sandbox.origin import Person
from reletan.sandbox.team import OWNER, Pull

REPOSITORY_ID = 1
_USER_PLACES = {
    "events_url": "/events{/privacy}",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "organizations_url": "/orgs",
    "received_events_url": "/received_events",
    "repos_url": "/repos",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
}
_PLACES = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def code_of(text: str) -> int:
    """A number that is always the same for the same text, for what has no number of its own."""
    return zlib.crc32(text.encode())


def node(kind: str, number: int) -> str:
    return base64.b64encode(f"0{len(kind)}:{kind}{number}".encode()).decode()


# people and the repository


def person_with(view: View, email: str) -> Person | None:
    """Whose account has a mail address: a member's or an author's; None where nobody's has."""
    known = {pull.author.email: pull.author for pull in view.site.pulls.values()}
    known |= {person.email: person for person in view.site.members.values()}
    return known.get(email)


def user(view: View, person: Person) -> Json:
    """Somebody, or an app: its name begins with an @."""
    app = person.name.startswith("@")
    login = f"{person.login}[bot]" if app else person.login
    return _account(view, login, "Bot" if app else "User")


def _account(view: View, login: str, kind: str) -> Json:
    home, number = f"{view.request.api}/users/{login}", code_of(login)
    return {
        "login": login,
        "id": number,
        "node_id": node(kind, number),
        "avatar_url": f"{view.request.web}/{login}.png",
        "gravatar_id": "",
        "url": home,
        "html_url": f"{view.request.web}/{login}",
        **{name: home + place for name, place in _USER_PLACES.items()},
        "type": kind,
        "site_admin": False,
    }


def owner(view: View, login: str = OWNER) -> Json:
    """Who has the repository, or a fork of it."""
    return _account(view, login, "Organization" if login == OWNER else "User")


def repository(view: View, of: str = OWNER) -> Json:
    """The repository, or the fork that somebody has of it."""
    site, fork = view.site, of != OWNER
    api, web = f"{view.request.api}/repos/{of}/{site.name}", f"{view.request.web}/{of}/{site.name}"
    number = code_of(of) if fork else REPOSITORY_ID
    open_now = sum(pull.open for pull in site.pulls.values()) + sum(one.open for one in site.issues.values())
    return {
        "id": number,
        "node_id": node("Repository", number),
        "name": site.name,
        "full_name": f"{of}/{site.name}",
        "owner": owner(view, of),
        "private": site.settings.private,
        "visibility": "private" if site.settings.private else "public",
        "fork": fork,
        "html_url": web,
        "url": api,
        "clone_url": f"{web}.git",
        "svn_url": web,
        "git_url": f"git:{web.partition(':')[2]}.git",
        "ssh_url": f"git@{web.partition('://')[2].replace('/', ':', 1)}.git",
        **{name: api + place for name, place in _PLACES.items()},
        "default_branch": site.settings.default_branch,
        "created_at": moment(0),
        "updated_at": moment(site.clock),
        "pushed_at": moment(site.clock),
        **{f"allow_{how}": allowed for how, allowed in _ways(view).items()},
        "delete_branch_on_merge": site.settings.delete_branch,
        "permissions": {
            "admin": view.may("admin"),
            "maintain": view.may("admin"),
            "push": view.may("write"),
            "triage": view.may("write"),
            "pull": view.may("read"),
        },
        "open_issues": open_now,
        "open_issues_count": open_now,
        **dict.fromkeys(("description", "homepage", "language", "license", "mirror_url")),
        **dict.fromkeys(("archived", "disabled", "has_discussions", "has_pages", "has_projects", "has_wiki"), False),
        **dict.fromkeys(("has_issues", "has_downloads"), True),
        **dict.fromkeys(("forks", "forks_count", "size", "stargazers_count", "watchers", "watchers_count"), 0),
    }


def minimal_repository(view: View) -> Json:
    """As it stands in other answers: without the ways of merging."""
    return {name: told for name, told in repository(view).items() if not name.startswith("allow_")}


def full_repository(view: View) -> Json:
    return {**repository(view), "network_count": 0, "subscribers_count": 0}


def _ways(view: View) -> dict[str, bool]:
    allowed = view.site.settings
    return {
        "merge_commit": allowed.merge,
        "squash_merge": allowed.squash,
        "rebase_merge": allowed.rebase,
        "auto_merge": allowed.auto_merge,
    }


def association(view: View, person: Person) -> str:
    """What the author of a pull request is to the repository."""
    if view.site.may(person.login) in ("write", "admin"):
        return "MEMBER"
    merged = any(pull.merged and pull.author == person for pull in view.site.pulls.values())
    return "CONTRIBUTOR" if merged else "FIRST_TIME_CONTRIBUTOR"


# issues, labels and comments


def label(view: View, label: Label) -> Json:
    return {
        "id": label.id,
        "node_id": node("Label", label.id),
        "url": f"{view.api}/labels/{label.name}",
        "name": label.name,
        "color": label.color,
        "description": label.description,
        "default": label.name in ("bug", "documentation", "enhancement"),
    }


def labels(view: View, names: list[str]) -> list[Json]:
    return [label(view, view.site.make_label(name)) for name in names]


def updated_at(view: View, one: Pull | Issue) -> int:
    """When it was last edited, talked about or pushed to."""
    site = view.site
    said = [comment.edited_at for comment in site.comments if comment.number == one.number]
    judged = [review.at for review in site.reviews if review.number == one.number]
    head = view.git.commit(view.git.refs[one.ref]) if isinstance(one, Pull) else None
    pushed = [head.committer.at] if head else []
    return max(one.opened_at, one.ended_at or 0, site.touched.get(one.number, 0), *said, *judged, *pushed)


def conversation(view: View, one: Pull | Issue) -> Json:
    """What pull requests and issues have in common."""
    site, api = view.site, f"{view.api}/issues/{one.number}"
    assignees = [user(view, site.person(login)) for login in one.assignees]
    return {
        "number": one.number,
        "title": one.title,
        "body": one.body or None,
        "state": "open" if one.open else "closed",
        "locked": False,
        "active_lock_reason": None,
        "user": user(view, one.author),
        "author_association": association(view, one.author),
        "labels": labels(view, one.labels),
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "created_at": moment(one.opened_at),
        "updated_at": moment(updated_at(view, one)),
        "closed_at": maybe_moment(one.ended_at),
        "comments_url": f"{api}/comments",
    }


def issue(view: View, one: Pull | Issue) -> Json:
    """An issue, or a pull request seen as one."""
    api, pull = f"{view.api}/issues/{one.number}", isinstance(one, Pull)
    web = f"{view.web}/{'pull' if pull else 'issues'}/{one.number}"
    shown = {
        **conversation(view, one),
        "id": one.number,
        "node_id": node("PullRequest" if pull else "Issue", one.number),
        "url": api,
        "html_url": web,
        "repository_url": view.api,
        "labels_url": f"{api}/labels{{/name}}",
        "events_url": f"{api}/events",
        "comments": sum(comment.number == one.number for comment in view.site.comments),
        "state_reason": None,
    }
    if isinstance(one, Pull):
        shown["draft"] = one.draft
        shown["pull_request"] = {
            "url": f"{view.api}/pulls/{one.number}",
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "merged_at": maybe_moment(one.ended_at) if one.merged else None,
        }
    return shown


def comment(view: View, comment: Comment) -> Json:
    return {
        "id": comment.id,
        "node_id": node("IssueComment", comment.id),
        "url": f"{view.api}/issues/comments/{comment.id}",
        "html_url": f"{view.web}/issues/{comment.number}#issuecomment-{comment.id}",
        "issue_url": f"{view.api}/issues/{comment.number}",
        "user": user(view, comment.author),
        "author_association": association(view, comment.author),
        "body": comment.body,
        "created_at": moment(comment.at),
        "updated_at": moment(comment.edited_at),
    }


# releases


def release(view: View, release: Release) -> Json:
    api = f"{view.api}/releases/{release.id}"
    page = f"untagged-{code_of(str(release.id)):x}" if release.draft else release.tag
    source: Any = None if release.draft else view.api
    return {
        "id": release.id,
        "node_id": node("Release", release.id),
        "url": api,
        "html_url": f"{view.web}/releases/tag/{page}",
        "assets_url": f"{api}/assets",
        "upload_url": f"{api}/assets{{?name,label}}",
        "tarball_url": source and f"{source}/tarball/{release.tag}",
        "zipball_url": source and f"{source}/zipball/{release.tag}",
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.name,
        "body": release.body,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "created_at": moment(release.at),
        "published_at": maybe_moment(release.published_at),
        "author": user(view, release.author),
        "assets": [],
    }
