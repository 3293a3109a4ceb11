"""arXiv: the feed (rss.arxiv.org), the query API (export.arxiv.org) and OAI-PMH (oaipmh.arxiv.org).

As described at https://info.arxiv.org/help/rss.html, https://info.arxiv.org/help/api/user-manual.html and
https://info.arxiv.org/help/oa/index.html.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import parse_qsl, quote, unquote, urlencode
from xml.sax.saxutils import escape

from replay.answer import Answer, Asked, Route, as_xml, day_of
from replay.world import DAY, Paper, matches

FEED_AT = dt.time(5)
OAI_PAGE = 50
FORMATS = ("arXiv", "arXivRaw", "oai_dc")
ARCHIVES = {
    "cs": "AI CL CV CY LG RO SE",
    "stat": "AP ME ML",
    "math": "AG CO NT PR ST",
    "hep-th": "",
    "quant-ph": "",
    "physics": "optics soc-ph",
}

_ATOM = (
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns="http://www.w3.org/2005/Atom">'
)


# --- the feed ---


def feed(asked: Asked, text: str) -> Answer:
    """Answer `/rss/cs.CL+cs.LG`: the announcement of the day, built at midnight in New York."""
    wanted = re.split(r"[+ ]", text)
    for name in wanted:
        archive, _, subject = name.partition(".")
        if archive not in ARCHIVES:
            return _bad_feed(f"Bad archive '{escape(archive)}'. Valid archives are: {', '.join(ARCHIVES)}.")
        if subject and subject not in ARCHIVES[archive].split():
            valid = ", ".join(ARCHIVES[archive].split())
            told = f"Bad subject class '{escape(subject)}'. Valid subject classes for the archive '{archive}' are: "
            return _bad_feed(f"{told}{valid}.")
    day = asked.now.date() if asked.now.time() >= FEED_AT else asked.now.date() - DAY
    shown = asked.world.after(day, -1) if "stale" in asked.faults else day
    items = "".join(_item(asked, *each, day) for each in asked.world.listing(shown, wanted))
    title = f"{', '.join(wanted)} updates on arXiv.org"
    body = (
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
        f"<title>{title}</title><link>http://rss.arxiv.org/rss/{text}</link><description>{title}</description>"
        f'<atom:link href="http://rss.arxiv.org/rss/{text}" rel="self" type="application/rss+xml"/>'
        f"<language>en-us</language><lastBuildDate>{_rfc(day)}</lastBuildDate><pubDate>{_rfc(day)}</pubDate>"
        f"<skipDays><day>Sunday</day><day>Saturday</day></skipDays>{items}</channel></rss>"
    )
    tag = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    if asked.headers.get("if-none-match") == tag:
        return Answer(b"", 304, headers={"ETag": tag})
    return as_xml(body, content_type="application/rss+xml; charset=utf-8", etag=tag)


def _item(asked: Asked, paper: Paper, word: str, version: int, day: dt.date) -> str:
    own = f"{paper.number}v{version}"
    words = "".join(f"<category>{name}</category>" for name in asked.world.categories(paper, day))
    reference = "<arxiv:journal_reference>J. Repl. 1 (2026)</arxiv:journal_reference>"
    return (
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.number}</link>"
        f"<description>arXiv:{own} Announce Type: {word} \nAbstract: {escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{own}</guid>{words}<pubDate>{_rfc(day)}</pubDate>'
        f"<arxiv:announce_type>{word}</arxiv:announce_type>"
        f"<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"
        f"{reference if asked.world.is_referenced(paper, day) else ''}"
        f"<dc:creator>{escape(', '.join(paper.names))}</dc:creator></item>"
    )


def _bad_feed(told: str) -> Answer:
    body = f'<rss version="2.0"><channel><title>Feed error</title><description>{told}</description></channel></rss>'
    return as_xml(body, 400, "application/rss+xml; charset=utf-8")


def _rfc(day: dt.date) -> str:
    return f"{day:%a, %d %b %Y} 00:00:00 -0500"


# --- the query API ---


def query(asked: Asked) -> Answer:
    """Answer `/api/query`: by id, or by `cat:`, dates and words of the title, which must all be there."""
    args = asked.args
    for name in ("start", "max_results"):
        if not args.get(name, "0").isdigit():
            return _refused(f"{name} must be an integer")
    start, most = asked.number("start", 0), asked.number("max_results", 10)
    search = args.get("search_query", "")
    if most > 2000 or start > 50_000:
        return _refused("max_results must be at most 2000")
    if args.get("id_list"):
        found = []
        for name in args["id_list"].split(","):
            if not re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?", name):
                return _refused(f"incorrect id format for {name}")
            found += _by_number(asked, name.partition("v")[0])
    else:
        if recorded := asked.recorded(f"arxiv_api/arxivpy_q_{search}_s{start}_m{most}.xml"):
            return Answer(recorded, content_type="application/atom+xml; charset=UTF-8")
        found = list(_search(asked, search))
        found.sort(key=lambda paper: paper.number, reverse=args.get("sortOrder", "descending") == "descending")
    page = found[start : start + most]
    if "empty-page" in asked.faults:
        page = []
    if "short-page" in asked.faults:
        page = page[: (len(page) + 1) // 2]
    told = escape(f"search_query={search}&id_list={args.get('id_list', '')}&start={start}&max_results={most}")
    return _results(len(found), start, most, told, "".join(_entry(asked, paper) for paper in page))


def _search(asked: Asked, search: str) -> Iterator[Paper]:
    wanted = re.findall(r"cat:([\w.-]+)", search)
    dates = re.search(r"(submittedDate|lastUpdatedDate):\[(\d{8})\d{0,6} TO (\d{8})\d{0,6}\]", search)
    words = [word.lower() for word in re.findall(r'(?:ti|all|abs):"?([\w ]+)"?', search)]
    today = asked.now.date()
    first, last = (day_of(dates[2]), day_of(dates[3])) if dates else (today - 30 * DAY, today)
    by_update = bool(dates and dates[1] == "lastUpdatedDate")
    assert first
    assert last
    for n in range((min(last, today) - first).days + 12):
        for paper in asked.world.new(first - 10 * DAY * by_update + n * DAY):
            versions = asked.world.versions(paper, today)
            if not versions or (wanted and not matches(asked.world.categories(paper, today), wanted)):
                continue
            moment = versions[-1 if by_update else 0].submitted
            if first <= moment.date() <= last and all(word in paper.title.lower() for word in words):
                yield paper


def _by_number(asked: Asked, number: str) -> list[Paper]:
    try:
        day = dt.date(2000 + int(number[:2]), int(number[2:4]), int(number[5:]) // 500)
    except ValueError:
        return []
    return [paper for paper in asked.world.new(day) if paper.number == number and day <= asked.now.date()]


def _entry(asked: Asked, paper: Paper) -> str:
    today = asked.now.date()
    versions = asked.world.versions(paper, today)
    own = f"{paper.number}v{versions[-1].number}"
    categories = asked.world.categories(paper, today)
    reference = "<arxiv:journal_ref>J. Repl. 1 (2026)</arxiv:journal_ref>"
    return (
        f"<entry><id>http://arxiv.org/abs/{own}</id><title>{escape(paper.title)}</title>"
        f"<updated>{versions[-1].submitted:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f'<link href="https://arxiv.org/abs/{own}" rel="alternate" type="text/html"/>'
        f"<summary>{escape(paper.abstract)}</summary>"
        + "".join(f'<category term="{name}" scheme="http://arxiv.org/schemas/atom"/>' for name in categories)
        + f"<published>{versions[0].submitted:%Y-%m-%dT%H:%M:%SZ}</published>"
        f'<arxiv:primary_category term="{paper.own}"/>{reference if asked.world.is_referenced(paper, today) else ""}'
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.names)
        + "</entry>"
    )


def _results(total: int, start: int, most: int, told: str, entries: str, status: int = 200) -> Answer:
    body = (
        f"{_ATOM}<id>https://arxiv.org/api/{sha256(told.encode()).hexdigest()[:27]}</id>"
        f"<title>arXiv Query: {told}</title><updated>2026-01-01T00:00:00Z</updated>"
        f"<opensearch:itemsPerPage>{most}</opensearch:itemsPerPage><opensearch:totalResults>{total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>{entries}</feed>"
    )
    return as_xml(body, status, "application/atom+xml; charset=UTF-8")


def _refused(told: str) -> Answer:
    address = f"https://arxiv.org/api/errors#{escape(told).replace(' ', '_')}"
    entry = (
        f"<entry><id>{address}</id><title>Error</title><updated>2026-01-01T00:00:00Z</updated>"
        f"<summary>{escape(told)}</summary><author><name>arXiv api core</name></author></entry>"
    )
    return _results(1, 0, 1, "error", entry, 400)


# --- OAI-PMH ---


def oai(asked: Asked) -> Answer:
    """Answer `/oai`; a token holds the arguments, and how many records came before."""
    args = dict(asked.args)
    if token := args.get("resumptionToken"):
        if "token-expired" in asked.faults:
            return _oai_error(asked, "badResumptionToken", "The value of the resumptionToken is invalid or expired.")
        args = {**args, **dict(parse_qsl(unquote(token)))}
    verb = args.get("verb", "")
    if verb == "Identify":
        return _oai(asked, f"<Identify><repositoryName>arXiv</repositoryName>{_IDENTIFY}</Identify>")
    if verb == "ListMetadataFormats":
        formats = "".join(
            f"<metadataFormat><metadataPrefix>{name}</metadataPrefix></metadataFormat>" for name in FORMATS
        )
        return _oai(asked, f"<ListMetadataFormats>{formats}</ListMetadataFormats>")
    if verb != "ListRecords":
        return _oai_error(asked, "badVerb", "Illegal or missing verb")
    form = args.get("metadataPrefix", "")
    if form not in FORMATS[:2]:
        return _oai_error(asked, "cannotDisseminateFormat", "Unknown metadata format")
    today = asked.now.date()
    first, last = day_of(args.get("from", "2005-09-16")), day_of(args.get("until", str(today)))
    if not first or not last or first > last:
        return _oai_error(asked, "badArgument", "from and until must be dates, in their order")
    wanted = _wanted(args.get("set", ""))
    found = [
        (changed, paper)
        for changed, paper in asked.world.records(first, last, today)
        if wanted is None or matches(asked.world.categories(paper, today), wanted)
    ]
    if not found:
        return _oai_error(asked, "noRecordsMatch", "")
    skip = int(args.get("skip", 0))
    page = found[skip : skip + OAI_PAGE]
    records = "".join(_record(asked, changed, paper, form) for changed, paper in page)
    left = {name: args[name] for name in ("metadataPrefix", "from", "until", "set") if name in args}
    more = quote(urlencode({**left, "skip": str(skip + OAI_PAGE)})) if skip + OAI_PAGE < len(found) else ""
    expires = f"{today + DAY}T00:00:00Z"
    token = f'<resumptionToken expirationDate="{expires}">{more}</resumptionToken>' if more or skip else ""
    return _oai(asked, f"<ListRecords>{records}{token}</ListRecords>")


_IDENTIFY = (
    "<baseURL>http://oaipmh.arxiv.org/oai</baseURL><protocolVersion>2.0</protocolVersion>"
    "<earliestDatestamp>2005-09-16</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
    "<granularity>YYYY-MM-DD</granularity>"
)


def _wanted(name: str) -> list[str] | None:
    """Give the category or archive of a set: `cs:cs:CL`, `math:math`, `physics:hep-th`, `cs`."""
    parts = name.split(":")
    return None if not name else [".".join(parts[1:]) or parts[0]]


def _record(asked: Asked, changed: dt.date, paper: Paper, form: str) -> str:
    today = asked.now.date()
    categories = asked.world.categories(paper, today)
    sets = "".join(f"<setSpec>{one.partition('.')[0]}:{one.replace('.', ':')}</setSpec>" for one in categories)
    versions = asked.world.versions(paper, today)
    if form == "arXiv":
        dates = f"<created>{versions[0].submitted.date()}</created>"
        dates += f"<updated>{versions[-1].submitted.date()}</updated>" if len(versions) > 1 else ""
        people = "".join(
            f"<author><keyname>{escape(family)}</keyname><forenames>{given}</forenames></author>"
            for given, family in paper.authors
        )
    else:
        people = escape(", ".join(paper.names))
        dates = f"<submitter>{people}</submitter>" + "".join(
            f'<version version="v{one.number}"><date>{one.submitted:%a, %d %b %Y %H:%M:%S} GMT</date><size>9kb</size>'
            "</version>"
            for one in versions
        )
    reference = "<journal-ref>J. Repl. 1 (2026)</journal-ref>" if asked.world.is_referenced(paper, today) else ""
    return (
        f"<record><header><identifier>oai:arXiv.org:{paper.number}</identifier><datestamp>{changed}</datestamp>{sets}"
        f'</header><metadata><{form} xmlns="http://arxiv.org/OAI/{form}/"><id>{paper.number}</id>{dates}'
        f"<authors>{people}</authors><title>{escape(paper.title)}</title>"
        f"<categories>{' '.join(categories)}</categories>"
        f"{reference}<license>http://creativecommons.org/licenses/by/4.0/</license>"
        f"<abstract>  {escape(paper.abstract)}\n</abstract></{form}></metadata></record>"
    )


def _oai(asked: Asked, inner: str, status: int = 200) -> Answer:
    return as_xml(
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"<responseDate>{asked.now:%Y-%m-%dT%H:%M:%SZ}</responseDate>"
        f"<request>http://oaipmh.arxiv.org/oai</request>{inner}</OAI-PMH>",
        status,
    )


def _oai_error(asked: Asked, code: str, told: str) -> Answer:
    return _oai(asked, f'<error code="{code}">{told}</error>')


ROUTES: list[Route] = [
    (re.compile(r"/rss/(.+)"), feed),
    (re.compile("/api/query"), query),
    (re.compile("/oai"), oai),
]
