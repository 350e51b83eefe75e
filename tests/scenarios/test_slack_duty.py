"""Who is on duty, and how Slack calls them: the only person whom a message mentions."""

from collections.abc import Mapping

from slack_team import member, mentions, news_of, read, shown, writes
from slack_way import the_post

from reletan.sandbox.slack.faults import Fault
from reletan.sandbox.world import World


def duty(world: World) -> str:
    """As the message says it."""
    return _in(shown(the_post(world.slack)))


def planned(world: World, *args: str, env: Mapping[str, str] | None = None) -> str:
    """As the message of a start would say it."""
    run = world.reletan("start", "hotfix", "1.3.1", *args, "--dry-run", "--json", env=env, check=True)
    (step,) = [step for step in run.json["steps"] if step["kind"] == "announce"]
    return _in("\n".join(step["announcement"]["main"]["sections"]))


def _in(text: str) -> str:
    return next(line for line in text.split("\n") if "On duty" in line).removeprefix("On duty: ")


def known(world: World, toml: str) -> None:
    (world.clone / ".reletan.toml").write_text(f"[slack.users]\n{toml}\n")


NAMED = [
    ("Marta", "<@U0MARTA001>"),
    ("@marta", "<@U0MARTA001>"),
    ("KEN@example.com", "<@U0KEN00001>"),
    ("yuki@example.com", "<@{Yuki}>"),
    ("U0SOMEBODY", "<@U0SOMEBODY>"),
    ("somebody", "somebody"),
    ("WANDA", "WANDA"),
    ("nobody@example.com", "nobody@\u200bexample.com"),
    ("<!channel> *x* <https://evil.example|here>", "&lt;!channel&gt; ∗x∗ &lt;https://evil.example|here&gt;"),
    ("\x1b[31m@here\u202e", "[31m@\u200bhere"),
    ("", "<@{Hana}>"),
]


def test_whoever_is_named(team: World) -> None:
    """By the team's own list, then by e-mail; else as a plain name, which mentions nobody."""
    known(team, 'marta = "U0MARTA001"\n"ken@example.com" = "U0KEN00001"')
    people = {name: one.id for name, one in team.slack.people.items()}
    assert [(given, planned(team, "--duty", given)) for given, _ in NAMED] == [
        (given, said.format(**people)) for given, said in NAMED
    ]


IN_CI = [
    ({"CI": "true", "CIRCLE_USERNAME": "lena"}, "lena"),
    ({"CI": "1", "GITHUB_ACTOR": "dependabot[bot]"}, "dependabot[bot]"),
    ({"CI": "true"}, "<@{Hana}>"),
    ({"CI": "false", "GITHUB_ACTOR": "lena"}, "<@{Hana}>"),
    ({"GITHUB_ACTOR": "lena"}, "<@{Hana}>"),
]


def test_in_ci_it_is_who_began_the_job(team: World) -> None:
    said = [planned(team, env=env) for env, _ in IN_CI]
    assert said == [who.format(Hana=member(team, "Hana")) for _, who in IN_CI]


def test_a_login_is_found_by_the_address_in_their_commits(slack_world: World) -> None:
    slack_world.reletan("start", "--yes", env={"CI": "true", "GITHUB_ACTOR": "Yuki"}, check=True)
    assert duty(slack_world) == f"<@{member(slack_world, 'Yuki')}>"
    slack_world.reletan("tag", "--yes", env={"CI": "true", "GITHUB_ACTOR": "hana"}, check=True)
    assert duty(slack_world) == f"<@{member(slack_world, 'Yuki')}>", "whoever runs tag does not take it over"
    assert set(mentions(slack_world)) == {f"@{member(slack_world, 'Yuki')}"}


def test_the_name_that_git_has_can_stand_in_the_list(team: World) -> None:
    known(team, 'hana = "U0OTHER001"')
    team.reletan("start", "1.4.0", "--yes", check=True)
    assert duty(team) == "<@U0OTHER001>"
    assert not team.slack.calls("users.lookupByEmail")


def test_an_address_that_hides_the_person_tells_the_login(team: World) -> None:
    known(team, 'marta = "U0MARTA001"')
    team.git("config", "user.email", "123+marta@users.noreply.github.com")
    team.reletan("start", "1.4.0", "--yes", check=True)
    assert duty(team) == "<@U0MARTA001>"


def test_duty_is_kept_for_whoever_comes_later_until_it_is_handed_over(team: World) -> None:
    team.reletan("start", "1.4.0", "--duty", "yuki@example.com", "--yes", check=True)
    marta = team.another_clone("marta")
    team.reletan("notify", "--yes", cwd=marta, check=True)
    assert (duty(team), writes(team)) == (f"<@{member(team, 'Yuki')}>", ["chat.postMessage"])
    team.reletan("notify", "--duty", "marta@example.com", "--yes", cwd=marta, check=True)
    assert duty(team) == f"<@{member(team, 'Marta')}>"
    team.reletan("tag", "--yes", check=True)
    assert duty(team) == f"<@{member(team, 'Marta')}>"
    assert set(mentions(team)) == {f"@{member(team, 'Marta')}"}


def test_duty_given_to_a_start_again_wins(team: World) -> None:
    team.reletan("start", "1.4.0", "--yes", check=True)
    ((state, _),) = news_of(
        team.reletan("start", "1.4.0", "--duty", "marta@example.com", "--yes", "--json", check=True)
    )
    assert (state, duty(team)) == ("done", f"<@{member(team, 'Marta')}>")
    ((state, _),) = news_of(
        team.reletan("start", "1.4.0", "--duty", "marta@example.com", "--yes", "--json", check=True)
    )
    assert state == "skipped"


def test_people_who_cannot_be_looked_up_are_named(team: World) -> None:
    team.slack.bot.scopes.remove("users:read.email")
    run = team.reletan("-v", "start", "1.4.0", "--yes", check=True)
    assert duty(team) == "Hana"
    assert (
        "people are not looked up on Slack: The token from SLACK_BOT_TOKEN lacks a scope: users:read.email" in run.err
    )
    assert mentions(team) == []


def test_whoever_cannot_be_read_stays_on_duty(team: World) -> None:
    """Slack fails while the plan is made, and is back when it is carried out: nobody takes over without knowing."""
    team.reletan("start", "1.4.0", "--duty", "yuki@example.com", "--yes", check=True)
    before = read(team)
    team.slack.fault("auth.test", do=Fault.limited(90))
    run = team.reletan("tag", "--yes", "--json", check=True)
    ((state, detail),) = news_of(run)
    assert (state, read(team)) == ("conflict", before)
    assert "did not tell in time who is on duty" in (detail or "")
    assert "To notify later: reletan notify 1.4.0" in (detail or "")
    team.reletan("notify", "--yes", check=True)
    assert f"*Released* as v1.4.0\nMerged into main, develop\nOn duty: <@{member(team, 'Yuki')}>" in read(team)


def test_the_same_person_needs_no_reading(team: World) -> None:
    known(team, 'hana = "U0HANA0001"')
    team.reletan("start", "1.4.0", "--yes", check=True)
    team.slack.fault("auth.test", do=Fault.limited(90))
    team.reletan("tag", "--yes", check=True)
    assert "*Released* as v1.4.0" in read(team)
