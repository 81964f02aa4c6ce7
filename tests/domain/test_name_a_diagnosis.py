"""A diagnosis as a logbook writes it finds its group, or none if it isn't clear."""

from __future__ import annotations

from copy import deepcopy

import pytest

from registry.domain.content import ContentError, load
from registry.domain.diagnoses import (
    Diagnoses,
    diagnosis_group,
    diagnosis_groups,
    resolve_diagnosis,
)
from registry.domain.errors import RuleViolation


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("Ca pancreas", "pancreas"),
        ("pancreatic ca", "pancreas"),
        ("Breast ca, bone mets", "breast"),
        ("breast cancer with liver metastases", "breast"),
        ("Metastatic breast cancer", "breast"),
        ("prostate ca", "prostate"),
        ("Lung ca (NSCLC)", "lung"),
        ("NSCLC", "lung"),
        ("H&N SCC", "head-neck"),
        ("renal cell", "urological"),
        ("Cervix", "gynaecological"),
        ("gynecological", "gynaecological"),
        ("gastric", "upper-gi-hepatobiliary"),
        ("esophageal adenocarcinoma", "upper-gi-hepatobiliary"),
        ("Colorectal ca", "colorectal"),
        ("myeloma", "haematological"),
        ("leukemia", "haematological"),
        ("mesothelioma", "mesothelioma"),
        ("osteosarcoma", "sarcoma-bone"),
        ("GBM", "cns"),
        ("melanoma", "skin"),
        ("carcinoma of unknown primary", "unknown-primary"),
        ("Ischaemic limb (non-cancer)", "non-cancer-vascular"),
        ("MND", "non-cancer-neurological"),
        ("end stage renal failure", "non-cancer-organ-failure"),
        ("brain mets", None),
        ("bone metastases", None),
        ("lung ca, breast ca", None),
        ("pancreas?", None),
        ("SCC", None),
        ("cancer", None),
        ("", None),
    ],
)
def test_a_written_diagnosis_finds_its_group(written: str, slug: str | None) -> None:
    found = resolve_diagnosis(written)
    assert (found.slug if found else None) == slug


def test_every_name_means_one_group() -> None:
    for group in diagnosis_groups():
        for name in (group.slug, group.label, *group.aliases):
            assert resolve_diagnosis(name) is group, name


def test_cancers_are_told_from_the_rest() -> None:
    others = {group.slug for group in diagnosis_groups() if not group.cancer}
    assert others == {slug for slug in (g.slug for g in diagnosis_groups()) if "non-cancer" in slug}


def test_an_unknown_group_is_refused_at_its_field() -> None:
    assert diagnosis_group("lung").label == "Lung"
    with pytest.raises(RuleViolation) as refused:
        diagnosis_group("humours")
    assert [p.field for p in refused.value.problems] == ["diagnosis_group"]


def test_a_group_given_twice_is_refused_when_read() -> None:
    content = deepcopy(load("diagnoses"))
    content["groups"].append(content["groups"][0])
    with pytest.raises(ContentError, match="twice"):
        Diagnoses.from_content(content)
