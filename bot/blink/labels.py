"""Labels that tell apart what is offered together: names are chosen by people, and two can be the same."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

_LONGEST = 70  # a button holds 80 letters, and some have a verb before the label
_LONGEST_NUMBER = 8

Key = TypeVar("Key", bound=Hashable)


def numbered(label: str, number: int = 1) -> str:
    """Return a label that fits on a button, with its number from the second of its kind on."""
    end = f" ({number})" if number > 1 else ""
    return label[: _LONGEST - len(end)] + end


def numbers(labels: Iterable[str]) -> list[int]:
    """Return the number of each label with which `numbered` makes it differ from all others."""
    every = [numbered(label) for label in labels]
    taken, seen = set(every), set[str]()
    last: Counter[str] = Counter()  # by beginning: what begins alike may be the same once it is cut for its number
    found = list[int]()
    for label in every:
        number = 1
        if label in seen:
            begin = label[: _LONGEST - _LONGEST_NUMBER]
            number = max(last[begin] + 1, 2)
            while numbered(label, number) in taken:
                number += 1
            last[begin] = number
            taken.add(numbered(label, number))
        seen.add(label)
        found.append(number)
    return found


def distinct(names: Mapping[Key, Sequence[str]]) -> dict[Key, str]:
    """Return a label for each key: the first of its names that no other key shows, else its last with a number.

    Numbers follow the order of the keys.
    """
    rungs = dict.fromkeys(names, 0)

    def shown(key: Key) -> str:
        return numbered(names[key][rungs[key]])

    while True:
        count = Counter(map(shown, names))
        unclear = [key for key in names if count[shown(key)] > 1 and rungs[key] + 1 < len(names[key])]
        if not unclear:
            break
        for key in unclear:
            rungs[key] += 1
    labels = [shown(key) for key in names]
    return {key: numbered(label, number) for key, label, number in zip(names, labels, numbers(labels), strict=True)}
