"""Run the lines of a page in its order, and say what is otherwise than the page has it."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from documented.output import as_shown, same
from documented.pages import RELETAN, Line, is_reletan, lines
from documented.places import PLACES, Shops, Team
from documented.ways import VARIABLES, Way, answers, command_of, reason_not_to_run, way_of
from reletan.sandbox.world import Run, World

_LOOK = {"COLUMNS": "80"}
# Instead of reletan: writes down what the shell has made of its arguments
_RECORDER = 'reletan() { printf "%s\\0" reletan "$@" >"$RECORD"; }\n'
# Whether or not jq is there
_PRETTY = "| jq ."
_ONLY_LOOKS = {"-n", "--dry-run", "--explain", "-h", "--help"}


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """A line, what it printed (as a page would show it), and what is wrong with it."""

    line: Line
    printed: str = ""
    wrong: str | None = None


def run_page(page: str, shops: Shops) -> list[Ran]:
    """All lines of a page that can be run. Raises AssertionError where a sandbox was asked what it does not know."""
    folder = Path(tempfile.mkdtemp())
    team = Team(shops, folder)
    try:
        found = list(_run(lines(page), team))
    finally:
        team.leave()
        shutil.rmtree(folder)
    assert not team.problems, "\n".join(team.problems)
    return found


def _run(found: list[Line], team: Team) -> Iterator[Ran]:
    code: int | None = None
    for index, line in enumerate(found):
        if line.in_ci and not (index and found[index - 1].in_ci):
            # a job has to do it by itself, whatever people did before
            team.use_up()
        if line.text == "echo $?":
            yield _compared(line, f"{code}\n")
        elif reason_not_to_run(line) is None:
            told = index + 1 < len(found) and found[index + 1].text == "echo $?"
            ran, code = _one(line, team, any_code=told)
            yield ran


def _one(line: Line, team: Team, *, any_code: bool) -> tuple[Ran, int | None]:
    """``any_code``: the page tells the exit code by itself."""
    way = way_of(line)
    if way is None:
        return Ran(line=line, wrong="nobody has prepared it: tests/documented/ways.py says how"), None
    world = _world(line, way, team)
    if way.before:
        way.before(world)
    run = _reletan(line, world) if is_reletan(line) else _shell(line, world)
    if line.text.endswith(_PRETTY):
        run = msgspec.structs.replace(run, out=json.dumps(run.json, ensure_ascii=False, indent=2) + "\n")
    if way.after:
        way.after(world)
    ran = _compared(line, as_shown(run.out + run.err, world))
    if run.code != way.code and not any_code:
        said = f"exit {run.code}, where tests/documented/ways.py expects {way.code}:\n{run.out}{run.err}"
        ran = msgspec.structs.replace(ran, wrong=said)
    if team.place not in PLACES or (command_of(line) == "automerge" and not _ONLY_LOOKS & set(line.words)):
        team.use_up()
    return ran, run.code


def _world(line: Line, way: Way, team: Team) -> World:
    if line.place == "":
        return team.as_it_is
    return team.be_at((line.place,) if line.place in PLACES else way.places)


def _compared(line: Line, printed: str) -> Ran:
    if line.output is None or same(line.output, printed):
        return Ran(line=line, printed=printed)
    return Ran(line=line, printed=printed, wrong=f"it prints now (`make docs` writes that into the page):\n{printed}")


def _reletan(line: Line, world: World) -> Run:
    given = RELETAN.match(line.text)
    assert given
    own = dict(pair.split("=", 1) for pair in given["set"].split())
    arguments = _arguments("reletan" + line.text[given.end() :], world)
    if "--wait" in arguments:
        # nobody comes while it waits
        arguments[arguments.index("--wait") + 1] = "1"
    environment = {**_LOOK, **own, **({"CI": "true"} if line.in_ci else {})}
    typed = [] if line.in_ci else answers(arguments)
    return world.reletan(*arguments, *typed, env=environment)


def _arguments(text: str, world: World) -> list[str]:
    """What the shell makes of them."""
    record = world.folder / "arguments"
    # CircleCI fills its parameters in before a shell sees them
    _sh(_RECORDER + text.replace("<< parameters.what >>", ""), world, {"RECORD": str(record)})
    return record.read_text().split("\0")[1:-1]


def _shell(line: Line, world: World) -> Run:
    done = _sh(line.text, world, {})
    return Run(done.returncode, done.stdout, done.stderr)


def _sh(script: str, world: World, more: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    values = {name: value(world) for name, value in VARIABLES.items()}
    return subprocess.run(
        ["sh", "-c", script], cwd=world.clone, env=world.environment({**_LOOK, **values, **more}),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
