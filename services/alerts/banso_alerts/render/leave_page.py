"""The page on which a reader of mails says that they want no more, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says in one language."""

    title: str
    question: str
    button: str
    done: str
    note: str


WORDS = {
    "ja": Words(
        title="メールの配信停止",
        question="次の宛先へのメール配信を停止しますか。",
        button="配信を停止する",
        done="次の宛先へのメール配信を停止しました。",
        note="再び受け取りたいときは、送信元の担当者にお知らせください。",
    ),
    "en": Words(
        title="Stop these mails",
        question="Stop mails to this address?",
        button="Stop these mails",
        done="No more mails go to this address.",
        note="If you want them again, tell the people who sent them.",
    ),
}


def leave_page(locale: str, address: str, *, done: bool) -> str:
    """The page that asks, or the one that says that it was done. The template escapes every value."""
    return _template().render(words=WORDS[locale], locale=locale, address=_veiled(address), done=done)


def _veiled(address: str) -> str:
    """Enough of an address for its owner to know it: the link may have been forwarded."""
    name, _, host = address.rpartition("@")
    return f"{name[:1]}…@{host}"


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("banso_alerts", "render/templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=True,
    )
    return environment.get_template("leave.html.jinja")
