"""A block between hidden marks: several kinds in one text, and whoever writes one is told how much room there is."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reletan.domain.markedblock import MarkedBlock, Room, fenced, lines_of

LIMIT = 400
ONE = MarkedBlock("one", LIMIT, "made again")
OTHER = MarkedBlock("one-more", LIMIT, "made again")


def put(block: MarkedBlock, body: str | None, text: str) -> str:
    return block.put(body, lambda _: block.prepared(text))


def test_a_block_is_put_below_and_made_again_in_its_place() -> None:
    made = put(ONE, "Dear all", "first")
    assert made == "Dear all\n\n<!-- reletan:one (made again) -->\nfirst\n<!-- reletan:one:end -->"
    assert put(ONE, made + "\nBye", "second") == made.replace("first", "second") + "\nBye"


def test_two_kinds_stand_in_one_text_and_leave_each_other_alone() -> None:
    both = put(OTHER, put(ONE, "Dear all", "first"), "second")
    assert ONE.is_in(both)
    assert OTHER.is_in(both)
    assert put(ONE, both, "third") == both.replace("first", "third")
    assert put(OTHER, both, "third") == both.replace("second", "third")


def test_damage_to_one_kind_is_none_to_the_other() -> None:
    body = put(ONE, f"{OTHER.begin}\nMine", "first")
    assert (ONE.is_in(body), ONE.is_damaged(body)) == (True, False)
    assert (OTHER.is_in(body), OTHER.is_damaged(body)) == (False, True)
    assert put(OTHER, body, "second").startswith(f"Mine\n\n{ONE.begin}\nfirst\n{ONE.end}\n\n{OTHER.begin}\nsecond")


def test_a_hint_of_another_version_is_no_other_block() -> None:
    old = "<!-- reletan:one (in older words) -->\nfirst\n<!-- reletan:one:end -->"
    assert put(ONE, old, "second") == f"{ONE.begin}\nsecond\n{ONE.end}"


def test_what_is_prepared_can_neither_end_the_block_nor_leave_code_open() -> None:
    lines = ONE.prepared(f"\n\nfirst\r\n{ONE.end}\n{ONE.begin}\n{OTHER.end}\n~~~ python\n\n")
    assert lines == [
        "first",
        "<!-- reletan: one:end -->",
        "<!-- reletan: one (made again) -->",
        OTHER.end,
        "~~~ python",
        "~~~",
    ]


def rooms(body: str | None) -> list[Room]:
    asked = []
    ONE.put(body, lambda room: asked.append(room) or ["x"])  # type: ignore[func-returns-value]
    return asked


def test_the_room_is_what_people_and_the_marks_leave() -> None:
    frame = len(f"{ONE.begin}\n\n{ONE.end}")
    assert rooms(None) == [Room(LIMIT - frame, "\n")]
    assert rooms("Mine") == [Room(LIMIT - frame - len("Mine\n\n"), "\n")]
    assert rooms("Mine\r\n") == [Room(LIMIT - frame - 2 - len("Mine\r\n\r\n"), "\r\n")]
    assert rooms("x" * 2 * LIMIT)[0].size < 0


def test_ends_of_lines_count_as_they_are_written() -> None:
    assert Room(5, "\n").fits(["12", "34"])
    assert not Room(5, "\r\n").fits(["12", "34"])
    assert Room(4, "\r\n").fits(["1234"])
    assert not Room(3, "\n").fits(["1234"])


def test_all_the_room_can_be_used() -> None:
    made = ONE.put("Mine", lambda room: ["x" * room.size])
    assert len(made) == LIMIT
    assert ONE.put(made, lambda room: ["x" * room.size]) == made


def test_what_fences_enclose() -> None:
    assert fenced(lines_of("a\n```\nb\n```\nc")) == {1, 2, 3}
    assert fenced(lines_of("a\n```\nb\n~~~\nc")) == set()


def test_thousands_of_marks_and_fences_take_no_time() -> None:
    body = f"{ONE.begin}\n```\n~~~~\n" * 50_000
    assert ONE.is_damaged(body)
    assert ONE.is_damaged(f"{ONE.end}\n" + "``` a\n~~~ b\n" * 50_000)
    assert ONE.is_damaged("```" + "`" * 500 + "\n" + f"{ONE.end}\n" * 100_000)


LINES = ["```", "~~~", "a", "", " b", "\r", OTHER.begin, OTHER.end, f"> {OTHER.begin}"]
BODIES = st.lists(st.sampled_from([*LINES, ONE.begin, ONE.end]), max_size=9).map("\n".join)
UNMARKED = st.lists(st.sampled_from(LINES), max_size=9).map("\n".join)


@settings(deadline=None)
@given(BODIES, st.sampled_from(["a", "```", "b\n\n~~~ c", ONE.end, OTHER.begin, ""]))
def test_whatever_stood_there_the_block_is_in_it_and_stays_as_it_is(body: str, text: str) -> None:
    made = put(ONE, body, text)
    assert ONE.is_in(made)
    assert put(ONE, made, text) == made


@settings(deadline=None)
@given(UNMARKED, UNMARKED, st.sampled_from(["new", "```\nnew\n```"]))
def test_people_s_text_around_an_undamaged_block_is_kept_to_the_byte(above: str, below: str, text: str) -> None:
    body = f"{above}\n{ONE.begin}\nold\n{ONE.end}\n{below}"
    assume(ONE.is_in(body))
    made = put(ONE, body, text)
    before, _, rest = made.partition(ONE.begin)
    around = (before, rest.partition(ONE.end)[2])
    blank = "\r\n\r\n" if "\r" in body else "\n\n"
    assert around in ((f"{above}\n", f"\n{below}"), ("", f"{blank}{above}\n\n{below}"))
