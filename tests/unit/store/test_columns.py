"""A value and its columns: both ways from one list."""

from dataclasses import dataclass
from enum import StrEnum

from bot.store.columns import Field, StoredFields, enum_field


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Frame:
    width: int
    colour: Colour


@dataclass(frozen=True)
class Picture:
    name: str
    sizes: tuple[int, ...]
    frame: Frame | None
    seen_by: int = 0


FRAME = StoredFields(
    Frame, prefix="frame_", colour=enum_field("paint", Colour, null=Colour.RED), absent_if="frame_width"
)
PICTURE = StoredFields(
    Picture,
    without=("seen_by",),
    sizes=Field(
        "sizes", write=lambda sizes: " ".join(map(str, sizes)), read=lambda text: tuple(map(int, text.split()))
    ),
    name="title",
    frame=FRAME,
)


def test_a_value_comes_back_from_its_columns() -> None:
    picture = Picture("Dawn", (3, 4), Frame(2, Colour.BLUE))
    columns = PICTURE.columns_of(picture)
    assert columns == {"title": "Dawn", "sizes": "3 4", "frame_width": 2, "paint": "blue"}
    assert PICTURE.value_of(columns) == picture


def test_a_part_that_is_absent_is_null_in_all_its_columns() -> None:
    picture = Picture("Dawn", (), None)
    columns = PICTURE.columns_of(picture)
    assert columns == {"title": "Dawn", "sizes": "", "frame_width": None, "paint": None}
    assert PICTURE.value_of(columns) == picture


def test_a_null_may_stand_for_a_value() -> None:
    assert FRAME.value_of({"frame_width": 2, "paint": None}) == Frame(2, Colour.RED)


def test_a_field_that_is_not_stored_is_given_when_a_value_is_read() -> None:
    columns = PICTURE.columns_of(Picture("Dawn", (), None))
    assert PICTURE.value_of(columns, seen_by=7) == Picture("Dawn", (), None, seen_by=7)
