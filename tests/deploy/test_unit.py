"""The systemd unit: systemd understands it, and hosting.md makes everything that it names."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "blink-clip-bot.service"
STEPS = (ROOT / "docs" / "hosting.md").read_text().partition("## A machine with systemd")[2].partition("\n## ")[0]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/blink-clip-bot/.venv/bin/python", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    mine = [line for line in (done.stdout + done.stderr).splitlines() if UNIT.name in line or str(unit) in line]
    assert mine == []


def test_the_steps_make_what_it_names() -> None:
    text = UNIT.read_text()
    values = dict(re.findall(r"^(\w+)=(.*)$", text, re.M))
    assert f"git clone <address of this repository> {values['WorkingDirectory']}" in STEPS
    assert f"mv .env {values['EnvironmentFile']}" in STEPS
    assert re.search(rf"^useradd .*\b{values['User']}$", STEPS, re.M)
    assert values["ExecStart"].split()[0] == f"{values['WorkingDirectory']}/.venv/bin/python"
    assert "cp deploy/blink-clip-bot.service /etc/systemd/system/" in STEPS


def test_a_command_in_the_shell_has_the_units_surroundings() -> None:
    [wrapper] = re.findall(r"exec systemd-run .*?\"\$@\"", STEPS, re.S)
    for line in ("User", "EnvironmentFile", "WorkingDirectory"):
        [value] = re.findall(rf"^{line}=(.*)$", UNIT.read_text(), re.M)
        assert f"-p {line}={value}" in wrapper
    for name in ("DATABASE_URL", "HOME"):
        [value] = re.findall(rf"^Environment={name}=(.*)$", UNIT.read_text(), re.M)
        assert f"-E {name}={value}" in wrapper
    [folder] = re.findall(r"`BACKUP_DIR=(.*?)/backups`", STEPS)
    assert folder == f"/var/lib/{re.findall(r'^StateDirectory=(.*)$', UNIT.read_text(), re.M)[0]}", (
        "it may write nowhere else"
    )
