"""compose.yaml: of Compose's form, with a database that lasts, and nothing open to the world but the proxy."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.config import Settings
from tests.deploy import dockerfile

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "compose.yaml").read_text()
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = FILE["services"]
GOODBYE = 5.0  # seconds that the end itself may take after the grace
OWN = {"POSTGRES_PASSWORD", "TUNNEL_TOKEN", "COMPOSE_DATABASE_URL"}  # the other services', and Compose's way to say it


def test_compose_understands_it() -> None:
    schema = json.loads((Path(__file__).parent / "schemas" / "compose.json").read_text())
    jsonschema.validate(FILE, schema, cls=jsonschema.Draft202012Validator)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**FILE, "services": {"bot": {"build": ".", "restart": "sometimes"}}}, schema)


def test_the_bot_alone_starts_without_a_profile() -> None:
    assert [name for name, service in SERVICES.items() if "profiles" not in service] == ["bot"]
    assert {service["profiles"][0] for service in SERVICES.values() if "profiles" in service} == {
        "postgres",
        "caddy",
        "tunnel",
    }
    assert SERVICES["bot"]["depends_on"]["postgres"]["required"] is False


def test_its_database_and_its_backups_lie_on_a_volume() -> None:
    bot = SERVICES["bot"]
    [mount] = bot["volumes"]
    volume, _, place = mount.partition(":")
    assert volume in FILE["volumes"]
    assert f"-sqlite:///{place}/" in bot["environment"]["DATABASE_URL"]
    assert bot["environment"]["BACKUP_DIR"].startswith(f"{place}/")
    image = dockerfile.read(ROOT / "Dockerfile")[-1]
    assert image.environment["DATABASE_URL"].startswith(f"sqlite:///{place}/"), "what the image itself uses"


def test_only_the_proxy_is_open_to_the_world() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["caddy"]
    port = SERVICES["bot"]["environment"]["PORT"]
    assert f"bot:{port}" in SERVICES["caddy"]["command"]
    assert f"http://bot:{port}" in TEXT, "what a tunnel has to lead to"
    assert SERVICES["bot"]["environment"]["HOST"] == "0.0.0.0", "another container asks"  # noqa: S104


def test_everything_it_sets_is_a_setting_of_the_bot_and_can_be_used() -> None:
    given = SERVICES["bot"]["environment"]
    assert {name.lower() for name in given} <= set(Settings.model_fields)
    values = {name.lower(): re.sub(r"^\$\{\w+:-(.*)\}$", r"\1", value) for name, value in given.items()}
    settings = Settings.model_validate(values)
    assert settings.stop_grace_s + GOODBYE <= int(SERVICES["bot"]["stop_grace_period"].removesuffix("s"))
    used = set(re.findall(r"\$\{(\w+)", TEXT))
    assert used - OWN <= {name.upper() for name in Settings.model_fields}


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if any(word in name for word in ("PASSWORD", "TOKEN", "SECRET", "KEYS")):
                assert re.fullmatch(r"\$\{\w+:-\}", value), name


def test_what_it_takes_from_dotenv_is_told() -> None:
    hosting = (ROOT / "docs" / "hosting.md").read_text()
    for name in OWN:
        assert f"{name}=" in hosting, name
    for profile in ("postgres", "caddy", "tunnel"):
        assert f"--profile {profile}" in hosting
