"""Templates that a team wrote: what they can say, and that none of them hangs, grows large or gets out (fault 46)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.adapters.teamtemplate import MAX_OUTPUT
from reletan.adapters.templates import MAX_TITLE, commit_message, render_text
from reletan.domain.errors import UsageError
from reletan.domain.merging import MergeFacts

FACTS = MergeFacts(
    number=12, title="Add a basket", author="yuki", base="develop", head="a" * 40, branch="feature/basket",
    labels=("feature", "shop"),
)  # fmt: skip
CONTEXT = {
    "title": "Add a basket",
    "labels": ["feature", "shop"],
    "body": "x" * 60_000,
    "number": 12,
    "many": [*range(1000)],
}


def made(
    template: str, facts: MergeFacts = FACTS, approvers: tuple[str, ...] = ("hana",), body: str = ""
) -> tuple[str, str]:
    return commit_message(template, "docs/merge.md.j2", facts, approvers, body)


# --- what a template can say


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ title }} (#{{ number }})", ("Add a basket (#12)", "")),
        ("Merge #{{ number }}\n\n{{ title }}\n", ("Merge #12", "Add a basket")),
        ("\n\n{# why #}\n{{ title }}", ("Add a basket", "")),
        (
            "{{ branch }} -> {{ base }} by {{ author }} at {{ head[:7] }}",
            ("feature/basket -> develop by yuki at aaaaaaa", ""),
        ),
        (
            "{{ title }}\n\n{% for login in approvers %}\nReviewed-by: {{ login }}\n{% endfor %}",
            ("Add a basket", "Reviewed-by: hana"),
        ),
        ("{{ labels | join(', ') | upper }}", ("FEATURE, SHOP", "")),
        ("{% if 'feature' in labels %}feat: {% endif %}{{ title | lower }}", ("feat: add a basket", "")),
        ("{{ (title ~ ' ' ~ number) | truncate(8, true) }}", ("Add a...", "")),
        ("{% for x in labels %}{{ x }}{{ '' if loop.last else ' & ' }}{% endfor %}", ("feature & shop", "")),
        ("{{ labels | first }}{% if body %} {{ body }}{% endif %}", ("feature", "")),
        ("{{ milestone | default('none') }}", ("none", "")),
        ("{% for x in ['a', 'b'] %}{{ x }}{% endfor %}", ("ab", "")),
    ],
)
def test_a_commit_in_the_teams_own_words(template: str, expected: tuple[str, str]) -> None:
    assert made(template) == expected


def test_texts_of_the_pull_request_are_no_template() -> None:
    facts = MergeFacts(number=1, title="{{ 7 * 7 }}{% raw %}", base="develop", head="b" * 40)
    assert made("{{ title }}\n{{ body }}", facts, body="{{ number }}") == ("{{ 7 * 7 }}{% raw %}", "{{ number }}")


def test_control_characters_are_gone_and_lines_stay() -> None:
    facts = MergeFacts(number=1, title="Red \x1b[31m\u202etitle\nReviewed-by: boss", base="develop", head="b" * 40)
    title, body = made(
        "{{ title }}\n\n{{ body }}", facts, body="one\r\n  two\x00\x07\r\n\r\n\x1b[2Jthree\u2028four\n\n"
    )
    assert title == "Red [31mtitle Reviewed-by: boss"
    assert body == "one\n  two\n\n[2Jthree four"


@pytest.mark.parametrize("length", [MAX_TITLE, MAX_TITLE + 1, 5000])
def test_the_title_has_a_limit(length: int) -> None:
    title, _ = made("{{ title }}", MergeFacts(number=1, title="題" * length, base="develop", head="b" * 40))
    assert len(title) == MAX_TITLE
    assert title.endswith("…") == (length > MAX_TITLE)


def test_a_huge_body_is_cut_and_does_not_stop_the_merge() -> None:
    title, body = made("{{ title }}\n\n{{ body }}", body="本文" * 60_000)
    assert title == "Add a basket"
    assert body.endswith("…")
    assert 30_000 < len(body.encode()) < MAX_OUTPUT


@pytest.mark.parametrize("template", ["", "\n \n", "{# nothing #}", "{{ body }}"])
def test_a_commit_needs_a_title(template: str) -> None:
    with pytest.raises(UsageError, match=r"docs/merge\.md\.j2 makes no title"):
        made(template)


# --- what it cannot: each error names the file, and the line where there is one


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ title.nothing }}", "has no attribute 'nothing'"),
        ("{{ title | shout }}", "No filter named 'shout'"),
        ("{% if %}", "Expected an expression"),
        ("{{ labels }}", "a list cannot be written out"),
        ("{{ title.upper }}", "cannot be written out"),
        ("{{ title.__class__ }}", "unsafe"),
        ("{{ title.upper() }}", "Call is not understood"),
        ("{{ ().__class__.__base__.__subclasses__() }}", "Call is not understood"),
        ("{{ range(3) }}", "Call is not understood"),
        ("{{ lipsum }}", "'lipsum' is undefined"),
        ("{{ self }}", "cannot be written out"),
        ("{{ 'a' * 9 }}", "Mul is not understood"),
        ("{{ 9 ** 9 }}", "Pow is not understood"),
        ("{{ '%9s' % title }}", "Mod is not understood"),
        ("{{ title + title }}", "Add is not understood"),
        ("{% set x = title %}", "Assign is not understood"),
        ("{% macro m() %}{% endmacro %}", "Macro is not understood"),
        ("{% include 'list.md.j2' %}", "Include is not understood"),
        ("{% extends '/etc/passwd' %}", "Extends is not understood"),
        ("{% block b %}{% endblock %}", "Block is not understood"),
        ("{% filter upper %}x{% endfilter %}", "FilterBlock is not understood"),
        ("{% for x in labels recursive %}{% endfor %}", "recursive"),
        ("{% if ['a', body] %}{% endif %}", "a list may hold"),
        ("{% if {'a': 1} %}{% endif %}", "Dict is not understood"),
        ("{{ 1 | length }}", "has no len"),
        ("{{ title < number }}", "not supported"),
        ("{{ title | (loop)(1) }}", "expected token"),
    ],
)
def test_an_error_names_file_and_line(line: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        render_text(f"first\nsecond\n{line}\nlast\n", "docs/merge.md.j2", CONTEXT)
    assert "docs/merge.md.j2, line 3: " in caught.value.message
    assert why in caught.value.message
    assert "\n" not in caught.value.message


LOOPS = "{% for a in many %}" * 3 + "{{ SAID }}" + "{% endfor %}" * 3
BOMBS = {
    "loops in loops": LOOPS.replace("SAID", "''"),
    "loops in loops over a text": LOOPS.replace("many", "body").replace("SAID", "''"),
    "a loop with a test": "{% for a in many %}{% for b in many if body in body %}{% endfor %}{% endfor %}",
    "a long output": "{% for a in many %}{{ body }}{% endfor %}",
    "a long constant": "{% for a in many %}" + "x" * 60_000 + "{% endfor %}",
    "a long quoted constant": "{% for a in many %}{{ '" + "x" * 60_000 + "' }}{% endfor %}",
    "joined by itself": "{{ body | join(body) | join(body) }}",
    "chained texts": "{% if " + " ~ ".join(["body"] * 1000) + " %}{% endif %}",
    "filters in loops": "{% for a in many %}{% if body | title | upper | lower %}{% endif %}{% endfor %}",
    "sorted in loops": "{% for a in many %}{% if body | sort | unique | join %}{% endif %}{% endfor %}",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_never_ends_or_grows_without_end_is_stopped(bomb: str) -> None:
    with pytest.raises(UsageError, match=r"m\.j2, line 2: (there is too much to do|it makes more than 64 KiB)"):
        render_text(f"\n{bomb}", "m.j2", CONTEXT)


DEEP = {
    "brackets": "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}",
    "nots": "{% if " + "not " * 10_000 + "1 %}{% endif %}",
    "ors": "{% if " + " or ".join("1" * 10_000) + " %}{% endif %}",
    "elifs": "{% if 0 %}" + "{% elif 0 %}" * 5000 + "{% endif %}",
    "ifs": "{% if 1 %}" * 2000 + "{% endif %}" * 2000,
    "fors": "{% for a in labels %}" * 30 + "{% endfor %}" * 30,
    "a number of many digits": "{{ " + "9" * 30_000 + " }}",
    "filters": "{{ title" + " | upper" * 7000 + " }}",
    "items": "{{ title" + "[0]" * 15_000 + " }}",
    "not closed": "{{ " * 20_000,
}


@pytest.mark.parametrize("source", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deep_is_an_error_like_others(source: str) -> None:
    with pytest.raises(UsageError, match=r"The template m\.j2[,:]"):
        render_text(source, "m.j2", CONTEXT)


def test_a_source_has_a_limit() -> None:
    assert len(render_text("x" * 65_536, "m.j2", {})) == 65_536
    with pytest.raises(UsageError, match=r"m\.j2 is longer than 64 KiB"):
        render_text("x" * 65_537, "m.j2", {})
    with pytest.raises(UsageError, match="longer than 64 KiB"):
        render_text("題" * 30_000, "m.j2", {})


def test_an_ordinary_template_over_a_hundred_labels_is_far_from_the_limit() -> None:
    labels = [f"label-{number}" for number in range(100)]
    source = "{% for a in labels %}{% if a != title %}{{ loop.index }}. {{ a | upper | truncate(40) }}{% endif %}\n{% endfor %}"
    assert render_text(source * 20, "m.j2", {"labels": labels, "title": "x"}).count("LABEL-99") == 20


PIECES = ["{{ ", " }}", "{% for a in labels %}", "{% endfor %}", "{% if ", " %}", "{% endif %}", "title", "labels", " | ", "join",
          "a", "b ~ ", "'", "(", "[", "]", ")", "0", "\n", ".", "not ", " in ", "# }", "upper", "題", "\x00", "{#"]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_template_makes_text_or_one_error(source: str) -> None:
    try:
        title, body = made(source)
    except UsageError as error:
        assert error.message.startswith("The template docs/merge.md.j2")  # noqa: PT017
    else:
        assert title.strip() == title != ""
        assert "\x00" not in title + body
