"""The state machine: people and reletan at work on one repository in any order, with the promises looked at after each step.

A unit is some runs of one seed; ``--only 17`` does that unit again, and looks for the shortest way to what it found;
``--only 17:github`` is one on the sandbox GitHub.
"""

from collections.abc import Iterator
from itertools import count

import msgspec
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from torture.budget import Budget, Figures, say
from torture.machine_commands import Commands
from torture.machine_github import OnGitHub
from torture.machine_stage import Stage
from torture.rounds import DIED, in_parallel

# where nobody says how long
STEPS_IN_ALL = 100_000
# runs of a unit, few since none is begun in vain when the time is over; and steps that hypothesis takes in one of them
RUNS = 4
STEPS = 50
GITHUB = ":github"
_EVERY = 5_000
# so many steps for a release, at the very most
_A_RELEASE = 400


class Done(msgspec.Struct, frozen=True):
    """One unit: its steps, the releases that came out, and what was lost."""

    unit: str
    steps: int
    releases: int = 0
    lost: str | None = None


def run(budget: Budget) -> Figures:
    done = [attempt(budget.only, shrink=True)] if budget.only else list(_until_the_end(budget))
    steps, releases = sum(one.steps for one in done), sum(one.releases for one in done)
    lost = [f"python -m torture machine --only {one.unit}: {one.lost}" for one in done if one.lost]
    if steps >= _EVERY and releases < steps / _A_RELEASE:
        # who only refuses loses nothing either
        lost.append(f"{releases} releases came out")
    return Figures(f"steps of the state machine ({releases:,} releases)", steps, tuple(lost))


def _until_the_end(budget: Budget) -> Iterator[Done]:
    steps = lost = 0
    units = (f"{budget.seed * 100_000 + number}{GITHUB * (number % 3 == 2)}" for number in count())
    for done in in_parallel(attempt, units, budget, lambda unit: Done(unit, 0, lost=DIED)):
        yield done
        lost += done.lost is not None
        if done.lost:
            say(f"  LOST in {done.unit}")
        if (steps + done.steps) // _EVERY > steps // _EVERY:
            say(f"  {steps + done.steps:,} steps, {lost} runs lost")
        steps += done.steps
        if budget.until is None and steps >= STEPS_IN_ALL:
            return


def attempt(unit: str, *, runs: int = RUNS, shrink: bool = False) -> Done:
    """Do one unit, in this process."""
    number, on_github = int(unit.removesuffix(GITHUB)), unit.endswith(GITHUB)
    machine = seed(number)(type("Machine", (OnGitHub if on_github else Commands,), {}))
    steps, releases, lost = Stage.steps, Stage.releases, None
    try:
        run_state_machine_as_test(machine, settings=_settings(runs, shrink=shrink))
    except Exception as error:  # whatever it is, it is a finding
        lost = f"{type(error).__name__}: {error}"
    return Done(unit, Stage.steps - steps, Stage.releases - releases, lost)


def _settings(runs: int, *, shrink: bool) -> settings:
    return settings(
        max_examples=runs, stateful_step_count=STEPS, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
    )  # fmt: skip
