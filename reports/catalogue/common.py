"""Words that several blocks of a comparison share."""

from __future__ import annotations

AT_WINDOW = "the follow-up window asked for; the assessment nearest to its target counts"
AVERAGE_PAIN = "NRS 0-10, average over 24 h, self-reported"
UNLIKE = "The groups treat different pains. This is no league table."
ASSESSED_ONLY = "Only those assessed are in it: read the follow-up beside it."
