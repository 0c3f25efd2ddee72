"""The demo's page: looks like Discord, runs in any browser, and shows what the simulated Discord holds."""

from simulators.page.guide import Guide, Login, Walk
from simulators.page.server import DemoPage

__all__ = ["DemoPage", "Guide", "Login", "Walk"]
