"""REST: the repository, its branches and their rules, who may do what, and searching."""

from reletan.sandbox.github import answers, answers_ci, answers_git
from reletan.sandbox.github.model import Protection
from reletan.sandbox.github.view import View, found, moment
from reletan.sandbox.github.wire import Answer, Refused

_SETTINGS = {
    "default_branch": "default_branch",
    "private": "private",
    "allow_merge_commit": "merge",
    "allow_squash_merge": "squash",
    "allow_rebase_merge": "rebase",
    "allow_auto_merge": "auto_merge",
    "delete_branch_on_merge": "delete_branch",
}


def repository(view: View) -> Answer:
    return Answer(200, answers.full_repository(view))


def edited(view: View) -> Answer:
    """Settings, and the name: under the old one GitHub answers with the new address from then on."""
    view.need("admin")
    new, site = view.body, view.site
    for field, setting in _SETTINGS.items():
        if field in new:
            setattr(site.settings, setting, new[field])
    if new.get("name", site.name) != site.name:
        site.former_names.append(site.name)
        site.name = new["name"]
    return Answer(200, answers.full_repository(view.again()))


# branches and their rules


def branch(view: View, name: str) -> Answer:
    sha = found(view.git.refs.get(f"refs/heads/{name}"), "Branch not found")
    rules = _classic(view, name)
    body = {
        "name": name,
        "commit": answers_git.commit(view, sha),
        "_links": {"self": f"{view.api}/branches/{name}", "html": f"{view.web}/tree/{name}"},
        "protected": rules is not None,
        "protection": answers_ci.short_protection(rules),
        "protection_url": f"{view.api}/branches/{name}/protection",
    }
    return Answer(200, body)


def _classic(view: View, name: str) -> Protection | None:
    rules = view.site.rules_for(name)
    return rules if rules and not rules.by_ruleset else None


def protection(view: View, name: str) -> Answer:
    """Only administrators see it; to others it looks as if there were none."""
    found(True if view.may("admin") else None)
    rules = found(_classic(view, name), "Branch not protected")
    return Answer(200, answers_ci.protection(view, name, rules))


def protect(view: View, name: str) -> Answer:
    view.need("admin")
    found(view.site.head(name), "Branch not found")
    new = view.body
    checks, reviews = new.get("required_status_checks") or {}, new.get("required_pull_request_reviews")
    rules = Protection(
        pull_request=reviews is not None,
        approvals=0 if reviews is None else reviews.get("required_approving_review_count", 1),
        checks=tuple(checks.get("contexts") or [check["context"] for check in checks.get("checks", [])]),
        strict=checks.get("strict", False),
        linear=bool(new.get("required_linear_history")),
        admins=bool(new.get("enforce_admins")),
        dismiss_stale=bool(reviews and reviews.get("dismiss_stale_reviews")),
        force_pushes=bool(new.get("allow_force_pushes")),
        deletions=bool(new.get("allow_deletions")),
    )
    view.site.protect_branch(name, rules)
    return Answer(200, answers_ci.protection(view, name, rules))


def unprotect(view: View, name: str) -> Answer:
    view.need("admin")
    found(_classic(view, name), "Branch not protected")
    view.site.unprotect_branch(name)
    return Answer(204)


def rules(view: View, name: str) -> Answer:
    """What rulesets say; classic protection is not told here."""
    ruled = view.site.rules_for(name)
    told = answers_ci.ruleset(ruled) if ruled and ruled.by_ruleset else []
    number = next((answers.code_of(pattern) for pattern, one in view.site.rulesets() if one is ruled), 0)
    source = {"ruleset_source_type": "Repository", "ruleset_source": view.site.slug, "ruleset_id": number}
    return view.listed(told, lambda _, rule: {**rule, **source})


def rulesets(view: View) -> Answer:
    """``targets``: some of branch, tag and push, with commas between."""
    asked = view.request.query.get("targets")
    shown = [answers_ci.named_ruleset(view, name) for name, _ in view.site.rulesets()]
    return view.listed([one for one in shown if asked is None or one["target"] in asked.split(",")], lambda _, one: one)


def ruleset(view: View, number: str) -> Answer:
    by_number = {answers.code_of(name): (name, rules) for name, rules in view.site.rulesets()}
    return Answer(200, answers_ci.full_ruleset(view, *found(by_number.get(int(number)))))


def permission(view: View, login: str) -> Answer:
    view.need("write")
    right = view.site.right(login)
    return Answer(200, answers_ci.permission(view, view.site.person(login), right))


# without a repository


def me(view: View) -> Answer:
    if view.me.startswith("@"):
        raise Refused(403, "Resource not accessible by integration")
    person = view.person
    about = dict.fromkeys(("company", "location", "bio", "hireable", "blog"))
    counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    dates = {"created_at": moment(0), "updated_at": moment(0)}
    return Answer(200, {**answers.user(view, person), "name": person.name, "email": None, **about, **counts, **dates})
