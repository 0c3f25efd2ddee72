"""Words that make a sentence hard to read stay out of the code, its docstrings and its comments."""

import re
from pathlib import Path

import bot

FOLDER = Path(bot.__file__).parent
WORST = re.compile(r"\b(anew|whom|whoever|be they|of late)\b", re.IGNORECASE)


def test_the_worst_words_are_nowhere() -> None:
    files = sorted(FOLDER.rglob("*.py"))
    assert len(files) > 100
    found = [
        f"{file.relative_to(FOLDER)}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if WORST.search(line)
    ]
    assert found == []
