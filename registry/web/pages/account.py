"""Your account: where you are signed in, your password and your second factor."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from registry.db.queries.people import get_user
from registry.db.queries.sign_in import count_recovery_codes
from registry.db.tables import UserAccount
from registry.domain.access import EVERY_SCOPE
from registry.domain.errors import NotAuthenticated, RuleViolation
from registry.services.second_factor import (
    is_enrolled,
    must_enrol,
    offer_factor,
    renew_recovery_codes,
    reset_factor,
    take_up_factor,
)
from registry.services.sessions import (
    SignedIn,
    end_other_sessions,
    end_own_session,
    list_own_sessions,
)
from registry.services.sign_in import change_password, is_password_of
from registry.services.tokens import list_own_tokens
from registry.web.deps import (
    SESSION_COOKIE,
    AppSettings,
    AppVault,
    CurrentActor,
    CurrentSignIn,
    Guarded,
    Now,
    ReadSession,
    SteppedUp,
    Typed,
    WriteSession,
    get_app_settings,
)
from registry.web.forms.form import Form
from registry.web.forms.saving import save
from registry.web.needs import SIGNED_IN, page_needs
from registry.web.render import redirect, render
from registry.web.views.second_factor import draw_offer

router = APIRouter(dependencies=[page_needs(SIGNED_IN)])

PAGE = "/account"


@router.get(PAGE)
def show_account(
    request: Request, session: ReadSession, signed_in: CurrentSignIn, now: Now
) -> Response:
    """Show where the person is signed in, and what lets them in."""
    return show(request, session, signed_in, now, Form())


@router.post(f"{PAGE}/sessions/{{session_id}}/end", dependencies=[Guarded])
def end_one(
    request: Request, session: WriteSession, actor: CurrentActor, now: Now, session_id: UUID
) -> Response:
    """End a session of one's own."""
    end_own_session(session, actor=actor, session_id=session_id, now=now)
    return redirect(request, PAGE, flash="Signed out there.")


@router.post(f"{PAGE}/sessions/end", dependencies=[Guarded])
def end_others(request: Request, session: WriteSession, actor: CurrentActor) -> Response:
    """End all sessions of one's own but this one."""
    secret = request.cookies.get(SESSION_COOKIE, "")
    ended = end_other_sessions(session, actor=actor, secret=secret)
    return redirect(request, PAGE, flash=f"Signed out in {ended} other places.")


@router.post(f"{PAGE}/password", dependencies=[Guarded])
def set_password(
    request: Request,
    session: WriteSession,
    signed_in: CurrentSignIn,
    settings: AppSettings,
    now: Now,
    typed: Typed,
) -> Response:
    """Change the password: the present one is asked for, and all other sessions end."""
    form, actor = Form(typed), signed_in.actor
    if not is_password_of(session, actor, form.value("present")):
        form.refuse("present", "This is not your present password.")
    elif form.value("password") != form.value("repeated"):
        form.refuse("repeated", "The two are not the same. Type the new password twice.")
    else:
        saved = save(
            session,
            form,
            lambda: change_password(
                session,
                actor=actor,
                user=own_account(session, signed_in),
                password=form.value("password"),
                keep=request.cookies.get(SESSION_COOKIE, ""),
                breached=settings.breached_passwords,
            ),
        )
        if saved is None and not form.problems:
            return redirect(request, PAGE, flash="Password changed. All other sessions ended.")
    return show(request, session, signed_in, now, form)


@router.get(f"{PAGE}/second-factor", dependencies=[SteppedUp])
def offer(
    request: Request, session: WriteSession, vault: AppVault, signed_in: CurrentSignIn
) -> Response:
    """Offer a second factor."""
    return _offer(request, session, vault, signed_in, Form())


@router.post(f"{PAGE}/second-factor", dependencies=[Guarded, SteppedUp])
def take_up(
    request: Request,
    session: WriteSession,
    vault: AppVault,
    signed_in: CurrentSignIn,
    now: Now,
    typed: Typed,
) -> Response:
    """Take up the second factor with its first code, and show the recovery codes."""
    form = Form(typed)
    try:
        codes = take_up_factor(
            session,
            vault,
            user=own_account(session, signed_in),
            code=form.value("code"),
            now=now,
            request_id=signed_in.actor.request_id,
        )
    except RuleViolation as wrong:
        form.add(wrong.problems)
        return _offer(request, session, vault, signed_in, form)
    return render(request, "pages/recovery_codes.html", {"codes": codes, "then": PAGE})


@router.post(f"{PAGE}/recovery-codes", dependencies=[Guarded, SteppedUp])
def renew_codes(request: Request, session: WriteSession, actor: CurrentActor) -> Response:
    """Replace the recovery codes."""
    codes = renew_recovery_codes(session, actor=actor)
    return render(request, "pages/recovery_codes.html", {"codes": codes, "then": PAGE})


@router.post(f"{PAGE}/second-factor/remove", dependencies=[Guarded, SteppedUp])
def remove(request: Request, session: WriteSession, signed_in: CurrentSignIn) -> Response:
    """Take the second factor away, to set up another."""
    user = own_account(session, signed_in)
    reset_factor(session, actor=signed_in.actor, user_id=user.id)
    if must_enrol(session, user):
        return redirect(request, f"{PAGE}/second-factor", flash="Now set up the new one.")
    return redirect(request, PAGE, flash="The second factor was taken away.")


def _offer(
    request: Request, session: Session, vault: AppVault, signed_in: SignedIn, form: Form
) -> Response:
    offered = draw_offer(offer_factor(session, vault, user=own_account(session, signed_in)))
    context = {"form": form, "offer": offered}
    return render(request, "pages/second_factor.html", context, status=form.status)


def own_account(session: Session, signed_in: SignedIn) -> UserAccount:
    """Read the account of whoever is signed in."""
    user_id = signed_in.actor.user_id
    user = get_user(session, user_id) if user_id else None
    if user is None:
        raise NotAuthenticated("Sign in to go on.")
    return user


def show(
    request: Request,
    session: Session,
    signed_in: SignedIn,
    now: datetime,
    form: Form,
    **more: object,
) -> Response:
    """Show the account, with what was just made or is wrong."""
    user, idle = own_account(session, signed_in), get_app_settings(request).idle_minutes
    idle_for = timedelta(minutes=idle)
    context: dict[str, object] = {
        "form": form,
        "user": user,
        "here": signed_in.session_id,
        "sessions": list_own_sessions(session, actor=signed_in.actor, now=now, idle=idle_for),
        "enrolled": is_enrolled(session, user.id),
        "required": must_enrol(session, user),
        "codes_left": count_recovery_codes(session, user.id),
        "tokens": list_own_tokens(session, actor=signed_in.actor),
        "scopes": sorted(scope.value for scope in EVERY_SCOPE),
        "now": now,
        "made": None,
        **more,
    }
    return render(request, "pages/account.html", context, status=form.status)
