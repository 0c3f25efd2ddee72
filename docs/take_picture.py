"""Take docs/reply.png anew: run the demo, wait for its own clip, and photograph the reply on the page.

Run it with `.venv/bin/python docs/take_picture.py`; it needs Chromium.
"""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURE = Path(__file__).with_name("reply.png")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
WINDOW = {"width": 1032, "height": 1000}  # leaves 720 points to the messages, which a reply fills
MARGIN = 8
MOMENT = 1.6  # seconds into the video
SHOW_MOMENT = """(video, moment) => new Promise((done) => {
    video.controls = false;
    video.addEventListener("seeked", done, { once: true });
    video.currentTime = moment;
})"""


def photograph(page: Page, url: str) -> None:
    """Save the picture of the reply as soon as its video is there."""
    page.goto(url)
    reply = page.locator("#messages > li", has=page.locator("video"))
    video = reply.locator("video")
    video.wait_for(timeout=60_000)
    video.evaluate(SHOW_MOMENT, MOMENT)
    page.mouse.move(0, 0)
    box = reply.bounding_box()
    assert box is not None
    top, height = box["y"] - MARGIN, box["height"] + 2 * MARGIN
    page.screenshot(path=PICTURE, clip={"x": box["x"], "y": top, "width": box["width"], "height": height})


def main() -> None:
    """Run the demo for as long as the picture takes."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        sys.exit("Chromium is not installed")
    command = [sys.executable, "-m", "bot", "demo"]
    with subprocess.Popen(command, cwd=PICTURE.parents[1], stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603
        assert demo.stdout is not None
        try:
            url = next((found[0] for line in demo.stdout if (found := re.search(r"http://\S+", line))), None)
            if url is None:
                sys.exit("the demo ended before its page was there")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS.split())
                photograph(browser.new_page(viewport=WINDOW, color_scheme="dark", device_scale_factor=2), url)
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.stdout.read()
    sys.stdout.write(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
