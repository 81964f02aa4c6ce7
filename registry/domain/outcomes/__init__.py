"""What a procedure achieved, read off the patient's timeline and never typed in.

`derivation` is the way through. It asks what an assessment says (`measures`, `series`), which
procedures were for the same pain (`same_pain`), who responded (`responders`), in which state each
treated patient is (`states`) and how long relief lasted (`relief`); `values` is what it answers.
`doses` tells what was taken under any conversion table.
"""

from registry.domain.outcomes.derivation import derive_outcomes, find_baseline
from registry.domain.outcomes.doses import Doses, derive_doses
from registry.domain.outcomes.states import State, settle
from registry.domain.outcomes.values import OutcomeRules, ProcedureOutcome, WindowOutcome

__all__ = [
    "Doses",
    "OutcomeRules",
    "ProcedureOutcome",
    "State",
    "WindowOutcome",
    "derive_doses",
    "derive_outcomes",
    "find_baseline",
    "settle",
]
