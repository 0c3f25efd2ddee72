"""Words that make a sentence hard to read stay out of the code, and no two classes have one name."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import bot

FOLDER = Path(bot.__file__).parent
WORST = re.compile(r"\b(anew|whom|whoever|be they|of late)\b", re.IGNORECASE)


def files() -> list[Path]:
    found = sorted(FOLDER.rglob("*.py"))
    assert len(found) > 100
    return found


def test_the_worst_words_are_nowhere() -> None:
    found = [
        f"{file.relative_to(FOLDER)}:{number}: {line.strip()}"
        for file in files()
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if WORST.search(line)
    ]
    assert found == []


def test_two_classes_never_share_a_name() -> None:
    defined = defaultdict[str, list[str]](list)
    for file in files():
        for one in ast.parse(file.read_text("utf-8")).body:
            if isinstance(one, ast.ClassDef):
                defined[one.name.lstrip("_")].append(str(file.relative_to(FOLDER)))
    assert {name: found for name, found in defined.items() if len(found) > 1} == {}
