"""`banso dead-letters list | show | replay`: the commands, given a way to open the log."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Any, TypeVar

import typer

from banso_common.clock import iso
from banso_common.errors import BansoError
from banso_common.log.port import Log
from banso_ingest.dead_letters import Choice, Kept, letter_at, letters, replay
from banso_ingest.domain.instant import day_or_instant_of
from banso_ingest.domain.refusal import RefusalCode

T = TypeVar("T")
OpenLog = Callable[[], AbstractAsyncContextManager[Log]]
LIST_MAX = 100

CodeOption = Annotated[RefusalCode | None, typer.Option("--code", help="Only those refused for this reason.")]
SinceOption = Annotated[str | None, typer.Option("--since", help="Only those from this date or instant on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def make_app(open_log: OpenLog) -> typer.Typer:
    """The commands over the log that `open_log` opens and closes."""
    app = typer.Typer(help="What could not be read: look at it, mend the reason, send it again.", no_args_is_help=True)
    _add_list(app, open_log)
    _add_show(app, open_log)
    _add_replay(app, open_log)
    return app


def _add_list(app: typer.Typer, open_log: OpenLog) -> None:
    @app.command("list")
    def list_(
        code: CodeOption = None,
        since: SinceOption = None,
        limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = LIST_MAX,
        as_json: JsonOption = False,
    ) -> None:
        """List dead letters: where each stands, why it was refused, where it came from."""
        choice = _choice(code, since)

        async def found() -> list[Kept]:
            rows: list[Kept] = []
            async with open_log() as log:
                async for kept in letters(log, choice):
                    rows.append(kept)
                    if len(rows) == limit:
                        break
            return rows

        for kept in _run(found):
            typer.echo(_json(_brief(kept)) if as_json else _line(kept))


def _add_show(app: typer.Typer, open_log: OpenLog) -> None:
    @app.command()
    def show(
        place: Annotated[str, typer.Argument(help="partition/offset, as `list` gives it.")],
        as_json: JsonOption = False,
    ) -> None:
        """Show one dead letter with its original bytes, key and headers."""
        partition, offset = _place(place)

        async def found() -> Kept:
            async with open_log() as log:
                return await letter_at(log, partition, offset)

        whole = _whole(_run(found))
        if as_json:
            typer.echo(_json(whole))
            return
        for name, said in whole.items():
            typer.echo(f"{name + ':':<14}{_shown(said) if isinstance(said, str) else _json(said)}")


def _add_replay(app: typer.Typer, open_log: OpenLog) -> None:
    @app.command("replay")
    def replay_(
        places: Annotated[list[str] | None, typer.Argument(help="partition/offset, any number.")] = None,
        code: CodeOption = None,
        since: SinceOption = None,
        everything: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Send dead letters to usage-events again. What was counted before is not counted twice."""
        if not (places or code or since or everything):
            raise typer.BadParameter("say which: places, --code, --since or --all")
        choice = _choice(code, since, places)

        async def sent() -> int:
            async with open_log() as log:
                return await replay(log, choice)

        count = _run(sent)
        typer.echo(_json({"replayed": count}) if as_json else f"{count} dead letters are on usage-events again")


def _run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return asyncio.run(work())
    except BansoError as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None


def _choice(code: RefusalCode | None, since: str | None, places: list[str] | None = None) -> Choice:
    try:
        at = None if since is None else day_or_instant_of(since)
    except BansoError as fault:
        raise typer.BadParameter(str(fault)) from None
    return Choice(None if code is None else code.value, at, {_place(place) for place in places} if places else None)


def _place(written: str) -> tuple[int, int]:
    partition, _, offset = written.partition("/")
    if not (partition.isdecimal() and offset.isdecimal()):
        raise typer.BadParameter(f"`{written}` is no partition/offset such as 3/1207")
    return int(partition), int(offset)


def _brief(kept: Kept) -> dict[str, Any]:
    letter = kept.letter
    return {
        "place": f"{kept.partition}/{kept.offset}",
        "code": letter.code,
        "reason": letter.reason,
        "origin": letter.origin,
        "received_at": iso(letter.received_at),
        "bytes": len(letter.value),
    }


def _whole(kept: Kept) -> dict[str, Any]:
    headers = [[name, _text(raw)] for name, raw in kept.letter.headers]
    key = kept.letter.key
    return _brief(kept) | {"key": None if key is None else _text(key), "headers": headers, **_value(kept.letter.value)}


def _value(value: bytes) -> dict[str, str]:
    """The bytes as text when they are text, else in base64."""
    try:
        return {"value": value.decode()}
    except UnicodeDecodeError:
        return {"value_base64": b64encode(value).decode()}


def _text(raw: bytes) -> str:
    return raw.decode(errors="backslashreplace")


def _line(kept: Kept) -> str:
    brief = _brief(kept)
    told = "  ".join(_shown(brief[name]) for name in ("origin", "reason"))
    return f"{brief['place']:<12}{brief['received_at']}  {brief['code']:<20}{told}"


def _shown(text: str) -> str:
    """Text from outside, for a terminal: what does not show is written as an escape."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _json(said: Any) -> str:
    """JSON for a terminal or a pipe: ASCII, so that nothing in it acts on either."""
    return json.dumps(said)
