"""What GitHub's rules mean for a release: rules -> checks of ``reletan doctor``."""

from collections.abc import Sequence

from reletan.domain.config import Finish, Method
from reletan.domain.doctor import Check, failed, good, warning
from reletan.domain.protection import BranchRules

_WORDS = {"restrictions": "only some people may push", "unknown": "more that this token may not see",
          "required_signatures": "signed commits"}  # fmt: skip


def production_check(branch: str, rules: BranchRules, finish: Finish) -> Check:
    """What the rules of production mean for ``reletan tag``."""
    id = "github.production"
    if not rules.protected:
        way = "through the release pull request, as flow.finish says" if finish == "pull-request" else "by a push"
        return good(id, f"{branch} is not protected: tag releases {way}")
    what = f"{branch} is protected ({asked(rules)})"
    if rules.locked:
        return failed(
            id, f"{what}: nobody releases there who may not get past it", f"unlock {branch}, in its rule on GitHub"
        )
    if finish == "push":
        return warning(id, f"{what}, but flow.finish is push: GitHub refuses it, or your right to bypass the rule is used",
                       'set finish = "auto" under [flow] in .reletan.toml')  # fmt: skip
    if "merge" not in rules.methods and not rules.queue:
        return warning(id, f"{what} and takes no merge commits: tag stops before it merges",
                       f"allow merge commits for {branch} on GitHub, or reletan tag --accept-squash")  # fmt: skip
    queue = ", by its merge queue" if rules.queue else ""
    return good(id, f"{what}: tag releases through the release pull request{queue}")


def development_check(branch: str, rules: BranchRules) -> Check:
    """What the rules of development mean for merging a release back."""
    id = "github.development"
    if not rules.protected:
        return good(id, f"{branch} is not protected: releases are merged back by a push")
    what = f"{branch} is protected ({asked(rules)})"
    if rules.locked:
        return failed(id, f"{what}: no release gets back into it", f"unlock {branch}, in its rule on GitHub")
    if "merge" not in rules.methods and not rules.queue:
        return failed(id, f"{what} and takes no merge commits: no release gets back into it",
                      f"allow merge commits for {branch} on GitHub")  # fmt: skip
    return good(id, f"{what}: releases are merged back through a pull request")


def merging_check(methods: Sequence[str], wanted: Method, *, deletes_heads: bool) -> Check:
    """``methods``: those that the repository allows at all."""
    id, allowed = "github.merging", ", ".join(methods) or "none"
    if wanted not in methods:
        return warning(id, f"automerge.method is {wanted}, the repository allows: {allowed}",
                       f"set method under [automerge] to one of these, or allow {wanted} on GitHub (Settings > General)")  # fmt: skip
    left = "GitHub deletes merged branches" if deletes_heads else "merged branches stay"
    return good(id, f"pull requests are merged by: {allowed}; {left}")


def new_branches_check(names: Sequence[str], refused: tuple[str, str] | None, page: str) -> Check:
    """``names``: of the next release branches; ``refused``: one of them, and the ruleset that refuses it to this token;
    ``page``: where rulesets are.
    """
    if refused is None:
        return good("github.release-branches", f"no rule is known that refuses a new {' or '.join(names)}")
    name, ruleset = refused
    return failed("github.release-branches", f"the ruleset {ruleset} refuses the new branch {name} to this token, or wants a "
                  "pull request for each push there", f"let the people who release bypass it: {page}")  # fmt: skip


def tags_check(tag: str, ruleset: str | None, page: str) -> Check:
    """``tag``: the next one; ``ruleset``: the name of one that refuses it to this token; ``page``: where rulesets are."""
    if ruleset is None:
        return good("github.tags", f"no rule is known that refuses a tag such as {tag}")
    return failed("github.tags", f"the ruleset {ruleset} refuses the tag {tag} to this token",
                  f"let the people who release bypass it: {page}")  # fmt: skip


def asked(rules: BranchRules) -> str:
    """What the rules ask for, in short."""
    approvals = f"{rules.approvals} approval{'s' if rules.approvals > 1 else ''}" if rules.approvals else ""
    words = [
        "a pull request" + (f" with {approvals}" if approvals else "") if rules.requires_pull_request else "",
        f"the checks {', '.join(rules.checks)}" if rules.checks else "",
        "a linear history" if rules.linear_history else "",
        "a merge queue" if rules.queue else "",
        "locked" if rules.locked else "",
        *(_WORDS.get(other, other.replace("_", " ")) for other in rules.others),
    ]
    return ", ".join(word for word in words if word) or "by a rule"
