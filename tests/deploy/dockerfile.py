"""Just enough of Dockerfile's grammar to follow ours step by step: https://docs.docker.com/reference/dockerfile/."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class BuildStage:
    """One FROM and what follows; `steps` are (instruction, argument), those of its base first."""

    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def last(self, instruction: str) -> str:
        """Return the argument of the last such instruction."""
        return [argument for name, argument in self.steps if name == instruction][-1]

    def command(self, instruction: str) -> list[str]:
        """Return an exec form as arguments."""
        return json.loads(self.last(instruction))

    @property
    def environment(self) -> dict[str, str]:
        """All that ENV sets, with references to earlier ones left as they stand."""
        pairs = [pair for name, argument in self.steps if name == "ENV" for pair in shlex.split(argument)]
        return dict(pair.split("=", 1) for pair in pairs)


def read(path: Path) -> list[BuildStage]:
    """Return the stages, each with the steps of the stages it builds on."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    stages: dict[str, BuildStage] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        instruction, _, argument = line.partition(" ")
        if instruction == "FROM":
            base, _, name = argument.partition(" AS ")
            inherited = list(stages[base].steps) if base in stages else []
            root = stages[base].base if base in stages else base
            stages[name] = stage = BuildStage(name, root, inherited)
        else:
            stage.steps.append((instruction, argument.strip()))
    return list(stages.values())
