"""The settings: their names, types and defaults. How they are put together stands in ``layers``."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

Language = Literal["en", "ja"]
Method = Literal["merge", "squash", "rebase"]
Finish = Literal["auto", "push", "pull-request"]
Scheme = Literal["semver", "calver"]
EnvironmentName = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,50}\Z")]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Flow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Branches, tags and how a release is finished. None: found in the repository when it is needed."""

    production: Annotated[
        str | None, Meta(description="The production branch; else git-flow's, else main or master.", examples=["main"])
    ] = None
    development: Annotated[
        str | None, Meta(description="The development branch; else git-flow's, else develop.", examples=["develop"])
    ] = None
    release_prefix: Annotated[
        str, Meta(description="What the names of release branches begin with.", examples=["release/"])
    ] = "release/"
    hotfix_prefix: Annotated[
        str, Meta(description="What the names of hotfix branches begin with.", examples=["hotfix/"])
    ] = "hotfix/"
    tag_prefix: Annotated[
        str | None,
        Meta(description="What release tags begin with; may be empty; else as production's tags.", examples=["v"]),
    ] = None
    remote: Annotated[str, Meta(description="The remote that releases go to.", examples=["origin"])] = "origin"
    finish: Annotated[
        Finish,
        Meta(
            description="How a release reaches production. auto: by push, and by the release pull request where "
            "production is protected."
        ),
    ] = "auto"


class Versions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the next version is proposed."""

    scheme: Annotated[Scheme, Meta(description="Semantic versions, or versions from the calendar.")] = "semver"
    format: Annotated[
        str, Meta(description="The shape of calendar versions (calver only).", examples=["YYYY.0M.MICRO"])
    ] = "YYYY.0M.MICRO"
    major_labels: Annotated[
        tuple[str, ...], Meta(description="Labels that ask for a major version.", examples=[["breaking"]])
    ] = ("breaking",)
    minor_labels: Annotated[
        tuple[str, ...], Meta(description="Labels that ask for a minor version.", examples=[["feature"]])
    ] = ("feature", "enhancement")


class GitHub(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the repository lives."""

    repository: Annotated[
        str | None, Meta(description="owner/name; else from the remote's URL.", examples=["owner/name"])
    ] = None
    api_url: Annotated[
        str, Meta(description="The address of GitHub's API.", examples=["https://github.example.com/api/v3"])
    ] = "https://api.github.com"
    releases: Annotated[bool, Meta(description="Publish a GitHub Release with the notes when a release is tagged.")] = (
        True
    )


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One heading of the release notes, and the labels of the pull requests under it."""

    title: Annotated[str, Meta(description="The heading.", examples=["Features"])]
    labels: Annotated[
        tuple[str, ...], Meta(description='Labels that lead here; "*" stands for any.', examples=[["feature"]])
    ]
    exclude_labels: Annotated[
        tuple[str, ...], Meta(description="Not here, whatever else it has.", examples=[["dependencies"]])
    ] = ()
    exclude_authors: Annotated[
        tuple[str, ...], Meta(description="Nothing of theirs here.", examples=[["dependabot[bot]"]])
    ] = ()


class Notes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The release notes."""

    language: Annotated[Language, Meta(description="The language of the release notes.")] = "en"
    template: Annotated[
        str | None,
        Meta(description="A template of your own; else reletan's.", examples=["docs/release_notes.md.j2"]),
    ] = None
    exclude_labels: Annotated[
        tuple[str, ...], Meta(description="Pull requests with one of these are left out.", examples=[["skip-notes"]])
    ] = ("skip-notes",)
    exclude_authors: Annotated[
        tuple[str, ...], Meta(description="Whose pull requests are left out.", examples=[["dependabot[bot]"]])
    ] = ()
    categories: Annotated[
        tuple[Category, ...],
        Meta(
            description="The headings, in their order; a pull request stands under the first that fits. Else those of "
            ".github/release.yml.",
            examples=[[{"title": "Features", "labels": ["feature"]}]],
        ),
    ] = (Category("Features", ("feature", "enhancement")), Category("Fixes", ("bug", "fix")))


class Slack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The release message. Tokens are never settings: they come from the environment."""

    channel: Annotated[
        str | None, Meta(description="Where the message goes: the channel's name, or its ID.", examples=["#release"])
    ] = None
    language: Annotated[Language, Meta(description="The message's language; else that of the notes.")] = "en"
    api_url: Annotated[
        str, Meta(description="The address of Slack's API; one outside of slack.com counts from the environment only.")
    ] = "https://slack.com/api/"
    users: Annotated[
        dict[str, str],
        Meta(
            description="GitHub login, or e-mail address = Slack member ID, for mentions.",
            examples=[{"hana": "U012ABCDEF"}],
        ),
    ] = field(default_factory=dict)


class Automerge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which pull requests are merged by themselves."""

    base: Annotated[
        tuple[str, ...],
        Meta(description="Branches that are merged into; else flow.development.", examples=[["develop"]]),
    ] = ("develop",)
    approvals: Annotated[int, Meta(description="Approvals of the current head that are needed.", ge=0)] = 1
    required_label: Annotated[
        str, Meta(description="Only pull requests with this label; empty: all.", examples=["automerge"])
    ] = ""
    block_labels: Annotated[
        tuple[str, ...], Meta(description="Never pull requests with one of these.", examples=[["wip"]])
    ] = ("wip", "do-not-merge")
    method: Annotated[Method, Meta(description="How they are merged.")] = "merge"
    forks: Annotated[bool, Meta(description="Also pull requests from forks.")] = False
    method_labels: Annotated[
        dict[str, Method],
        Meta(description="Label = another method for a pull request that has it.", examples=[{"squash-me": "squash"}]),
    ] = field(default_factory=dict)
    required_checks: Annotated[
        tuple[str, ...],
        Meta(description="Checks that must be green, whatever GitHub's rules say.", examples=[["test"]]),
    ] = ()
    ignore_checks: Annotated[
        tuple[str, ...],
        Meta(description="Checks that do not count where they are not required.", examples=[["coverage"]]),
    ] = ()
    update_branch: Annotated[bool, Meta(description="Bring a branch that is behind its base up to date.")] = False
    native: Annotated[
        bool, Meta(description="Hand over to GitHub's auto-merge where the job that runs reletan is a required check.")
    ] = True
    delete_branch: Annotated[bool, Meta(description="Delete the branch after merging.")] = False
    comment: Annotated[bool, Meta(description="Say in one comment, kept up to date, why it is not merged.")] = False
    commit_template: Annotated[
        str | None,
        Meta(
            description="A template for the commit: title, then body; else GitHub's words.", examples=["docs/merge.j2"]
        ),
    ] = None


class Checklist(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The release pull request with its checklist, and the reminders of what is not ticked yet."""

    pull_request: Annotated[
        bool,
        Meta(description='`reletan start` opens the release pull request; also where flow.finish is "pull-request".'),
    ] = False
    template: Annotated[
        str | None,
        Meta(description="A template of your own for its text; else reletan's.", examples=["docs/release_pull.md.j2"]),
    ] = None
    deploy_template: Annotated[
        str | None,
        Meta(description="A template of your own for deploy pull requests.", examples=["docs/deploy_pull.md.j2"]),
    ] = None
    status: Annotated[
        bool, Meta(description="Say in the commit status reletan/checklist on the release branch how much is ticked.")
    ] = False
    required: Annotated[bool, Meta(description="`reletan tag` waits until all is ticked; else it only warns.")] = False
    time_zone: Annotated[
        str, Meta(description="The time zone of days and hours, by its name in the IANA list.", examples=["Asia/Tokyo"])
    ] = "UTC"
    days: Annotated[
        tuple[Day, ...], Meta(description="Working days, on which people are reminded.", examples=[["mon", "tue"]])
    ] = ("mon", "tue", "wed", "thu", "fri")
    hours: Annotated[
        str, Meta(description="Working hours, within which people are reminded.", examples=["09:00-18:00"])
    ] = "09:00-18:00"


class Environment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that production is deployed to."""

    branch: Annotated[str, Meta(description="The branch that is deployed from.", examples=["deployment/production"])]


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All sections, as ``.reletan.toml`` and ``[tool.reletan]`` have them."""

    flow: Flow = Flow()
    version: Versions = Versions()
    github: GitHub = GitHub()
    notes: Notes = Notes()
    slack: Slack = field(default_factory=Slack)
    automerge: Automerge = field(default_factory=Automerge)
    checklist: Checklist = Checklist()
    environments: Annotated[
        dict[EnvironmentName, Environment], Meta(description="What production is deployed to, a table each.")
    ] = field(default_factory=dict)


class Config(Tables, frozen=True, kw_only=True):
    """The effective settings.

    ``sources`` says for each key (``flow.production``) who set it; a key that is not in it has its default.
    ``conflicts`` names keys of git-flow AVH and git-flow-next that disagree and that no setting of reletan's own
    decides: whoever only reads warns, whoever writes refuses.
    """

    sources: dict[str, str] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

    def items(self) -> Iterator[tuple[str, object]]:
        """Every key (``flow.production``, ``environments.staging.branch``) with its value, in the order of the documentation."""
        tables = {section: getattr(self, section) for section in SECTIONS}
        tables |= {f"{ENVIRONMENTS}.{name}": one for name, one in self.environments.items()}
        for table, values in tables.items():
            for name in values.__struct_fields__:
                yield f"{table}.{name}", getattr(values, name)


SECTIONS: dict[str, type[msgspec.Struct]] = {
    "flow": Flow,
    "version": Versions,
    "github": GitHub,
    "notes": Notes,
    "slack": Slack,
    "automerge": Automerge,
    "checklist": Checklist,
}
# The section whose tables have names that people choose
ENVIRONMENTS = "environments"
KEYS: dict[str, tuple[str, ...]] = {name: section.__struct_fields__ for name, section in SECTIONS.items()}


def schema() -> dict[str, Any]:
    """The JSON Schema of ``.reletan.toml``; unknown keys are not allowed anywhere in it."""
    tables: dict[str, Any] = _without_null(msgspec.json.schema(Tables))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "reletan", **tables}


def _without_null(node: Any) -> Any:
    """TOML has no null: a key that is not set is left out."""
    if isinstance(node, list):
        return [_without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _without_null(value) for key, value in node.items() if value is not None}
    alternatives = [item for item in kept.pop("anyOf", []) if item != {"type": "null"}]
    return kept | alternatives[0] if alternatives else kept
