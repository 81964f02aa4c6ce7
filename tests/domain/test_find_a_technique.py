"""Somebody types the name of a technique, as they say it, and gets that technique."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.errors import RuleViolation
from registry.domain.search_text import normalise
from registry.domain.techniques import (
    Technique,
    find_techniques,
    resolve_technique,
    taxonomy,
    technique,
)

EVERY = tuple(taxonomy().techniques.values())


def slugs(text: str, limit: int | None = None) -> list[str]:
    return [found.slug for found in find_techniques(text, limit)]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("CPN", "coeliac-plexus"),
        ("coeliac", "coeliac-plexus"),
        ("celiac", "coeliac-plexus"),
        ("ESP", "erector-spinae-plane"),
        ("GON", "greater-occipital-nerve"),
        ("SPG", "sphenopalatine-ganglion"),
        ("SGB", "stellate-ganglion"),
        ("GPN", "glossopharyngeal-nerve"),
        ("TON", "c2-c3-medial-branch"),
        ("SHP block", "superior-hypogastric-plexus"),
        ("ganglion of Impar", "ganglion-impar"),
        ("SAP", "serratus-anterior-plane"),
        ("PECS 2", "pecs-2"),
        ("TAP", "transversus-abdominis-plane"),
        ("QL", "quadratus-lumborum"),
        ("PVB", "paravertebral"),
        ("PENG", "pericapsular-nerve-group"),
        ("TPI", "trigger-point-injection"),
        ("botox", "botulinum-toxin"),
        ("BKP", "kyphoplasty"),
        ("RFA bone met", "tumour-radiofrequency"),
        ("HIFU", "tumour-focused-ultrasound"),
        ("SIJ", "sacroiliac-joint"),
        ("SCS", "spinal-cord-stimulation"),
        ("IDDS", "intrathecal-drug-delivery"),
        ("intrathecal pump", "intrathecal-drug-delivery"),
        ("PCC", "percutaneous-cordotomy"),
        ("DREZ", "drez-lesion"),
    ],
)
def test_a_usual_short_form_comes_first(typed: str, slug: str) -> None:
    assert slugs(typed)[0] == slug
    named = resolve_technique(typed)
    assert named is not None
    assert named.slug == slug


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("coeliac plexus", "celiac plexus"),
        ("tumour RFA", "tumor RFA"),
        ("tunnelled epidural", "Tunnelled Epidural"),
        ("cœliac", "celiac"),
    ],
)
def test_british_and_american_spellings_find_the_same(british: str, american: str) -> None:
    assert slugs(british) == slugs(american) != []


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haematoma", "hematoma"),
        ("oesophageal", "esophageal"),
        ("local anaesthetic", "local anesthetic"),
        ("ischaemic tumours", "ischemic tumors"),
        ("Diarrhœa", "diarrhea"),
        ("localised", "localized"),
        ("Horner's", "HORNER"),
        ("Gynæcological  centre", "gynecological center"),
    ],
)
def test_spellings_are_one_word(british: str, american: str) -> None:
    assert normalise(british) == normalise(american)


@pytest.mark.parametrize("half", ["co", "coe", "coel", "coeliac p", "cel", "celi", "celiac p"])
def test_a_half_typed_word_already_offers_it(half: str) -> None:
    assert slugs(half)[0] == "coeliac-plexus"


def test_nothing_typed_lists_the_tree_in_order() -> None:
    assert slugs("") == slugs("  ") == list(taxonomy().techniques)
    assert slugs("", 3) == list(taxonomy().techniques)[:3]


def test_a_family_finds_its_techniques() -> None:
    assert {"vertebroplasty", "kyphoplasty", "sacroplasty"} <= set(slugs("cementoplasty"))
    assert {"coeliac-plexus", "ganglion-impar"} <= set(slugs("sympathetic"))


def test_exact_comes_before_begun_and_begun_before_contained() -> None:
    found = slugs("trigeminal")
    assert found[0] == "gasserian-ganglion"
    assert slugs("femoral")[:2] == ["femoral-nerve", "genitofemoral-nerve"]
    assert slugs("plexus superior") == ["superior-hypogastric-plexus"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("PECS", {"pecs-1", "pecs-2"}),
        (
            "PNS",
            {"peripheral-nerve-stimulation-temporary", "peripheral-nerve-stimulation-permanent"},
        ),
        ("hypogastric plexus", {"superior-hypogastric-plexus", "inferior-hypogastric-plexus"}),
        ("occipital nerve block", {"greater-occipital-nerve", "lesser-occipital-nerve"}),
    ],
)
def test_a_name_of_two_techniques_finds_both_and_resolves_to_neither(
    written: str, meant: set[str]
) -> None:
    assert meant <= set(slugs(written))
    assert resolve_technique(written) is None


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("coeliac plexus block - alcohol", "coeliac-plexus"),
        ("celiac plexus neurolysis (EUS)", "coeliac-plexus"),
        ("SHP block phenol", "superior-hypogastric-plexus"),
        ("Splanchnic nerve RFA", "splanchnic-nerves"),
        ("intercostal phenol", "intercostal-nerve"),
        ("Bone RFA + cement", "tumour-radiofrequency"),
        ("IDDS implant", "intrathecal-drug-delivery"),
        ("SCS trial", "spinal-cord-stimulation"),
        ("spinal cord stimulator", "spinal-cord-stimulation"),
        ("Cordotomy", "percutaneous-cordotomy"),
        ("percutaneous cervical cordotomy", "percutaneous-cordotomy"),
        ("open cordotomy", "open-cordotomy"),
        ("intrathecal phenol", "intrathecal-neurolysis"),
        ("epidural phenol", "epidural-neurolysis"),
    ],
)
def test_words_of_other_axes_may_stand_beside_the_name(written: str, slug: str) -> None:
    named = resolve_technique(written)
    assert named is not None
    assert named.slug == slug


@pytest.mark.parametrize(
    "written",
    [
        "botox?",
        "CPN ?",
        "DRG RF",
        "TAP RFA",
        "ESP (EUS)",
        "RFA",
        "block",
        "",
        "knitting",
        "epidural",
    ],
)
def test_what_is_unsure_or_impossible_resolves_to_nothing(written: str) -> None:
    assert resolve_technique(written) is None


def test_an_unknown_technique_suggests_near_ones_and_repeats_nothing() -> None:
    with pytest.raises(RuleViolation) as refused:
        technique("celiak-plexus")
    (problem,) = refused.value.problems
    assert problem.field == "technique"
    assert "Coeliac plexus" in problem.message
    assert "celiak" not in problem.message


def test_an_unknown_technique_near_to_nothing_still_says_what_to_do() -> None:
    with pytest.raises(RuleViolation, match="search for it"):
        technique("zzzzzz")


@pytest.mark.parametrize("known", EVERY, ids=lambda known: known.slug)
def test_every_technique_answers_to_its_slug_and_label(known: Technique) -> None:
    assert technique(known.slug) == known
    assert resolve_technique(known.slug) == known
    assert resolve_technique(known.label) == known
    assert find_techniques(known.label)[0] == known


@pytest.mark.parametrize("known", EVERY, ids=lambda known: known.slug)
def test_every_alias_finds_its_technique(known: Technique) -> None:
    for alias in known.aliases:
        sharing = {t.slug for t in EVERY if normalise(alias) in map(normalise, t.aliases)}
        assert known.slug in slugs(alias, len(sharing)), alias
        named = resolve_technique(alias)
        assert named == known or len(sharing) > 1, alias


@given(known=st.sampled_from(EVERY), data=st.data())
def test_case_spaces_and_punctuation_do_not_matter(known: Technique, data: st.DataObject) -> None:
    words = known.label.replace("(", " ").replace(")", " ").split()
    gap = data.draw(st.sampled_from([" ", "  ", " - ", "\t", ", ", " / "]))
    dressed = gap.join(data.draw(st.sampled_from([w.upper(), w.lower(), w])) for w in words)
    assert resolve_technique(dressed) == known


@given(st.text(max_size=40))
def test_any_text_at_all_can_be_typed(text: str) -> None:
    assert set(slugs(text)) <= set(taxonomy().techniques)
    named = resolve_technique(text)
    assert named is None or named in find_techniques(named.label)
