"""A request to Blink as a value, before anything of it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yarl import URL


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of one host; `what` names it in errors and logs."""

    what: str
    method: str
    host: str
    path: str = field(repr=False)  # a whole address may carry its own signature
    query: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    json: Mapping[str, object] | None = None
    bearer: str | None = field(default=None, repr=False)
    agent: str | None = None

    @property
    def url(self) -> URL:
        """The address; a media path may come as a whole https address of its own. ValueError where it is none."""
        whole = self.path.startswith("https://")
        url = URL(self.path if whole else f"https://{self.host}{self.path}")  # a path comes quoted, as Blink wrote it
        return url.with_query(self.query) if self.query else url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What Blink's words must not repeat to anybody."""
        return tuple(filter(None, (self.bearer, (self.form or {}).get("refresh_token"))))

    @property
    def oauth(self) -> bool:
        """Whether it goes to the OAuth host, whose errors have a form of their own."""
        return self.form is not None
