"""What people take home of what is kept about them."""

from bot.models import Right
from bot.ui.account import _given
from tests.support.examples import a_share


def test_an_owner_does_not_read_who_has_left_what_they_share() -> None:
    share = a_share(rights=frozenset({Right.SNAPSHOT, Right.CLIP}), refused_by=frozenset({77}))
    exported = _given(share)
    assert exported["rights"] == ["clip", "snapshot"]
    assert exported["label"] == share.label
    assert "refused_by" not in exported
