"""The pictures of the docs are all made by the script that `make docs` runs."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_picture_that_the_docs_show_has_somebody_who_takes_it() -> None:
    taken = runpy.run_path(str(ROOT / "docs" / "pictures.py"))["PICTURES"]
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.md")]
    shown = {name for page in pages for name in re.findall(r"docs/([\w-]+\.png)", page.read_text())}
    assert shown <= taken.keys()
    assert {one.name for one in ROOT.glob("docs/*.png")} == taken.keys()
