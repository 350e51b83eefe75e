"""`reletan pr --deploy`: the pull request from production to the branch of an environment."""

import pytest
from ticking import body, configure, pr, the_pull
from witness import lasting

from reletan.sandbox.world import World

LIVE = "deployment/production"
SETTINGS = f'[environments.production]\nbranch = "{LIVE}"\n'


@pytest.fixture
def released(small_hub_world: World) -> World:
    """1.3.0 is deployed, and 1.4.0 is released."""
    small_hub_world.branch(LIVE, "refs/tags/v1.3.0")
    small_hub_world.release("1.4.0")
    configure(small_hub_world, SETTINGS)
    return small_hub_world


def test_it_says_what_is_deployed_and_mentions_each_author_once(released: World) -> None:
    before = lasting(released)
    shown = released.reletan("pr", "--deploy", "production", "--dry-run", check=True)
    assert f"open the pull request Deploy main to production from main into {LIVE}" in shown.err
    assert lasting(released) == before
    pr(released, "--deploy", "production", check=True)
    text = body(released, LIVE)
    assert "Merging this deploys 1.4.0 to **production**: 3 changes" in text
    assert (text.count("@hana"), text.count("@yuki")) == (1, 1)
    assert "Add a basket" in text
    assert "- [ ]" not in text


def test_commits_are_grouped_and_a_deploy_that_was_merged_counts(released: World) -> None:
    pr(released, "--deploy", "production", check=True)
    released.merge_pull(the_pull(released, LIVE).number, keep_branch=True)
    none = pr(released, "--deploy", "production", check=True)
    assert f"There is nothing to deploy: {LIVE} has all commits of main." in none.err
    released.pull("Search by colour", commits=2)
    released.release("1.5.0")
    pr(released, "--deploy", "production", check=True)
    text = body(released, LIVE)
    assert "Merging this deploys 1.5.0 to **production**: 1 change" in text
    assert "Add a basket" not in text
    assert text.count("\n  - [") == 2


@pytest.mark.parametrize("how", ["squash", "rebase"])
def test_after_a_deploy_that_was_squashed_only_what_is_new_is_deployed(released: World, how: str) -> None:
    for version, titles in (("1.5.0", ["Search by colour"]), ("1.6.0", ["Gift cards", "Fewer clicks"])):
        pr(released, "--deploy", "production", check=True)
        released.merge_pull(the_pull(released, LIVE).number, how, keep_branch=True)
        count = len(released.pulls)
        none = pr(released, "--deploy", "production", check=True)
        assert f"There is nothing to deploy: {LIVE} has the same files as main." in none.err
        assert len(released.pulls) == count
        for title in titles:
            released.pull(title)
        released.release(version)
        pr(released, "--deploy", "production", check=True)
        text = body(released, LIVE)
        assert f"Merging this deploys {version} to **production**: {len(titles)} change" in text
        assert all(title in text for title in titles)


def test_a_squashed_deploy_that_was_taken_back_is_deployed_anew(released: World) -> None:
    before = str(released.head(LIVE))
    pr(released, "--deploy", "production", check=True)
    released.merge_pull(the_pull(released, LIVE).number, "squash", keep_branch=True)
    released.delete_branch(LIVE)
    released.branch(LIVE, before)
    pr(released, "--deploy", "production", check=True)
    assert "3 changes" in body(released, LIVE)


def test_it_is_brought_up_to_date_and_words_of_people_stay(released: World) -> None:
    pr(released, "--deploy", "production", check=True)
    pull = the_pull(released, LIVE)
    released.edit_body(pull.number, f"At noon!\n\n{pull.body}")
    assert "Nothing to do" in pr(released, "--deploy", "production", check=True).err
    released.pull("Search by colour")
    released.release("1.5.0")
    pr(released, "--deploy", "production", check=True)
    assert body(released, LIVE).startswith("At noon!\n\n<!-- reletan:deploy ")
    assert "Search by colour" in body(released, LIVE)


@pytest.mark.parametrize(
    ("environment", "toml", "said"),
    [
        ("staging", SETTINGS, "configured: production"),
        ("production", SETTINGS.replace("deployment/", "deploy/"), "There is no branch deploy/production"),
        ("production", SETTINGS.replace(LIVE, "main"), "main is the production branch itself"),
    ],
)
def test_what_is_not_there_is_named(released: World, environment: str, toml: str, said: str) -> None:
    configure(released, toml)
    run = pr(released, "--deploy", environment)
    assert (run.code, said in run.err) == (2, True)
