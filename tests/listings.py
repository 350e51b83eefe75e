"""What the scenarios of `reletan list` look at."""

from typing import Any

from reletan.sandbox.world import World


def listed(world: World, *args: str, **options: Any) -> Any:
    """`reletan list --json`, which must succeed."""
    return world.reletan("list", "--json", *args, check=True, **options).json


def numbers(listing: Any) -> list[int]:
    return [pull["number"] for pull in listing["pull_requests"]]


def pull(listing: Any, number: int) -> Any:
    (found,) = [pull for pull in listing["pull_requests"] if pull["number"] == number]
    return found


def loose(listing: Any) -> list[str]:
    """The subjects of the commits without a pull request."""
    return [commit["subject"] for commit in listing["commits_without_pull_request"]]


def codes(listing: Any) -> list[str]:
    """What is warned of."""
    return [warning["code"] for warning in listing["warnings"]]
