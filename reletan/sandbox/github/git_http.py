"""git over HTTP, as github.com speaks it: ``git http-backend`` over the bare repository, with tokens at the door."""

import subprocess

from reletan.sandbox.github.exchange import Asked
from reletan.sandbox.github.site import Site
from reletan.sandbox.http.wire import Reply

_SETTINGS = {
    # as on github.com: pull requests' refs are for fetching only, any commit and part of a clone can be asked for
    "receive.hideRefs": "refs/pull",
    "uploadpack.allowAnySHA1InWant": "true",
    "uploadpack.allowFilter": "true",
}


def answer(site: Site, asked: Asked, login: str | None) -> Reply:
    """What git gets; a push runs origin's hooks, which know who pushes as REMOTE_USER."""
    reply = _refused(site, asked, login) or _moved(site, asked) or _served(site, asked, login)
    # curl asks once more where a connection that it uses again is cut: each has one of its own, so that a cut is a cut
    return reply.but(headers={**reply.headers, "Connection": "close"})


def _refused(site: Site, asked: Asked, login: str | None) -> Reply | None:
    pushes, right = "git-receive-pack" in f"{asked.path}?{asked.search}", site.right(login)
    if login is None and (asked.token or pushes or right == "none"):
        return _says(401, "Invalid username or token. Password authentication is not supported for Git operations.")
    if right == "none" or _name(asked) not in (site.slug, *site.former_slugs):
        return _says(404, "Repository not found.")
    if pushes and right not in ("admin", "write"):
        return _says(403, f"Permission to {site.slug}.git denied to {login}.")
    return None


def _name(asked: Asked) -> str:
    return "/".join(asked.path.split("/")[1:3]).removesuffix(".git")


def _says(status: int, text: str) -> Reply:
    kind = {"Content-Type": "text/plain; charset=UTF-8"}
    return Reply(status, kind | ({"WWW-Authenticate": 'Basic realm="GitHub"'} if status == 401 else {}), text.encode())


def _moved(site: Site, asked: Asked) -> Reply | None:
    if _name(asked) == site.slug:
        return None
    rest = asked.path.split("/", 3)[3]
    return Reply(301, {"Location": f"/{site.slug}.git/{rest}?{asked.search}"}, b"")


def _served(site: Site, asked: Asked, login: str | None) -> Reply:
    done = subprocess.run(
        ["git", "http-backend"],
        input=asked.raw,
        env=_environment(site, asked, login),
        capture_output=True,
        timeout=60,
        check=True,
    )
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    return Reply(int(headers.pop("Status", "200").split()[0]), headers, content)


def _environment(site: Site, asked: Asked, login: str | None) -> dict[str, str]:
    settings = {"GIT_CONFIG_COUNT": str(len(_SETTINGS))}
    for i, (key, value) in enumerate(_SETTINGS.items()):
        settings |= {f"GIT_CONFIG_KEY_{i}": key, f"GIT_CONFIG_VALUE_{i}": value}
    origin = site.bare
    return {
        **origin.env,
        **settings,
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_TRANSLATED": f"{origin.path}/{asked.path.split('/', 3)[3]}",
        "QUERY_STRING": asked.search,
        "REQUEST_METHOD": asked.method,
        "CONTENT_TYPE": asked.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(asked.raw)),
        "HTTP_CONTENT_ENCODING": asked.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": asked.headers.get("Git-Protocol", ""),
        # git takes pushes from people with a name only
        **({"REMOTE_USER": login} if login else {}),
    }
