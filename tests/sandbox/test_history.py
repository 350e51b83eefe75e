"""The sandbox reads origin's history in one go; git itself says whether it reads it rightly."""

from itertools import product

from reletan.sandbox.github.history import History
from reletan.sandbox.world import World


def test_what_lies_between_two_commits_is_what_git_says(big_world: World) -> None:
    history = History(big_world.bare)
    ends = [pull.merged for pull in big_world.pulls.values() if pull.merged][::3]
    ends += [sha for ref, sha in history.refs.items() if ref.startswith(("refs/heads/", "refs/pull/1"))]
    for old, new in product(ends[::2], ends[1::2]):
        said = big_world.look("rev-list", new, f"^{old}", cwd=big_world.origin).split()
        assert sorted(history.between(old, new)) == sorted(said)


def test_criss_cross_merges_do_not_confuse_it(world: World) -> None:
    """Each of two branches has merged the other one."""
    for branch in ("one", "two"):
        world.branch(branch, "refs/heads/develop")
        world.commit(branch, f"Begin {branch}")
    one, two = world.head("one"), world.head("two")
    for branch, other in (("one", two), ("two", one)):
        world.branch("other", str(other))
        world.pull(f"Bring it to {branch}", "other", base=branch, commits=0, how="true")
    history, heads = History(world.bare), (world.head("one"), world.head("two"))
    assert history.between(str(heads[0]), str(heads[1])) == [heads[1]]
    assert history.between(str(heads[1]), str(heads[0])) == [heads[0]]


def test_a_commit_that_no_ref_leads_to_any_more_is_still_read(world: World) -> None:
    world.branch("gone", "refs/heads/develop")
    lost = world.commit("gone", "Lost", body="and found")
    world.delete_branch("gone")
    history = History(world.bare)
    made = history.commit(lost)
    assert made is not None
    assert (made.headline, made.body, made.author.name) == ("Lost", "and found", "Hana")
    assert history.between(str(world.head("develop")), lost) == [lost]
    assert history.commit("0" * 40) is None


def test_the_history_is_read_anew_after_a_change(world: World) -> None:
    before = History(world.bare).commits
    made = world.commit("develop", "More")
    assert made in History(world.bare).commits
    assert made not in before
