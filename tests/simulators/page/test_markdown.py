"""Discord's markdown, as the page's own module turns it into nodes."""

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

RENDER = """async (texts) => {
  const { blocks } = await import("/static/markdown.js");
  return texts.map((text) => {
    const box = document.createElement("div");
    box.append(...blocks(text, { names: { 7: "alice" } }));
    return box.innerHTML;
  });
}"""
OUT = 'target="_blank" rel="noopener noreferrer"'


def line(html: str) -> str:
    return f'<div class="text">{html}</div>'


TABLE = {
    "plain & <b>": line("plain &amp; &lt;b&gt;"),
    "**bold** *it* _it_ __under__ ~~no~~": line("<strong>bold</strong> <em>it</em> <em>it</em> <u>under</u> <s>no</s>"),
    "***both*** **a *b* c**": line("<strong><em>both</em></strong> <strong>a <em>b</em> c</strong>"),
    "snake_case_name 2 * 3 * 4": line("snake_case_name 2 * 3 * 4"),
    r"\*not\* \_this\_": line("*not* _this_"),
    "`**code**` ``a`b``": line("<code>**code**</code> <code>a`b</code>"),
    "```py\nx = '**'\n```": "<pre><code>x = '**'</code></pre>",
    "-# small **text**": '<div class="subtext">small <strong>text</strong></div>',
    "# Big\n## Less": (
        '<div class="heading h1" role="heading" aria-level="3">Big</div>'
        '<div class="heading h2" role="heading" aria-level="3">Less</div>'
    ),
    "> one\n> two\nafter": f"<blockquote>{line('one' + chr(10) + 'two')}</blockquote>{line('after')}",
    "- a\n- b\n  - c": "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
    "3. a\n4. b": '<ol start="3"><li>a</li><li>b</li></ol>',
    "[docs](https://e.com/a_b) <https://e.com/c>": line(
        f'<a href="https://e.com/a_b" {OUT}>docs</a> <a href="https://e.com/c" {OUT}>https://e.com/c</a>'
    ),
    "see https://e.com/x_y_z.": line(f'see <a href="https://e.com/x_y_z" {OUT}>https://e.com/x_y_z</a>.'),
    "[x](javascript:alert(1))": line("[x](javascript:alert(1))"),
    "<@7> <@!8> </clip:1> <:cam:2>": line(
        '<span class="mention">@alice</span> <span class="mention">@unknown-user</span> '
        '<button type="button" class="mention" data-command="clip">/clip</button> :cam:'
    ),
    "||hidden||": line('<span class="spoiler" tabindex="0" role="button" aria-label="Spoiler">hidden</span>'),
    "a\n\nb": line("a\n\nb"),
}
LONG = ("*", "_", "[", "||", "**a ", "`", "> ", "- ", "[a](", "\\", "~~", "<@", "*_", "[*", "```\n", "1. a\n ")


async def test_markdown_becomes_nodes(screen: Page) -> None:
    assert dict(zip(TABLE, await screen.evaluate(RENDER, list(TABLE)), strict=True)) == TABLE


async def test_hostile_length_does_not_stop_the_page(screen: Page) -> None:
    devtools = await screen.context.new_cdp_session(screen)
    await devtools.send("Performance.enable", {"timeDomain": "threadTicks"})  # its CPU, whatever runs beside it

    async def worked() -> float:
        metrics = (await devtools.send("Performance.getMetrics"))["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    slow: dict[str, float] = {}
    for unit in LONG:
        before = await worked()
        await screen.evaluate(RENDER, [unit * (4096 // len(unit))])
        slow[unit] = await worked() - before
    await devtools.detach()
    assert min(slow.values()) > 0
    assert max(slow.values()) < 1, slow
