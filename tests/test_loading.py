"""Loading modules without looking for garbage among them."""

import gc
from collections.abc import Iterator

import pytest

from bot.loading import loading


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.freeze()


def test_no_garbage_is_looked_for_meanwhile_and_nothing_loaded_is_looked_through_later() -> None:
    with loading():
        assert not gc.isenabled()
        made = [object()]
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1000
    assert not any(one is made for one in gc.get_objects())


def test_a_module_that_cannot_be_loaded_leaves_garbage_to_be_collected() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
