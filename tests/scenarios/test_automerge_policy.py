"""Under which policy `reletan automerge` judges: that of the base branch on GitHub, whatever the pull request says."""

import pytest
from automerging import actions, left, merged, merges, policy, ready

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World


def check_out(world: World, number: int) -> None:
    """Hana's clone stands at the head of a pull request, as the job of CI that it started does."""
    world.git("fetch", "--quiet", "origin", f"refs/pull/{number}/head")
    world.git("checkout", "--quiet", "FETCH_HEAD")


# -- a pull request that changes the policy for itself

GREEDY = {
    "approvals": "approvals = 0",
    "base": 'approvals = 0\nbase = ["main", "develop"]',
    "labels": "approvals = 0\nblock_labels = []",
    "all of it": 'approvals = 0\nforks = true\nnative = true\nmethod = "squash"',
}


@pytest.mark.parametrize("text", GREEDY.values(), ids=GREEDY)
@pytest.mark.parametrize("base", ["develop", "main"])
def test_a_pull_request_does_not_approve_itself(small_hub_world: World, text: str, base: str) -> None:
    world = small_hub_world
    world.unknown_reads = 0
    number = world.open_pull("Trust me", base=base, files={".reletan.toml": f"[automerge]\n{text}\n"}, labels=["wip"])
    world.check("test", "success", number)
    check_out(world, number)
    for environment in ({}, actions(world, number)):
        codes = left(world, str(number), **environment)[number]
        assert "approvals" in codes
        assert "blocked-by-label" in codes
        assert ("base-not-allowed" in codes) == (base == "main")
    assert merges(world) == 0


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('api_url = "https://evil.example/api/v3"', "evil.example"),
        ('repository = "evil/shop"', "evil/shop"),
    ],
)
def test_a_pull_request_does_not_choose_where_the_token_goes(small_hub_world: World, setting: str, said: str) -> None:
    world = small_hub_world
    number = ready(world, files={".reletan.toml": f"[github]\n{setting}\n"})
    check_out(world, number)
    variable = f"RELETAN_GITHUB_{setting.partition(' ')[0].upper()}"
    run = world.reletan("automerge", env=actions(world, number) | {variable: ""})
    assert run.code == 2
    assert said in run.err
    assert world.github.exchanges == []


def test_a_policy_that_is_merged_counts_from_then_on(small_hub_world: World) -> None:
    policy(small_hub_world, "approvals = 0")
    small_hub_world.unknown_reads = 0
    stricter = small_hub_world.open_pull("Two of us", files={".reletan.toml": "[automerge]\napprovals = 2\n"})
    number = small_hub_world.open_pull("Add gift cards")
    run = small_hub_world.reletan("automerge", "--all", "--json", check=True)
    assert merged(small_hub_world) == [stricter]
    assert [reason["code"] for reason in run.json["pull_requests"][1]["reasons"]] == ["approvals"]
    assert left(small_hub_world, str(number)) == {number: ["approvals"]}


# -- where it stands


def test_the_bases_pyproject_counts(small_hub_world: World) -> None:
    small_hub_world.commit("develop", "Say how", {"pyproject.toml": "[tool.reletan.automerge]\napprovals = 2\n"})
    number = ready(small_hub_world)
    assert left(small_hub_world, str(number)) == {number: ["approvals"]}
    small_hub_world.approve(number, by="Marta")
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


def test_a_pyproject_that_does_not_speak_of_reletan_may_be_broken(small_hub_world: World) -> None:
    small_hub_world.commit("develop", "Break it", {"pyproject.toml": "[project\n"})
    number = ready(small_hub_world)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


def test_development_by_another_name_is_the_base(small_hub_world: World) -> None:
    for branch in ("develop", "main"):
        small_hub_world.commit(
            branch, "Say how", {".reletan.toml": '[flow]\ndevelopment = "main"\nproduction = "live"\n'}
        )
    to_main, to_develop = ready(small_hub_world, base="main"), ready(small_hub_world)
    small_hub_world.reletan("automerge", "--all", check=True)
    assert merged(small_hub_world) == [to_main]
    assert left(small_hub_world, str(to_develop)) == {to_develop: ["base-not-allowed"]}


def test_patterns_of_bases(small_hub_world: World) -> None:
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    policy(small_hub_world, 'base = ["release/*"]', branch="release/1.4.0")
    number = ready(small_hub_world, base="release/1.4.0")
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


def test_the_commit_that_was_read_has_the_policy(small_hub_world: World) -> None:
    """Somebody relaxes it between judging and merging: that is for the next run."""
    number = small_hub_world.open_pull("Not approved")
    small_hub_world.unknown_reads = 0
    relax = Fault.then(lambda site: site.commit("develop", "Relax", {".reletan.toml": "[automerge]\napprovals = 0\n"}))
    small_hub_world.github.fault("graphql", nth=2, do=relax)
    assert left(small_hub_world, str(number)) == {number: ["approvals"]}
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


BROKEN = {
    "syntax": ("[automerge\n", "line 1"),
    "type": ('[automerge]\napprovals = "many"\n', "automerge.approvals"),
    "unknown key": ("[automerge]\naprovals = 1\n", "approvals"),
    "negative": ("[automerge]\napprovals = -1\n", "automerge.approvals"),
    "a secret": (f"[automerge]\nrequired_label = 'ghp_{'a' * 36}'\n", "secret"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_policy_merges_nothing_and_is_named(small_hub_world: World, text: str, said: str) -> None:
    small_hub_world.commit("develop", "Break it", {".reletan.toml": text})
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", str(number))
    assert (run.code, merges(small_hub_world)) == (2, 0)
    assert ".reletan.toml of develop" in run.err
    assert said in run.err
    assert "ghp_" not in run.err


def test_a_key_that_both_files_of_the_base_set_is_refused(small_hub_world: World) -> None:
    files = {
        ".reletan.toml": "[automerge]\napprovals = 2\n",
        "pyproject.toml": "[tool.reletan.automerge]\napprovals = 0\n",
    }
    small_hub_world.commit("develop", "Say it twice", files)
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", str(number))
    assert (run.code, merges(small_hub_world)) == (2, 0)
    assert "pyproject.toml" in run.err


# -- the environment of the job goes first


@pytest.mark.parametrize(
    ("variable", "value", "codes"),
    [
        ("RELETAN_AUTOMERGE_APPROVALS", "2", ["approvals"]),
        ("RELETAN_AUTOMERGE_BASE", "main, release/*", ["base-not-allowed"]),
        ("RELETAN_AUTOMERGE_REQUIRED_LABEL", "automerge", ["label-missing"]),
        ("RELETAN_AUTOMERGE_BLOCK_LABELS", "Feature", ["blocked-by-label"]),
    ],
)
def test_the_environment_wins(small_hub_world: World, variable: str, value: str, codes: list[str]) -> None:
    policy(small_hub_world, 'approvals = 1\nbase = ["develop"]')
    number = ready(small_hub_world, labels=["feature"])
    assert left(small_hub_world, str(number), **{variable: value}) == {number: codes}


def test_the_flag_wins_over_the_environment(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    env = {"RELETAN_AUTOMERGE_METHOD": "squash"}
    small_hub_world.reletan("automerge", str(number), "--method", "rebase", env=env, check=True)
    assert small_hub_world.pulls[number].how == "rebase"


# -- people, labels and checks


def test_people_who_may_not_write_approve_nothing(small_hub_world: World) -> None:
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Add gift cards")
    small_hub_world.approve(number, by="Lena")
    assert left(small_hub_world, str(number)) == {number: ["approvals"]}


def test_changes_that_somebody_asks_for_hold_it_up_until_they_approve(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.request_changes(number, by="Marta")
    assert left(small_hub_world, str(number)) == {number: ["changes-requested"]}
    small_hub_world.approve(number, by="Marta")
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


def test_every_reason_is_told(small_hub_world: World) -> None:
    number = ready(small_hub_world, files={"VERSION": "mine\n"}, draft=True, labels=["WIP"])
    small_hub_world.commit("develop", "Theirs", {"VERSION": "theirs\n"})
    small_hub_world.push_to_pull(number, "More")
    small_hub_world.request_changes(number, by="Marta")
    small_hub_world.check("test", "failure", number)
    small_hub_world.status("e2e", "pending", number)
    assert left(small_hub_world, str(number)) == {
        number: [
            "draft",
            "conflict",
            "approvals",
            "changes-requested",
            "blocked-by-label",
            "check-failed",
            "check-pending",
        ]
    }


def test_what_is_closed_is_left(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.close_pull(number)
    assert left(small_hub_world, str(number)) == {number: ["closed"]}
