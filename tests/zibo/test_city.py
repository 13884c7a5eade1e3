"""Is the written city whole, marked, repeatable and of the promised size?"""

from collections import Counter

import pandas as pd

from data.intake.lists import LISTS
from data.spec.identifiers import CERTIFICATE_NO, ENTRY_NO, is_patent_number, is_uscc
from data.zibo import MARK


def test_writes_every_declared_list(small) -> None:
    optional = {"high_tech_renaming"}

    assert set(LISTS) - optional <= set(small.report.rows)


def test_all_lists_together_stay_under_400_000_rows(full) -> None:
    assert 300_000 < sum(full.report.rows.values()) < 400_000


def test_every_file_says_in_its_first_row_that_it_is_a_demonstration(small) -> None:
    unmarked = [file.name for file in small.report.files if "演示数据" not in str(small.grid(file.name)[0][0])]

    assert unmarked == []


def test_every_name_carries_the_mark_and_is_used_once_at_a_time(full) -> None:
    identities = full.truth("identities")
    heirs = identities[identities["name_taken_from"].notna()]
    by_code = identities.set_index("code")

    assert identities["name"].str.contains(MARK, regex=False).all()
    assert identities["former_names"].dropna().str.contains(MARK, regex=False).all()
    every = pd.concat([identities["name"].drop(heirs.index), identities["former_names"].dropna()])
    plain = every.str.replace("有限责任公司", "有限公司", regex=False).str.replace(MARK, "", regex=False)
    assert plain.is_unique
    assert (by_code.loc[heirs["name_taken_from"], "name"].to_numpy() == heirs["name"].to_numpy()).all()
    register = full.read("enterprise_registration").sort_values("known_on").drop_duplicates("code", keep="last")
    days = register.set_index("code")[["founded_on", "deregistered_on"]]
    gone = days.loc[heirs["name_taken_from"], "deregistered_on"].to_numpy()
    assert (gone < days.loc[heirs["code"], "founded_on"].to_numpy()).all()


def test_every_code_is_well_formed_once_only_and_of_the_city(full) -> None:
    codes = full.truth("identities")["code"]

    assert codes.map(is_uscc).all()
    assert codes.is_unique
    assert set(codes.str[2:6]) == {"3703"}
    assert set(codes.str[:2]) == {"91", "12"}


def test_numbers_of_entries_certificates_and_patents_are_well_formed(small) -> None:
    damaged = Counter(small.truth("damage")["damage"])

    assert small.read("tech_sme_entry")["entry_no"].map(lambda number: bool(ENTRY_NO.fullmatch(number))).all()
    certificates = small.read("high_tech_certificate")["certificate_no"]
    assert certificates.map(lambda number: bool(CERTIFICATE_NO.fullmatch(number))).all()
    assert (~small.read("patent")["application_no"].map(is_patent_number)).sum() == damaged["patent-number"]


def test_the_same_seed_writes_the_same_bytes(small, write) -> None:
    again = write(300, 2026)

    different = [
        file.name
        for file in small.report.files
        if (small.lists / file.name).read_bytes() != (again.lists / file.name).read_bytes()
    ]
    assert different == []
    assert small.truth("pd").equals(again.truth("pd"))


def test_another_seed_writes_another_city(small, write) -> None:
    other = write(120, 7)

    assert set(other.truth("identities")["code"]).isdisjoint(small.truth("identities")["code"])


def test_the_report_counts_what_truth_tells_of_damage(small) -> None:
    assert dict(Counter(small.truth("damage")["damage"])) == small.report.damaged


def test_a_small_city_knows_every_kind_of_damage(small) -> None:
    assert set(small.report.damaged) == {
        "uscc-scientific-notation",
        "uscc-check-digit",
        "date-impossible",
        "patent-number",
        "below-minimum",
        "name-unmatched",
        "duplicate",
    }


def test_a_duplicate_stands_right_below_its_original(small) -> None:
    damage = small.truth("damage")
    twice = damage[damage["damage"] == "duplicate"]

    assert not twice.empty
    for file, place in zip(twice["file"], twice["row"].astype(int), strict=True):
        grid = small.grid(file)
        assert grid[place - 1] in (grid[place - 2], grid[place - 3])
