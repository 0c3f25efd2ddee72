"""Letters of three by five points, enough to name a camera in a picture."""

# Five rows of three bits each, top row first, as one octal digit a row.
GLYPHS = {
    **dict(
        zip(
            "0123456789",
            ["75557", "26227", "71747", "71317", "55711", "74717", "74757", "71122", "75757", "75717"],
            strict=True,
        )
    ),
    **dict(
        zip(
            "ABCDEFGHIJKLM",
            [
                "25755",
                "65656",
                "34443",
                "65556",
                "74647",
                "74644",
                "34553",
                "55755",
                "72227",
                "11152",
                "55655",
                "44447",
                "57755",
            ],
            strict=True,
        )
    ),
    **dict(
        zip(
            "NOPQRSTUVWXYZ",
            [
                "65555",
                "25552",
                "65644",
                "25563",
                "65655",
                "34216",
                "72222",
                "55557",
                "55552",
                "55775",
                "55255",
                "55222",
                "71247",
            ],
            strict=True,
        )
    ),
    "#": "57575",
    ":": "02020",
    ".": "00002",
    "-": "00700",
    "'": "22000",
    "&": "25265",
}


def write(rows: list[bytearray], text: str, x: int, y: int, scale: int, ink: int) -> None:
    """Draw a text into rows of points, clipped at their edges; what has no glyph is left blank."""
    for place, letter in enumerate(text.upper()):
        for line, bits in enumerate(GLYPHS.get(letter, "00000")):
            for column in range(3):
                if int(bits) & (4 >> column):
                    _dot(rows, x + (place * 4 + column) * scale, y + line * scale, scale, ink)


def _dot(rows: list[bytearray], x: int, y: int, scale: int, ink: int) -> None:
    for row in rows[max(0, y) : max(0, y + scale)]:
        left, right = max(0, x), min(len(row), x + scale)
        if left < right:
            row[left:right] = bytes([ink]) * (right - left)
