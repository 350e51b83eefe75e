"""A CI job, and the variables that tell of it.

Anybody may have written them: a value that cannot be what it stands for is a UsageError that names its variable, and
so is a job of another repository.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from reletan.domain.address import number_in, remote_address
from reletan.domain.errors import UsageError
from reletan.domain.subjects import pull_number

# More than any head has; each would cost a request
MAX_PULLS = 100

SHA = r"^[0-9a-fA-F]{40}([0-9a-fA-F]{24})?\Z"
PULL_REF = r"refs/pull/([^/]+)/(?:merge|head)"
# What git refuses in the name of a ref, and what is no text
_NO_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]|\.\.")


class CiJob(msgspec.Struct, frozen=True, kw_only=True):
    """A CI job as its system tells it; names are raw.

    ``pulls``: the numbers that it names, in order; ``sha``: the commit under test as it was pushed, None where only a
    merge of it with its base is told; ``branch``: where that commit was pushed to, in a fork where ``fork``, whose
    builds mostly get no secrets; ``repository``: "owner/name"; ``run``: GitHub's id of the workflow run; ``url``: of
    the build, as its check links to it; ``job``: the name that the system gives the job.
    """

    system: str
    pulls: tuple[int, ...] = ()
    branch: str | None = None
    tag: str | None = None
    sha: str | None = None
    repository: str | None = None
    run: int | None = None
    url: str | None = None
    job: str | None = None
    fork: bool = False


class Variables:
    """The variables, each read as what it should be; empty is not set, and so is CircleCI's ``<nil>``.

    ``host`` and ``configured`` ("owner/name") are where the pull requests are. Methods raise UsageError.
    """

    def __init__(self, environ: Mapping[str, str], host: str, configured: str) -> None:
        self._environ = environ
        self._host = host
        self._configured = configured

    def text(self, *names: str) -> str | None:
        """The first that is set."""
        values = (self._environ.get(name, "").strip() for name in names)
        return next((value for value in values if value not in ("", "<nil>")), None)

    def is_set(self, name: str, value: str) -> bool:
        told = self.text(name)
        return told is not None and value in ("", told.casefold())

    def number(self, name: str) -> tuple[int, ...]:
        return self._number(name, self.text(name))

    def number_of(self, name: str, pattern: str) -> tuple[int, ...]:
        """The number in a variable that may hold something else as well."""
        found = re.fullmatch(pattern, self.text(name) or "")
        return self._number(name, found[1] if found else None)

    def _number(self, name: str, digits: str | None) -> tuple[int, ...]:
        if digits is None or digits == "false":
            return ()
        number = pull_number(digits)
        if number is None:
            raise _refused(name, digits, "is no number of a pull request")
        return (number,)

    def run(self, name: str) -> int | None:
        value = self.text(name)
        if value is not None and not re.fullmatch("[1-9][0-9]{0,18}", value):
            raise _refused(name, value, "is no id of a run")
        return int(value) if value else None

    def links(self, name: str) -> tuple[int, ...]:
        """The numbers in a comma-separated list of addresses of pull requests."""
        urls = [url for url in map(str.strip, (self.text(name) or "").split(",")) if url]
        return tuple(self._number_in(name, url) for url in urls)

    def _number_in(self, name: str, url: str) -> int:
        try:
            return number_in(url, self._host, self._configured)
        except UsageError:
            what = f"is no pull request of {self._configured} on {self._host}"
            raise _refused(name, url, what) from None

    def sha(self, *names: str) -> str | None:
        value = self.text(*names)
        if value is not None and not re.match(SHA, value):
            raise _refused(" or ".join(names), value, "is no id of a commit")
        return value.lower() if value else None

    def ref(self, *names: str) -> str | None:
        return ref_name(" or ".join(names), self.text(*names))

    def branch_of(self, name: str) -> str | None:
        return None if (self.text(name) or "").startswith("refs/tags/") else self.ref(name)

    def tag_of(self, name: str) -> str | None:
        return self.ref(name) if (self.text(name) or "").startswith("refs/tags/") else None

    def url(self, *names: str) -> str | None:
        value = self.text(*names)
        if value is not None and not _is_page(value):
            raise _refused(" or ".join(names), value, "is no address of a build")
        return value

    def repository(self, name: str) -> str | None:
        return self.ours(name, self.text(name))

    def ours(self, source: str, slug: str | None) -> str | None:
        """``slug`` ("owner/name"), if it is the configured repository; ``source`` says so."""
        if slug is not None and self.is_foreign(slug):
            raise UsageError(f"{source} says that this job is of {_shown(slug)}, but reletan works on {self._configured}.",
                             next="run it in a job of the configured repository, or correct [github] repository")  # fmt: skip
        return slug

    def is_foreign(self, slug: str) -> bool:
        return slug.casefold() != self._configured.casefold()

    def cloned(self, name: str) -> str | None:
        """The same from the address of a clone; None for a path, which says nothing."""
        url = self.text(name) or ""
        remote = remote_address(url)
        if remote is None:
            return None
        # The host of ssh may be an alias
        is_alias = not url.casefold().startswith(("http://", "https://"))
        if not is_alias and remote.host != urlsplit(f"//{self._host}").hostname:
            raise UsageError(
                f"{name} says that this job is of a repository on {_shown(remote.host)}, not {self._host}."
            )
        return self.ours(name, remote.path)

    def is_fork(self, name: str) -> bool:
        """Whether the variable names another repository, by its address or as "owner/name", than the configured one."""
        told = self.text(name)
        remote = remote_address(told) if told else None
        return told is not None and self.is_foreign(remote.path if remote else told)


def ref_name(source: str, value: str | None) -> str | None:
    """The short name of a branch or tag, of its short or full one; None for a ref of another kind.

    Raises UsageError, which names ``source``, for what cannot be a name.
    """
    name = re.sub(r"^refs/(heads|tags)/", "", value or "")
    if len(name) > 255 or _NO_REF.search(name):
        raise _refused(source, name, "is no name of a branch or tag")
    return None if not name or name.startswith("refs/") else name


def once(pulls: tuple[int, ...]) -> tuple[int, ...]:
    """Each number once, in order. Raises UsageError for more of them than a job can be of."""
    numbers = tuple(dict.fromkeys(pulls))
    if len(numbers) > MAX_PULLS:
        raise UsageError(f"This job names more than {MAX_PULLS} pull requests.",
                         next="give the number of the pull request")  # fmt: skip
    return numbers


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and len(parts.path) > 1
    return is_web and len(url) <= 2000 and re.fullmatch(r"[\x21-\x7e]+", url) is not None


def _shown(value: str) -> str:
    return repr(value if len(value) <= 100 else value[:100] + "…")


def _refused(name: str, value: str, what: str) -> UsageError:
    return UsageError(f"{name} holds {_shown(value)}, which {what}.", next="give the number of the pull request")
