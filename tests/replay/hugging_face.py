"""huggingface.co: Daily Papers by day, week, month and submitter, what trends, and the search for papers.

Parameters and limits as in https://huggingface.co/.well-known/openapi.json.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from replay.answer import Answer, Asked, Route, as_json, day_of
from replay.world import DAY, Paper, votes

MOST = 100
LIMITS = {"ratelimit": '"api";r=499;t=55', "ratelimit_policy": '"fixed window";"api";q=500;w=300'}
SUBMITTERS = ("ada-x", "bo-ek")


def daily(asked: Asked) -> Answer:
    """Answer `/api/daily_papers`."""
    args = asked.args
    if "date" in args:
        day = day_of(args["date"])
        if not day or day > asked.now.date():
            return as_json({"error": f'Invalid date "{args["date"]}"'}, 400)
        if recorded := asked.recorded(f"hf_daily/newsletter_{day}.json"):
            return Answer(recorded if asked.args.get("p", "0") == "0" else b"[]")
        days = [day]
    elif "week" in args:
        days = _week(args["week"])
    elif "month" in args:
        days = _month(args["month"])
    else:  # what is listed now, or what trends
        days = [asked.now.date() - n * DAY for n in range(14)]
    if not days:
        return as_json({"error": "Invalid period"}, 400)
    entries = [(day, paper) for day in days for paper in asked.world.popular(day, asked.now)]
    if submitter := args.get("submitter"):
        entries = [(day, paper) for day, paper in entries if SUBMITTERS[paper.k % 2] == submitter]
    if args.get("sort") == "trending":
        entries.sort(key=lambda entry: (-votes(entry[1], entry[0], asked.now), entry[1].number))
    limit = min(asked.number("limit", 50), MOST)
    start = asked.number("p", 0) * limit
    return as_json([_entry(paper, day, asked.now) for day, paper in entries[start : start + limit]], **LIMITS)


def search(asked: Asked) -> Answer:
    """Answer `/api/papers/search`."""
    words = asked.args.get("q", "").lower().split()
    today = asked.now.date()
    found = [
        _entry(paper, paper.announced, asked.now)
        for n in range(14)
        for paper in asked.world.new(today - n * DAY)
        if any(word in paper.title.lower() for word in words)
    ]
    return as_json(found[:120], **LIMITS)


def _entry(paper: Paper, day: dt.date, now: dt.datetime) -> dict[str, Any]:
    submitter = SUBMITTERS[paper.k % 2]
    listed = f"{day}T00:00:00.000Z"
    return {
        "paper": {
            "id": paper.number,
            "authors": [{"_id": f"{n:024x}", "name": name, "hidden": n == 2} for n, name in enumerate(paper.names)],
            "publishedAt": f"{paper.announced - DAY}T11:00:01.000Z",
            "submittedOnDailyAt": listed,
            "title": paper.title,
            "submittedOnDailyBy": {"_id": "0" * 24, "fullname": submitter, "user": submitter, "type": "user"},
            "summary": paper.abstract,
            "upvotes": votes(paper, day, now),
            "discussionId": f"{paper.serial:024x}",
            "ai_keywords": ["examples"],
        },
        "publishedAt": f"{paper.announced - DAY}T06:00:01.000Z",
        "title": paper.title,
        "summary": paper.abstract,
        "thumbnail": f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{paper.number}.png",
        "numComments": paper.k,
        "submittedBy": {"_id": "0" * 24, "fullname": submitter, "name": submitter, "type": "user"},
        "isAuthorParticipating": False,
    }


def _week(text: str) -> list[dt.date]:
    found = re.fullmatch(r"(\d{4})-W(\d\d)", text, re.ASCII)
    if not found or not 1 <= int(found[2]) <= 52:  # the service knows no week 53
        return []
    monday = dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return [monday + n * DAY for n in range(7)]


def _month(text: str) -> list[dt.date]:
    first = day_of(f"{text}-01")
    return [first + n * DAY for n in range(31) if (first + n * DAY).month == first.month] if first else []


ROUTES: list[Route] = [
    (re.compile("/api/daily_papers"), daily),
    (re.compile("/api/papers/search"), search),
]
