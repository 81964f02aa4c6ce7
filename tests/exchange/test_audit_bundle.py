"""An auditor takes a bundle, proves it whole without the registry, and is told when it is not."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine

from registry.db.engine import transaction
from registry.domain.access import Actor, Profile
from registry.domain.errors import NotPermitted, RuleViolation
from registry.exchange.bundle.make import make_bundle
from registry.exchange.bundle.seal import COMMENT, DIGITS, write_zip
from registry.exchange.bundle.verify import verify_bundle
from registry.exchange.datasets import data_sets
from registry.exchange.formats import Format
from registry.services.export_plans import Asked, ExportPlan, plan_export, record_made, record_plan
from reports.filters import Filters
from tests.world import TODAY, World, follow_up

EVERYTHING = tuple(data_sets())


def asked(profile: Profile = Profile.LIMITED, **changes: Any) -> Asked:
    values: dict[str, Any] = {
        "data_sets": ("patients", "procedures"),
        "formats": ("csv",),
        "profile": profile,
        "purpose": "audit 2026",
        **changes,
    }
    return Asked(**values)


def plan_of(engine: Engine, actor: Actor, what: Asked) -> ExportPlan:
    with transaction(engine, write=False) as session:
        return plan_export(session, actor=actor, asked=what, as_of=TODAY)


@pytest.fixture
def bundle(engine: Engine, messy: World, tmp_path: Path) -> Path:
    path = tmp_path / "bundle.zip"
    make_bundle(engine, plan_of(engine, messy.alice, asked()), path)
    return path


@pytest.mark.either_database
@pytest.mark.parametrize("profile", Profile)
def test_made_twice_of_the_same_data_it_is_the_same_to_the_byte(
    engine: Engine, messy: World, tmp_path: Path, profile: Profile
) -> None:
    """That it was exported before, and that somebody looked, changes nothing in it."""
    formats = tuple(Format) if profile is Profile.SAFE_HARBOR else (Format.PARQUET,)
    what = asked(profile, formats=formats, data_sets=EVERYTHING[:-1])
    made = []
    for name in ("one.zip", "two.zip"):
        plan = plan_of(engine, messy.alice, what)
        with transaction(engine) as session:
            record_plan(session, actor=messy.alice, plan=plan, export_id=messy.pat)
        made.append(make_bundle(engine, plan, tmp_path / name))
    assert made[0].sha256 == made[1].sha256
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert verify_bundle(tmp_path / "one.zip", made[0].sha256).problems == ()
    if profile is not Profile.AGGREGATE:
        assert set(made[0].rows) == set(EVERYTHING[:-1])


def test_a_changed_record_makes_another_bundle(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    before = make_bundle(engine, plan_of(engine, messy.alice, asked()), tmp_path / "one.zip")
    with transaction(engine) as session:
        follow_up(session, messy, 30, 4)
    plan = plan_of(engine, messy.alice, asked())
    after = make_bundle(engine, plan, tmp_path / "two.zip")
    assert after.sha256 != before.sha256  # the trail's place is told, whatever was chosen


def test_the_manifest_says_what_is_in_it_and_where_the_trail_stood(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    what = asked(data_sets=EVERYTHING, filters=Filters(technique=("coeliac-plexus",)))
    plan = plan_of(engine, messy.audrey, what)
    make_bundle(engine, plan, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        archive.extractall(tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["filters"] == {"technique": ["coeliac-plexus"]}
    assert (manifest["profile"], manifest["data_cut_off"]) == ("limited", "2026-03-02")
    (head,) = manifest["trail"]
    assert head == {
        "site": "NORTH",
        "chain": str(messy.north),
        "number": plan.heads[messy.north].number,
        "seal": plan.heads[messy.north].seal,
    }
    told = {t["data_set"]: t["rows"] for t in manifest["tables"]}
    for name, rows in told.items():
        assert len(pd.read_csv(tmp_path / "out" / "data" / f"{name}.csv")) == rows, name
    assert told["audit_trail"] == head["number"]
    book = pd.read_csv(tmp_path / "out" / "codebook.csv")
    assert set(book["data_set"]) == set(EVERYTHING)
    tables = pd.read_csv(tmp_path / "out" / "definitions" / "opioid_tables.csv")
    assert set(tables["table"]) == {"cdc-2022"}
    assert "nrs30" in (tmp_path / "out" / "definitions" / "responders.csv").read_text("utf-8")
    assert "audit 2026" not in (tmp_path / "out" / "manifest.json").read_text("utf-8")


def test_sha256sum_proves_the_unpacked_files(bundle: Path, tmp_path: Path) -> None:
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("sha256sum isn't there")
    with zipfile.ZipFile(bundle) as archive:
        archive.extractall(tmp_path / "out")

    def check() -> int:
        command = [tool, "-c", "--quiet", "--strict", "SHA256SUMS"]
        done = subprocess.run(command, check=False, cwd=tmp_path / "out", capture_output=True)
        return done.returncode

    assert check() == 0
    with (tmp_path / "out" / "data" / "patients.csv").open("a") as file:
        file.write(" ")
    assert check() != 0


@pytest.mark.either_database
def test_one_byte_changed_anywhere_is_found(bundle: Path, tmp_path: Path) -> None:
    whole = bundle.read_bytes()
    assert verify_bundle(bundle).is_whole
    drawn = random.Random(7)
    places = {*range(0, 60), *range(len(whole) - 400, len(whole))}
    places |= {drawn.randrange(len(whole)) for _ in range(300)}
    broken = tmp_path / "broken.zip"
    for place in sorted(places):
        changed = bytearray(whole)
        changed[place] ^= 1 << drawn.randrange(8)
        broken.write_bytes(changed)
        verdict = verify_bundle(broken)
        assert not verdict.is_whole, place
        assert all(p.endswith(".") for p in verdict.problems), place


@pytest.mark.either_database
def test_a_file_cut_off_anywhere_is_found(bundle: Path, tmp_path: Path) -> None:
    whole, cut = bundle.read_bytes(), tmp_path / "cut.zip"
    for length in (0, 1, 40, len(whole) // 2, len(whole) - 65, len(whole) - 1):
        cut.write_bytes(whole[:length])
        assert "cut off" in " ".join(verify_bundle(cut).problems), length
    cut.write_bytes(whole + b"\n")
    assert not verify_bundle(cut).is_whole


def sealed_anew(folder: Path, files: dict[str, bytes], out: Path) -> Path:
    """Pack files as somebody would who knows how bundles are sealed."""
    folder.mkdir(exist_ok=True)
    paths = []
    for number, (name, content) in enumerate(files.items()):
        path = folder / str(number)
        path.write_bytes(content)
        paths.append((name, path))
    write_zip(out, paths)
    return out


def unpacked(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tell(path: Path) -> str:
    return " ".join(verify_bundle(path).problems)


@pytest.mark.either_database
def test_what_was_taken_out_put_in_or_changed_is_named_even_under_a_new_seal(
    bundle: Path, tmp_path: Path
) -> None:
    files, out = unpacked(bundle), tmp_path / "other.zip"
    assert tell(sealed_anew(tmp_path / "w", files, out)) == ""
    less = {n: c for n, c in files.items() if n != "data/patients.csv"}
    assert tell(sealed_anew(tmp_path / "w", less, out)) == "data/patients.csv is missing."
    more = {**files, "data/extra.csv": b"x"}
    assert "data/extra.csv is not on the list" in tell(sealed_anew(tmp_path / "w", more, out))
    other = {**files, "codebook.csv": files["codebook.csv"] + b" "}
    assert tell(sealed_anew(tmp_path / "w", other, out)) == "codebook.csv was changed."
    sums = files["SHA256SUMS"].decode()
    patients = hashlib.sha256(files["data/patients.csv"]).hexdigest()
    both = {
        **files,
        "data/patients.csv": b"forged",
        "SHA256SUMS": sums.replace(patients, hashlib.sha256(b"forged").hexdigest()).encode(),
    }
    assert "speak of different files" in tell(sealed_anew(tmp_path / "w", both, out))
    without = {n: c for n, c in files.items() if n != "SHA256SUMS"}
    assert "SHA256SUMS is missing" in tell(sealed_anew(tmp_path / "w", without, out))
    forged = sealed_anew(tmp_path / "w", {**files, "SHA256SUMS": b"nonsense\n"}, out)
    assert "Line 1 of SHA256SUMS can't be read" in tell(forged)


@pytest.mark.either_database
def test_the_hash_written_down_tells_a_forgery_that_is_whole_in_itself(
    bundle: Path, tmp_path: Path
) -> None:
    was = verify_bundle(bundle).sha256
    files = unpacked(bundle)
    files["README.txt"] = b"all is well"
    forged = sealed_anew(tmp_path / "w", files, tmp_path / "forged.zip")
    assert "not the one that was given" in " ".join(verify_bundle(forged, was).problems)


@pytest.mark.either_database
@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\x", "data/../../x", "a\\..\\b", "data//x", ""]
)
def test_names_that_would_write_elsewhere_are_refused_unread(tmp_path: Path, name: str) -> None:
    out = tmp_path / "evil.zip"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    assert "would be written elsewhere" in tell(out)


@pytest.mark.either_database
def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    out = tmp_path / "bomb.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/patients.csv", b"0" * 30_000_000)
    assert out.stat().st_size < 100_000
    assert "claims to unpack to 30000000 bytes. Not read." in tell(out)


@pytest.mark.either_database
def test_another_kind_of_file_is_told_from_a_bundle(tmp_path: Path) -> None:
    out = tmp_path / "notes.zip"
    out.write_text("not a bundle at all")
    assert "another kind of file" in tell(out)
    assert len(COMMENT) + DIGITS < 200


def test_an_export_is_refused_before_anything_is_written_down(engine: Engine, messy: World) -> None:
    with pytest.raises(RuleViolation, match="Say what the data are for"):
        plan_of(engine, messy.alice, asked(purpose="  "))
    with pytest.raises(RuleViolation, match="500 characters"):
        plan_of(engine, messy.alice, asked(purpose="x" * 501))
    with pytest.raises(RuleViolation, match="would date each procedure"):
        plan_of(engine, messy.alice, asked(Profile.SAFE_HARBOR, filters=Filters(since=TODAY)))
    with pytest.raises(NotPermitted, match="You may take limited or safe harbor or aggregate"):
        plan_of(engine, messy.audrey, asked(Profile.IDENTIFIED))
    with pytest.raises(NotPermitted, match="may search it"):
        plan_of(engine, messy.alice, asked(data_sets=("audit_trail",)))
    with pytest.raises(NotPermitted, match="Ask an auditor"):
        plan_of(engine, messy.bob, asked(Profile.AGGREGATE))
    with pytest.raises(NotPermitted, match="data of SOUTH"):
        plan_of(engine, messy.alice, asked(filters=Filters(site=("SOUTH",))))


def test_the_trail_tells_who_took_what_for_what_with_its_hash(
    engine: Engine, messy: World, tmp_path: Path
) -> None:
    from sqlmodel import select

    from registry.db.tables import AuditEvent

    plan = plan_of(engine, messy.audrey, asked(filters=Filters(technique=("coeliac-plexus",))))
    made = make_bundle(engine, plan, tmp_path / "b.zip")
    told = {"sha256": made.sha256, "rows": dict(made.rows)}
    with transaction(engine) as session:
        record_plan(session, actor=messy.audrey, plan=plan, export_id=messy.pat)
        record_made(session, actor=messy.audrey, plan=plan, export_id=messy.pat, made=told)
    with transaction(engine, write=False) as session:
        query = select(AuditEvent).where(AuditEvent.action == "export_made")
        event = session.exec(query).one()
    assert (event.actor, event.role, event.reason) == ("Audrey", "auditor", "audit 2026")
    assert event.changes["sha256"] == [None, made.sha256]
    assert event.changes["profile"] == [None, "limited"]
    assert event.changes["filters"] == [None, {"technique": ["coeliac-plexus"]}]
    assert event.changes["rows"] == [None, {"patients": 2, "procedures": 3}]
