"""One function a use case: `verb_noun(session, *, actor, ...)`. Verbs flush, they never commit."""
