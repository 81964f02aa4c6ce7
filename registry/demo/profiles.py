"""What the made-up patients are like, by technique.

The figures follow published summaries in shape only: pain before and after, survival and what goes
wrong (cordotomy: INPIC and Walton; coeliac: Cochrane; bone ablation: OPuS One; kyphoplasty: CAFE;
intrathecal delivery: Smith 2002). They are no target and no evidence.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """One technique as the demonstration does it.

    `weight` is its share of the work; `after` the mean average pain at 48 h, 7 d, 28 d, 90 d and
    180 d from a `before` of that mean; `opioid` the median of MEDD after over before;
    `survival_months` the median from the procedure. `harms` are (complication, chance). `tested`: a
    prognostic block may come first.
    """

    technique: str
    weight: int
    mechanism: str
    pain_site: str
    diagnoses: tuple[str, ...]
    before: float
    after: tuple[float, float, float, float, float]
    opioid: float
    survival_months: float
    agents: tuple[str, ...]
    guidance: tuple[str, ...]
    sides: tuple[str, ...] = ()
    intent: str = "therapeutic"
    neuraxial: bool = False
    tested: bool = False
    harms: tuple[tuple[str, float], ...] = ()


UPPER_GI = ("pancreas", "pancreas", "upper-gi-hepatobiliary", "colorectal")
CHEST = ("mesothelioma", "lung", "breast")
BONE = ("breast", "prostate", "lung", "haematological", "urological")
PELVIC = ("colorectal", "gynaecological", "urological")
SIDES = ("left", "right")

PROFILES = (
    Profile(
        "coeliac-plexus", 22, "visceral", "upper abdomen", UPPER_GI,
        7.2, (3.6, 3.4, 3.9, 4.7, 5.2), 0.78, 2.5, ("alcohol",), ("ct",),
        harms=(("transient-diarrhoea", 0.18), ("hypotension", 0.10), ("back-pain", 0.06)),
        tested=True,
    ),
    Profile(
        "splanchnic-nerves", 8, "visceral", "upper abdomen", UPPER_GI,
        7.0, (3.9, 3.7, 4.0, 4.6, 5.0), 0.80, 2.8, ("rf-thermal",), ("fluoroscopy",),
        sides=("bilateral",), harms=(("back-pain", 0.08), ("pneumothorax", 0.01)),
    ),
    Profile(
        "superior-hypogastric-plexus", 9, "visceral", "pelvis", PELVIC,
        7.4, (4.4, 4.2, 4.5, 5.0, 5.4), 0.83, 4.0, ("phenol",), ("fluoroscopy",),
        sides=("bilateral",),
        tested=True,
    ),
    Profile(
        "ganglion-impar", 6, "visceral", "perineum", PELVIC,
        7.1, (4.6, 4.5, 4.9, 5.4, 5.8), 0.88, 4.0, ("phenol",), ("fluoroscopy",),
        tested=True,
    ),
    Profile(
        "percutaneous-cordotomy", 12, "mixed", "chest wall", CHEST,
        7.6, (2.2, 2.1, 2.8, 4.2, 5.0), 0.50, 1.4, ("rf-thermal",), ("fluoroscopy",),
        sides=SIDES, harms=(("numbness", 0.30), ("weakness", 0.06), ("headache", 0.06)),
    ),
    Profile(
        "erector-spinae-plane", 9, "somatic", "chest wall", CHEST,
        6.6, (4.0, 4.6, 5.6, 6.0, 6.2), 0.95, 3.0, ("local-anaesthetic", "steroid"),
        ("ultrasound",), sides=SIDES,
    ),
    Profile(
        "intercostal-nerve", 7, "neuropathic", "chest wall", CHEST,
        6.9, (4.4, 4.3, 4.9, 5.5, 5.8), 0.90, 3.0, ("phenol",), ("ultrasound",), sides=SIDES,
        harms=(("neuritis", 0.05), ("pneumothorax", 0.01)),
        tested=True,
    ),
    Profile(
        "vertebroplasty", 9, "somatic", "spine", BONE,
        7.3, (3.9, 3.6, 3.6, 3.8, 4.0), 0.75, 3.8, ("cement",), ("fluoroscopy",),
        harms=(("cement-leak-venous", 0.05),),
    ),
    Profile(
        "tumour-radiofrequency", 7, "somatic", "pelvis", BONE,
        7.4, (5.4, 4.6, 4.0, 3.6, 3.5), 0.78, 3.8, ("rf-thermal", "cement"), ("ct",), sides=SIDES,
    ),
    Profile(
        "trigger-point-injection", 6, "somatic", "shoulder", CHEST,
        6.0, (4.4, 4.6, 5.1, 5.6, 5.8), 1.0, 4.0, ("local-anaesthetic",), ("landmark",),
        sides=SIDES,
    ),
    Profile(
        "stellate-ganglion", 3, "neuropathic", "face", ("head-neck", "lung"),
        6.8, (4.6, 4.8, 5.3, 5.8, 6.0), 0.95, 3.5, ("local-anaesthetic",), ("ultrasound",),
        sides=SIDES, harms=(("horner", 0.50), ("hoarseness", 0.12)),
    ),
    Profile(
        "intrathecal-drug-delivery", 6, "mixed", "pelvis", PELVIC,
        7.6, (4.4, 4.0, 3.7, 3.9, 4.2), 0.25, 4.0, ("device", "infusate"), ("fluoroscopy",),
        intent="implant", neuraxial=True, harms=(("infection", 0.04), ("csf-leak", 0.04)),
    ),
)  # fmt: skip
