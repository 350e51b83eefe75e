"""Which branches are production and development, where nobody said so, or said something else than there is."""

import tomllib
from typing import Any

import pytest
from doctoring import doctor

from reletan.sandbox.world import World

SAY_WHICH = (
    "say which branch releases begin at: reletan init --development development (or --development main); "
    "where development has a .reletan.toml already: git switch development"
)


@pytest.fixture
def renamed(world: World) -> World:
    """``world``, whose development is named development."""
    world.branch("development", "refs/heads/develop")
    world.delete_branch("develop")
    return world


def settings(world: World, text: str) -> None:
    (world.clone / ".reletan.toml").write_text(f"[flow]\n{text}\n")


def refused(world: World, *args: str) -> Any:
    run = world.reletan(*args, "--json")
    assert run.code == 2
    return run.json["error"]


def test_who_reads_is_warned(renamed: World) -> None:
    run = renamed.reletan("list", check=True)
    assert "There is no develop on origin, but there is development. So this is about main alone" in run.err
    assert SAY_WHICH in run.err
    assert "no-development" in [w["code"] for w in renamed.reletan("list", "--json", check=True).json["warnings"]]
    found = renamed.reletan("status", check=True)
    assert f"next           {SAY_WHICH}" in found.out
    assert "everything is released" not in found.out


@pytest.mark.parametrize("command", ["start", "tag", "resume", "abort"])
def test_who_writes_is_refused(renamed: World, command: str) -> None:
    before = renamed.branches()
    error = refused(renamed, command, "--yes")
    assert error["message"] == "There is no develop on origin, but there is development."
    assert error["next"] == SAY_WHICH
    assert renamed.branches() == before


def test_doctor_says_the_same(renamed: World) -> None:
    check = doctor(renamed, code=1)["remote.branches"]
    assert (check["state"], check["fix"]) == ("failed", SAY_WHICH)


def test_init_finds_it_by_itself(renamed: World) -> None:
    renamed.reletan("init", "--defaults", "--yes", check=True)
    flow = tomllib.loads((renamed.clone / ".reletan.toml").read_text())["flow"]
    assert flow["development"] == "development"
    assert "3 pull requests" in renamed.reletan("list", check=True).out


def test_the_advice_works_either_way(renamed: World) -> None:
    renamed.reletan("init", "--defaults", "--yes", "--development", "main", check=True)
    assert "nothing: everything is released" in renamed.reletan("status", check=True).out


def test_two_that_look_like_it_need_a_word(renamed: World) -> None:
    renamed.branch("dev", "refs/heads/main")
    error = refused(renamed, "init", "--defaults", "--yes")
    assert "there are dev and development" in error["message"]
    assert error["next"] == "give --development"


@pytest.mark.parametrize("name", ["production", "development"])
def test_a_name_that_is_not_there_is_corrected_where_it_stands(world: World, name: str) -> None:
    settings(world, f'{name} = "nope"')
    error = refused(world, "start", "--yes")
    assert error["message"] == f"The {name} branch nope does not exist on origin."
    assert error["next"] == (
        f'.reletan.toml says {name} = "nope"; correct it there, or push the branch (origin has develop, main)'
    )


@pytest.mark.parametrize("name", ["production", "development"])
def test_init_takes_no_name_that_is_not_there(world: World, name: str) -> None:
    settings(world, f'{name} = "nope"')
    error = refused(world, "init", "--defaults", "--yes")
    assert error["message"] == f'.reletan.toml says {name} = "nope", and origin has no such branch.'
    assert error["next"] == "correct it there, or push the branch (origin has develop, main)"
