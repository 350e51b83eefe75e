"""2 to 16 people release at once, half of them killed on the way, while somebody commits: there is one release of a version,
nothing that origin ever had is lost, and everybody is told.

``--only 17`` does one round again: the same people, commands and kills. Which of them is faster is up to the machine.
"""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import count

import msgspec

from torture.budget import Budget, Figures, say
from torture.races_round import Round, lost
from torture.rounds import DIED, in_parallel

# where nobody says how long
ROUNDS = 1_000
# few are usual, and many are slow
MANAGERS = (2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8, 16)
_EVERY = 100


class Done(msgspec.Struct, frozen=True):
    """One round: how many worked at once and were killed, and what was lost."""

    unit: str
    managers: int
    killed: int
    lost: str | None = None


def run(budget: Budget) -> Figures:
    done = [attempt(budget.only)] if budget.only else list(_until_the_end(budget))
    people, killed = sum(one.managers for one in done), sum(one.killed for one in done)
    what = f"race rounds ({people:,} runs at once, {killed:,} of them killed)"
    found = tuple(f"python -m torture races --only {one.unit}: {one.lost}" for one in done if one.lost)
    return Figures(what, len(done), found)


def _until_the_end(budget: Budget) -> Iterator[Done]:
    units = (str(budget.seed * 100_000 + number) for number in count())
    counts: Counter[str] = Counter()
    for done in in_parallel(attempt, units, budget, lambda unit: Done(unit, 0, 0, DIED)):
        yield done
        counts["rounds"] += 1
        counts["lost"] += done.lost is not None
        if counts["rounds"] % _EVERY == 0:
            say(f"  {counts['rounds']:,} race rounds, {counts['lost']} lost")
        if budget.until is None and counts["rounds"] >= ROUNDS:
            return


def attempt(unit: str) -> Done:
    """One round, in this process; what its number gives is the same each time."""
    dice = random.Random(unit)  # noqa: S311 - a round that can be had again
    with Round(dice, dice.choice(MANAGERS)) as a_round:
        a_round.race()
        said = a_round.as_told()
        found = [*lost(a_round)]
    killed = sum(answer.killed for answer in a_round.answers)
    return Done(unit, len(a_round.answers), killed, "\n".join([*found, said]) if found else None)
