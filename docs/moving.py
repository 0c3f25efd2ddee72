"""Take docs/clip.webp, the README's moving picture: a /clip in the demo, from the command to its video.

`make docs` runs it; it needs Chromium.
"""

import io
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
from pictures import demo, film
from playwright.sync_api import Browser

FILE = Path(__file__).with_name("clip.webp")
WINDOW = {"width": 1032, "height": 800}
SHOWN = {"x": 312, "y": 48, "width": 720, "height": 752}  # the messages and the box below them
EVERY = 0.25  # seconds between two pictures
LONGEST = 60.0
PAUSE = 1000  # milliseconds that the list stays
LAST = 3000  # and the end
QUALITY = 60

Shot = tuple[int, bytes]  # milliseconds since the command, and a PNG


def shots(browser: Browser, url: str) -> list[Shot]:
    """Return pictures of the page while alice uses /clip, without those in which nothing is new."""
    page = browser.new_page(viewport=WINDOW, color_scheme="dark")
    page.goto(url)
    page.get_by_role("button", name="alice", exact=True).click()
    videos = page.locator("#messages > li video")
    page.locator("#messages > li", has_text="used /notify").wait_for(timeout=300_000)  # the tour's last command here
    before = videos.count()
    began = time.monotonic()
    taken: list[Shot] = []
    page.click("#entry")
    for typed in ("/clip ", "front"):  # the list of cameras opens by itself
        page.keyboard.type(typed)
        page.get_by_role("option").filter(has_text="Front Door").first.wait_for()
        taken.append((round((time.monotonic() - began) * 1000), page.screenshot(clip=SHOWN)))
        page.wait_for_timeout(PAUSE)
    sent = page.locator("#messages > li").count()
    while page.locator("#messages > li").count() == sent and time.monotonic() - began < LONGEST:
        page.keyboard.press("Enter")  # takes the camera, then sends it; if nothing is typed any more it does nothing
        page.wait_for_timeout(500)
    while time.monotonic() - began < LONGEST:
        picture = page.screenshot(clip=SHOWN)
        if picture != taken[-1][1]:
            taken.append((round((time.monotonic() - began) * 1000), picture))
        if videos.count() > before:
            break
        time.sleep(EVERY)
    film(page.locator("#messages > li", has=page.locator("video")).last)
    taken.append((round((time.monotonic() - began) * 1000), page.screenshot(clip=SHOWN)))
    return taken


def write(taken: list[Shot]) -> None:
    """Write the pictures as one that moves, without end."""
    options = {"loop": "0", "quality": str(QUALITY), "compression_level": "6"}
    with av.open(str(FILE), "w", format="webp", options={"loop": "0"}) as output:
        stream = output.add_stream("libwebp_anim", rate=Fraction(1000, 1), options=options)
        stream.width, stream.height, stream.pix_fmt = SHOWN["width"], SHOWN["height"], "yuv420p"
        for moment, picture in [*taken, (taken[-1][0] + LAST, taken[-1][1])]:
            with av.open(io.BytesIO(picture)) as source:
                frame = next(source.decode(video=0)).reformat(format="yuv420p")
            frame.pts, frame.time_base = moment - taken[0][0], Fraction(1, 1000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())


def main() -> None:
    """Take the picture from a demo of its own."""
    with demo() as (browser, url):
        taken = shots(browser, url)
    write(taken)
    sys.stdout.write(f"docs/{FILE.name}: {len(taken)} pictures, {FILE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
