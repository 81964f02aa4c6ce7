"""A drug is found by whatever people call it, and what is known of it hangs together."""

from __future__ import annotations

from decimal import Decimal
from time import process_time

import pytest

from registry.domain.drugs import Route, drug_names, drugs, find_drug, near_names, search_drugs
from registry.domain.regimens.vocabulary import FORM_ROUTES, name_pattern, names
from registry.domain.search_text import LONGEST
from registry.domain.techniques import find_techniques


@pytest.mark.parametrize(
    ("written", "slug", "product"),
    [
        ("morphine", "morphine", None),
        ("MORPHINE SULPHATE", "morphine", None),
        ("ms contin", "morphine", "MS Contin"),
        ("MST", "morphine", "MST Continus"),
        ("Oramorph", "morphine", "Oramorph"),
        ("meperidine", "pethidine", None),
        ("Demerol", "pethidine", "Demerol"),
        ("Endone", "oxycodone", "Endone"),
        ("Targin", "oxycodone", "Targinact"),
        ("co-codamol", "codeine", "co-codamol"),
        ("Tylenol #3", "codeine", "Tylenol #3"),
        ("acetaminophen", "paracetamol", None),
        ("lignocaine", "lidocaine", None),
        ("Prialt", "ziconotide", "Prialt"),
    ],
)
def test_a_drug_has_many_names(written, slug, product):
    found = find_drug(written)
    assert found is not None
    assert (found.drug.slug, found.product and found.product.name) == (slug, product)


@pytest.mark.parametrize("written", ["", "morfine", "aspirin and honey", "30mg"])
def test_an_unknown_name_is_no_drug(written):
    assert find_drug(written) is None


def test_a_misspelt_name_has_suggestions():
    assert "Morphine" in near_names("morfine")
    assert "OxyContin" in near_names("oxycontn")
    assert near_names("zzzzzz") == ()


def test_typing_finds_drugs_and_products():
    assert search_drugs("morph")[0].written == "Morphine"
    assert search_drugs("oramo")[0].written == "Oramorph"
    assert {name.drug.slug for name in search_drugs("patch fent") + search_drugs("fent")} == {
        "fentanyl"
    }
    assert len(search_drugs("o", limit=5)) == 5


@pytest.mark.parametrize(
    "slug",
    [
        "alfentanil",
        "sufentanil",
        "remifentanil",
        "levorphanol",
        "meptazinol",
        "nalbuphine",
        "pentazocine",
        "butorphanol",
        "dextropropoxyphene",
        "papaveretum",
        "opium",
        "dipipanone",
    ],
)
def test_opioids_without_a_factor_are_known_as_opioids(slug):
    assert drugs()[slug].is_opioid


@pytest.mark.parametrize(
    "slug",
    [
        "ketamine",
        "gabapentin",
        "pregabalin",
        "clonidine",
        "ziconotide",
        "bupivacaine",
        "ropivacaine",
        "lidocaine",
        "baclofen",
        "amitriptyline",
        "nortriptyline",
        "duloxetine",
        "dexamethasone",
        "paracetamol",
        "ibuprofen",
    ],
)
def test_adjuvants_are_known_as_no_opioids(slug):
    assert not drugs()[slug].is_opioid


def test_the_content_hangs_together():
    for drug in drugs().values():
        assert drug.routes
        assert drug.unstated_route is None or drug.unstated_route in drug.routes
        assert set(drug.units) <= set(drug.routes)
        for product in drug.products:
            assert product.route is None or product.route in drug.routes, product.name
            assert product.form is None or product.form in FORM_ROUTES, product.name
            if product.form and product.route:
                assert product.route in FORM_ROUTES[product.form], product.name
            assert all(product.opioid_strength(s) > 0 for s in product.strengths)
            assert product.is_combination == any("/" in s for s in product.strengths)


def test_a_patch_has_no_route_but_the_skin_and_its_unit_is_known():
    patches = [p for drug in drugs().values() for p in drug.products if p.form == "patch"]
    assert all(p.route is Route.TRANSDERMAL for p in patches)
    assert all(p.unit == "mcg/h" for p in patches if drugs()[p.drug].is_opioid)


def test_a_combination_knows_its_opioids_share():
    panadeine = find_drug("Panadeine Forte")
    assert panadeine and panadeine.product
    assert panadeine.product.opioid_strength("500/30") == Decimal(30)


def test_every_name_is_recognised_whole_in_a_text():
    for name in drug_names():
        found = name_pattern().match(name.written.lower())
        assert found and found[0] == name.written.lower(), name.written
    assert len({id(name.drug) for name in names().values()}) == len(drugs())


@pytest.mark.parametrize("look_up", [find_drug, near_names, search_drugs, find_techniques])
def test_a_page_of_text_is_looked_up_as_quickly_as_a_name(look_up):
    before = process_time()
    look_up("morphine sulphat " * 30_000)
    assert process_time() - before < 1


def test_a_drug_is_not_found_in_the_beginning_of_a_long_text():
    assert find_drug("morphine" + " " * 500) is find_drug("morphine")
    assert find_drug("morphine" + " " * 500 + "none") is None


def test_no_name_is_longer_than_what_is_compared():
    names = [name.written for name in drug_names()]
    techniques = [n for t in find_techniques("") for n in (t.label, *t.aliases)]
    assert max(map(len, names + techniques)) <= LONGEST
