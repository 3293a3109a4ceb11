"""An archive with OAI-PMH for tests: it answers as arXiv's does since 2025, and as badly behaved ones do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode


@dataclass
class OaiRecord:
    """A paper in the archive.

    Attributes:
        stamp: the day of its last change.
        versions: when each was submitted, `2026-11-20T15:00:00`; at least one.
    """

    id: str
    stamp: str
    versions: Sequence[str]
    categories: str = "cs.CL"
    deleted: bool = False
    more: str = ""

    def xml(self, form: str) -> str:
        status = ' status="deleted"' if self.deleted else ""
        sets = "".join(f"<setSpec>{name.replace('.', ':')}</setSpec>" for name in self.categories.split())
        head = f"<header{status}><identifier>oai:arXiv.org:{self.id}</identifier><datestamp>{self.stamp}</datestamp>"
        if self.deleted:
            return f"<record>{head}{sets}</header></record>"
        return f"<record>{head}{sets}</header><metadata>{self.metadata(form)}</metadata></record>"

    def metadata(self, form: str) -> str:
        if form == "arXiv":
            dates = f"<created>{self.versions[0][:10]}</created>"
            authors = "<author><keyname>Lee</keyname><forenames>Ann</forenames></author>"
        else:
            moments = [dt.datetime.fromisoformat(text) for text in self.versions]
            dates = "<submitter>Ann Lee</submitter>" + "".join(
                f'<version version="v{n}"><date>{at:%a, %d %b %Y %H:%M:%S} GMT</date><size>9kb</size></version>'
                for n, at in enumerate(moments, 1)
            )
            authors = "Ann Lee (MIT, Boston), Bo Ek and C. Dee"
        return (
            f'<{form} xmlns="http://arxiv.org/OAI/{form}/"><id>{self.id}</id>{dates}'
            f"<authors>{authors}</authors><title>Paper {self.id}</title>"
            f"<categories>{self.categories}</categories>{self.more}<abstract>  An abstract.\n</abstract></{form}>"
        )


@dataclass
class Archive:
    """Serves records by OAI-PMH, in pages; each fault is switched on by its attribute.

    Attributes:
        records: in the order in which they are listed.
        asked: the arguments of each request.
        stale_tokens: how many tokens are answered with badResumptionToken before one holds again.
        same_token: every token is this one.
        same_page: from the second page on the first is given again, with ever new tokens.
        no_records: pages are empty, with ever new tokens.
        broken: numbers of requests, from 0, that are answered with half a reply.
        down: every request is answered with 404.
        generated: records instead of `records`, made when they are asked for; all fit every request.
    """

    records: list[OaiRecord]
    page_size: int = 3
    asked: list[dict[str, str]] = field(default_factory=list)
    stale_tokens: int = 0
    same_token: str | None = None
    same_page: bool = False
    no_records: bool = False
    broken: set[int] = field(default_factory=set)
    down: bool = False
    generated: Sequence[OaiRecord] | None = None

    def reply(self, arguments: dict[str, str]) -> bytes | None:
        """Answer a request; None for HTTP 404."""
        number = len(self.asked)
        self.asked.append(arguments)
        if self.down:
            return None
        token = arguments.get("resumptionToken")
        if token:
            if self.stale_tokens:
                self.stale_tokens -= 1
                return self._wrapped('<error code="badResumptionToken">The value is invalid or expired.</error>')
            arguments = dict(parse_qsl(unquote(token)))
        skip = int(arguments.get("skip", 0))
        listed = self._listed(arguments)
        if not listed:
            return self._wrapped('<error code="noRecordsMatch">The list is empty.</error>')
        page: Sequence[OaiRecord] = listed[: self.page_size] if self.same_page else listed[skip : skip + self.page_size]
        if self.no_records:
            page = []
        rest = skip + self.page_size < len(listed) or self.same_page or self.no_records or self.same_token
        again = quote(self.same_token or urlencode({**arguments, "skip": skip + self.page_size}))
        more = f"<resumptionToken expires='2026-11-25T00:00:00Z'>{again}</resumptionToken>" if rest else ""
        body = "".join(record.xml(arguments["metadataPrefix"]) for record in page)
        whole = self._wrapped(f"<ListRecords>{body}{more}</ListRecords>")
        return whole[: len(whole) // 2] if number in self.broken else whole

    def _listed(self, arguments: dict[str, str]) -> Sequence[OaiRecord]:
        if self.generated is not None:
            return self.generated
        first, last = arguments.get("from", "0"), arguments.get("until", "9")
        name = arguments.get("set", "").rpartition(":")[2]
        # cs:cs:CL is asked for; a record has cs.CL
        return [
            record
            for record in self.records
            if first <= record.stamp <= last
            and (not name or any(part.rpartition(".")[2] == name for part in record.categories.split()))
        ]

    def skips(self) -> list[int]:
        """Give for each request which record its page began with."""
        tokens = [dict(parse_qsl(unquote(asked.get("resumptionToken", "")))) for asked in self.asked]
        return [int(token.get("skip", 0)) for token in tokens]

    @staticmethod
    def _wrapped(inner: str) -> bytes:
        return (
            '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            "<responseDate>2026-11-24T12:00:00Z</responseDate>"
            f"<request>http://oaipmh.arxiv.org/oai</request>{inner}</OAI-PMH>"
        ).encode()
