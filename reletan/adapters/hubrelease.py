"""GitHub Releases: found by their tag, drafts too, and never made twice."""

import msgspec

from reletan.adapters.hub import Hub
from reletan.adapters.hubreply import HubError, Reply, decode

PAGE = 100


class ReleaseState(msgspec.Struct, frozen=True):
    """A GitHub Release as it is. ``tag_name`` may be a tag that does not exist yet, where it is a draft."""

    id: int
    tag_name: str
    draft: bool
    html_url: str
    name: str | None = None
    body: str | None = None


def find_release(hub: Hub, tag: str) -> ReleaseState | None:
    """The release of ``tag``; one that is published before a draft. GitHub does not find drafts by their tag."""
    found = [release for release in _all(hub) if release.tag_name == tag]
    return min(found, key=lambda release: release.draft, default=None)


def _all(hub: Hub) -> list[ReleaseState]:
    releases: list[ReleaseState] = []
    page = 1
    while len(releases) == (page - 1) * PAGE:
        releases += hub.read(f"{hub.path}/releases?per_page={PAGE}&page={page}", list[ReleaseState])
        page += 1
    return releases


def create_release(hub: Hub, tag: str, name: str, body: str, *, draft: bool = False) -> ReleaseState:
    """Make the release of a tag that exists, or adopt the one that is there. Never sent twice.

    Raises HubError when it is not known what happened, not even after looking, and for GitHub's no.
    """
    if (existing := find_release(hub, tag)) is not None:
        return existing
    wanted = {"tag_name": tag, "name": name, "body": body, "draft": draft}
    try:
        reply = hub.write("POST", f"{hub.path}/releases", wanted)
        if not _exists_already(reply):
            hub.require(reply)
            return decode(reply, ReleaseState)
        problem = HubError(f"GitHub did not make the release of {tag}: {reply.words}.")
    except HubError as error:
        if not error.unclear:
            raise
        problem = error
    if (existing := find_release(hub, tag)) is not None:
        return existing
    raise HubError(f"There is no release of {tag} yet: {problem.message}", next="run the command again")


def _exists_already(reply: Reply) -> bool:
    return reply.status == 422 and "already_exists" in reply.text
