"""``.github/release.yml``: what GitHub understands is understood, and nothing hangs, grows large or runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.adapters.releaseyml import parse
from reletan.domain.categories import Policy
from reletan.domain.config import Category
from reletan.domain.errors import UsageError

NAME = ".github/release.yml"

# The shape of the example in GitHub's documentation
DOCUMENTED = """\
# .github/release.yml

changelog:
  exclude:
    labels:
      - ignore-for-release
    authors:
      - octocat
  categories:
    - title: Breaking Changes 🛠
      labels:
        - Semver-Major
        - breaking-change
    - title: "Other: all"
      labels: ["*"]
      exclude: {labels: [dependencies], authors: ['dependabot[bot]']}
"""


def read(text: str) -> Policy:
    return parse(text.encode(), NAME)


def test_the_documented_file() -> None:
    assert read(DOCUMENTED) == Policy(
        categories=(
            Category("Breaking Changes 🛠", ("Semver-Major", "breaking-change")),
            Category("Other: all", ("*",), ("dependencies",), ("dependabot[bot]",)),
        ),
        exclude_labels=("ignore-for-release",),
        exclude_authors=("octocat",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff# nothing\n",
        "---\n...",
        "~",
        "changelog:",
        "changelog: {}",
        "changelog:\n  exclude:\n  categories:",
        "changelog:\n  exclude:\n    labels:\n    authors: []",
        "other: [1, {a: !x b}]\nchangelog: {template: x, exclude: {paths: [x]}}",
        "? [a, b]\n: c",
    ],
)
def test_what_says_nothing_is_nothing(text: str) -> None:
    assert read(text) == Policy(categories=())


def test_what_a_person_writes_as_a_text_is_one() -> None:
    found = read("changelog:\n  exclude:\n    labels: [1.0, yes, 2026-11-20, 12, a b]\n    authors: [on]")
    assert found.exclude_labels == ("1.0", "yes", "2026-11-20", "12", "a b")
    assert found.exclude_authors == ("on",)


CATEGORY = "changelog:\n  categories:\n    - "


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("x", 1, 'the file: expected keys with values, found "x"'),
        ("- x", 1, "the file: expected keys with values"),
        ("\nchangelog: x", 2, 'changelog: expected keys with values, found "x"'),
        ("changelog:\n  categories: {a: b}", 2, "changelog.categories: expected a list of categories"),
        (f"{CATEGORY}x", 3, "changelog.categories[0]: expected keys with values"),
        (f"{CATEGORY}title: x", 3, "changelog.categories[0]: expected labels, a list of texts"),
        (f"{CATEGORY}title: x\n      labels: []", 3, "changelog.categories[0]: expected labels"),
        (f"{CATEGORY}", 3, "changelog.categories[0]: expected labels"),
        (f"{CATEGORY}labels: [x]", 3, "changelog.categories[0].title: expected a text, found nothing"),
        (f"{CATEGORY}title: [x]\n      labels: [x]", 3, "changelog.categories[0].title: expected a text"),
        (f"{CATEGORY}title: {'x' * 501}\n      labels: [x]", 3, "expected a text of at most 500 characters"),
        (f"{CATEGORY}title: x\n      labels: x", 4, "changelog.categories[0].labels: expected a list of texts"),
        (f"{CATEGORY}title: x\n      labels:\n       - a\n       -", 6, "categories[0].labels[1]: expected a text"),
        ("changelog:\n  exclude:\n    labels: [{a: b}]", 3, "changelog.exclude.labels[0]: expected a text"),
        ("changelog:\n  exclude:\n    authors: ['']", 3, "changelog.exclude.authors[0]: expected a text"),
        ('changelog:\n  exclude:\n    authors: ["\\e\\u202e"]', 3, "changelog.exclude.authors[0]: expected a text"),
        ("changelog: {}\nchangelog: {}", 2, "changelog: expected it once; it is there twice"),
        ("changelog: !x {}", 1, "changelog: expected keys with values"),
        ("changelog:\n  exclude:\n    labels: !!set {a}", 3, "expected a list of texts"),
        ("changelog:\n  exclude:\n    labels: [!!python/name:os.system x]", 3, "labels[0]: expected a text"),
        ("changelog: !!python/object/apply:os.system [exit]", 1, "changelog: expected keys with values"),
        ("a: &x [1]\nb: *x", 2, "an alias is not understood here"),
        ("a: &x\n  b: *x", 2, "an alias is not understood here"),
        ("a: &x {b: c}\nd:\n  <<: *x", 3, "an alias is not understood here"),
        ("[" * 60_000, 1, "nested too deeply"),
        ("- " * 30_000, 1, "nested too deeply"),
        ("a: b: c", 1, "broken YAML: mapping values are not allowed here"),
        ("a: b\n\tc: d", 2, "broken YAML"),
        ("a: [\nb", 2, "broken YAML"),
        ("a: b\nc: \x00", 2, "broken YAML: special characters are not allowed"),
        ("a\n---\nb", 2, "broken YAML"),
        ("a: \ud7ff\n%x", 2, "broken YAML"),
    ],
)
def test_an_error_names_the_file_the_line_and_what_was_expected(text: str, line: int, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert caught.value.message.startswith(f"{NAME}, line {line}: ")
    assert words in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a: \xff", f"{NAME}, line 1: this is not UTF-8"),
        (b"#" * 65_537, f"{NAME} is larger than 64 KiB"),
        (b'"\\UFFFFFFFF"', f"{NAME}: broken YAML: OverflowError"),
        (b"%YAML 1." + b"9" * 5000 + b"\n---\n", f"{NAME}: broken YAML: ValueError"),
    ],
)
def test_what_is_no_yaml_at_all(content: bytes, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(content, NAME)
    assert words in caught.value.message


def test_a_file_may_be_as_large_as_that() -> None:
    assert parse(b"#" * 65_536, NAME) == Policy(categories=())


PIECES = [
    "changelog", "exclude", "labels", "categories", "title", ":", ": ", "\n", "\n  ", "\n    ", "- ", "[", "]", "{", "}", ",",
    "*", "&a ", "*a", "!!x ", "|", ">", "'", '"', "# ", "%", "---", "? ", "~", "\\x", "\x00", "\x85", "\ufeff", "題", "1",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text())
def test_any_text_makes_a_policy_or_one_error(text: str) -> None:
    try:
        found = parse(text.encode(errors="replace"), NAME)
    except UsageError as error:
        assert error.message.startswith(NAME)  # noqa: PT017
    else:
        assert all(one.title and one.labels for one in found.categories)
