"""What GitHub reads: the workflows run what everybody runs, and the issue forms ask for the right things."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

import bot

ROOT = Path(__file__).parents[2]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
KINDS = {"markdown", "textarea", "input", "dropdown", "checkboxes"}


def workflow(name: str) -> dict[Any, Any]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text())


def steps(name: str, job: str) -> list[dict[str, Any]]:
    return workflow(name)["jobs"][job]["steps"]


def test_the_checks_are_those_of_every_machine() -> None:
    assert steps("ci", "ci")[-1]["run"] == ".ci/run"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
    version = (ROOT / ".python-version").read_text().strip()
    assert workflow("ci")["jobs"]["ci"]["container"].startswith(f"python:{version}-")
    assert workflow("ci")["permissions"] == {"contents": "read"}


def test_a_tag_builds_the_image_for_both_kinds_of_machine() -> None:
    release = workflow("release")
    assert release[True]["push"] == {"tags": ["v*.*.*"]}  # YAML reads the key `on` as true
    build = steps("release", "image")[-1]["with"]
    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert build["push"] is True


def test_a_tag_must_be_the_version() -> None:
    [check] = [step["run"] for step in steps("release", "image") if "__version__" in step.get("run", "")]
    line = f'__version__ = "{bot.__version__}"'
    assert line in (ROOT / "bot" / "__init__.py").read_text().splitlines()
    assert r'"__version__ = \"${TAG#v}\""' in check


@pytest.mark.parametrize("name", ["ci", "release"])
def test_nothing_untrusted_is_put_into_a_script(name: str) -> None:
    for job in workflow(name)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "an expression there runs whatever a branch is called"
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_of_githubs_form(path: Path) -> None:
    # https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests
    form = yaml.safe_load(path.read_text())
    assert set(form) <= {"name", "description", "title", "labels", "body"}
    assert form["name"]
    assert form["description"]
    assert any(part["type"] != "markdown" for part in form["body"])
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(ids) == len(set(ids))
    for part in form["body"]:
        assert part["type"] in KINDS
        assert part["attributes"]["value" if part["type"] == "markdown" else "label"]


def test_a_form_asks_for_the_doctors_report() -> None:
    asks = [path.stem for path in FORMS if "python -m bot doctor USER_ID" in path.read_text()]
    assert asks == ["1-bug", "2-doctor"]


def test_there_is_a_licence_and_a_changelog_with_this_version() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n\nCopyright (c) 2026 blink-clip-bot contributors\n")
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[0] == "Unreleased"
    assert bot.__version__ in headings
