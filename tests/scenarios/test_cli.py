"""The command line itself: help, versions, mistakes, and where the words go."""

import json
import subprocess
import sys

import pytest
from wrapped import executable

import reletan
from reletan.sandbox.world import World

COMMANDS = ["init", "list", "status", "start", "tag", "resume", "abort", "config", "doctor"]


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(world: World, command: str, flag: str) -> None:
    run = world.reletan(command, flag, cwd=world.folder)
    assert (run.code, run.err) == (0, "")
    assert "Usage: reletan" in run.out
    examples = run.out.partition("\n  Examples:\n")[2].splitlines()
    assert [line for line in examples if not line.startswith(f"    reletan {command}")] == [], "one on each line"
    assert len(examples) > 1


@pytest.mark.parametrize("arguments", [(), ("--help",), ("-h",)])
def test_the_help_names_every_command_and_the_exit_codes(world: World, arguments: tuple[str, ...]) -> None:
    run = world.reletan(*arguments)
    assert (run.code, run.err) == (0, "")
    for command in COMMANDS:
        assert f"\n  {command} " in run.out
    assert "Exit codes" in run.out
    assert "..." not in run.out.partition("Commands:")[2], "each command's first sentence fits into 80 columns"


def test_the_help_imports_nothing_heavy() -> None:
    heavy = "'git rich msgspec questionary jinja2 prompt_toolkit pydantic'.split()"
    script = "import sys\nfrom reletan.running import run\nrun(['tag', '--help'])\n"
    script += f"print(sorted(set({heavy}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_printed_anywhere(world: World) -> None:
    for arguments in (("--version",), ("--version", "-q")):
        run = world.reletan(*arguments, cwd=world.folder)
        assert (run.code, run.out, run.err) == (0, f"reletan {reletan.__version__}\n", "")


MISTAKES = [
    ("relase",),
    ("list", "--bogus"),
    ("tag", "--head"),
    ("tag", "1.4.0", "1.5.0"),
    ("start", "a", "b", "c"),
    ("--color", "red", "list"),
    ("tag", "--via", "mail"),
    ("tag", "--backmerge", "maybe"),
    ("list", "--group-by", "moon"),
    ("-v",),
    ("start", "1.4.0\x1b[31m"),
    ("start", "--", "-x"),
    ("-C", "nowhere", "list"),
    ("list", "--since", "nonsense"),
]


@pytest.mark.parametrize("arguments", MISTAKES, ids=lambda arguments: ascii(" ".join(arguments)))
def test_a_mistake_is_one_clear_error(world: World, arguments: tuple[str, ...]) -> None:
    before = world.dump()
    run = world.reletan(*arguments)
    assert run.code == 2, run
    assert run.out == ""
    assert len([line for line in run.err.splitlines() if line.startswith("error: ")]) == 1
    assert "Traceback" not in run.err
    assert "\x1b" not in run.err
    assert [line for line in world.dump().splitlines() if "journal" not in line] == before.splitlines()


ANY_HELP = "reletan --help, or reletan COMMAND --help"


@pytest.mark.parametrize(
    ("typed", "message", "instead"),
    [
        (["list", "-v"], "-v goes before the command.", "reletan -v list"),
        (["tag", "1.4.0", "-y", "-q"], "-q goes before the command.", "reletan -q tag 1.4.0 -y"),
        (["tag", "-yq"], "-q goes before the command.", "reletan -q tag -y"),
        (["list", "--color", "never"], "--color goes before the command.", "reletan --color never list"),
        (["list", "--color=never"], "--color goes before the command.", "reletan --color=never list"),
        (["list", "-C", "shop"], "-C goes before the command.", "reletan -C shop list"),
        (["list", "-Cshop"], "-C goes before the command.", "reletan -Cshop list"),
        (["--since", "v 1", "list"], "--since goes after the command.", "reletan list --since 'v 1'"),
        (["tag", "-q", "-v"], "-q goes before the command.", "reletan -q -v tag"),
        (
            ["--yes", "--dry-run", "tag", "1.4.0"],
            "--yes goes after the command.",
            "reletan tag 1.4.0 --yes --dry-run",
        ),
        (["-yn", "tag"], "-y goes after the command.", "reletan tag -y -n"),
        (
            ["tag", "-mversion 1.4, verified", "-nv"],
            "-v goes before the command.",
            "reletan -v tag '-mversion 1.4, verified' -n",
        ),
        (["-C/home/yuki/shop", "-yq", "tag"], "-y goes after the command.", "reletan -C/home/yuki/shop -q tag -y"),
        (
            ["-v", "--message", "two words", "tag"],
            "--message goes after the command.",
            "reletan -v tag --message 'two words'",
        ),
        # what was meant is not certain
        (["list", "-C"], "-C goes before the command.", ANY_HELP),
        (["--wait", "automerge"], "--wait goes after the command.", ANY_HELP),
        (["tag", "-C", "-y"], "-C goes before the command.", ANY_HELP),
        (["tag", "-q", "-ym", "text"], "-q goes before the command.", ANY_HELP),
        (["tag", "-q", "--", "-y"], "-q goes before the command.", ANY_HELP),
        (["tag", "-q", "-"], "-q goes before the command.", ANY_HELP),
        (["tag", "-q", "--nonsense"], "-q goes before the command.", ANY_HELP),
        (["list", "-q", "--json=1"], "-q goes before the command.", ANY_HELP),
        (["tag", "-q", "-m", "two\nlines"], "-q goes before the command.", ANY_HELP),
        (["help"], "No such command 'help'.", "reletan --help"),
        (["help", "tag"], "No such command 'help'.", "reletan tag --help"),
        (["version"], "No such command 'version'.", "reletan --version"),
        (["-v", "lst"], "No such command 'lst'. Did you mean 'list'?", ANY_HELP),
        (["-n"], "No such option: -n", ANY_HELP),
    ],
)
def test_a_mistake_has_what_to_type_instead(world: World, typed: list[str], message: str, instead: str) -> None:
    run = world.reletan(*typed)
    assert (run.code, run.err) == (2, f"error: {message}\nnext: {instead}\n")


def test_json_before_the_command_is_told_in_json(world: World) -> None:
    error = world.reletan("--json", "list").json["error"]
    assert (error["message"], error["next"]) == ("--json goes after the command.", "reletan list --json")


NOT_WITH_JSON = [("-v",), ("start", "--", "-x"), ("tag", "--head")]  # there, --json would be an argument


@pytest.mark.parametrize(
    "arguments", [m for m in MISTAKES if m not in NOT_WITH_JSON], ids=lambda arguments: ascii(" ".join(arguments))
)
def test_with_json_a_mistake_is_one_object(world: World, arguments: tuple[str, ...]) -> None:
    run = world.reletan(*arguments, "--json")
    assert run.code == 2, run
    assert run.err == ""
    error = run.json["error"]
    assert (run.json["schema"], error["kind"], error["exit"]) == (1, "usage", 2)
    assert error["message"]


def test_it_runs_as_if_in_another_folder(world: World) -> None:
    (world.clone / "src").mkdir(exist_ok=True)
    expected = world.reletan("list", check=True).out
    assert world.reletan("-C", str(world.clone), "list", cwd=world.folder).out == expected
    assert world.reletan("-C", "hana", "list", cwd=world.folder).out == expected
    assert world.reletan("list", cwd=world.clone / "src").out == expected


def test_data_goes_to_stdout_and_talk_to_stderr(world: World) -> None:
    started = world.reletan("start", "--yes", check=True)
    assert started.out == ""
    assert "done: push to origin" in started.err
    quiet = world.reletan("-q", "tag", "--yes", check=True)
    assert (quiet.out, quiet.err) == ("", "")
    assert "v1.4.0" in world.tags()


def test_v_tells_each_git_command_with_its_time(world: World) -> None:
    run = world.reletan("-v", "list", "--json", check=True)
    assert run.json["schema"] == 1
    told = [line for line in run.err.splitlines() if " s  git " in line]
    assert any("ls-remote" in line for line in told)
    assert all(float(line.split(" s  ")[0]) < 60 for line in told)
    assert world.reletan("list", "--json", check=True).err == ""


def test_an_unexpected_problem_is_one_error_and_a_traceback_only_with_vv(world: World) -> None:
    script = (
        "import sys, reletan.running as running, reletan.commands.session as session\n"
        "def broken(*args, **kwargs): raise ZeroDivisionError('no luck')\n"
        "session.open_session = broken\nsys.exit(running.run(sys.argv[1:]))"
    )

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script, *args],
            cwd=world.clone,
            env=world.environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    plain, loud, as_json = run("list"), run("-vv", "list"), run("list", "--json")
    assert (plain.returncode, loud.returncode, as_json.returncode) == (1, 1, 1)
    assert "no luck" in plain.stderr
    assert "Traceback" not in plain.stderr
    assert "Traceback" in loud.stderr
    assert json.loads(as_json.stdout)["error"]["exit"] == 1


def test_the_json_of_done_already_done_and_blocked(world: World) -> None:
    world.reletan("start", "1.4.0", "--yes", check=True)
    world.protect("main")
    blocked = world.reletan("tag", "1.4.0", "--yes", "--json")
    assert (blocked.code, blocked.json["error"]["kind"]) == (3, "blocked")
    assert "error: " not in blocked.err
    world.unprotect()
    planned = world.reletan("tag", "1.4.0", "--dry-run", "--json", check=True).json
    done = world.reletan("tag", "1.4.0", "--yes", "--json", check=True)
    assert (done.json["command"], done.json["version"]) == ("tag", "1.4.0")
    assert {step["state"] for step in done.json["steps"]} <= {"done", "skipped"}
    assert [step["kind"] for step in done.json["steps"]] == [step["kind"] for step in planned["steps"]]
    assert all("state" not in step for step in planned["steps"])
    again = world.reletan("tag", "1.4.0", "--yes", "--json", check=True).json
    assert again["steps"] == []


def test_a_hook_that_talks_does_not_spoil_the_json(world: World) -> None:
    executable(world.clone / ".git" / "hooks" / "pre-flow-release-start", "echo out; echo err >&2")
    run = world.reletan("start", "--yes", "--json", check=True)
    assert run.json["version"] == "1.4.0"
