"""When a made-up patient was referred, where somebody noted it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from random import Random

from registry.demo.people import MadeUpCourse
from registry.demo.profiles import Profile

KNOWN = 0.8
WAIT_DAYS, DEVICE_WAIT_DAYS = 6, 14


def add_referral(course: MadeUpCourse, number: int, profile: Profile) -> None:
    """Say when a patient was referred; a test and its treatment come of one referral.

    Chance of its own: what else the patient is like doesn't hang on it.
    """
    random = Random(f"referral {number}")
    median = DEVICE_WAIT_DAYS if profile.intent == "implant" else WAIT_DAYS
    days = round(random.lognormvariate(math.log(median), 0.8))
    if random.random() > KNOWN:
        return
    first = course.test.procedure if course.test else course.procedure
    referred_on = first.performed_on - timedelta(days=days)
    course.procedure = replace(course.procedure, referred_on=referred_on)
    if course.test:
        tested = replace(course.test.procedure, referred_on=referred_on)
        course.test = replace(course.test, procedure=tested)
