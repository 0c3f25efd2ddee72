"""Take the pictures of the docs from the running demo: `make docs`; it needs Chromium.

`demo()` runs the demo and opens a browser for any script beside this one that shows something of it.
"""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

DOCS = Path(__file__).parent
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
WINDOW = {"width": 1032, "height": 1000}  # leaves 720 points to the messages, which a reply fills
PHONE = {"width": 390, "height": 768}
MARGIN = 8
MOMENT = 1.6  # seconds into the video
SHOW_MOMENT = """(video, moment) => new Promise((done) => {
    video.controls = false;
    video.addEventListener("seeked", done, { once: true });
    video.currentTime = moment;
})"""


@contextmanager
def demo() -> Generator[tuple[Browser, str]]:
    """Run the demo; yields a browser and the address of its page."""
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        sys.exit("Chromium is not installed")
    command = [sys.executable, "-m", "bot", "demo"]
    with subprocess.Popen(command, cwd=DOCS.parent, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603
        assert running.stdout is not None
        try:
            url = next((found[0] for line in running.stdout if (found := re.search(r"http://\S+", line))), None)
            if url is None:
                sys.exit("the demo ended before its page was there")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
                yield browser, url
                browser.close()
        finally:
            running.send_signal(signal.SIGINT)
            running.stdout.read()


def opened(browser: Browser, url: str, person: str = "alice") -> Page:
    """Return the demo's page as `person` sees it, dark and sharp."""
    page = browser.new_page(viewport=WINDOW, color_scheme="dark", device_scale_factor=2)
    page.goto(url)
    page.get_by_role("button", name=person, exact=True).click()
    return page


def run(page: Page, command: str) -> None:
    """Type a command into the message box, and send it."""
    page.click("#entry")
    page.keyboard.type(command)
    page.keyboard.press("Enter")


def film(message: Locator) -> None:
    """Wait for a message's video, and show a moment of it."""
    video = message.locator("video")
    video.wait_for(timeout=60_000)
    video.evaluate(SHOW_MOMENT, MOMENT)


def photograph(page: Page, message: Locator, name: str) -> None:
    """Save a picture of one message."""
    message.scroll_into_view_if_needed()
    page.mouse.move(0, 0)
    box = message.bounding_box()
    assert box is not None
    top, height = box["y"] - MARGIN, box["height"] + 2 * MARGIN
    page.screenshot(path=DOCS / name, clip={"x": box["x"], "y": top, "width": box["width"], "height": height})


def reply(browser: Browser, url: str) -> None:
    """Take the picture of the reply to the clip with which the demo begins."""
    page = opened(browser, url)
    message = page.locator("#messages > li", has=page.locator("video"))
    film(message)
    photograph(page, message, "reply.png")


def sign_in(browser: Browser, url: str) -> None:
    """Take the picture of the page on which bob signs in to Blink, as a phone shows it."""
    chat = opened(browser, url, "bob")
    run(chat, "/link ")
    address = chat.get_by_role("link", name="Sign in to Blink").get_attribute("href")
    assert address is not None
    page = browser.new_page(viewport=PHONE, color_scheme="light", device_scale_factor=2)
    page.goto(address)
    page.get_by_role("button", name="Yes, this is me").click()
    page.get_by_label("E-mail address").fill("bob@example.com")
    page.locator("h1").click()
    page.screenshot(path=DOCS / "sign-in.png")


PICTURES: dict[str, Callable[[Browser, str], None]] = {"reply.png": reply, "sign-in.png": sign_in}


def main() -> None:
    """Take every picture, of one demo."""
    with demo() as (browser, url):
        for name, take in PICTURES.items():
            take(browser, url)
            sys.stdout.write(f"docs/{name}: {(DOCS / name).stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
