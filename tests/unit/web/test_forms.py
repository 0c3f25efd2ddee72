"""What a form may be, and what becomes of the rest; whatever somebody calls themselves is only ever shown."""

import asyncio
import re
import unicodedata
from urllib.parse import quote_plus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blink import CodeWanted
from bot.models import Invited
from bot.web import forms
from bot.wording import pages as words
from tests.support.page import EMAIL, PASSWORD, SMS, PageSetup, Visitor, signed_in
from tests.support.scripted import Say

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("body", "headers", "status", "heading"),
    [
        (b"password=" + b"x" * 20_000, FORM, 413, "That was too much"),
        (b"a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9", FORM, 400, "That form was not understood"),
        (b"form=1&form=2", FORM, 400, "That form was not understood"),
        (b"form=%ff", FORM, 400, "That form was not understood"),
        (b"form=\xff", FORM, 400, "That form was not understood"),
        (b'{"form": 1}', {"Content-Type": "application/json"}, 415, "That form was not understood"),
        (b"form=1", {"Content-Type": "text/plain"}, 415, "That form was not understood"),
        (b"--x\r\n", {"Content-Type": "multipart/form-data; boundary=x"}, 415, "That form was not understood"),
        (b"form=1", {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}, 403, "Please start again"),
        (b"\x1f\x8b\x08", {**FORM, "Content-Encoding": "gzip"}, 400, "That form was not understood"),
    ],
    ids=["large", "many", "twice", "utf-8", "ascii", "json", "text", "multipart", "charset", "gzip"],
)
async def test_what_is_not_one_of_our_forms_is_refused(
    stage: PageSetup, visitor: Visitor, body: bytes, headers: dict[str, str], status: int, heading: str
) -> None:
    path = await stage.invite()
    await visitor.open(path)
    answer = await visitor.ask("POST", path, data=body, headers=headers)
    assert (answer.status, answer.heading) == (status, heading)


async def test_an_unknown_button_is_refused(stage: PageSetup, visitor: Visitor) -> None:
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    assert (await visitor.send("password", do="dance")).status == 400


async def test_a_form_that_never_arrives_whole_is_not_waited_for(stage: PageSetup) -> None:
    await stage.restart(patience=0.05)
    path = await stage.invite()
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.port)
    head = "POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: {}\r\nContent-Length: 100\r\n\r\nform="
    writer.write(head.format(path, FORM["Content-Type"]).encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
    writer.close()
    await writer.wait_closed()


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "`<b>`",
    "&lt;b&gt;",
    "' autofocus onfocus='x",
    "\u202eevil\u202c name",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_names_and_values_are_shown_as_they_are(stage: PageSetup, visitor: Visitor, text: str) -> None:
    homescreen = {
        "networks": [{"id": 1, "name": text}],
        "cameras": [{"id": 1, "name": text, "network_id": 1, "type": text, "status": "done"}],
    }
    stage.cloud.says(Say(homescreen))
    stage.blink.says(CodeWanted(text, text), signed_in())
    seen = [await visitor.open(await stage.invite(Invited(1, text)))]
    seen.append(await visitor.press("confirm"))
    seen.append(await visitor.press("password", username=text, password=""))
    visible = text.replace("\u202e", "").replace("\u202c", " ").strip()
    if text.isprintable():
        assert seen[-1].page.values["username"] == text
    seen.append(await visitor.press("password", username=EMAIL, password=text))
    seen.append(await visitor.press("code", code=text))
    seen.append(await visitor.press("code", code="123456"))
    assert seen[-1].heading == "Your Blink account is linked"
    for answer in seen:
        assert " ".join(visible.split()) in answer.text or text == "`<b>`"
        tags = {tag.lower() for tag in re.findall(r"<([a-zA-Z][a-z0-9]*)", answer.html)}
        assert not tags & {"script", "img", "b"}
        assert "\u202e" not in answer.html
        assert "49" not in answer.text.replace("1949", "") or "7 * 7" in answer.text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    class Request:
        content_type = FORM["Content-Type"]

        async def read(self) -> bytes:
            return body

    try:
        fields = asyncio.run(forms.read(Request(), patience=1))  # type: ignore[arg-type]
    except forms.RequestRefused:
        return
    "".join([*fields, *fields.values()]).encode()  # no lone surrogate gets in


@given(st.text(max_size=300), st.text(max_size=1100))
def test_an_e_mail_and_a_password_go_on_as_typed_or_not_at_all(username: str, password: str) -> None:
    name, word, problem = forms.credentials({"username": username, "password": password})
    assert word == password, "a password is never trimmed"
    assert name == (username.strip() if username.strip().isprintable() else "")
    fine = 0 < len(name) <= 254 and 0 < len(password) <= 1024
    assert (problem is None) == fine


@given(st.text(max_size=20) | st.from_regex(r"\s?\d{3}[ -]?\d{3}\s?", fullmatch=True))
def test_a_code_is_digits_or_nothing(typed: str) -> None:
    code = forms.code({"code": typed})
    if code is not None:
        assert re.fullmatch(r"[0-9]{4,10}", code, re.ASCII)
    assert re.fullmatch(r"\d{4,10}", typed) is None or code is not None


UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(max_size=200))
def test_every_name_has_a_face(name: str) -> None:
    face = words.face(Invited(1, name))
    assert face.name
    assert 1 <= len(face.initials) <= 6
    assert not {unicodedata.category(char) for char in face.name.replace("\u200c", "").replace("\u200d", "")} & UNSEEN


async def test_odd_characters_of_a_password_reach_blink_unchanged(stage: PageSetup, visitor: Visitor) -> None:
    stage.blink.says(SMS)
    password = " +&=%\u00e4\U0001f511\tend "
    await visitor.open(await stage.invite())
    await visitor.press("confirm")
    await visitor.press("password", username=f"  {EMAIL} ", password=password)
    assert stage.blink.heard == [("password", EMAIL, password)]
    assert quote_plus(PASSWORD) not in "".join(answer.html for answer in visitor.answers)
