"""A GitHub Release as the tests want it, and what was asked to get it."""

from typing import Any

import msgspec

from reletan.adapters.hubrelease import WantedRelease
from reletan.domain.releasebody import with_block
from reletan.sandbox.github.model import Release
from reletan.sandbox.world import World

TAG = "v1.3.0"
RELEASES = "/repos/*/releases"
ONE = f"{RELEASES}/[0-9]*"
BY_TAG = f"{RELEASES}/tags/*"
NOTES = "## Features\n\n- Add a basket (#7)"
BODY = with_block(None, NOTES)


def wanted(world: World, tag: str = TAG, **more: Any) -> WantedRelease:
    usual = WantedRelease(
        tag=tag, commit=world.tags()[tag], name="1.3.0", notes=NOTES, more="and more", prerelease=False, latest=True
    )
    return msgspec.structs.replace(usual, **more)


def only(world: World) -> Release:
    """The one that there is."""
    (release,) = world.releases
    return release


def asked(world: World) -> list[str]:
    """What was asked, in order; of which page does not matter."""
    return [f"{one.method} {one.path.removeprefix('/repos/acme/shop')}" for one in world.github.exchanges]


def sent(world: World, method: str) -> Any:
    """The body of the only request of this kind."""
    (body,) = [one.body for one in world.github.exchanges if one.method == method]
    return body
