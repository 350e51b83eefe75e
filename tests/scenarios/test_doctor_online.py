"""``reletan doctor`` on GitHub and Slack: the token and its rights, the rules of the branches, the bot, the people, the clock."""

import json
import os

from doctoring import commit_settings, doctor, right_time, text, wrong
from wrapped import executable

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.slack.faults import Fault as SlackFault
from reletan.sandbox.slack.workspace import SECRET
from reletan.sandbox.slack.workspace import TOKEN as BOT
from reletan.sandbox.world import World

DAY = 86_400


def test_all_is_well_in_about_a_dozen_requests(slack_world: World) -> None:
    right_time(slack_world)
    slack_world.origin_over_http()
    checks = doctor(slack_world, code=0)
    assert {check["state"] for check in checks.values()} == {"ok", "skipped"}
    assert checks["machine.clock"]["state"] == "ok"
    assert checks["github.token"]["text"] == "from GH_TOKEN: a classic token of hana with the scopes repo, workflow"
    assert slack_world.github.requests("rest") <= 12
    assert {one.method for one in slack_world.github.exchanges if one.via == "rest"} == {"GET"}
    assert [call.method for call in slack_world.slack.heard[:2]] == ["auth.test", "conversations.list"]
    assert len(slack_world.slack.heard) <= 5


def test_no_secret_is_ever_shown(slack_world: World) -> None:
    webhook = {"SLACK_BOT_TOKEN": "", "SLACK_WEBHOOK_URL": slack_world.slack.webhook_url}
    slack_world.github.fault("GET", "/user", nth=2, do=Fault.status(401, "Bad credentials"))
    for env in ({}, {"SLACK_BOT_TOKEN": "xoxb-c4nary"}, webhook):
        for args in (("-vv",), ("--color", "always")):
            run = slack_world.reletan(*args, "doctor", env=env)
            said = run.out + run.err
            assert not [secret for secret in (TOKEN, BOT, SECRET, "c4nary") if secret in said]


# the token


def test_without_a_token_lists_come_from_the_history(small_hub_world: World) -> None:
    gh = executable(small_hub_world.folder / "bin" / "gh", "exit 4")
    checks = doctor(small_hub_world, code=0, env={"GH_TOKEN": "", "PATH": f"{gh.parent}:{os.environ['PATH']}"})
    assert wrong(checks) == {"github.token": "warning"}
    assert checks["github.token"]["fix"].startswith("gh auth login --hostname 127.0.0.1")
    assert not small_hub_world.github.exchanges


def test_a_token_of_gh_is_named_so(small_hub_world: World) -> None:
    gh = executable(small_hub_world.folder / "bin" / "gh", f"echo {TOKEN}")
    env = {"GH_TOKEN": "", "PATH": f"{gh.parent}:{os.environ['PATH']}"}
    assert doctor(small_hub_world, code=0, env=env)["github.token"]["text"].startswith("from gh auth token: ")
    small_hub_world.github.scopes = "gist"
    assert doctor(small_hub_world, env=env)["github.rights"]["fix"] == "gh auth refresh --scopes public_repo"


def test_a_token_that_is_refused_is_a_failure_and_ends_it_there(small_hub_world: World) -> None:
    checks = doctor(small_hub_world, code=1, env={"GH_TOKEN": "wr0ng"})
    assert wrong(checks) == {"github.token": "failed"}
    assert "GH_TOKEN" in checks["github.token"]["text"]
    assert checks["github.token"]["fix"] == "make a new one, and set GH_TOKEN to it"
    assert len(small_hub_world.github.exchanges) == 1
    assert wrong(doctor(small_hub_world, code=1, env={"GH_TOKEN": "two words"})) == {"github.api": "failed"}


def test_a_token_that_ends_soon(small_hub_world: World) -> None:
    world = small_hub_world
    world.github.expires = world.clock + 30 * DAY
    assert doctor(world, code=0)["github.expiry"]["state"] == "ok"
    world.github.expires = world.clock + 3 * DAY
    assert wrong(doctor(world, code=0)) == {"github.expiry": "warning"}


def test_an_address_that_only_a_file_names_gets_no_token(small_hub_world: World) -> None:
    world = small_hub_world
    commit_settings(world, '[github]\napi_url = "https://evil.example"\nrepository = "acme/shop"\n')
    checks = doctor(world, code=1, env={"RELETAN_GITHUB_API_URL": "", "RELETAN_GITHUB_REPOSITORY": ""})
    assert wrong(checks) == {"github.api": "failed"}
    assert "No token is sent to evil.example" in checks["github.api"]["text"]


def test_github_that_cannot_be_reached(small_hub_world: World) -> None:
    checks = doctor(small_hub_world, code=1, env={"RELETAN_GITHUB_API_URL": "http://127.0.0.1:1"})
    assert wrong(checks) == {"github.api": "failed"}
    assert checks["slack.token"]["state"] == "skipped"


def test_few_requests_left(small_hub_world: World) -> None:
    doctor(small_hub_world)  # an hour begins
    small_hub_world.github.limits.graphql.remaining = 17
    checks = doctor(small_hub_world, code=0)
    assert wrong(checks) == {"github.limit": "warning"}
    assert "17 of 5,000" in checks["github.limit"]["text"]


# rights


def test_somebody_who_may_only_read(small_hub_world: World) -> None:
    small_hub_world.permissions["hana"] = "read"
    checks = doctor(small_hub_world, code=0)
    assert wrong(checks) == {"github.rights": "warning"}
    assert "hana may only read acme/shop" in checks["github.rights"]["text"]


def test_git_that_may_only_read_cannot_push(small_hub_world: World) -> None:
    small_hub_world.permissions["hana"] = "read"
    small_hub_world.origin_over_http()
    checks = doctor(small_hub_world, code=1)
    assert wrong(checks) == {"remote.push": "failed", "github.rights": "warning"}


def test_scopes_that_do_not_suffice(small_hub_world: World) -> None:
    small_hub_world.github.scopes = "read:org, gist"
    assert wrong(doctor(small_hub_world, code=0)) == {"github.rights": "warning"}
    small_hub_world.settings.private = True
    small_hub_world.github.scopes = "public_repo"
    assert "the scope repo" in doctor(small_hub_world)["github.rights"]["text"]


def test_a_fine_grained_token_is_tried(small_hub_world: World) -> None:
    world = small_hub_world
    world.github.scopes = None
    checks = doctor(world, code=0)
    assert wrong(checks) == {}
    assert checks["github.writing"]["state"] == "skipped"
    refused = Fault.status(403, "Resource not accessible by personal access token")
    world.github.fault("GET", "/repos/*/check-runs", do=refused)
    checks = doctor(world, code=0)
    assert wrong(checks) == {"github.rights": "warning"}
    assert checks["github.rights"]["text"].startswith("checks may not be read")


def test_an_app_is_nobody_and_good_all_the_same(small_hub_world: World) -> None:
    world = small_hub_world
    world.tokens["ghs_app"] = "@actions"
    world.permissions["@actions"] = "write"
    checks = doctor(world, code=0, env={"GH_TOKEN": "ghs_app"})
    assert checks["github.token"]["text"] == "from GH_TOKEN: an app's token of no person"


def test_a_repository_that_this_token_does_not_see(small_hub_world: World) -> None:
    checks = doctor(small_hub_world, code=1, env={"RELETAN_GITHUB_REPOSITORY": "acme/other"})
    assert wrong(checks) == {"github.repository": "failed"}
    assert "acme/other" in checks["github.repository"]["text"]


def test_a_repository_that_was_renamed(small_hub_world: World) -> None:
    old = small_hub_world.slug
    small_hub_world.rename("store")
    checks = doctor(small_hub_world, code=1, env={"RELETAN_GITHUB_REPOSITORY": old})
    assert wrong(checks) == {"github.repository": "failed"}
    assert "acme/store" in checks["github.repository"]["fix"]


# rules


def test_protected_branches_mean_pull_requests(small_hub_world: World) -> None:
    for branch in ("main", "develop"):
        small_hub_world.protect_branch(branch, Protection(approvals=2, checks=("ci",)))
    checks = doctor(small_hub_world, code=0)
    assert checks["github.production"]["text"] == (
        "main is protected (a pull request with 2 approvals, the checks ci): tag releases through the release pull request"
    )
    assert "through a pull request" in checks["github.development"]["text"]
    assert wrong(doctor(small_hub_world, code=0, env={"RELETAN_FLOW_FINISH": "push"})) == {
        "github.production": "warning"
    }


def test_branches_without_merge_commits(small_hub_world: World) -> None:
    for branch in ("main", "develop"):
        small_hub_world.protect_branch(branch, Protection(linear=True))
    assert wrong(doctor(small_hub_world, code=1)) == {"github.production": "warning", "github.development": "failed"}


def test_a_way_of_merging_that_the_repository_does_not_allow(small_hub_world: World) -> None:
    small_hub_world.settings.merge = False
    assert wrong(doctor(small_hub_world, code=0)) == {"github.merging": "warning"}


def test_a_ruleset_that_refuses_the_next_tag(small_hub_world: World) -> None:
    small_hub_world.protect_tags("v*")
    checks = doctor(small_hub_world, code=1)
    assert wrong(checks) == {"github.tags": "failed"}
    assert "v1.3.1" in checks["github.tags"]["text"]
    small_hub_world.protect_tags("v*", bypass=("hana",))
    assert wrong(doctor(small_hub_world, code=0)) == {}


def test_a_ruleset_that_refuses_the_next_release_branch(small_hub_world: World) -> None:
    world = small_hub_world
    for rules in ({"creations": False}, {"approvals": 1}):
        world.protect_branch("hotfix/*", Protection(by_ruleset=True, **rules))
        checks = doctor(world, code=1)
        assert wrong(checks) == {"github.release-branches": "failed"}
        assert (
            "the ruleset Protect hotfix/* refuses the new branch hotfix/1.3.1"
            in checks["github.release-branches"]["text"]
        )
    world.protect_branch("hotfix/*", Protection(by_ruleset=True, creations=False, bypass=("hana",)))
    assert wrong(doctor(world, code=0)) == {}
    # who made a branch of these may not push to it, but may make it
    world.protect_branch("release/*", Protection(approvals=1))
    assert wrong(doctor(world, code=0)) == {}


# the clock


def test_a_clock_that_is_wrong(small_hub_world: World) -> None:
    checks = doctor(small_hub_world, code=0)
    assert checks["machine.clock"]["state"] == "warning"
    assert "by 127.0.0.1" in checks["machine.clock"]["text"]


# Slack


def test_a_bot_without_a_scope(team: World) -> None:
    team.slack.bot.scopes -= {"channels:history", "users:read.email"}
    checks = doctor(team, code=1)
    assert wrong(checks) == {"slack.scopes": "failed"}
    assert "add channels:history" in checks["slack.scopes"]["fix"]
    team.slack.bot.scopes = {"chat:write", "channels:history"}
    checks = doctor(team, code=1)
    assert wrong(checks) == {"slack.scopes": "failed"}
    assert checks["slack.channel"]["state"] == "skipped"


def test_a_bot_that_is_not_in_the_channel(team: World) -> None:
    team.slack.channel("#release").members.clear()
    assert wrong(doctor(team, code=1)) == {"slack.channel": "failed"}
    team.slack.channel("#release").archived = True
    assert "archived" in doctor(team, code=1)["slack.channel"]["text"]
    checks = doctor(team, code=1, env={"RELETAN_SLACK_CHANNEL": "#nowhere"})
    assert checks["slack.channel"]["text"] == "the bot sees no channel #nowhere"


def test_a_channel_by_its_id_and_a_private_one(team: World) -> None:
    id = team.slack.channel("#release").id
    assert wrong(doctor(team, code=0, env={"RELETAN_SLACK_CHANNEL": id})) == {}
    assert wrong(doctor(team, code=1, env={"RELETAN_SLACK_CHANNEL": "C0NOWHERE1"})) == {"slack.channel": "failed"}
    team.slack.open_channel("secret", private=True, bot=True)
    team.slack.bot.scopes |= {"groups:read"}
    checks = doctor(team, code=1, env={"RELETAN_SLACK_CHANNEL": "#secret"})
    assert wrong(checks) == {"slack.scopes": "failed"}
    assert "groups:history" in checks["slack.scopes"]["fix"]


def test_people_whom_slack_does_not_know(team: World) -> None:
    team.commit("develop", "By a stranger", {"x": "y\n"}, "Wanda")
    team.git("fetch", "--quiet")
    checks = doctor(team, code=0)
    assert wrong(checks) == {"slack.people": "warning"}
    assert "Wanda <wanda@example.com>" in checks["slack.people"]["text"]
    commit_settings(team, '[slack]\nusers = { "wanda@example.com" = "U012ABCDEF" }\n')
    assert wrong(doctor(team, code=0)) == {}


def test_slack_refuses_the_token_or_fails(team: World) -> None:
    team.slack.bot.refused = "token_revoked"
    checks = doctor(team, code=1)
    assert wrong(checks) == {"slack.token": "failed"}
    team.slack.bot.refused = None
    team.slack.fault("auth.test", do=SlackFault.status(500, "rollup_error"), times=None)
    assert wrong(doctor(team, code=1)) == {"slack.token": "failed"}


def test_a_token_without_a_channel_and_what_is_no_token(team: World) -> None:
    assert wrong(doctor(team, code=1, env={"RELETAN_SLACK_CHANNEL": ""})) == {"slack.channel": "failed"}
    checks = doctor(team, code=1, env={"SLACK_BOT_TOKEN": "https://hooks.slack.com/services/T/B/c4nary"})
    assert wrong(checks) == {"slack.token": "failed"}
    assert "c4nary" not in json.dumps(checks)


def test_a_webhook_is_looked_at_and_not_sent_to(webhook_team: World) -> None:
    world = webhook_team
    assert wrong(doctor(world, code=0)) == {"slack.token": "warning"}  # not at hooks.slack.com
    assert wrong(doctor(world, code=0, env={"SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x"})) == {}
    assert wrong(doctor(world, code=1, env={"SLACK_WEBHOOK_URL": "http://example.com/x"})) == {"slack.token": "failed"}
    assert not world.slack.heard


def test_slacks_clock_is_good_too(team: World) -> None:
    right_time(team)
    checks = doctor(team, code=0)
    assert checks["machine.clock"] == {"id": "machine.clock", "state": "ok", "text": "the same as Slack's", "fix": None}


def test_hostile_words_of_a_server_are_inert(slack_world: World) -> None:
    evil = "\x1b]0;x\x07\u202e[/][link=x]"
    slack_world.slack.bot.member = slack_world.slack.bot.member.__class__(
        "U0RELETAN1", evil, "reletan", None, "B0RELETAN1", "A1"
    )
    slack_world.github.fault("GET", "/repos/acme/shop", do=Fault.status(404, evil))
    for args in ((), ("--json",)):
        run = text(slack_world, *args)
        assert all(line.isprintable() for line in (run.out + run.err).splitlines())
        assert "Traceback" not in run.err
