"""The files that hosts read: they are of the form that each host documents, and set what the bot knows."""

import configparser
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.config import Settings
from tests.deploy import dockerfile

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(__file__).parent / "schemas"
HOSTING = ROOT / "docs" / "hosting.md"
HOSTS_OWN = {"RAILWAY_RUN_UID", "DOKKU_APP_NAME", "HOME", "POSTGRES_PASSWORD", "COMPOSE_DATABASE_URL", "TUNNEL_TOKEN"}
START = "python -m bot"
GOODBYE = 5.0  # seconds that the end itself may take after the grace: two for words, the rest for closing


def load(name: str) -> Any:
    text = (ROOT / name).read_text()
    if name.endswith(".json"):
        return json.loads(text)
    return tomllib.loads(text) if name.endswith(".toml") else yaml.safe_load(text)


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(ROOT / "deploy" / "blink-clip-bot.service")
    return parser


FILES = {"app.json": "app.json", "render.yaml": "render.json", "fly.toml": "fly.json", "railway.json": "railway.json"}


@pytest.mark.parametrize(("name", "schema"), FILES.items(), ids=FILES)
def test_a_host_understands_its_file(name: str, schema: str) -> None:
    jsonschema.validate(
        load(name),
        json.loads((SCHEMAS / schema).read_text()),
        cls=jsonschema.Draft202012Validator,
    )


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("app.json", lambda file: file["env"]["TOKEN_KEYS"].update(generator="random")),
        ("render.yaml", lambda file: file["services"][0].update(plan="free")),
        ("fly.toml", lambda file: file.update(kill_timeout="30s")),
        ("railway.json", lambda file: file["deploy"].update(drainSeconds=30)),
    ],
    ids=FILES,
)
def test_the_schemas_refuse_what_a_host_would(name: str, spoil: Any) -> None:
    file = load(name)
    spoil(file)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(file, json.loads((SCHEMAS / FILES[name]).read_text()))


def test_the_procfile_has_one_process_so_that_no_host_starts_two() -> None:
    [line] = (ROOT / "Procfile").read_text().strip().splitlines()
    kind, _, command = line.partition(": ")
    assert command == START
    assert set(load("app.json")["formation"]) == {kind}
    assert load("render.yaml")["services"][0]["type"] == kind


def test_every_host_starts_the_same_command() -> None:
    [service] = load("render.yaml")["services"]
    assert service["startCommand"] == START
    assert " ".join(dockerfile.read(ROOT / "Dockerfile")[-1].command("CMD")) == START
    assert unit()["Service"]["ExecStart"].endswith(START)
    assert "startCommand" not in load("railway.json")["deploy"], "it would replace the image's entrypoint"


def names_in_files() -> Iterator[tuple[str, str]]:
    for name in load("app.json")["env"]:
        yield "app.json", name
    for entry in load("render.yaml")["services"][0]["envVars"]:
        yield "render.yaml", entry["key"]
    for name in load("fly.toml")["env"]:
        yield "fly.toml", name
    for stage in dockerfile.read(ROOT / "Dockerfile"):
        for name in stage.environment:
            if name != "PATH" and not name.startswith(("PYTHON", "PIP_")):
                yield "Dockerfile", name
    for name in re.findall(r"^Environment=(\w+)=", (ROOT / "deploy" / "blink-clip-bot.service").read_text(), re.M):
        if name != "HOME":  # the driver's
            yield "blink-clip-bot.service", name
    for name in re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M):
        yield ".env.example", name
    for name in re.findall(r"\b([A-Z][A-Z_]{3,})=", HOSTING.read_text()):
        if name not in HOSTS_OWN:
            yield "docs/hosting.md", name


@pytest.mark.parametrize(("file", "name"), sorted(set(names_in_files())))
def test_every_setting_in_a_file_for_a_host_is_one_of_the_bots(file: str, name: str) -> None:
    assert name.lower() in Settings.model_fields


def test_the_settings_that_files_give_are_usable_and_the_grace_fits_what_the_host_allows() -> None:
    render = {entry["key"]: entry.get("value") for entry in load("render.yaml")["services"][0]["envVars"]}
    heroku = {name: entry.get("value") for name, entry in load("app.json")["env"].items()}
    fly = load("fly.toml")
    service = (ROOT / "deploy" / "blink-clip-bot.service").read_text()
    systemd = dict(re.findall(r"^Environment=(\w+)=(\S+)", service, re.M))
    assert systemd.pop("HOME") == f"/var/lib/{unit()['Service']['StateDirectory']}", "ProtectHome hides any other"
    allowed = ((heroku, 30), (render, 30), (fly["env"], fly["kill_timeout"]))
    for given, seconds in (*allowed, (systemd, int(unit()["Service"]["TimeoutStopSec"]))):
        settings = Settings.model_validate({name.lower(): value for name, value in given.items() if value})
        assert settings.stop_grace_s + GOODBYE <= seconds
    default = Settings.model_fields["stop_grace_s"].default
    assert default + GOODBYE <= load("railway.json")["deploy"]["drainingSeconds"]


def test_the_database_lies_on_what_the_host_mounts() -> None:
    [service] = load("render.yaml")["services"]
    render = {entry["key"]: entry.get("value") for entry in service["envVars"]}
    assert render["DATABASE_URL"].startswith(f"sqlite:///{service['disk']['mountPath']}/")
    fly = load("fly.toml")
    assert fly["env"]["DATABASE_URL"].startswith(f"sqlite:///{fly['mounts'][0]['destination']}/")
    stages = dockerfile.read(ROOT / "Dockerfile")
    assert stages[-1].environment["DATABASE_URL"].startswith("sqlite:////data/")
    # Railway refuses to build an image that has one: https://github.com/NousResearch/hermes-agent/issues/91560
    assert not [stage.name for stage in stages if "VOLUME" in dict(stage.steps)]
    assert "heroku-postgresql" in load("app.json")["addons"][0], "Heroku keeps no file"


def test_dokku_builds_the_image_and_heroku_finds_python_by_itself() -> None:
    # Dokku writes them to .buildpacks, which it prefers to a Dockerfile: https://github.com/dokku/dokku/pull/8157
    assert "buildpacks" not in load("app.json")
    assert "builder:set clips selected dockerfile" in HOSTING.read_text()


def test_secrets_are_asked_for_or_made_by_the_host_never_written_down() -> None:
    heroku = load("app.json")["env"]
    assert "value" not in heroku["DISCORD_TOKEN"]
    assert heroku["TOKEN_KEYS"]["generator"] == "secret"
    render = {entry["key"]: entry for entry in load("render.yaml")["services"][0]["envVars"]}
    assert render["DISCORD_TOKEN"]["sync"] is False
    assert render["TOKEN_KEYS"]["generateValue"] is True
    secret = {"DISCORD_TOKEN", "TOKEN_KEYS", "DISCORD_CLIENT_SECRET"}
    assert not secret & set(load("fly.toml")["env"])
    assert not secret & set(dockerfile.read(ROOT / "Dockerfile")[-1].environment)


def test_one_file_names_the_dependencies_since_builders_refuse_two() -> None:
    found = [name for name in ("requirements.txt", "Pipfile.lock", "poetry.lock", "uv.lock") if (ROOT / name).exists()]
    assert found == ["requirements.txt"]
    assert (ROOT / ".python-version").read_text().strip() in dockerfile.read(ROOT / "Dockerfile")[-1].base


def test_the_fly_snippet_for_the_sign_in_page_is_of_flys_form() -> None:
    [snippet] = re.findall(r"```toml\n(.*?)```", HOSTING.read_text(), re.S)
    together = load("fly.toml") | tomllib.loads(re.sub(r"^  ", "", snippet, flags=re.M))
    jsonschema.validate(together, json.loads((SCHEMAS / "fly.json").read_text()))
    port = dockerfile.read(ROOT / "Dockerfile")[-1].environment["PORT"]
    assert together["http_service"]["internal_port"] == int(port)


def test_railways_way_of_starting_as_root_is_the_entrypoints() -> None:
    stages = {stage.name: stage for stage in dockerfile.read(ROOT / "Dockerfile")}
    assert load("fly.toml")["build"]["build-target"] in stages
    assert list(stages)[-1] == "bot", "what is built without a target is never root"
    assert stages["bot"].last("USER").split(":")[0].isdigit(), "Kubernetes' runAsNonRoot wants a number"
    assert stages["bot"].last("USER") != "0"
