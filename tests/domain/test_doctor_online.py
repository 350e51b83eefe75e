"""The doctor's judgement of what GitHub and Slack tell: tokens and their rights, rules, bots, people."""

from collections.abc import Sequence

import pytest
from doctoring import judged

from reletan.domain.contributors import Person
from reletan.domain.doctor import Check
from reletan.domain.protection import BranchRules
from reletan.domain.rights import (
    DAY,
    NEEDS,
    Kind,
    Limit,
    Permission,
    RepositoryFacts,
    TokenFacts,
    commands_that,
    limit_check,
    repository_check,
    rights_check,
    token_check,
)
from reletan.domain.rulecheck import asked, development_check, merging_check, production_check, tags_check
from reletan.domain.slackcheck import (
    BotFacts,
    Room,
    bot_check,
    is_mapped,
    people_check,
    room_check,
    scopes_check,
    webhook_check,
)

SCOPES = ("chat:write", "channels:history", "channels:read", "users:read", "users:read.email")


# GitHub: the token


def token(kind: Kind = "classic", **more: object) -> TokenFacts:
    usual = {"source": "GH_TOKEN", "kind": kind, "login": "hana", "scopes": ("repo",) if kind == "classic" else None}
    return TokenFacts(**(usual | more))  # type: ignore[arg-type]


def repository(**more: object) -> RepositoryFacts:
    usual = {"name": "acme/shop", "private": True, "archived": False, "push": True, "default_branch": "main",
             "methods": ("merge",), "deletes_heads": False}  # fmt: skip
    return RepositoryFacts(**(usual | more))  # type: ignore[arg-type]


def test_a_token_is_told_by_where_it_comes_from_and_whose_it_is() -> None:
    (check,) = token_check(token(), "https://github.com/settings/tokens")
    judged(check, "ok", "GH_TOKEN", "classic", "hana", "repo")
    (check,) = token_check(token("app", login=None), "")
    judged(check, "ok", "an app's token of no person")
    assert "scopes" not in check.text


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (8 * DAY, "ok", "8 days"),
        (7 * DAY, "warning", "7 days"),
        (DAY, "warning", "24 hours"),
        (-5, "warning", "0 hours"),
    ],
)
def test_a_token_that_ends_soon_is_a_warning(left: int, state: str, words: str) -> None:
    checks = token_check(token(expires=1_000_000 + left, now=1_000_000), "https://x/settings/tokens")
    judged(checks[1], state, words)
    assert (state == "warning") == ("https://x/settings/tokens" in str(checks[1].fix))


def test_the_scarcest_limit_counts() -> None:
    judged(limit_check([], ""), "ok", "no rate limit")
    judged(limit_check([Limit(5000, 4000, 9), Limit(5000, 500, 9)], "12:00 UTC"), "ok", "500 of 5,000")
    judged(
        limit_check([Limit(5000, 4000, 9), Limit(5000, 499, 9)], "12:00 UTC"),
        "warning",
        "499 of 5,000",
        "wait until 12:00 UTC",
    )


def test_a_repository_that_was_renamed_or_archived_fails() -> None:
    judged(repository_check("Acme/Shop", repository(), "origin"), "ok", "acme/shop", "private")
    judged(repository_check("acme/old", repository(), "origin"), "failed", "acme/old is now acme/shop", "origin")
    judged(repository_check("acme/shop", repository(archived=True), "origin"), "failed", "gh repo unarchive acme/shop")


def one(checks: Sequence[Check]) -> Check:
    (check,) = checks
    return check


def test_the_rights_of_a_classic_token() -> None:
    judged(one(rights_check(token(), repository(), {})), "ok", "hana may write to acme/shop")
    judged(
        one(rights_check(token(scopes=()), repository(), {})),
        "warning",
        "without the scope repo",
        "automerge",
        "GH_TOKEN",
    )
    judged(one(rights_check(token(scopes=("public_repo",)), repository(), {})), "warning", "without the scope repo")
    judged(one(rights_check(token(scopes=("public_repo",)), repository(private=False), {})), "ok")
    judged(
        one(rights_check(token(source="gh auth token", scopes=()), repository(), {})),
        "warning",
        "gh auth refresh --scopes repo",
    )
    judged(one(rights_check(token(), repository(push=False), {})), "warning", "may only read", "the role Write")


READS: dict[Permission, bool] = {"contents": True, "pull_requests": True, "checks": True, "statuses": True}


def test_the_rights_of_a_token_without_scopes_are_what_was_read() -> None:
    fine, writing = rights_check(token("fine-grained"), repository(), READS)
    judged(fine, "ok", "read")
    judged(writing, "skipped", "before it is tried")
    lacking, _ = rights_check(token("fine-grained"), repository(), {**READS, "pull_requests": False})
    judged(lacking, "warning", "pull requests may not be read", "list", "permission pull requests: read")
    lacking, _ = rights_check(token("fine-grained"), repository(), {**READS, "checks": False})
    judged(lacking, "warning", "needed by status, tag, resume and automerge", "classic token")
    lacking, _ = rights_check(token("app", login=None), repository(push=None), {**READS, "checks": False})
    judged(lacking, "warning", "permissions: checks: read")


def test_every_command_that_writes_pull_requests_reads_them() -> None:
    assert set(commands_that("write", "pull_requests")) >= {"pr", "automerge"}
    assert "list" not in commands_that("write")
    assert "doctor" not in commands_that("read")
    assert all(need.level == "read" for need in NEEDS["doctor"])


# GitHub: the rules


def rules(**more: object) -> BranchRules:
    usual = {"protected": True, "requires_pull_request": True, "approvals": 1, "checks": ("ci",), "linear_history": False,
             "methods": ("merge", "squash"), "locked": False, "queue": False, "others": (), "push_allowed": True,
             "deletes_heads": False}  # fmt: skip
    return BranchRules(**(usual | more))  # type: ignore[arg-type]


def test_what_the_rules_of_production_mean_for_tag() -> None:
    judged(production_check("main", rules(protected=False), "auto"), "ok", "by a push")
    judged(production_check("main", rules(protected=False), "pull-request"), "ok", "release pull request")
    judged(
        production_check("main", rules(), "auto"), "ok", "a pull request with 1 approval", "ci", "release pull request"
    )
    judged(production_check("main", rules(), "push"), "warning", "flow.finish", 'finish = "auto"')
    judged(
        production_check("main", rules(methods=("squash",)), "auto"), "warning", "no merge commits", "--accept-squash"
    )
    judged(production_check("main", rules(methods=(), queue=True), "auto"), "ok", "merge queue")
    judged(production_check("main", rules(locked=True), "auto"), "failed", "locked")
    judged(production_check("main", rules(others=("unknown",)), "auto"), "ok", "this token may not see")


def test_what_the_rules_of_development_mean_for_the_way_back() -> None:
    judged(development_check("develop", rules(protected=False)), "ok", "by a push")
    judged(development_check("develop", rules()), "ok", "through a pull request")
    judged(development_check("develop", rules(methods=("squash",))), "failed", "allow merge commits for develop")
    judged(development_check("develop", rules(locked=True)), "failed", "locked")


def test_rules_are_told_in_short() -> None:
    assert (
        asked(rules(approvals=2, linear_history=True))
        == "a pull request with 2 approvals, the checks ci, a linear history"
    )
    bare = rules(
        requires_pull_request=False, approvals=0, checks=(), others=("required_signatures", "required_deployments")
    )
    assert asked(bare) == "signed commits, required deployments"


def test_ways_of_merging_and_tags() -> None:
    judged(merging_check(("merge",), "merge", deletes_heads=True), "ok", "deletes merged branches")
    judged(
        merging_check(("squash", "rebase"), "merge", deletes_heads=False), "warning", "squash, rebase", "[automerge]"
    )
    judged(tags_check("v1.3.1", None, "https://x"), "ok", "v1.3.1")
    judged(tags_check("v1.3.1", "No tags", "https://x/settings/rules"), "failed", "No tags", "https://x/settings/rules")


# Slack


def room(**more: bool) -> Room:
    return Room(
        name="release",
        private=more.get("private", False),
        archived=more.get("archived", False),
        member=more.get("member", True),
    )


def test_a_bot_needs_these_scopes() -> None:
    judged(scopes_check(SCOPES, room(), "#release"), "ok", "chat:write")
    judged(scopes_check(None, room(), "#release"), "skipped")
    judged(scopes_check(SCOPES[1:], room(), "#release"), "failed", "chat:write (to post)", "add chat:write under")
    judged(scopes_check(SCOPES[:2], room(), "C0123456789"), "warning", "users:read.email")
    judged(scopes_check(SCOPES, room(private=True), "#secret"), "failed", "groups:history", "groups:read")
    judged(scopes_check((*SCOPES, "groups:history", "groups:read"), room(private=True), "#secret"), "ok")


def test_a_bot_has_to_be_in_a_channel_that_is_in_use() -> None:
    judged(room_check(room(), "#release", "reletan"), "ok", "#release")
    judged(room_check(None, "#release", "reletan"), "failed", "slack.channel", "/invite @reletan")
    judged(room_check(room(archived=True), "#release", "reletan"), "failed", "archived")
    judged(room_check(room(member=False), "#release", "reletan"), "failed", "in #release on Slack: /invite @reletan")


def test_a_persons_token_is_none_for_a_bot() -> None:
    bot = BotFacts(source="SLACK_BOT_TOKEN", user="reletan", team="Acme", is_bot=True, scopes=None, now=0)
    judged(bot_check(bot), "ok", "reletan", "Acme")
    judged(
        bot_check(BotFacts(source="SLACK_BOT_TOKEN", user="x", team="y", is_bot=False, scopes=(), now=0)),
        "failed",
        "Bot User",
    )


@pytest.mark.parametrize(
    ("url", "state"),
    [("https://hooks.slack.com/services/T0/B0/canary", "ok"), ("https://hooks.slack-gov.com/services/T0/B0/canary", "ok"),
     ("https://hooks.slack.com/canary", "warning"), ("https://evil.example/services/T0/B0/canary", "warning")],
)  # fmt: skip
def test_a_webhook_is_judged_by_its_form_and_not_shown(url: str, state: str) -> None:
    check = webhook_check(url, "SLACK_WEBHOOK_URL")
    judged(check, state, "SLACK_WEBHOOK_URL")
    assert "canary" not in str(check)


HANA, YUKI = Person("hana@example.com", "Hana"), Person("7+yuki@users.noreply.github.com", "佐藤")


def test_people_whom_nobody_could_mention_are_named() -> None:
    judged(people_check([], []), "skipped")
    judged(people_check([HANA, YUKI], []), "ok", "2 recent authors")
    judged(people_check([HANA, YUKI], [YUKI]), "warning", "1 of 2", "佐藤", '"7+yuki@users.noreply.github.com" = "U…"')
    judged(people_check([HANA] * 9, [HANA] * 9), "warning", "and 4 more")


@pytest.mark.parametrize(
    ("key", "person"), [("hana", HANA), ("HANA@example.com", HANA), ("yuki", YUKI), ("佐藤", YUKI)]
)
def test_people_are_known_by_login_address_or_name(key: str, person: Person) -> None:
    assert is_mapped(person, {key: "U012ABCDEF"})
    assert not is_mapped(person, {"somebody": "U012ABCDEF"})
