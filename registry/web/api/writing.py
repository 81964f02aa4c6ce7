"""How a program writes: once under its Idempotency-Key, told of problems in its own field names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from registry.db.base import SiteRow
from registry.domain.access import Actor
from registry.domain.errors import Doubtful, RuleViolation
from registry.web.deps import Bearer, WriteSession
from registry.web.once import write_once

REPLAYED = "Idempotency-Replayed"

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Your own name for this write, such as a UUID: sent again, it happens once.",
    ),
]


@dataclass(frozen=True, slots=True)
class Submit:
    """Does a write unless this actor did it before under the request's key."""

    request: Request
    response: Response
    actor: Actor
    session: WriteSession
    key: IdempotencyKey

    def __call__(self, body: BaseModel, write: Callable[[], SiteRow]) -> UUID:
        """Give the id of what was written, now or by the earlier request with the same key."""
        receipt = write_once(
            self.session,
            self.request,
            actor=self.actor,
            key=self.key,
            sent=body.model_dump_json(),
            write=write,
        )
        if receipt.repeated:
            self.response.headers[REPLAYED] = "true"
        return receipt.record_id


def get_submit(
    request: Request,
    response: Response,
    actor: Bearer,
    session: WriteSession,
    key: IdempotencyKey = None,
) -> Submit:
    """Give what carries out this request's write."""
    return Submit(request, response, actor, session, key)


Submitting = Annotated[Submit, Depends(get_submit)]


@contextmanager
def named_as_sent(rename: Callable[[str], str]) -> Iterator[None]:
    """Name the fields of what the rules refuse as they stand in the request."""
    try:
        yield
    except Doubtful as unsure:
        raise Doubtful(replace(d, field=rename(d.field)) for d in unsure.doubts) from None
    except RuleViolation as refused:
        raise RuleViolation(replace(p, field=rename(p.field)) for p in refused.problems) from None
