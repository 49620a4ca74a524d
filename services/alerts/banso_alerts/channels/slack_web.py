"""Slack by the Web API: direct messages to owners, posts to the team's channel, and reading back what arrived.

Every message carries metadata (event type `banso_outreach`) with the outreach's id; after a crash the history
of the conversation tells whether it is there. Needs the scopes chat:write, im:write, users:read.email, and for
reading back im:history, channels:history and groups:history.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from banso_alerts.channels.pace import Pace
from banso_alerts.channels.port import Letter
from banso_alerts.channels.slack_api import Busy, Declined, SlackApi, SlackFault, Uncertain
from banso_alerts.domain.acts import Act
from banso_alerts.domain.delivery import Answer, Rejected, Retry, Sent, Unsure
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.recipients import SLACK_MEMBER
from banso_alerts.render.blocks import as_blocks, as_slack_text
from banso_alerts.render.message import Message
from banso_common.clock import MINUTE_MS, SECOND_MS
from banso_common.errors import SettingsError, Unavailable
from banso_common.telemetry.logs import logger

EVENT_TYPE = "banso_outreach"
MESSAGE_EVERY_MS = 1_000  # Slack allows about one message a second in one conversation
REVISION_EVERY_MS = 1_200  # Slack allows about fifty calls of chat.update a minute
PACE_WAIT_MS_MAX = 4_000
CLOCK_SKEW_MS_MAX = 5 * MINUTE_MS
PAGE_MESSAGES = 200
PAGES_MAX = 20
KNOWN_MAX = 10_000
TOKEN_RETRY_MS = 5 * MINUTE_MS
# The installation is at fault, not the message: it waits until somebody has mended the token or the scopes.
TOKEN_CODES = frozenset(
    {"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope",
     "no_permission", "org_login_required", "team_access_not_granted", "access_denied"}
)  # fmt: skip
MAY_NOT_LOOK = frozenset({"missing_scope", "not_in_channel", "no_permission", "method_not_supported_for_channel_type"})


class SlackWebChannel:
    """One Slack workspace. `reads_back` False is for an app without the history scopes; `buttons` is for one whose
    clicks reach us."""

    name = ChannelName.SLACK
    at_once = 5

    def __init__(
        self, api: SlackApi, *, reads_back: bool = True, buttons: bool = False, pace: Pace | None = None
    ) -> None:
        self._api, self._buttons = api, buttons
        self.can_find = reads_back
        self._pace = pace or Pace(MESSAGE_EVERY_MS, PACE_WAIT_MS_MAX)
        self._revising = pace or Pace(REVISION_EVERY_MS, PACE_WAIT_MS_MAX)
        self._conversations: dict[str, str] = {}
        self._logger = logger("alerts.slack")

    async def send(self, letter: Letter) -> Answer:
        """Post the letter to the conversation of its address."""
        try:
            conversation = await self._conversation(letter.address)
        except SlackFault as fault:
            return self._not_posted(fault, self._pace)
        wait_ms = await self._pace.turn(conversation)
        if wait_ms:
            return Retry("our own rate", after_ms=wait_ms, counted=False)
        message = letter.message
        try:
            posted = await self._api.post(
                "chat.postMessage",
                {
                    "channel": conversation,
                    **self._words(message, ()),
                    "unfurl_links": False,
                    "unfurl_media": False,
                },
            )
        except Uncertain as fault:
            return Unsure(str(fault))
        except SlackFault as fault:
            return self._not_posted(fault, self._pace)
        return Sent(f"{posted.get('channel', conversation)}/{posted.get('ts', '')}")

    async def revise(self, ref: str, message: Message, acts: Sequence[Act]) -> Answer:
        """Let the message that Slack calls `ref` say what was done; doing it twice is doing it once."""
        conversation, _, ts = ref.partition("/")
        wait_ms = await self._revising.turn("")
        if wait_ms:
            return Retry("our own rate", after_ms=wait_ms, counted=False)
        try:
            await self._api.post("chat.update", {"channel": conversation, "ts": ts, **self._words(message, acts)})
        except Uncertain as fault:
            return Unsure(str(fault))
        except SlackFault as fault:
            return self._not_posted(fault, self._revising)
        return Sent(ref)

    async def find(self, letter: Letter, since: int) -> str | None:
        """`channel/ts` of the message with this outreach's id, in the conversation's history since then."""
        try:
            conversation = await self._conversation(letter.address)
            return await self._search(conversation, letter.message.outreach_id, since - CLOCK_SKEW_MS_MAX)
        except Declined as fault:
            if fault.code in MAY_NOT_LOOK:
                raise SettingsError(f"Slack says {fault.code}; give the app the history scopes") from None
            if fault.code in TOKEN_CODES:
                raise Unavailable(f"Slack says {fault.code}") from None
            return None  # there is no such conversation, so there is no message in it
        except SlackFault as fault:
            raise Unavailable(f"Slack says {fault}") from None

    async def close(self) -> None:
        """Let the connections go."""
        await self._api.http.aclose()

    async def _search(self, conversation: str, outreach_id: str, since: int) -> str | None:
        cursor = ""
        for _ in range(PAGES_MAX):
            arguments = {
                "channel": conversation,
                "oldest": f"{since / SECOND_MS:.6f}",
                "limit": str(PAGE_MESSAGES),
                "include_all_metadata": "true",
            }
            page = await self._api.ask("conversations.history", arguments | ({"cursor": cursor} if cursor else {}))
            for message in page.get("messages", []):
                if _outreach_of(message) == outreach_id:
                    return f"{conversation}/{message.get('ts', '')}"
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return None
        raise Unavailable(f"more than {PAGES_MAX * PAGE_MESSAGES} messages to look through")

    async def _conversation(self, address: str) -> str:
        """The conversation's id: of a mail address or a member the direct messages, else what was given."""
        if address in self._conversations:
            return self._conversations[address]
        found, member = address, address
        if "@" in address:
            looked_up = await self._api.ask("users.lookupByEmail", {"email": address})
            member = str(looked_up["user"]["id"])
        if SLACK_MEMBER.fullmatch(member):
            opened = await self._api.post("conversations.open", {"users": member})
            found = str(opened["channel"]["id"])
        if len(self._conversations) >= KNOWN_MAX:
            self._conversations.clear()
        self._conversations[address] = found
        return found

    def _words(self, message: Message, acts: Sequence[Act]) -> dict[str, Any]:
        """What a message says, and the metadata by which it is found."""
        return {
            "text": as_slack_text(message),
            "blocks": as_blocks(message, acts=acts, buttons=self._buttons),
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"outreach_id": message.outreach_id}},
        }

    def _not_posted(self, fault: SlackFault, pace: Pace) -> Answer:
        """What a fault means after which nothing was done."""
        match fault:
            case Busy():
                pace.hold(fault.after_ms)
                return Retry("ratelimited", after_ms=fault.after_ms, counted=False)
            case Declined() if fault.code in TOKEN_CODES:
                self._logger.error("Slack refuses the token", code=fault.code)
                return Retry(fault.code, after_ms=TOKEN_RETRY_MS, counted=False)
            case Declined():
                return Rejected(fault.code)
            case _:
                return Retry(str(fault))


def _outreach_of(message: Any) -> str | None:
    """The outreach that a message of the history tells of, None when it is not ours."""
    metadata = message.get("metadata") if isinstance(message, dict) else None
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    return payload.get("outreach_id") if isinstance(payload, dict) else None
