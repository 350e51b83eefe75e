"""More pull requests than a message has room for: it is cut with a link, and goes on in its thread."""

import re

from slack_team import shown, writes
from slack_way import the_post

from reletan.domain.message import MOST_MESSAGE, size
from reletan.sandbox.origin import run_git
from reletan.sandbox.world import World

MANY = 301


def grow(world: World, numbers: range) -> None:
    """So many more pull requests on development, squashed."""
    begin = f"commit refs/heads/develop\ncommitter Bot <bot@example.com> {world.clock} +0000\n"
    subjects = [f"Change number {number} of the shop, which takes a line of its own (#{number})" for number in numbers]
    commits = [f"{begin}data {len(subject)}\n{subject}\n" for subject in subjects]
    commits[0] += f"from {world.head('develop')}\n"
    run_git("fast-import", "--quiet", cwd=world.origin, env=world.env, stdin="\n".join(commits).encode())


def numbers(world: World) -> list[int]:
    """The pull requests that the message and its thread name, in their order."""
    post = the_post(world.slack)
    return [int(n) for one in (post, *post.replies) for n in re.findall(r"^• .*#(\d+)\b", shown(one), re.MULTILINE)]


def test_a_long_list_goes_on_in_the_thread_and_shrinks_again(team: World) -> None:
    few = team.head("develop") or ""
    grow(team, range(4, MANY + 1))
    team.reletan("start", "1.4.0", "--yes", check=True)
    post = the_post(team.slack)
    assert numbers(team) == list(range(MANY, 0, -1))
    here = len(re.findall("^• ", shown(post), re.MULTILINE))
    assert f"… and {MANY - here} more" in shown(post)
    assert len(post.replies) > 1
    assert all(size(shown(one)) <= MOST_MESSAGE for one in (post, *post.replies))
    assert all(shown(reply).startswith("*Pull requests*\n• ") for reply in post.replies)
    times = len(writes(team))
    team.reletan("notify", "--yes", check=True)
    assert len(writes(team)) == times
    team.branch("release/1.4.0", few)
    team.reletan("notify", "--yes", check=True)
    post = the_post(team.slack)
    assert (numbers(team), post.replies) == ([3, 2, 1], [])
    assert "more" not in shown(post)
