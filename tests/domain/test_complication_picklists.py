"""What went wrong is chosen from a list that fits the technique, or read from a note."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from registry.domain.complications import (
    Complications,
    complication,
    complications,
    complications_for,
    resolve_complication,
)
from registry.domain.content import ContentError, load
from registry.domain.errors import RuleViolation
from registry.domain.techniques import taxonomy

OFFERED = {
    "coeliac-plexus": "hypotension diarrhoea back-pain haematoma pneumothorax gastroparesis "
    "paraplegia",
    "splanchnic-nerves": "hypotension diarrhoea back-pain haematoma pneumothorax paraplegia",
    "superior-hypogastric-plexus": "discitis bladder-injury bowel-injury sphincter-deficit",
    "ganglion-impar": "rectal-perforation motor-deficit sphincter-deficit",
    "stellate-ganglion": "hoarseness phrenic-palsy intravascular-injection seizure pneumothorax",
    "glossopharyngeal-nerve": "dysphagia epistaxis hoarseness",
    "percutaneous-cordotomy": "dysaesthesia weakness urinary-retention mirror-pain headache "
    "hypotension respiratory-failure",
    "intrathecal-drug-delivery": "infection meningitis catheter-fault csf-leak granuloma "
    "pump-failure refill-error withdrawal respiratory-depression",
    "spinal-cord-stimulation": "lead-migration infection loss-of-therapy",
    "peripheral-nerve-stimulation-temporary": "lead-migration infection loss-of-therapy",
    "vertebroplasty": "cement-leak-epidural cement-leak-foraminal cement-leak-venous "
    "pulmonary-embolism adjacent-fracture cord-injury root-deficit infection",
    "tumour-cryoablation": "nerve-thermal-injury skin-thermal-injury fracture osteomyelitis "
    "haemorrhage cement-leak-venous",
    "erector-spinae-plane": "local-anaesthetic-toxicity pneumothorax haematoma",
    "trigger-point-injection": "local-anaesthetic-toxicity pneumothorax haematoma",
    "intercostal-nerve": "neuritis deafferentation-pain weakness sphincter-deficit",
    "intrathecal-neurolysis": "neuritis deafferentation-pain weakness sphincter-deficit",
}


def offered(technique: str) -> list[str]:
    return [c.slug for c in complications_for(technique)]


@pytest.mark.parametrize("technique", OFFERED)
def test_a_technique_offers_what_it_is_known_for_before_the_general(technique: str) -> None:
    listed = offered(technique)
    own = OFFERED[technique].split()
    assert set(own) <= set(listed)
    assert all(listed.index(slug) < listed.index("vasovagal") for slug in own)


@pytest.mark.parametrize("technique", taxonomy().techniques)
def test_every_technique_can_end_in_anything_general(technique: str) -> None:
    listed = offered(technique)
    general = {"vasovagal", "bruising", "infection", "local-anaesthetic-toxicity"}
    assert general | {"disease-progression", "unrelated-death"} <= set(listed)
    assert listed[-1] == "other"
    assert len(listed) == len(set(listed))


def test_a_list_does_not_offer_what_belongs_elsewhere() -> None:
    assert "granuloma" not in offered("coeliac-plexus")
    assert "neuritis" not in offered("trigger-point-injection")
    assert "cement-leak" not in offered("stellate-ganglion")


@pytest.mark.parametrize(
    ("technique", "effect", "expected"),
    [
        ("stellate-ganglion", "horner", True),
        ("greater-occipital-nerve", "horner", False),
        ("percutaneous-cordotomy", "horner", False),
        ("percutaneous-cordotomy", "numbness", True),
        ("coeliac-plexus", "transient-diarrhoea", True),
        ("coeliac-plexus", "diarrhoea", False),
        ("coeliac-plexus", "numbness", False),
        ("coeliac-plexus", "hypotension", False),
    ],
)
def test_an_expected_effect_is_expected_after_its_technique_only(
    technique: str, effect: str, expected: bool
) -> None:
    assert complication(effect, after=technique).expected is expected
    listed = {c.slug: c.expected for c in complications_for(technique)}
    assert listed.get(effect, False) is expected


def test_without_a_technique_nothing_is_expected() -> None:
    assert not any(c.expected for c in complications().by_slug.values())
    assert complication("horner").expected is False


def test_disease_and_unrelated_death_are_kept_apart_from_harm() -> None:
    assert complication("disease-progression").kind == "progression"
    assert complication("unrelated-death").kind == "unrelated-death"
    assert complication("neuritis").kind == "complication"
    assert complication("other").needs_text


def test_an_unknown_event_is_refused_at_its_field() -> None:
    with pytest.raises(RuleViolation) as refused:
        complication("bad luck")
    assert [p.field for p in refused.value.problems] == ["complication"]


@pytest.mark.parametrize(
    ("note", "slug"),
    [
        ("Horner's", "horner"),
        ("hoarse voice", "hoarseness"),
        ("hypotension, fluids", "hypotension"),
        ("urinary retention - catheter", "urinary-retention"),
        ("cement leak, asymptomatic", "cement-leak"),
        ("diarrhoea 3/7", "diarrhoea"),
        ("diarrhea", "diarrhoea"),
        ("transient leg weakness", "weakness"),
        ("hematoma", "haematoma"),
        ("PDPH", "post-dural-puncture-headache"),
        ("LAST", "local-anaesthetic-toxicity"),
        ("vasovagal", "vasovagal"),
        ("bruising, hypotension", None),
        ("infection?", None),
        ("fine", None),
        ("", None),
    ],
)
def test_a_note_is_read_where_it_names_one_thing(note: str, slug: str | None) -> None:
    found = resolve_complication(note)
    assert (found.slug if found else None) == slug


def test_every_name_means_one_complication() -> None:
    for known in complications().by_slug.values():
        for name in (known.slug, known.label, *known.aliases):
            assert resolve_complication(name) is known, name


def test_every_complication_is_offered_somewhere_and_every_list_has_a_source() -> None:
    listed = {slug for technique in taxonomy().techniques for slug in offered(technique)}
    assert listed == set(complications().by_slug)
    assert all(picklist.source and picklist.techniques for picklist in complications().picklists)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"complications": ["bad-luck"]}, "bad-luck"),
        ({"expected": ["relief"]}, "relief"),
        ({"techniques": ["trepanning"]}, "trepanning"),
        ({"categories": ["magic"]}, "magic"),
        ({"agent_group": "gin"}, "gin"),
        ({"tecniques": []}, "tecniques"),
    ],
)
def test_a_picklist_of_what_is_not_there_is_refused_when_read(
    change: dict[str, Any], told: str
) -> None:
    content = deepcopy(load("complications"))
    content["picklists"][0] |= change
    with pytest.raises(ContentError, match=told):
        Complications.from_content(content, taxonomy())


def test_a_retired_complication_is_read_but_no_longer_offered() -> None:
    content = deepcopy(load("complications"))
    (old,) = (c for c in content["complications"] if c["slug"] == "gastroparesis")
    old["retired"] = True
    known = Complications.from_content(content, taxonomy())
    assert known.by_slug["gastroparesis"].label == "Gastroparesis"
    assert "gastroparesis" not in {c.slug for c in known.after("coeliac-plexus")}
    assert known.finder.resolve("gastroparesis") is None
