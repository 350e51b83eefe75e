"""May this pull request be merged, and why not: as GitHub judges it, in GitHub's words; and the merge itself."""

from collections import Counter
from collections.abc import Iterator

import msgspec

from reletan.sandbox.github.model import NO_RULES, Protection, Review, Standing
from reletan.sandbox.github.protection import LOCKED, NO_MERGE_COMMITS, QUEUE_ONLY, checks_missing, in_one
from reletan.sandbox.github.site import Site
from reletan.sandbox.github.wire import Refused
from reletan.sandbox.origin import Moved, WorldError
from reletan.sandbox.team import How, Pull

CANNOT_REBASE = "This branch can't be rebased"
HEAD_MOVED = "expected head sha didn’t match current head ref."
BASE_MODIFIED = "Base branch was modified. Review and try the merge again."
NOT_ALLOWED = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}
_OPINIONS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")


# the state that GitHub shows


def judged(site: Site, pull: Pull) -> tuple[bool | None, str]:
    """``mergeable`` and REST's word for ``mergeable_state`` from one read, which is what makes GitHub find out."""
    if not pull.open or not site.knows(pull.number):
        return None, "unknown"
    if site.conflicts(pull.number):
        return False, "dirty"
    return True, _state_without_conflict(site, pull)


def mergeable(site: Site, pull: Pull) -> bool | None:
    """None: not known yet, or not open any more. It is one read, as ``mergeable_state`` is."""
    return judged(site, pull)[0]


def mergeable_state(site: Site, pull: Pull) -> str:
    """clean, has_hooks, unstable, blocked, behind, dirty, draft or unknown."""
    return judged(site, pull)[1]


def _state_without_conflict(site: Site, pull: Pull) -> str:
    if pull.draft:
        return "draft"
    rules = rules_of(site, pull.base)
    if rules.locked or _reviews_missing(site, pull, rules) or _checks_missing(site, pull, rules):
        return "blocked"
    if rules.strict and site.behind(pull.number):
        return "behind"
    if any(standing != "green" for standing in standings(site, site.head_of(pull.number)).values()):
        return "unstable"
    return "has_hooks" if site.has_hook("pre-receive") else "clean"


def rules_of(site: Site, branch: str) -> Protection:
    return site.rules_for(branch) or NO_RULES


# checks and statuses


def standings(site: Site, sha: str) -> dict[str, Standing]:
    """How each check run and status of a commit stands, by name."""
    return site.standings(sha)


def _checks_missing(site: Site, pull: Pull, rules: Protection) -> str | None:
    return checks_missing(rules, site.standings(site.head_of(pull.number))) if rules.checks else None


# reviews


def opinions(site: Site, pull: Pull) -> dict[str, Review]:
    """The latest opinionated review of each person, by login; one that was dismissed is an opinion no more."""
    latest: dict[str, Review] = {}
    for review in site.reviews:
        if review.number == pull.number and review.state in _OPINIONS:
            latest[review.author.login] = review
    return {login: review for login, review in latest.items() if review.state != "DISMISSED"}


def counted(site: Site, pull: Pull) -> list[Review]:
    """The opinions that protection counts: of people who may write, approvals at the head alone if others go stale."""
    stale = rules_of(site, pull.base).dismiss_stale
    head = site.head_of(pull.number)
    return [
        review
        for login, review in opinions(site, pull).items()
        if site.may(login) in ("write", "admin")
        and (review.state == "CHANGES_REQUESTED" or not stale or review.commit == head)
    ]


def _reviews_missing(site: Site, pull: Pull, rules: Protection) -> str | None:
    """What GitHub says about reviews where the base asks for them."""
    if not rules.approvals:
        return None
    states = Counter(review.state for review in counted(site, pull))
    against, missing = states["CHANGES_REQUESTED"], rules.approvals - states["APPROVED"]
    if against:
        return f"{against} review{'s' * (against > 1)} requesting changes by reviewers with write access."
    if missing > 0:
        reviews = "approving review is" if rules.approvals == 1 else "approving reviews are"
        return f"At least {rules.approvals} {reviews} required by reviewers with write access."
    return None


# merging


def refusal(site: Site, pull: Pull, *, sha: str | None, method: How, login: str) -> Refused | None:
    """Why GitHub would not merge it now, in its words; None where it would. ``sha``: the head that the caller knows."""
    if site.may(login) not in ("write", "admin"):
        return no_right(login)
    if not pull.open or site.conflicts(pull.number):
        return Refused(405, "Pull Request is not mergeable")
    if pull.draft:
        return Refused(405, "Pull Request is still a draft")
    if sha is not None and sha != site.head_of(pull.number):
        return Refused(409, "Head branch was modified. Review and try the merge again.")
    if not _allowed(site, method):
        return Refused(405, f"{NOT_ALLOWED[method]} are not allowed on this repository.")
    if method == "rebase" and not site.rebaseable(pull.number):
        return Refused(405, CANNOT_REBASE)
    rules = rules_of(site, pull.base)
    return None if site.may_bypass(login, rules) else _refusal_by_rules(site, pull, rules, method)


def unmet(site: Site, pull: Pull, method: How) -> Refused | None:
    """What the rules of the base still ask for, besides the merge queue."""
    rules = msgspec.structs.replace(rules_of(site, pull.base), queue=False)
    return _refusal_by_rules(site, pull, rules, method)


def _refusal_by_rules(site: Site, pull: Pull, rules: Protection, method: How) -> Refused | None:
    if rules.queue:
        return Refused(405, in_one(rules, [QUEUE_ONLY]))
    broken = list(_broken(site, pull, rules, method))
    if not broken:
        out_of_date = rules.strict and site.behind(pull.number)
        return Refused(409, "Head branch is out of date. Review and try the merge again.") if out_of_date else None
    return Refused(405, in_one(rules, broken))


def _broken(site: Site, pull: Pull, rules: Protection, method: How) -> Iterator[str]:
    if rules.locked:
        yield LOCKED[rules.by_ruleset]
    if reviews := _reviews_missing(site, pull, rules):
        yield reviews
    if checks := _checks_missing(site, pull, rules):
        yield checks
    if rules.linear and method == "merge":
        yield NO_MERGE_COMMITS


def _allowed(site: Site, method: How) -> bool:
    allowed = {"merge": site.settings.merge, "squash": site.settings.squash, "rebase": site.settings.rebase}
    return allowed.get(method, False)


def no_right(login: str | None) -> Refused:
    """The answer to somebody who may read, and wants to write. Apps have logins that begin with an @."""
    who = "integration" if login and login.startswith("@") else "personal access token"
    return Refused(403, f"Resource not accessible by {who}")


def merge(
    site: Site, pull: Pull, *, sha: str | None, method: How, title: str | None, body: str | None, login: str
) -> str:
    """Merge it as the button does; the commit that the base is at then. Raises Refused as ``refusal`` says."""
    found = refusal(site, pull, sha=sha, method=method, login=login)
    if found:
        raise found
    try:
        return site.merge_by_button(pull.number, method, login, title, body)
    except Moved:
        raise Refused(405, BASE_MODIFIED) from None


def update_branch(site: Site, pull: Pull, *, sha: str | None, login: str) -> str:
    """Merge the base into the head; the new head. Raises Refused: no right, another head, conflict, nothing new."""
    if site.may(login) not in ("write", "admin"):
        raise no_right(login)
    if not pull.open:
        raise Refused(422, "Pull request is closed", errors=[])
    if sha is not None and sha != site.head_of(pull.number):
        raise Refused(422, HEAD_MOVED, errors=[])
    if not site.behind(pull.number):
        raise Refused(422, "There are no new commits on the base branch.", errors=[])
    try:
        return site.update_pull(pull.number, login)
    except Moved:
        raise Refused(422, HEAD_MOVED, errors=[]) from None
    except WorldError:
        raise Refused(422, "merge conflict between base and head", errors=[]) from None
