"""Reading a regimen as people write it. Nothing is stored."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from registry.domain.regimens import LONGEST, read_regimen
from registry.web.api.models import Sent
from registry.web.api.opioids import ReadRegimenOut, show_read
from registry.web.deps import Bearer
from registry.web.needs import SIGNED_IN, api_needs

router = APIRouter(tags=["opioids"], dependencies=[api_needs(SIGNED_IN)])


class RegimenTextIn(Sent):
    """A regimen in free text: one or several drugs, as noted or as the patient says it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": "MST 30 bd, oramorph 10mg prn x4, fentanyl patch 25 mcg/h q72h"}]
        }
    )

    text: Annotated[
        str,
        Field(
            max_length=LONGEST,
            description="British, American and Australian names; an as-needed dose with the "
            "number taken (`prn x4`). Empty: nothing is recorded.",
        ),
    ]


@router.post("/regimens/parse", summary="Read a free-text regimen")
def parse_regimen(body: RegimenTextIn, actor: Bearer) -> ReadRegimenOut:
    """Read opioids and adjuvants from free text into items that `/medd` takes as they are.

    Stores nothing and guesses nothing: what can be read in two ways (a range, a dose without its
    times, "prn" without the number taken) comes back in `not_understood`, as it was written. A word
    that denies ("stopped", "not", "instead of") makes the whole text not understood.
    """
    return show_read(read_regimen(body.text))
