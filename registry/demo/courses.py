"""Drawing the courses of all the demonstration's patients, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from registry.demo.people import MadeUpCourse, draw_course
from registry.demo.practice import Practice, draw_practice
from registry.demo.profiles import PROFILES
from registry.demo.referrals import add_referral

SEED = 20_210_713
MONTHS_BACK = 20
SITES = (("harbour", "Harbour Hospital"), ("hill", "Hill Hospice"))
_SHARES = (3, 2)


@dataclass(frozen=True, slots=True)
class DrawnCourse:
    """A made-up course, the code of the site that recorded it, and how it did."""

    site: str
    course: MadeUpCourse
    practice: Practice


def draw_courses(today: date, treatments: int) -> Iterator[DrawnCourse]:
    """Draw so many patients' courses in the order of their treatment, one at a time."""
    random = Random(SEED)
    weights, codes = [p.weight for p in PROFILES], [code for code, _ in SITES]
    days = sorted(random.randrange(1, MONTHS_BACK * 30) for _ in range(treatments))
    for number, days_ago in enumerate(reversed(days), start=1):
        profile = random.choices(PROFILES, weights=weights)[0]
        course = draw_course(random, number, profile, today - timedelta(days=days_ago), today)
        add_referral(course, number, profile)
        site = random.choices(codes, weights=_SHARES)[0]
        yield DrawnCourse(site, course, draw_practice(number, site, course, today))
