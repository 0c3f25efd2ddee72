"""Take docs/reply.png and docs/sign-in.png anew: run the demo, and photograph the reply to its own clip and bob's link.

Run it with `.venv/bin/python docs/take_picture.py`; it needs Chromium.
"""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

REPLY = Path(__file__).with_name("reply.png")
SIGN_IN = Path(__file__).with_name("sign-in.png")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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


def photograph_reply(browser: Browser, url: str) -> None:
    """Save the picture of the reply as soon as its video is there."""
    page = browser.new_page(viewport=WINDOW, color_scheme="dark", device_scale_factor=2)
    page.goto(url)
    reply = page.locator("#messages > li", has=page.locator("video"))
    video = reply.locator("video")
    video.wait_for(timeout=60_000)
    video.evaluate(SHOW_MOMENT, MOMENT)
    page.mouse.move(0, 0)
    box = reply.bounding_box()
    assert box is not None
    top, height = box["y"] - MARGIN, box["height"] + 2 * MARGIN
    page.screenshot(path=REPLY, clip={"x": box["x"], "y": top, "width": box["width"], "height": height})


def photograph_sign_in(browser: Browser, url: str) -> None:
    """Save the picture of the page on which bob signs in to Blink, as a phone shows it."""
    demo = browser.new_page(viewport=WINDOW)
    demo.goto(url)
    demo.get_by_role("button", name="bob", exact=True).click()
    demo.click("#entry")
    demo.keyboard.type("/link ")
    demo.keyboard.press("Enter")
    address = demo.get_by_role("link", name="Sign in to Blink").get_attribute("href")
    assert address is not None
    page = browser.new_page(viewport=PHONE, color_scheme="light", device_scale_factor=2)
    page.goto(address)
    page.get_by_role("button", name="Yes, this is me").click()
    page.get_by_label("E-mail address").fill("bob@example.com")
    page.locator("h1").click()
    page.screenshot(path=SIGN_IN)


def main() -> None:
    """Run the demo for as long as the pictures take."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        sys.exit("Chromium is not installed")
    command = [sys.executable, "-m", "bot", "demo"]
    with subprocess.Popen(command, cwd=REPLY.parents[1], stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603
        assert demo.stdout is not None
        try:
            url = next((found[0] for line in demo.stdout if (found := re.search(r"http://\S+", line))), None)
            if url is None:
                sys.exit("the demo ended before its page was there")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
                photograph_reply(browser, url)
                photograph_sign_in(browser, url)
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.stdout.read()
    for picture in (REPLY, SIGN_IN):
        sys.stdout.write(f"{picture}: {picture.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
