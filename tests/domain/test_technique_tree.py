"""The tree is complete, each technique takes what it can have, and a new one is content alone."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from registry.domain.axes import MEASURES, Axes, axes, axis
from registry.domain.content import ContentError, load
from registry.domain.errors import RuleViolation
from registry.domain.techniques import (
    PLAIN_AXES,
    Taxonomy,
    Technique,
    check_axes,
    taxonomy,
    technique,
)
from registry.domain.techniques.levels import read_levels

# Region, category, techniques; * marks what the source's abstract names, or names with its family.
TREE = """
head-neck sympathetic-ganglion *sphenopalatine-ganglion *stellate-ganglion
head-neck cranial-nerve *glossopharyngeal-nerve *gasserian-ganglion *maxillary-nerve *mandibular-nerve *superior-laryngeal-nerve
head-neck upper-cervical-nerve *greater-occipital-nerve *lesser-occipital-nerve *superficial-cervical-plexus *deep-cervical-plexus *c2-c3-medial-branch
abdomen-pelvis visceral-sympathetic *coeliac-plexus splanchnic-nerves lumbar-sympathetic superior-hypogastric-plexus *inferior-hypogastric-plexus *ganglion-impar
abdomen-pelvis pelvic-somatic pudendal-nerve sacral-nerve-root ilioinguinal-nerve genitofemoral-nerve
trunk-limb fascial-plane-chest-wall *erector-spinae-plane *serratus-anterior-plane *pecs-1 *pecs-2 *parasternal-plane
trunk-limb fascial-plane-abdominal-wall *transversus-abdominis-plane *quadratus-lumborum *rectus-sheath
trunk-limb paravertebral-intercostal paravertebral intercostal-nerve
trunk-limb peripheral-nerve suprascapular-nerve brachial-plexus femoral-nerve pericapsular-nerve-group obturator-nerve
trunk-limb myofascial *trigger-point-injection *botulinum-toxin
spine-bone cementoplasty *vertebroplasty *kyphoplasty *sacroplasty *pelvic-osteoplasty
spine-bone tumour-ablation *tumour-radiofrequency *tumour-cryoablation *tumour-microwave *tumour-focused-ultrasound *tumour-laser
spine-bone epidural-joint epidural-steroid facet-radiofrequency sacroiliac-joint
neuromodulation spinal-stimulation *spinal-cord-stimulation dorsal-root-ganglion-stimulation
neuromodulation peripheral-nerve-stimulation peripheral-nerve-stimulation-temporary peripheral-nerve-stimulation-permanent
neuraxial-infusion intrathecal-infusion *intrathecal-drug-delivery external-intrathecal-catheter
neuraxial-infusion epidural-infusion epidural-catheter
neuroablative cordotomy *percutaneous-cordotomy *open-cordotomy
neuroablative neuraxial-neurolysis intrathecal-neurolysis epidural-neurolysis
neuroablative central-neuroablation midline-myelotomy drez-lesion cingulotomy
other other other
"""  # noqa: E501 - a table reads across

EVERY = tuple(taxonomy().techniques.values())


@dataclass(frozen=True)
class Agent:
    agent_class: str
    concentration: float | None = None
    volume_ml: float | None = None
    dose: float | None = None


def fields(technique_slug: str, **given: Any) -> list[str]:
    return [
        p.field for p in check_axes(technique(technique_slug), **{"intent": "therapeutic"} | given)
    ]


def test_the_tree_holds_every_technique_in_its_place() -> None:
    expected = [
        (region, category, word.lstrip("*"), word.startswith("*"))
        for region, category, *words in map(str.split, TREE.strip().splitlines())
        for word in words
    ]
    assert expected == [(t.region, t.category, t.slug, t.named_in_source) for t in EVERY]


def test_regions_hold_categories_and_categories_hold_techniques() -> None:
    tree = taxonomy()
    reached = [
        t.slug
        for region in tree.regions
        for category in tree.categories
        for t in tree.techniques.values()
        if (category.region, t.category) == (region.slug, category.slug)
    ]
    assert reached == list(tree.techniques)
    assert tree.region_label("head-neck") == "Head and neck"
    assert tree.category_label("tumour-ablation") == "Tumour ablation, with or without cement"
    assert "10.21037/apm-20-2386" in tree.source


@pytest.mark.parametrize("known", EVERY, ids=lambda known: known.slug)
def test_a_technique_takes_everything_on_its_own_axes(known: Technique) -> None:
    text = "as it was" if known.needs_text else None
    for intent in known.intents:
        assert check_axes(known, intent=intent, technique_text=text) == []
    agents = [
        Agent(slug, **dict.fromkeys(axis("agent_class").value(slug).takes, 1.0))
        for slug in known.agent_classes
    ]
    for approach in known.approaches or (None,):
        for side in known.laterality or (None,):
            given: dict[str, Any] = {
                "approach": approach,
                "laterality": side,
                "guidance": known.guidance,
            }
            given |= {"levels": known.levels, "agents": agents, "technique_text": text}
            assert check_axes(known, intent=known.intents[0], **given) == []


@pytest.mark.parametrize("known", EVERY, ids=lambda known: known.slug)
def test_a_technique_has_exactly_the_axes_that_it_has_values_for(known: Technique) -> None:
    values = {
        "agents": known.agent_classes,
        "guidance": known.guidance,
        "approach": known.approaches,
        "laterality": known.laterality,
        "levels": known.levels,
    }
    assert known.axes - {*PLAIN_AXES} == {a for a, v in values.items() if v}
    assert "therapeutic" in known.intents


@pytest.mark.parametrize(
    ("slug", "given", "field"),
    [
        ("coeliac-plexus", {"agents": [Agent("cement", volume_ml=3)]}, "agents.0.agent_class"),
        (
            "vertebroplasty",
            {"agents": [Agent("cement"), Agent("phenol")]},
            "agents.1.agent_class",
        ),
        ("trigger-point-injection", {"agents": [Agent("alcohol")]}, "agents.0.agent_class"),
        ("botulinum-toxin", {"agents": [Agent("venom")]}, "agents.0.agent_class"),
        ("stellate-ganglion", {"guidance": ["eus"]}, "guidance"),
        ("stellate-ganglion", {"guidance": ["ultrasound", "divination"]}, "guidance"),
        ("stellate-ganglion", {"guidance": ["ultrasound", "ultrasound"]}, "guidance"),
        ("ganglion-impar", {"laterality": "left"}, "laterality"),
        ("greater-occipital-nerve", {"laterality": "midline"}, "laterality"),
        ("coeliac-plexus", {"approach": "transnasal"}, "approach"),
        ("superior-laryngeal-nerve", {"approach": "anterior"}, "approach"),
        ("sacroplasty", {"levels": ["T8"]}, "levels"),
        ("sacroplasty", {"levels": "T8"}, "levels"),
        ("vertebroplasty", {"levels": "somewhere low"}, "levels"),
        ("trigger-point-injection", {"levels": ["L2"]}, "levels"),
        ("trigger-point-injection", {"sedation": "deep"}, "sedation"),
        ("trigger-point-injection", {"technical_failure": "equipment"}, "technical_failure"),
        ("coeliac-plexus", {"setting": "moon"}, "setting"),
        ("coeliac-plexus", {"pain_region": "aura"}, "pain_region"),
        ("coeliac-plexus", {"pain_cause": "fate"}, "pain_cause"),
        ("coeliac-plexus", {"prognosis": "good"}, "prognosis"),
        ("coeliac-plexus", {"anticoagulation": "yes"}, "anticoagulation"),
        ("trigger-point-injection", {"technical_success": "complete"}, "technical_success"),
        ("coeliac-plexus", {"sedation": "hypnosis"}, "sedation"),
        ("coeliac-plexus", {"technical_success": "so-so"}, "technical_success"),
        ("coeliac-plexus", {"intent": "refill"}, "intent"),
        ("coeliac-plexus", {"intent": "curative"}, "intent"),
        ("coeliac-plexus", {"intent": None}, "intent"),
        ("coeliac-plexus", {"intent": ""}, "intent"),
        ("other", {}, "technique_text"),
        ("other", {"technique_text": "  "}, "technique_text"),
    ],
)
def test_what_a_technique_cannot_have_is_told_at_its_field(
    slug: str, given: dict[str, Any], field: str
) -> None:
    assert fields(slug, **given) == [field]


def test_all_that_is_wrong_is_told_at_once() -> None:
    wrong = {"intent": "explant", "guidance": ["eus"], "laterality": "midline", "levels": "L2"}
    assert fields("greater-occipital-nerve", agents=[Agent("cement")], **wrong) == [
        *("intent", "agents.0.agent_class", "guidance", "laterality", "levels"),
    ]


@pytest.mark.parametrize(
    ("agent", "field"),
    [
        (Agent("alcohol", concentration=100, volume_ml=20), None),
        (Agent("alcohol", concentration=100.5), "agents.0.concentration"),
        (Agent("alcohol", concentration=0), "agents.0.concentration"),
        (Agent("alcohol", concentration=float("nan")), "agents.0.concentration"),
        (Agent("phenol", volume_ml=-8), "agents.0.volume_ml"),
        (Agent("phenol", volume_ml=float("inf")), "agents.0.volume_ml"),
        (Agent("phenol", dose=8), "agents.0.dose"),
        (Agent("steroid", dose=6.6), None),
        (Agent("steroid", dose=0), "agents.0.dose"),
        (Agent("rf-thermal", dose=80), None),
        (Agent("rf-thermal", volume_ml=2), "agents.0.volume_ml"),
        (Agent("cryo", concentration=5), "agents.0.concentration"),
    ],
)
def test_an_agents_numbers_are_possible(agent: Agent, field: str | None) -> None:
    assert fields("coeliac-plexus", agents=[agent]) == ([field] if field else [])


def test_a_message_names_what_may_be_chosen_and_never_what_was_typed() -> None:
    (problem,) = check_axes(technique("ganglion-impar"), intent="Smith, John")
    assert "Therapeutic" in problem.message
    assert "Smith" not in problem.message


@pytest.mark.parametrize(
    ("written", "levels"),
    [
        ("C1-C2", ("C1", "C2")),
        ("C1/2", ("C1", "C2")),
        ("L4/5/S1", ("L4", "L5", "S1")),
        ("t6 - 8", ("T6", "T7", "T8")),
        ("T11–L1", ("T11", "T12", "L1")),
        ("L3 to L1", ("L1", "L2", "L3")),
        ("C6-T2", ("C6", "C7", "T1", "T2")),
        ("L2, S1 and T12", ("T12", "L2", "S1")),
        ("D12", ("T12",)),
        ("C8", ("C8",)),
        ("L9", None),
        ("low back", None),
        ("2", None),
        ("C1-C2-C3", None),
        ("", None),
    ],
)
def test_levels_are_read_as_clinicians_write_them(
    written: str, levels: tuple[str, ...] | None
) -> None:
    assert read_levels(written) == levels


@pytest.mark.parametrize(
    ("name", "written", "slug"),
    [
        ("guidance", "USS", "ultrasound"),
        ("guidance", "US", "ultrasound"),
        ("guidance", "XR", "fluoroscopy"),
        ("guidance", "fluoro", "fluoroscopy"),
        ("guidance", "MRI", "mr"),
        ("laterality", "R", "right"),
        ("laterality", "RIGHT", "right"),
        ("laterality", "bilat", "bilateral"),
        ("laterality", "B/L", "bilateral"),
        ("agent_class", "EtOH", "alcohol"),
        ("agent_class", "lignocaine", "local-anaesthetic"),
        ("agent_class", "Local anesthetic", "local-anaesthetic"),
        ("agent_class", "PMMA", "cement"),
        ("technical_success", "abandoned", "failed"),
        ("sedation", "GA", "general-anaesthetic"),
        ("sex", "f", "female"),
        ("pain_region", "RUQ", "upper-abdomen"),
        ("mechanism", "Visceral", "visceral"),
    ],
)
def test_an_axis_understands_what_services_write(name: str, written: str, slug: str) -> None:
    value = axis(name).resolve(written)
    assert value is not None
    assert value.slug == slug


def test_every_alias_of_an_axis_means_one_value() -> None:
    for name, known in axes().by_name.items():
        for value in known.values:
            for text in (value.slug, value.label, *value.aliases):
                assert known.resolve(text) is value, f"{name}: {text}"


def test_an_unknown_value_is_refused_at_its_axis() -> None:
    with pytest.raises(RuleViolation) as refused:
        axis("laterality").label_of("sinister")
    assert [p.field for p in refused.value.problems] == ["laterality"]
    assert axis("laterality").label_of("left") == "Left"


def test_every_agent_class_says_what_it_takes() -> None:
    assert axis("agent_class").value("alcohol").takes == {"concentration": "%", "volume_ml": "ml"}
    assert all(set(v.takes) <= set(MEASURES) for v in axis("agent_class").values)
    used = {slug for t in EVERY for slug in t.agent_classes}
    assert used == set(axis("agent_class").slugs)


@pytest.fixture
def content() -> dict[str, Any]:
    return deepcopy(load("techniques"))


def test_a_new_technique_is_a_change_of_content_alone(content: dict[str, Any]) -> None:
    new: dict[str, Any] = {"slug": "rhomboid-plane", "label": "Rhomboid intercostal plane"}
    new |= {"category": "fascial-plane-chest-wall", "aliases": ["RIB block"], "levels": []}
    content["techniques"].append(new)
    tree = Taxonomy.from_content(content)
    added = tree.techniques["rhomboid-plane"]
    assert tree.find("rhomb") == tree.find("RIB block")[:1] == (added,)
    assert tree.resolve("RIB block phenol") is added
    assert check_axes(added, intent="therapeutic", agents=[Agent("phenol", 6, 8)]) == []
    problems = check_axes(added, intent="therapeutic", agents=[Agent("cement")], levels="T5")
    assert [p.field for p in problems] == ["agents.0.agent_class", "levels"]


def test_a_new_axis_value_is_a_change_of_content_alone(content: dict[str, Any]) -> None:
    words = deepcopy(load("axes"))
    electric = {"slug": "electroporation", "label": "Electroporation", "takes": {"dose": "V"}}
    words["axes"]["agent_class"]["values"].append(electric)
    vocabulary = Axes.from_content(words)
    (bone,) = (t for t in content["techniques"] if t["slug"] == "tumour-laser")
    bone["agent_classes"].append("electroporation")
    known = Taxonomy.from_content(content, vocabulary).techniques["tumour-laser"]
    given: dict[str, Any] = {"intent": "therapeutic", "vocabulary": vocabulary}
    assert check_axes(known, agents=[Agent("electroporation", dose=900)], **given) == []
    (problem,) = check_axes(known, agents=[Agent("electroporation", volume_ml=1)], **given)
    assert problem.field == "agents.0.volume_ml"


def test_a_retired_technique_is_read_but_no_longer_offered(content: dict[str, Any]) -> None:
    (old,) = (t for t in content["techniques"] if t["slug"] == "pecs-1")
    old |= {"retired": True, "replaced_by": "pecs-2"}
    tree = Taxonomy.from_content(content)
    known = tree.technique("pecs-1")
    assert (known.label, known.replaced_by) == ("PECS I", "pecs-2")
    assert known not in tree.find("PECS")
    assert tree.resolve("PECS I") is None
    assert tree.resolve("PECS") is tree.technique("pecs-2")
    assert [p.field for p in check_axes(known, intent="therapeutic")] == ["technique"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"agent_classes": ["gin"]}, "gin"),
        ({"guidance": ["divination"]}, "divination"),
        ({"approaches": ["sideways"]}, "sideways"),
        ({"laterality": ["both-ish"]}, "both-ish"),
        ({"levels": ["tail"]}, "tail"),
        ({"intents": ["curative"]}, "curative"),
        ({"category": "nowhere"}, "nowhere"),
        ({"replaced_by": "nothing"}, "nothing"),
        ({"without": ["guidance"]}, "guidance"),
        ({"aliasses": []}, "aliasses"),
        ({"slug": "pecs-2"}, "twice"),
    ],
)
def test_content_that_contradicts_itself_is_refused_when_read(
    content: dict[str, Any], change: dict[str, Any], told: str
) -> None:
    (entry,) = (t for t in content["techniques"] if t["slug"] == "pecs-1")
    entry |= change
    with pytest.raises(ContentError, match=told):
        Taxonomy.from_content(content)


def test_a_category_of_no_region_is_refused_when_read(content: dict[str, Any]) -> None:
    content["categories"][0]["region"] = "atlantis"
    with pytest.raises(ContentError, match="atlantis"):
        Taxonomy.from_content(content)


def test_a_misspelt_axis_entry_is_refused_when_read() -> None:
    words = deepcopy(load("axes"))
    words["axes"]["sex"]["values"][0]["lable"] = "Female"
    with pytest.raises(ContentError, match="lable"):
        Axes.from_content(words)
