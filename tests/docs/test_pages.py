"""README and docs: every link leads somewhere, every command is one, and every setting is one of the bot's."""

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.config import Settings
from bot.ui import COMMANDS
from bot.wording.shell import doctor

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
BOT = re.compile(r"python3? -m bot\b((?: [\w./:=<>\[\]…*-]+)*)")
FENCE = re.compile(r"^( *)```sh\n(.*?)^\1```", re.S | re.M)


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", text_of(page), flags=re.S | re.M)


@cache
def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives a page's headings."""
    headings = re.findall(r"^#{1,6} (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in LINK.findall(prose(page)):
            yield page, target


@pytest.mark.parametrize(("page", "target"), list(links()), ids=lambda value: str(getattr(value, "name", value)))
def test_a_link_leads_somewhere(page: Path, target: str) -> None:
    if target.startswith(("https://", "http://")):
        assert target.startswith("https://"), target
        return
    name, _, anchor = target.partition("#")
    there = (page.parent / name).resolve() if name else page
    assert there.is_relative_to(ROOT), target
    assert there.exists(), target
    if anchor:
        assert anchor in anchors(there), target


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, todo = set[Path](), [ROOT / "README.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        for target in LINK.findall(prose(page)):
            if not target.startswith("http"):
                todo.append((page.parent / target.partition("#")[0]).resolve() if not target.startswith("#") else page)
    assert set(PAGES) - seen == set()


def commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for found in BOT.findall(text_of(page).replace("\\\n", " ")):
            yield page.name, found.strip()


@pytest.mark.parametrize(("page", "command"), sorted(set(commands())))
def test_a_command_of_the_bot_is_one(page: str, command: str) -> None:
    words = [word for word in shlex.split(command.replace("[", "").replace("]", "")) if word not in ("…", "·")]
    if not words or words[0] in ("--version",):
        return
    found = main.commands.get(words[0])
    assert found, f"{page} names `python -m bot {command}`"
    known = {option for parameter in found.params for option in parameter.opts if isinstance(parameter, click.Option)}
    assert {word for word in words[1:] if word.startswith("--")} <= known


def test_the_readme_lists_every_command_of_the_shell() -> None:
    table = text_of(ROOT / "README.md").partition("## Commands in the shell")[2].partition("\n## ")[0]
    listed = {
        name.split()[0] for name in re.findall(r"`([a-z][^`]*)`", "\n".join(re.findall(r"^\| (.*?) \|", table, re.M)))
    }
    assert set(main.commands) <= listed | {"python"}


@pytest.mark.parametrize("name", ["README.md", "docs/commands.md"])
def test_every_command_in_discord_is_listed(name: str) -> None:
    text = text_of(ROOT / name)
    listed = [(command.name, f"/{command.name}" in text or f"**{command.name}**" in text) for command in COMMANDS]
    assert [name for name, there in listed if not there] == []
    own = {command.name for command in COMMANDS}
    for row in re.findall(r"^\| (`/.*?) \|", text, re.M):
        assert set(re.findall(r"`/(\w+)", row)) <= own, row


def blocks() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for indent, block in FENCE.findall(text_of(page)):
            yield page.name, "\n".join(line.removeprefix(indent) for line in block.splitlines()) + "\n"


@pytest.mark.parametrize(("page", "block"), list(blocks()), ids=lambda value: value.splitlines()[0][:40])
def test_what_is_to_be_typed_is_understood_by_a_shell(page: str, block: str) -> None:
    done = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)  # noqa: S607
    assert done.stderr == "", page


def test_what_make_is_told_to_make_it_can() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {name for page in PAGES for name in re.findall(r"(?:^|`)make ([a-z]+)\b", text_of(page), re.M)}
    assert named
    assert named <= targets


def test_the_tests_that_are_named_are_there() -> None:
    for page in PAGES:
        for path in re.findall(r"-m pytest (?:-\w+ )*([\w/.]+\.py)", text_of(page)):
            assert (ROOT / path).exists(), f"{page.name}: {path}"


def test_the_readme_is_short() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= 120


def settings_listed() -> dict[str, str]:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", text_of(ROOT / "docs" / "settings.md"), re.M)
    names = [name for name, _ in rows]
    assert len(names) == len(set(names)), "each stands in one row"
    return dict(rows)


def test_every_setting_is_listed_and_what_is_listed_is_one() -> None:
    assert set(settings_listed()) == {name.upper() for name in Settings.model_fields}


def test_the_defaults_are_the_real_ones() -> None:
    defaults = Settings.model_construct()
    listed = settings_listed()
    for name in Settings.model_fields:
        said, value = listed[name.upper()], getattr(defaults, name)
        value = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        if said in ("none", "required"):
            assert value is None or value in ((), frozenset()), name
        else:
            number = f"{value:g}" if isinstance(value, int | float) else str(value)
            assert said == f"`{number}`", name


def test_settings_that_pages_name_are_settings() -> None:
    others = {"USER_ID", "BLINK_TOKENS", "RAILWAY_RUN_UID", "REQUIRE_ALL", "CAMERA", "FILE", "FROM", "TO", "INFO"}
    others |= {"COMPOSE_DATABASE_URL", "POSTGRES_PASSWORD", "TUNNEL_TOKEN", "DEBUG", "WARNING", "ERROR", "DYNO"}
    for name in ("README.md", "docs/settings.md", "docs/hosting.md", "docs/troubleshooting.md", "docs/privacy.md"):
        for word in re.findall(r"`([A-Z][A-Z_]{3,})(?:=[^`]*)?`", text_of(ROOT / name)):
            assert word.lower() in Settings.model_fields or word in others, f"{name}: {word}"


def test_the_questions_that_a_report_settles_are_open_questions() -> None:
    listed = [int(number) for number in re.findall(r"^\| P(\d+) \|", text_of(ROOT / "docs" / "protocol.md"), re.M)]
    assert listed == list(range(1, len(listed) + 1))
    names = ("BUSY", "FINISHED", "LISTED", "USB", "UNKEPT", "LENGTH", "FORM", "NO_PLAN", "PAGES")
    assert {getattr(doctor, name) for name in names} <= set(listed)


@cache
def said_by_the_bot() -> str:
    """Return every text in the code, with one blank for whatever is put into it."""
    texts: list[str] = []
    for file in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return "\n".join(texts)


ELSEWHERE = {
    "ModuleNotFoundError",  # Python's
    "The application did not respond",  # Discord's
    "Invalid OAuth2 redirect_uri",
    "Bad Gateway",  # a proxy's
}


def quoted() -> list[str]:
    rows = re.findall(r"^\| (.*?) \|", text_of(ROOT / "docs" / "troubleshooting.md"), re.M)
    return [words for row in rows for words in re.findall(r"“(.+?)”", row)]


@pytest.mark.parametrize("words", quoted())
def test_a_symptom_is_what_the_bot_says(words: str) -> None:
    reasons = text_of(ROOT / "docs" / "reasons.md")
    assert words in ELSEWHERE or words in said_by_the_bot() or words in reasons


def test_the_moving_picture_moves_and_is_small() -> None:
    picture = (ROOT / "docs" / "clip.webp").read_bytes()
    assert len(picture) < 1_000_000
    assert (picture[:4], picture[8:12]) == (b"RIFF", b"WEBP")
    assert picture.count(b"ANMF") > 5, "the stages of a clip"
