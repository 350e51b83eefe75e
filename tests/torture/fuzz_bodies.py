"""Texts on GitHub that people and reletan write in together: ticks and people's words survive, whatever stands there."""

import re
from typing import Any

from checklists import english, japanese
from noting import PAGE, listing, place, pull

from reletan.domain.checklist import Entry, entries_of, everything, read, settle
from reletan.domain.errors import Blocked
from reletan.domain.listing import Listing
from reletan.domain.markedblock import MarkedBlock, fenced, lines_of
from reletan.domain.pullbody import LIMIT, deploy_body, release_body
from reletan.domain.pulls import LooseCommit
from reletan.domain.releasebody import LIMIT as RELEASE_LIMIT
from reletan.domain.releasebody import has_block, is_damaged, with_block
from reletan.domain.text import Text
from reletan.domain.threeway import merged
from torture.fuzz_case import Family, require
from torture.fuzz_rules import parsed, require_document
from torture.fuzz_source import OURS, Source

_SMALL = MarkedBlock("notes", 400, "made again")
_MARK = re.compile(r"<!-- *reletan:\w+(:end)?(?: .*)?-->[ \t]*")
_FENCES = ("```", "~~~", "````", "```x", "~~~~ ", "   ```", "    ```")
_OTHERS = (
    "",
    "words",
    "- [x] mine",
    "> > <!-- reletan:item 1 -->",
    "1. [X] x <!-- reletan:item 2 a66b0c1d22 -->",
    "\\",
    "<!--",
)


def body(source: Source) -> str:
    """A text as people leave it."""
    if source.chance(60):
        return source.huge()
    return source.lines(
        lambda: source.choice(
            (
                source.choice(OURS[:14]),
                source.choice(OURS[:14]),
                source.choice(_FENCES),
                source.choice(_OTHERS),
                source.text(3),
            )
        )
    )


# the block between two marks


def make_block(source: Source) -> dict[str, str]:
    return {
        "body": body(source),
        "one": source.lines(source.text, 6),
        "two": source.lines(source.text, 6),
        "more": source.choice(("…", "and more")),
    }


def check_block(given: dict[str, str]) -> None:
    text, more = given["body"], given["more"]
    made = with_block(text, given["one"], more=more)
    require(len(made) <= RELEASE_LIMIT, "not too long for GitHub", len(made))
    require(has_block(made) and not is_damaged(made), "one whole block", made)
    require(with_block(made, given["one"], more=more) == made, "the same again changes nothing", made)
    again = with_block(made, given["two"], more=more)
    # a fence that people left open may be closed by one of the notes: then the block moves to the top, for good
    back = with_block(again, given["one"], more=more) == made
    require(back or "```" in text or "~~~" in text, "other notes and these again change nothing", made)
    theirs = _people(text)
    require(_in_order(theirs, made) and _in_order(theirs, again), "people's lines stay in their order", theirs)
    if not _marks(text):
        require(text in made and text in again, "a text without marks stays to the byte", text)


def _marks(text: str) -> list[int]:
    return [at for at, line in enumerate(lines_of(text)) if _MARK.fullmatch(line.rstrip("\r\n"))]


def _people(text: str) -> list[str]:
    """The lines of people, where that is plain to see: not the marks, and not what is between two of them."""
    lines, marks = lines_of(text), _marks(text)
    # without the mark between them, an old Mac's end of a line and a new one are one; fences may quote marks
    if re.search("\r(?!\n)", text) or len(marks) > 2 or (marks and fenced(lines)):
        return []
    between = range(marks[0], marks[-1] + 1) if marks else ()
    return [line.rstrip("\r\n") for at, line in enumerate(lines) if at not in between]


def _in_order(lines: list[str], text: str) -> bool:
    found = iter([line.rstrip("\r\n") for line in lines_of(text)])
    return all(line in found for line in lines)


def check_small_block(given: dict[str, str]) -> None:
    """A block for which there is hardly room: it fits, or it raises."""

    def write(room: Any) -> list[str]:
        lines = _SMALL.prepared(given["one"])
        if not room.fits(lines):
            raise Blocked("no room")
        return lines

    made = _SMALL.put(given["body"], write)
    require(len(made) <= _SMALL.limit, "not too long", len(made))
    require(_SMALL.is_in(made) and not _SMALL.is_damaged(made), "one whole block", made)


# the checklist


def make_checklist(source: Source) -> dict[str, Any]:
    return {
        "pulls": [[n, source.text(3), source.choice((None, "hana", "Yuki", "renovate[bot]", source.text(2))),
        source.text(2), source.choice((None, PAGE))]
                  for n in source.sample(range(1, 30), source.randint(0, 5))],
        "named": {str(source.randint(1, 30)): [f"{source.randint(0, 3):040x}"] for _ in range(source.randint(0, 3))},
        "loose": [source.text(3) for _ in range(source.randint(0, 2))], "before": body(source), "after": body(source),
        "ticks": [source.randint(1, 30) for _ in range(source.randint(0, 6))], "filler": source.choice((0, 0, 0, 0, 0,
        30_000, LIMIT - 300)),
    }  # fmt: skip


def listing_of(given: dict[str, Any]) -> Listing:
    pulls = [
        pull(number, title, author=login, author_name=Text(name), url=url)
        for number, title, login, name, url in given["pulls"]
    ]
    return listing(*pulls, *(LooseCommit("a" * 40, Text(subject), Text(subject)) for subject in given["loose"]))


def write(values: dict[str, Any]) -> str:
    """As reletan's template, in a fraction of its time; the template itself has a family of its own."""
    lines = [f"{values['counts']['pull_requests']} {values['compare_link']}"]
    for group in values["groups"]:
        lines += ["", f"### {group['mention'] or group['author'] or 'nobody'}", ""]
        lines += [
            f"- [{one['box']}] {'' if values['compact'] else one['title']} {one['link']} {' '.join(one['reopened'])} {one['mark']}"
            for one in group["pull_requests"]
        ]
    return "\n".join(
        [*lines, *(f"- {one['subject']} {one['author']}" for one in values["commits"]), str(values["more"] or "")]
    )


def check_checklist(given: dict[str, Any], fill: Any = write) -> str:
    told = listing_of(given)
    named = {int(number): commits for number, commits in given["named"].items()}
    entries, notes = entries_of(told, named), everything(told, place(released=False))
    made = release_body(given["before"] + "x" * given["filler"] + given["after"], entries, notes, fill)
    require(len(made) <= LIMIT, "not too long for GitHub", len(made))
    require(release_body(made, entries, notes, fill) == made, "the same again changes nothing", made)
    ticked = _ticked(made, set(given["ticks"]))
    again = release_body(ticked, entries, notes, fill)
    require(_state(entries, again) == _state(entries, ticked), "ticks survive", sorted(given["ticks"]))
    if "reletan:item" not in given["before"] + given["after"]:
        require(_boxes(again) == _boxes(ticked), "the boxes stay ticked", _boxes(ticked))
    require(release_body(again, entries, notes, fill) == again, "the same again changes nothing", again)
    return made


def _ticked(text: str, numbers: set[int]) -> str:
    """As somebody's clicks."""
    return re.sub(
        r"(?m)^- \[[ x]\](?=.*<!-- reletan:item ([0-9]+)[ -])",
        lambda at: "- [x]" if int(at[1]) in numbers else at[0],
        text,
    )


def _boxes(text: str) -> set[str]:
    """The numbers whose box a person sees ticked."""
    return set(re.findall(r"(?m)^- \[x\].*<!-- reletan:item ([0-9]+)[ -]", text))


def _state(entries: tuple[Entry, ...], text: str) -> dict[int, tuple[bool, tuple[str, ...]]]:
    return {item.entry.number: (item.ticked, item.reopened) for item in settle(entries, read(text))}


def check_rendered_checklist(given: dict[str, Any]) -> None:
    plain = {**given, "before": "", "after": "", "filler": 0}
    for fill in (english, japanese):
        require_document(check_checklist(plain, fill), len(given["pulls"]) + len(given["loose"]))
        check_checklist(given, fill)


def check_reading(text: str) -> None:
    """Whatever people made of it."""
    marks = read(text)
    require(all(0 < number < 2**31 for number in marks), "numbers of pull requests", marks)
    require(read(text + "\n") == marks or "\r" in text[-1:], "an end of a line changes nothing", marks)


def check_deploy(given: dict[str, Any]) -> None:
    told = listing_of(given)
    commits = {
        int(number): tuple(LooseCommit(sha, Text(given["before"][:90]), Text("x")) for sha in found)
        for number, found in given["named"].items()
    }

    def fill(values: dict[str, Any]) -> str:
        lines = [f"- {one['title']} {one['link']} {one['author']}" for one in values["pull_requests"]]
        return "\n".join(
            [values["environment"], values["branch"], *lines, *(one["subject"] for one in values["commits"])]
        )

    def made(text: str | None) -> str:
        return deploy_body(
            text, everything(told, place()), commits, fill, environment=given["before"][:50], branch=given["after"][:50]
        )

    text = made(given["before"] + "x" * given["filler"])
    require(len(text) <= LIMIT and made(text) == text, "it fits, and the same again changes nothing", len(text))
    require(parsed(text), "something to read")


# two people at once


def make_threeway(source: Source) -> list[str]:
    alphabet = [source.text(2) for _ in range(source.choice((2, 5, 30)))]
    most = 2_500 if source.chance(300) else 12
    base = source.lines(lambda: source.choice(alphabet), most)

    def changed() -> str:
        lines = base.splitlines(keepends=True)
        for _ in range(source.randint(0, 4)):
            at = source.randint(0, len(lines))
            lines[at : at + source.randint(0, 2)] = source.some(alphabet, 2)
        return "".join(lines)

    return [base, changed(), changed()]


def check_threeway(texts: list[str]) -> None:
    base, ours, theirs = texts
    made = merged(base, ours, theirs)
    require(merged(base, base, theirs) == theirs, "without a change of ours it is theirs", texts)
    require(merged(base, ours, ours) == ours, "the same change twice is that change", texts)
    words = set(re.split("[\r\n]", theirs)) - set(re.split("[\r\n]", base))
    require(all(line in made for line in words), "what they wrote is in it", words)


FAMILIES = (
    Family(name="blocks", weight=60, make=make_block, check=check_block),
    Family(name="small-blocks", weight=30, make=make_block, check=check_small_block),
    Family(name="checklists", weight=30, make=make_checklist, check=check_checklist),
    Family(name="rendered-checklists", weight=0.3, make=make_checklist, check=check_rendered_checklist),
    Family(name="ticks", weight=60, make=body, check=check_reading),
    Family(name="deploys", weight=15, make=make_checklist, check=check_deploy),
    Family(name="two-people", weight=30, make=make_threeway, check=check_threeway),
)
