"""Files and variables that configure reletan, bent: a clear error, without the secret that may stand in it, or settings."""

import contextlib
import tomllib
from pathlib import Path
from tempfile import gettempdir

import msgspec

from reletan.adapters.files import parse_toml
from reletan.adapters.journal import Journal, JournalFolder
from reletan.adapters.releaseyml import parse as parse_release_yml
from reletan.adapters.settings import policy_settings, pyproject_table
from reletan.domain import gitflow
from reletan.domain.config import KEYS, Config
from reletan.domain.errors import ReletanError, UsageError
from reletan.domain.layers import from_environment, from_flags, from_tables, merge_files, resolve
from reletan.domain.plan import Plan, PushRefs, RefUpdate, SetConfig
from reletan.domain.setup import Existing, extended
from reletan.domain.toml import literal
from reletan.render import to_json
from torture.fuzz_case import Family, require
from torture.fuzz_rules import obeyed
from torture.fuzz_source import NUMBERS, Source

SECRET = "ghp_c4n4ryc4n4ryc4n4ryc4n4ryc4n4ry1234"  # noqa: S105 - a canary
_FLOW = """[flow]
production = "main"
development = "develop"
release_prefix = "release/"
hotfix_prefix = "hotfix/"
tag_prefix = "v"
remote = "origin"
"""
TOML = f"""{_FLOW}finish = "auto"
[version]
scheme = "calver"
format = "YYYY.0M.MICRO"
major_labels = ["breaking"]
[github]
repository = "acme/shop"
api_url = "https://github.example.com/api/v3"
releases = true
[notes]
language = "ja"
template = "docs/notes.j2"
exclude_labels = ["skip-notes"]
categories = [{{ title = "Features", labels = ["feature", "*"], exclude_labels = ["x"] }}]
[slack]
channel = "#release"
users = {{ hana = "U012ABCDEF" }}
[automerge]
base = ["develop", "release/*"]
approvals = 2
block_labels = ["wip"]
method = "squash"
method_labels = {{ "merge me" = "merge" }}
[checklist]
time_zone = "Asia/Tokyo"
days = ["mon", "tue"]
hours = "09:00-18:00"
[environments.staging]
branch = "deployment/staging"
"""
YAML = """changelog:
  exclude:
    labels: [ignore, "1.0", yes]
    authors:
      - octocat
  categories:
    - title: Features 🎉
      labels: ["*"]
      exclude: {labels: [bug]}
    - title: |
        Fixes
      labels:
        - bug
"""
GIT_FLOW = (
    "gitflow.branch.master", "gitflow.branch.develop", "gitflow.prefix.release", "gitflow.prefix.hotfix",
    "gitflow.prefix.versiontag",
    "gitflow.origin", "gitflow.remote", "gitflow.version", "gitflow.branch.main.type", "gitflow.branch.develop.type",
    "gitflow.branch.develop.parent",
    "gitflow.branch.release.type", "gitflow.branch.release.prefix", "gitflow.branch.release.tagprefix",
    "gitflow.branch.release.startpoint",
    "gitflow.branch.hotfix.type", "gitflow.branch.hotfix.tagprefix", "gitflow.branch..type",
    "gitflow.branch.a.b.c.type",
)  # fmt: skip
_VALUES = (
    "main",
    "develop",
    "release/",
    "v",
    "",
    "base",
    "topic",
    "true",
    "3",
    "a,b",
    "origin",
    "2",
    "https://x.example",
    "acme/shop",
    "ja",
    SECRET,
)
_AS_TOML = (
    "3",
    "-1",
    "1e400",
    "nan",
    "true",
    '""',
    "[]",
    "{}",
    '"\\u202e"',
    "2020-01-01",
    "00:00:00",
    '["a", 1]',
    "[[[]]]",
    "{ a = { b = 1 } }",
    "'''\nx'''",
    f'"{SECRET}"',
)


# files


def make_toml(source: Source) -> bytes:
    if source.chance(3):
        return source.bent_bytes(TOML.encode())
    lines = TOML.splitlines()
    for _ in range(source.randint(1, 3)):
        at = source.randrange(len(lines))
        key, equals, _ = lines[at].partition(" = ")
        lines[at] = f"{key} = {_toml_value(source)}" if equals and not source.chance(4) else source.bent(lines[at])
    return "\n".join(lines).encode(errors="replace")


def _toml_value(source: Source) -> str:
    match source.randrange(6):
        case 0:
            return source.choice(_AS_TOML)
        case 1:
            return str(source.choice(NUMBERS))
        case 2:
            return source.choice(("", "0x", "1", "0.", "1e")) + source.choice("19f") * source.choice(
                (20, 4_000, 5_000, 20_000)
            )
        case 3:
            depth = source.randint(1, 600)
            return source.choice(("[" * depth + "]" * depth, "{a=" * depth + "1" + "}" * depth))
        case 4:
            return literal(source.value())
    return literal(source.text())


def check_toml(content: bytes) -> None:
    """Whatever it is, the settings that come out can be shown, and an error names no secret."""
    with _naming_no_secret():
        config = resolve([merge_files([from_tables(".reletan.toml", parse_toml(content, ".reletan.toml"))])])
        _require_shown(config)
    with _naming_no_secret():
        pyproject_table(b"[tool.reletan.flow]\nproduction = 'main'\n" + content)
    with _naming_no_secret():
        policy_settings(
            {".reletan.toml": content.decode(errors="replace"), "pyproject.toml": "[tool.reletan]\n"}, {}, "develop"
        )


def _require_shown(config: Config) -> None:
    for key, value in config.items():
        line = f"{key} = {literal(value) if value is not None else ''}"
        require(not obeyed(line) and SECRET not in line, "a setting that can be shown", line)
    to_json({key: msgspec.to_builtins(value) for key, value in config.items()})


class _naming_no_secret(contextlib.AbstractContextManager[None]):
    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> bool:
        if not isinstance(error, ReletanError):
            return False
        told = "\n".join((error.message, error.next or "", *error.details))
        require(SECRET not in told, "no secret in an error", told)
        require(len(told) < 2_000, "an error of a few lines", told)
        return True


def check_setup(content: bytes) -> None:
    """init adds its lines to a file that is there, and nothing else changes in it."""
    text = content.decode(errors="replace")
    written = parse_toml(text.encode(), ".reletan.toml").get("flow", {})
    if isinstance(written, dict):
        values = {"production": "main", "tag_prefix": "v"}
        missing = {name: value for name, value in values.items() if name not in written}
        made = extended(Existing(text=text, written=written), missing)
        require(
            tomllib.loads(made.removeprefix("\ufeff")).get("flow", {}) == {**written, **missing},
            "the lines are in it",
            made,
        )


def check_release_yml(content: bytes) -> None:
    with _naming_no_secret():
        policy = parse_release_yml(content, "release.yml")
        require(all(one.title and one.labels for one in policy.categories), "headings", policy)


# variables, flags and git's configuration


def make_environment(source: Source) -> dict[str, str]:
    names = [f"RELETAN_{section}_{name}".upper() for section, keys in KEYS.items() for name in keys]
    made = {source.choice(names): _setting(source) for _ in range(source.randint(1, 4))}
    return made | ({source.bent(source.choice(names), 1): _setting(source)} if source.chance(3) else {})


def _setting(source: Source) -> str:
    return source.choice(
        (
            source.choice(_VALUES),
            source.bent(source.choice(_VALUES), 1),
            source.text(3),
            "1" * source.choice((3, 5_000)),
        )
    )


def check_environment(environ: dict[str, str]) -> None:
    with _naming_no_secret():
        _require_shown(resolve([from_environment(environ)]))
    known = {f"{section}.{name}" for section, keys in KEYS.items() for name in keys}
    flags = {
        key: value
        for name, value in environ.items()
        if (key := name.removeprefix("RELETAN_").lower().replace("_", ".", 1)) in known
    }
    with _naming_no_secret():
        resolve([from_flags(flags)])


def make_git_flow(source: Source) -> list[list[str]]:
    return [
        [source.choice(GIT_FLOW) if source.chance(2) else source.bent(source.choice(GIT_FLOW), 1), _setting(source)]
        for _ in range(source.randint(0, 9))
    ]


def check_git_flow(pairs: list[list[str]]) -> None:
    half = len(pairs) // 2
    shared, clone = (gitflow.read([(key, value) for key, value in part]) for part in (pairs[:half], pairs[half:]))
    disagree = gitflow.conflicts(shared, clone)
    with _naming_no_secret():
        _require_shown(resolve([shared.layer(".gitflow"), clone.layer("git configuration")], disagree))


# the journal


def make_journal(source: Source) -> bytes:
    step = PushRefs("origin", (RefUpdate("refs/heads/main", "a" * 40, "b" * 40),))
    plan = Plan(command="tag", version="1.4.0", steps=(step, SetConfig("a.b", source.clean(2))))
    journal = Journal(
        command="tag",
        version="1.4.0",
        options={"yes": True, "message": source.clean(2)},
        author="A <a@b> 1 +0000",
        committer="x",
        plan=plan,
    )
    content = msgspec.json.encode(journal)
    match source.randrange(4):
        case 0:
            return source.bent_bytes(content)
        case 1:
            deep = source.choice((10, 2_000, 100_000))
            return content[:-1] + b',"more":' + source.choice((b"[", b'{"a":')) * deep
        case 2:
            return content[: source.randint(0, len(content))]
    return msgspec.json.encode(source.bent_value(msgspec.json.decode(content)))


def check_journal(content: bytes) -> None:
    """A journal that is torn is none."""
    folder = JournalFolder(gettempdir())
    Path(folder.folder).mkdir(exist_ok=True)
    path = Path(folder.folder) / "1.4.0.json"
    path.write_bytes(content)
    found = folder.read("1.4.0")
    with contextlib.suppress(UsageError):
        require(found is None or isinstance(found.version, str), "a journal, or none", found)
    folder.unfinished()
    path.unlink()


FAMILIES = (
    Family(name="toml", weight=20, make=make_toml, check=check_toml),
    Family(name="init", weight=20, make=make_toml, check=check_setup),
    Family(
        name="release-yml", weight=10, make=lambda source: source.bent_bytes(YAML.encode()), check=check_release_yml
    ),
    Family(name="environment", weight=30, make=make_environment, check=check_environment),
    Family(name="git-flow", weight=40, make=make_git_flow, check=check_git_flow),
    Family(name="journals", weight=20, make=make_journal, check=check_journal),
)
