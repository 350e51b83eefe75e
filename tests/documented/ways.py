"""What a line of the pages needs before it can be run, and how it ends."""

from collections.abc import Callable, Mapping

import msgspec

from documented.pages import Line, blocks, is_reletan, read
from documented.places import HOTFIX, INCOMPLETE, NOTHING, OPEN, OUT, PULLS, commit_a_fix, squash_the_release
from reletan.sandbox.world import World

# What is not run here as it stands in a page: how the line begins -> why
NOT_RUN = {
    "make": "needs the package registry; the targets' commands have tests of their own",
    "python3 -m venv": "an installation: tests/package/test_package.py makes one",
    "pip": "needs the package registry",
    "pipx": "needs the package registry",
    "uvx": "needs the package registry",
    "uv": "needs the package registry",
    "~/.venvs/reletan/bin/pip": "needs the package registry",
    "apt": "needs the rights of root",
    "docker": "needs Docker",
    "gh": "another program, which asks for a login",
    "export": "a secret of the reader's",
    "git flow": "another program, which need not be there",
    "reletan demo": "tests/scenarios/test_demo.py tells the whole story",
}


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """``places``: where the team may be, the first where it has to go somewhere, any where there are none; ``code``: the
    exit code that the page tells of; ``before``, ``after``: what somebody does by hand.
    """

    places: tuple[str, ...] = ()
    code: int = 0
    before: Callable[[World], object] | None = None
    after: Callable[[World], object] | None = None


def _an_environment(world: World) -> None:
    """What has to stand in the settings, and on the remote, to deploy."""
    (world.clone / ".reletan.toml").write_text('[environments.production]\nbranch = "deployment/production"\n')
    if world.head("deployment/production") is None:
        world.branch("deployment/production", "refs/tags/v1.3.0")


def _a_template(world: World) -> None:
    """The example of its page."""
    file = world.clone / "docs" / "release_notes.md.j2"
    file.parent.mkdir(exist_ok=True)
    file.write_text(next(block.text for block in blocks(read("docs/templates.md")) if block.language == "jinja"))


def _the_release_pull(world: World) -> None:
    if not any(pull.open and pull.branch.startswith(("release/", "hotfix/")) for pull in world.pulls.values()):
        world.reletan("pr", "--yes", check=True)


# A command of reletan -> its way, where no other line of it stands below
BY_COMMAND = {
    "init": Way(places=(NOTHING,)),
    "list": Way(),
    "status": Way(),
    "start": Way(places=(NOTHING,)),
    "tag": Way(places=(OPEN, HOTFIX)),
    "resume": Way(places=(INCOMPLETE,)),
    "abort": Way(places=(OPEN, HOTFIX)),
    "notes": Way(),
    "notify": Way(places=(OPEN, HOTFIX, OUT)),
    "pr": Way(places=(OPEN, HOTFIX)),
    "checklist": Way(places=(OPEN, HOTFIX), before=_the_release_pull),
    "automerge": Way(places=(PULLS,)),
    "config": Way(),
    "doctor": Way(),
}
EXACT = {
    "reletan start hotfix": Way(places=(OUT, OPEN, NOTHING)),
    "git switch hotfix/1.4.1": Way(places=(HOTFIX,), after=commit_a_fix),
    "git switch hotfix/1.3.1": Way(after=commit_a_fix),
    "reletan notes 1.4.0": Way(places=(OUT, OPEN)),
    "reletan notes 1.4.0 --publish": Way(places=(OUT,)),
    "reletan notes --since v1.2.0 --until v1.4.0": Way(places=(OUT,)),
    "reletan notes --since v1.2.0 --until v1.4.0 --language ja": Way(places=(OUT,)),
    "reletan notes 1.4.0 --template docs/release_notes.md.j2": Way(places=(OUT, OPEN), before=_a_template),
    "reletan notes 1.4.0 --context": Way(places=(OUT, OPEN)),
    "reletan pr --deploy production": Way(places=(OUT, OPEN), before=_an_environment),
    # that one needs an approval
    "reletan tag --backmerge pull-request": Way(places=(OPEN,), code=3),
    "reletan tag 1.4.0 --accept-squash": Way(places=(OPEN,), before=squash_the_release),
    "reletan checklist --fail-if-open": Way(places=(OPEN,), before=_the_release_pull, code=3),
    "reletan automerge --fail-if-blocked": Way(places=(PULLS,)),
}
# What a page leaves to the reader's shell, or to CI's: name -> its value
VARIABLES: Mapping[str, Callable[[World], str]] = {
    name: lambda world: world.head("release/1.4.0") or "" for name in ("SHA", "TESTED_SHA", "GITHUB_SHA", "CIRCLE_SHA1")
} | {name: lambda _: "release/1.4.0" for name in ("GITHUB_REF_NAME", "CIRCLE_BRANCH")}
# A question that a page lets the reader answer: what commands ask one, and what answers it where nobody is there
ANSWERS = dict.fromkeys(
    ("start", "tag", "resume", "abort", "notify", "pr", "automerge", "notes --publish", "checklist --remind"),
    ("--yes",),
) | {"init": ("--defaults", "--yes")}
ANSWERED = {"-y", "--yes", "-n", "--dry-run", "-h", "--help", "--explain", "--json"}


def reason_not_to_run(line: Line) -> str | None:
    text = " ".join(line.words)
    if "--help" in line.words:
        return None
    return next((why for begin, why in NOT_RUN.items() if f"{text} ".startswith(f"{begin} ")), None)


def way_of(line: Line) -> Way | None:
    """None: nobody has prepared it."""
    text = " ".join(line.words)
    if text in EXACT:
        return EXACT[text]
    command = command_of(line)
    if command is None:
        return Way() if line.words[0] == "git" or is_reletan(line) else None
    return Way() if "--help" in line.words else BY_COMMAND.get(command)


def command_of(line: Line) -> str | None:
    """The command of reletan; None: of another program, or reletan without one."""
    if not is_reletan(line):
        return None
    after = line.words[line.words.index(next(word for word in line.words if word.endswith("reletan"))) + 1 :]
    return next((word for word in after if word in BY_COMMAND or not word.startswith("-")), None)


def answers(arguments: list[str]) -> list[str]:
    """What a person would type at the question, as options."""
    if set(arguments) & ANSWERED:
        return []
    for asks, options in ANSWERS.items():
        if set(asks.split()) <= set(arguments):
            return [option for option in options if option not in arguments]
    return []
