"""The Dockerfile, followed step by step on this machine, and what it builds started as nobody."""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from simulators.demo.tls import Authority
from tests.deploy import dockerfile
from tests.support.house import text_of
from tests.support.program import NAMES, ROOT, program
from tests.support.programs import require
from tests.support.street import Street, database, street
from tests.support.waiting import until

__all__ = ["database", "street"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts run Linux")

SITE = Path(sysconfig.get_path("purelib"))
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
READING = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")  # into folders, never writing
PYTHON = Path(os.path.realpath(sys._base_executable))  # type: ignore[attr-defined]
STEP = 60.0  # seconds


@dataclass
class Image:
    """What the Dockerfile built, under a folder that stands for the container's root."""

    root: Path
    stage: dockerfile.BuildStage

    def inside(self, text: str) -> str:
        """Return a command, or a setting, with the container's paths as they lie here."""
        for place in ("/opt/venv", "/app", "/data"):
            text = text.replace(f"{place}", f"{self.root}{place}")
        return text

    @property
    def environment(self) -> dict[str, str]:
        """The image's ENV."""
        given = {name: self.inside(value) for name, value in self.stage.environment.items()}
        return given | {"PATH": given["PATH"].replace("$PATH", os.environ["PATH"])}


def context(folder: Path) -> Iterator[Path]:
    """Yield the files of the build context, by .dockerignore: nothing but what it lets in with "!"."""
    lines = [line for line in (folder / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    for kept in (line[1:] for line in lines if line[0] == "!"):
        found = [folder / kept] if (folder / kept).is_file() else (folder / kept).rglob("*")
        for file in found:
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
                yield file.relative_to(folder)


def build(image: Image) -> None:
    """Do what docker does, but change no users of this machine, and fetch nothing."""
    files = list(context(ROOT))
    here = image.root
    for instruction, argument in image.stage.steps:
        if instruction == "WORKDIR":
            here = Path(image.inside(argument))
            here.mkdir(parents=True, exist_ok=True)
        elif instruction == "COPY":
            source, target = argument.split()
            copied = [file for file in files if file.is_relative_to(source)]
            assert copied, f"{source} is kept out by .dockerignore"
            for file in copied:
                to = here / target / (file.name if target.endswith("/") else file.relative_to(source))
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / file, to)
        elif instruction == "RUN":
            for command in argument.split("&&"):
                _run(image, command.strip(), here)


def _run(image: Image, command: str, here: Path) -> None:
    words = shlex.split(image.inside(command))
    if words[0] in ("groupadd", "useradd"):
        return
    if "pip" in words[0]:
        assert words[1:] == ["install", "--require-hashes", "-r", "requirements.txt"]
        _install(image, here / "requirements.txt")
        return
    if words[0] == "python":
        words = [str(PYTHON), *words[1:], *(["--without-pip"] if "venv" in words else [])]
    if words[0] == "install":
        owner, group = ("65534", "65534") if os.geteuid() == 0 else (str(os.geteuid()), str(os.getegid()))
        words[words.index("-o") + 1], words[words.index("-g") + 1] = owner, group
    subprocess.run(words, cwd=here, check=True, timeout=STEP, stdout=subprocess.DEVNULL)


def _install(image: Image, file: Path) -> None:
    """Let the image have what the file names, as it lies in this environment, and nothing else of that."""
    [site] = (image.root / "opt" / "venv" / "lib").glob("python*/site-packages")
    for package in named(file):
        for top in {path.parts[0] for path in metadata.distribution(package.name).files or ()}:
            if top not in ("..", "__pycache__"):
                (site / top).symlink_to(SITE / top)


def named(file: Path) -> list[Requirement]:
    """Return what a file of requirements asks for on this machine."""
    lines = [line.rstrip(" \\") for line in file.read_text().splitlines() if line[:1].isalnum()]
    every = [Requirement(line) for line in lines]
    return [one for one in every if one.marker is None or one.marker.evaluate()]


def as_nobody() -> tuple[str, ...]:
    """Return what gives up being root, and still reads a Python that lies in root's home."""
    if os.geteuid() != 0:
        return ()
    require("setpriv")
    hidden = not all(folder.stat().st_mode & 0o001 for folder in (*PYTHON.parents, *SITE.resolve().parents))
    command = (*NOBODY, *READING) if hidden else NOBODY
    tried = subprocess.run([*command, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"setpriv cannot give up being root here: {tried.stderr.strip()}")
    return command


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Build the image once."""
    folder = Path(tempfile.mkdtemp(prefix="image-"))
    folder.chmod(0o755)  # nobody has to get in
    try:
        made = Image(folder, dockerfile.read(ROOT / "Dockerfile")[-1])
        build(made)
        yield made
    finally:
        for place in [folder, *folder.rglob("*")]:
            if place.is_dir() and not place.is_symlink():
                place.chmod(0o755)
        shutil.rmtree(folder)


def test_the_bot_is_compiled_in_the_image_and_not_at_each_start(image: Image) -> None:
    sources = list((image.root / "app" / "bot").rglob("*.py"))
    assert sources
    assert [one for one in sources if not list((one.parent / "__pycache__").glob(f"{one.stem}.*.pyc"))] == []


def test_the_requirements_are_what_is_tested_here_and_each_has_a_hash(tmp_path: Path) -> None:
    file = ROOT / "requirements.txt"
    assert {one.name: str(one.specifier) for one in named(file)} == {
        one.name: f"=={metadata.version(one.name)}" for one in named(file)
    }
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--require-hashes", "-r", str(file)]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=STEP, stdout=subprocess.DEVNULL)


def test_the_image_makes_large_videos_fit(image: Image) -> None:
    code = "import av, sys; from bot.video import installed; sys.exit(not installed())"
    command = [image.inside("/opt/venv/bin/python"), "-c", code]
    subprocess.run(command, cwd=image.root / "app", env=image.environment, check=True, timeout=STEP)


async def test_the_image_runs_as_nobody_from_a_folder_that_it_cannot_write(
    image: Image, street: Street, authority: Authority
) -> None:
    house, root = street.house, image.root
    shutil.copytree(NAMES, root / "names", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(
        ROOT / "simulators",
        root / "names" / "simulators",
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    shutil.copy(authority.trust, root / "trust.pem")
    for path in (root / "trust.pem", *(root / "app").rglob("*"), *(root / "names").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted((root / "app").rglob("*"))
    entry = [image.inside(word) for word in (*image.stage.command("ENTRYPOINT"), *image.stage.command("CMD"))]
    settings = image.environment | {
        "PYTHONPATH": f"{root / 'names'}:{root / 'app'}",
        "SSL_CERT_FILE": str(root / "trust.pem"),
        "HOME": str(root / "data"),
        "TMPDIR": "/tmp",
    }
    del settings["PORT"]  # the test's own
    # From a street of its own the bot knows nobody: what is proved is that it comes up and is answered by Discord.
    async with program(house, authority, command=(*as_nobody(), *entry), cwd=root / "app", **settings) as bot:
        await bot.until_it_answers("/readyz", 200)
        assert await bot.answers("/livez") == 200
        assert await asyncio.to_thread(_user_of, bot.process.pid) == (65534 if as_nobody() else os.geteuid())
        await until(lambda: "clip" in house.discord.commands)
        used = await house.discord.slash(street.alice, house.channel, "account", {})
        await until(lambda: "No Blink account" in text_of(used.message))
        assert await _healthy(image, bot.port)
        bot.stop()
        assert await bot.ended() == 0, bot.words
    assert not await _healthy(image, bot.port)
    assert (root / "data" / "bot.db").stat().st_mode & 0o777 == 0o600
    assert sorted((root / "app").rglob("*")) == before, "nothing was written beside the code"
    assert house.discord.gateway_closes == [1000]


def _user_of(pid: int) -> int:
    # /proc itself says that a process which shows nobody its memory is root's.
    return int(Path(f"/proc/{pid}/status").read_text().partition("Uid:")[2].split()[0])


async def _healthy(image: Image, port: int) -> bool:
    """Run the image's health check."""
    words = image.stage.last("HEALTHCHECK").partition(" CMD ")[2]
    stage = dockerfile.BuildStage("", "", [("CMD", words)])
    process = await asyncio.create_subprocess_exec(
        *stage.command("CMD"),
        env=image.environment | {"PORT": str(port)},
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait() == 0


def test_nothing_but_the_code_and_its_dependencies_goes_into_the_image() -> None:
    tops = {file.parts[0] for file in context(ROOT)}
    assert tops == {"requirements.txt", "bot", "deploy"}
    assert not [file for file in context(ROOT) if file.name.startswith(".env")]


def test_a_started_as_root_entrypoint_hands_the_volume_over_and_is_root_no_longer(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give up being root")
    data, outside = Path(tempfile.mkdtemp(prefix="volume-")), tmp_path / "outside"
    outside.touch()
    script = (ROOT / "deploy" / "entrypoint.sh").read_text()
    here = script.replace("/data", str(data)).replace("bot:bot", "65534:65534").replace("-user bot", "-user 65534")
    here = here.replace("--reuid=bot --regid=bot --init-groups", "--reuid=65534 --regid=65534 --clear-groups")
    assert here.count("65534") == 5
    as_nobody()
    try:
        (data / "backup.db").touch()
        (data / "passwd").symlink_to(outside)
        said = ["/bin/sh", "-c", 'echo "$(id -u) $HOME"']
        done = subprocess.run(["/bin/sh", "-c", here, "entrypoint", *said], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == f"65534 {data}"
        assert [path.lstat().st_uid for path in (data, *data.iterdir())] == [65534] * 3
        assert outside.stat().st_uid == 0, "where a link leads is not the volume's"
    finally:
        shutil.rmtree(data)


def test_the_layers_that_seldom_change_come_first() -> None:
    steps = dockerfile.read(ROOT / "Dockerfile")[-1].steps
    copies = [argument.split()[0] for name, argument in steps if name == "COPY"]
    installed = next(index for index, (_, argument) in enumerate(steps) if "pip install" in argument)
    assert copies[0] == "requirements.txt"
    assert "--require-hashes" in steps[installed][1]
    assert not [argument for name, argument in steps[:installed] if name == "COPY" and argument.startswith("bot")]
