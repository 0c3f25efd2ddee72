"""Values that every room speaks: frozen, without I/O, and without knowledge of who uses them."""

from .camera_ref import (
    CAMERA_OR_SYSTEM_PATTERN,
    CAMERA_PATTERN,
    CameraKey,
    CameraKind,
    CameraRef,
    is_shared,
    split_owner,
    with_owner,
)

__all__ = [
    "CAMERA_OR_SYSTEM_PATTERN",
    "CAMERA_PATTERN",
    "CameraKey",
    "CameraKind",
    "CameraRef",
    "is_shared",
    "split_owner",
    "with_owner",
]
