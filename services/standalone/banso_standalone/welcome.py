"""What `banso run` says first: where it listens, the key, and three requests to try."""

from __future__ import annotations

from rich.console import Console

ACCOUNT = "hello"


def welcome(
    console: Console, address: str, key: str | None, ticket: str | None = None, *, replays: bool = False
) -> None:
    """Plain lines, so that they can be copied and read by programs. `ticket` signs in once, without the key in the
    address; `replays`: a past is about to be told again."""
    lines = [f"banso listens on {address}", f"API key: {key or _NO_KEY}"]
    if ticket is not None:
        lines.append(f"Console: {address}/login?ticket={ticket}")
        lines.append("(the link signs you in once, within an hour; afterwards sign in with the key)")
    shown = key or "$BANSO_KEY"
    lines += [
        "",
        "Try:",
        "  # the accounts that need somebody",
        f"  curl -s -H 'Authorization: Bearer {shown}' '{address}/v1/accounts?band=critical&limit=5'",
        "  # send an event",
        f"  curl -s -H 'Authorization: Bearer {shown}' -H 'Content-Type: application/json' \\",
        f'       -d \'{{"account": "{ACCOUNT}", "name": "report.created"}}\' \'{address}/v1/events\'',
        "  # … and see its account",
        f"  curl -s -H 'Authorization: Bearer {shown}' '{address}/v1/accounts/{ACCOUNT}'",
        "",
        *([_REPLAYS, ""] if replays else []),
    ]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


_REPLAYS = "First the example's past is replayed; nothing of it goes to Slack or mail, even if they are set up."
_NO_KEY = "(yours; `banso keys create NAME --scope …` makes another)"
