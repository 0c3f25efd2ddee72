"""Make Blink's words fit to be shown: clean names and messages, and labels that differ from each other."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

_JOINERS = "\u200c\u200d"  # hold emoji and Persian letters together; anywhere else they are invisible
_STRAY_JOINERS = re.compile(f"(?:^|(?<=[ {_JOINERS}]))[{_JOINERS}]+|[{_JOINERS}]+(?=[ {_JOINERS}]|$)")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that look like nothing
_NOT_SHOWN = frozenset(("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"))
_BETWEEN = re.compile(r"[·()]")
_MOST_MARKS = 4  # accents on one letter; more of them paint over other people's lines

_LONGEST_ASKED = 200
_LONGEST_LABEL = 70  # a button holds 80 letters, and some have a verb before the label
_LONGEST_NUMBER = 8

Key = TypeVar("Key", bound=Hashable)


def clean(text: str, limit: int) -> str:
    """Return `text` on one line of at most `limit` characters, all of them visible.

    Control characters, text-direction overrides, lone surrogates and blanks of every kind become one space. Markdown
    and mentions stay: the room that writes to a chat escapes them.
    """
    text = unicodedata.normalize("NFC", text[: 8 * limit])
    shown = "".join(" " if _hidden(char) else char for char in text)
    joined = _STRAY_JOINERS.sub("", " ".join(shown.split()))
    return "".join(_unpiled(joined))[:limit].strip(" " + _JOINERS)


def fold(text: str) -> str:
    """Return the same text for all spellings of one name."""
    cleaned = clean(unicodedata.normalize("NFKC", text[: 8 * _LONGEST_ASKED]), _LONGEST_ASKED)
    return cleaned.translate(dict.fromkeys(map(ord, _JOINERS))).casefold()


def resembles(asked: str, name: str) -> bool:
    """Say whether a name has each word of `asked`; order, blanks, punctuation, case and accents do not matter."""
    # A camera's name, its system's and its owner's are parts: no word goes over from one to the next.
    parts = ["".join(_words(part)) for part in _BETWEEN.split(name)]
    wanted = _words(asked)
    return bool(wanted) and all(any(word in part for part in parts) for word in wanted)


def _words(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", fold(text))
    letters = (char for char in bare if not unicodedata.combining(char))
    return "".join(" " if unicodedata.category(char).startswith(("P", "Z")) else char for char in letters).split()


def _hidden(char: str) -> bool:
    if char in _JOINERS:
        return False
    return unicodedata.category(char) in _NOT_SHOWN or char in _BLANKS or ord(char) & 0xFFFE == 0xFFFE


def _unpiled(text: str) -> list[str]:
    """Drop marks that stand on no letter, and those above the most that one letter may bear."""
    kept: list[str] = []
    marks = _MOST_MARKS
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
        else:
            marks = _MOST_MARKS if char == " " else 0
        if marks <= _MOST_MARKS or char == " ":
            kept.append(char)
    return kept


def numbered(label: str, number: int = 1) -> str:
    """Return a label that fits on a button, with its number if that is 2 or more."""
    end = f" ({number})" if number > 1 else ""
    return label[: _LONGEST_LABEL - len(end)] + end


def numbers(labels: Iterable[str]) -> list[int]:
    """Return a number for each label, so that `numbered` makes it differ from all others."""
    every = [numbered(label) for label in labels]
    taken, seen = set(every), set[str]()
    last: Counter[str] = Counter()  # by beginning: labels that begin alike can be the same once cut for their number
    found = list[int]()
    for label in every:
        number = 1
        if label in seen:
            begin = label[: _LONGEST_LABEL - _LONGEST_NUMBER]
            number = max(last[begin] + 1, 2)
            while numbered(label, number) in taken:
                number += 1
            last[begin] = number
            taken.add(numbered(label, number))
        seen.add(label)
        found.append(number)
    return found


def distinct(names: Mapping[Key, Sequence[str]]) -> dict[Key, str]:
    """Choose a different label for each key: its first name that no other key shows, else its last with a number.

    Numbers follow the order of the keys.
    """
    choices = dict.fromkeys(names, 0)

    def shown(key: Key) -> str:
        return numbered(names[key][choices[key]])

    while True:
        count = Counter(map(shown, names))
        unclear = [key for key in names if count[shown(key)] > 1 and choices[key] + 1 < len(names[key])]
        if not unclear:
            break
        for key in unclear:
            choices[key] += 1
    labels = [shown(key) for key in names]
    return {key: numbered(label, number) for key, label, number in zip(names, labels, numbers(labels), strict=True)}
