"""Runs the `console` blocks of README and docs as the tests do, and writes into them what the commands print now.

python docs/commands/make.py [PAGE …]
"""

import sys
import tempfile
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from documented.pages import blocks, lines_of, pages, read  # noqa: E402 - found by the lines above
from documented.places import Shops  # noqa: E402
from documented.running import Ran, run_page  # noqa: E402
from quick_world import end_server  # noqa: E402


def main(chosen: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shops = Shops(Path(folder))
        for page in chosen or pages():
            if not any(block.language == "console" for block in blocks(read(page))):
                continue
            text = rewritten(read(page), {ran.line.number: ran for ran in run_page(page, shops)})
            if text != read(page):
                (ROOT / page).write_text(text, encoding="utf-8")
                print(f"{page} is new: look at it")
    end_server()


def rewritten(text: str, ran: dict[int, Ran]) -> str:
    """``text`` with what was printed in the place of each output that differs; the last block first, so that places hold."""
    for block in reversed([block for block in blocks(text) if block.language == "console"]):
        new = ""
        for line in lines_of(block):
            run = ran.get(line.number)
            output = run.printed if run and run.wrong else line.output or ""
            new += f"$ {line.text}\n{output.strip(chr(10))}\n\n" if output.strip() else f"$ {line.text}\n"
        indented = textwrap.indent(new.rstrip("\n") + "\n", block.indent)
        text = text[: block.start] + indented + text[block.end :]
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
