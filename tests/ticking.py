"""A release with its pull request: 1.4.0 is open, with #1 and #3 by hana, and #2 by yuki."""

from typing import Any

from reletan.domain.checklist import read
from reletan.sandbox.origin import Person, run_git
from reletan.sandbox.team import Pull
from reletan.sandbox.world import Run, World

BRANCH = "release/1.4.0"


def begin(world: World) -> None:
    world.branch(BRANCH, "refs/heads/develop")


def configure(world: World, toml: str) -> None:
    (world.clone / ".reletan.toml").write_text(toml, encoding="utf-8")


def pr(world: World, *args: str, **options: Any) -> Run:
    return world.reletan("pr", "--yes", *args, **options)


def the_pull(world: World, base: str = "main") -> Pull:
    """The only open pull request into ``base``."""
    (pull,) = [one for one in world.pulls.values() if one.base == base and one.open]
    return pull


def body(world: World, base: str = "main") -> str:
    return the_pull(world, base).body


def boxes(world: World) -> dict[int, bool]:
    """Number -> ticked, as the release pull request has it."""
    return {number: mark.ticked for number, mark in sorted(read(body(world)).items())}


def tick(world: World, *numbers: int) -> None:
    for number in numbers:
        world.tick(the_pull(world).number, number)


def line_of(world: World, number: int) -> str:
    (line,) = [line for line in body(world).splitlines() if f"reletan:item {number} " in line]
    return line


def asked(world: World, since: int = 0) -> list[str]:
    """What was asked by REST, in order."""
    told = world.github.exchanges[since:]
    return [f"{one.method} {one.path.removeprefix('/repos/acme/shop/')}" for one in told if one.via == "rest"]


def many_pulls(world: World, count: int) -> list[int]:
    """So many more pull requests on development, squashed, by three people; their numbers."""
    numbers = [world.next_number() + n for n in range(count)]
    people = [Person(name) for name in ("Hana", "Yuki", "Ken")]
    begin = f"commit refs/heads/develop\ncommitter Bot <bot@example.com> {world.clock} +0000\n"
    start = world.head("develop")
    stream = [f"{begin}data {len(f'Change (#{n})')}\nChange (#{n})\n" for n in numbers]
    stream[0] += f"from {start}\n"
    run_git("fast-import", "--quiet", cwd=world.origin, env=world.env, stdin="\n".join(stream).encode())
    commits = world.look("rev-list", "--reverse", f"{start}..develop", cwd=world.origin).split()
    heads = [f"create refs/pull/{number}/head {commit}\n" for number, commit in zip(numbers, commits, strict=True)]
    run_git("update-ref", "--stdin", cwd=world.origin, env=world.env, stdin="".join(heads).encode())
    before = start
    for number, commit in zip(numbers, commits, strict=True):
        who = people[number % 3]
        world.pulls[number] = Pull(
            number=number, title=f"Change number {number} of the shop", branch=f"change-{number}", base="develop", author=who,
            merged=commit, base_was=before, how="squash", merged_by=who, opened_at=world.clock, ended_at=world.clock,
        )  # fmt: skip
        before = commit
    return numbers
