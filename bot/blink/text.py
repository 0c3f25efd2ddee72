"""What of Blink's words may go on into the rest of the bot: names that people choose, and messages of its cloud."""

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # hold emoji and Persian letters together; anywhere else they are invisible
_STRAY_JOINERS = re.compile(f"(?:^|(?<=[ {_JOINERS}]))[{_JOINERS}]+|[{_JOINERS}]+(?=[ {_JOINERS}]|$)")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and symbols that look like nothing at all
_NOT_SHOWN = frozenset(("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"))
_MOST_MARKS = 4  # accents on one letter; more of them paint over other people's lines


def clean(text: str, limit: int) -> str:
    """Return `text` on one line of at most `limit` characters, each of which is seen and none of which moves others.

    Control characters, text-direction overrides, lone surrogates and blanks of every kind become one space; what a
    chat makes of the rest (markdown, mentions) is for those who write there.
    """
    text = text[: 8 * limit]
    if text.isascii() and text.isprintable():  # most words are, and nothing below would change those but their blanks
        return " ".join(text.split())[:limit].rstrip()
    text = unicodedata.normalize("NFC", text)
    shown = "".join(" " if _hidden(char) else char for char in text)
    joined = _STRAY_JOINERS.sub("", " ".join(shown.split()))
    return "".join(_unpiled(joined))[:limit].strip(" " + _JOINERS)


def fold(text: str, limit: int) -> str:
    """Return what two spellings of one name have in common."""
    cleaned = clean(unicodedata.normalize("NFKC", text[: 8 * limit]), limit)
    return cleaned.translate(dict.fromkeys(map(ord, _JOINERS))).casefold()


def _hidden(char: str) -> bool:
    if char in _JOINERS:
        return False
    return unicodedata.category(char) in _NOT_SHOWN or char in _BLANKS or ord(char) & 0xFFFE == 0xFFFE


def _unpiled(text: str) -> list[str]:
    """Leave out the marks above the most that one letter may bear, and those that have no letter to stand on."""
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
