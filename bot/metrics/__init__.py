"""Numbers about the running bot; `prometheus` keeps them, and is imported only if somebody may read them."""

from .observer import Observer

__all__ = ["Observer"]
