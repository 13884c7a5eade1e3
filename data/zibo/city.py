"""How is the whole demonstration city written?"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.intake.list_file import Identity
from data.intake.lists import LISTS
from data.spec.progress import Progress, Silent
from data.zibo import (
    entries,
    evidence_books,
    evidence_conduct,
    evidence_credit,
    evidence_patents,
    evidence_platforms,
    evidence_profile,
    evidence_projects,
    evidence_talent,
    evidence_titles,
    traps,
)
from data.zibo.damage import STRANGER, Damaged, spoil
from data.zibo.layout import LAYOUTS
from data.zibo.name_passing import pass_names_on
from data.zibo.names import MARK
from data.zibo.plan import FULL_SIZE, STOCK_DAY, Plan
from data.zibo.sheets import Sheet, directory_sheet, sheets_of
from data.zibo.truth import write_truth
from data.zibo.world import World, draw_world
from data.zibo.writing import header_row, write_sheet


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """Say what one file holds: data rows (damaged ones among them) and damaged rows by kind."""

    name: str
    list: str
    rows: int
    damaged: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class CityReport:
    """Say what was written: files, data rows per list, damaged rows by kind, and the mark of demonstration."""

    directory: Path
    mark: str
    enterprises: int
    files: tuple[WrittenFile, ...]

    @property
    def rows(self) -> Mapping[str, int]:
        """Return the number of data rows of each list."""
        count: Counter[str] = Counter()
        for file in self.files:
            count[file.list] += file.rows
        return dict(count)

    @property
    def damaged(self) -> Mapping[str, int]:
        """Return the number of damaged rows of each kind."""
        count: Counter[str] = Counter()
        for file in self.files:
            count.update(file.damaged)
        return dict(count)


def write_city(
    directory: Path, *, seed: int = 2026, enterprises: int = FULL_SIZE, progress: Progress | None = None
) -> CityReport:
    """Write the demonstration city: official lists to directory/lists, hidden truth to directory/truth.

    Everything in it is invented. Every enterprise's name carries the mark （演示）, every file says 演示数据
    in its first row. The same seed and size give the same lists.
    """
    told = progress or Silent()
    told.stage("推演演示城市", 2)
    world = draw_world(Plan(seed=seed, enterprises=enterprises))
    world = pass_names_on(world, evidence_titles.draw_certificates(world))
    told.advance()
    rows = evidence_rows(world)
    told.advance()
    lists, truth = directory / "lists", directory / "truth"
    for folder in (lists, truth):
        folder.mkdir(parents=True, exist_ok=True)
    told.stage("写出清单文件", len(LAYOUTS) + 1)
    written: list[_Written] = []
    for layout in LAYOUTS:
        for sheet in sheets_of(world, layout, rows[layout.list]):
            written.append(_write(lists, world, sheet))
        told.advance()
    written.append(_write(lists, world, directory_sheet(world, LAYOUTS[0], traps.directory_rows(world))))
    told.advance()
    told.stage("写出真值", 1)
    write_truth(
        truth,
        world,
        traps=pd.concat([one.traps for one in written]),
        damage=pd.concat([one.damage for one in written]),
        names=pd.concat([one.names for one in written]),
    )
    told.advance()
    return CityReport(directory=directory, mark=MARK, enterprises=enterprises, files=tuple(one.file for one in written))


def evidence_rows(world: World) -> dict[str, pd.DataFrame]:
    """Return every list's typed rows."""
    patents = evidence_patents.draw_patents(world)
    certificates = evidence_titles.draw_certificates(world)
    high_tech = evidence_titles.in_force(world, certificates, STOCK_DAY)
    titles = evidence_titles.high_tech_rows(world, certificates)
    revocation = titles["high_tech_revocation"]
    conduct = evidence_conduct.conduct_rows(world)
    return {
        **titles,
        **_books(world),
        **_credit(world),
        **_innovation(world),
        "enterprise_registration": evidence_profile.registration_rows(world),
        "chain_position": evidence_profile.chain_rows(world, high_tech),
        "tech_sme_entry": pd.concat(
            [entries.entry_rows(world.plan, world.people, world.entries), traps.backdated_rows(world)],
            ignore_index=True,
        ),
        "high_tech_revocation": revocation.assign(
            trap=revocation["after_default"].map({True: "revoked_after_default"})
        ),
        "patent": evidence_patents.patent_rows(patents),
        "patent_event": evidence_patents.patent_event_rows(world, patents, traps.pledge_rows(world, patents)),
        "conduct_record": conduct.assign(trap=conduct["from_loan"].map({True: "dishonesty_from_this_loan"})),
    }


def _books(world: World) -> dict[str, pd.DataFrame]:
    return {
        "annual_report": evidence_books.annual_report_rows(world),
        "rnd_year": evidence_books.rnd_rows(world),
        "tax_payment": evidence_books.tax_rows(world),
        "invoice": evidence_books.invoice_rows(world),
        "equity_round": evidence_books.equity_rows(world),
        "insurance_policy": evidence_books.insurance_rows(world),
    }


def _credit(world: World) -> dict[str, pd.DataFrame]:
    return {
        "guarantee": evidence_credit.guarantee_rows(world),
        "loan_application": evidence_credit.application_rows(world),
        "loan": evidence_credit.loan_rows(world),
        "loan_month": evidence_credit.month_rows(world),
        "loan_event": evidence_credit.event_rows(world),
    }


def _innovation(world: World) -> dict[str, pd.DataFrame]:
    return {
        "honour_listing": evidence_titles.honour_rows(world),
        "incubation_tenancy": evidence_titles.tenancy_rows(world),
        "cultivation_listing": evidence_titles.cultivation_rows(world),
        "ip_right": evidence_patents.ip_right_rows(world),
        "project": evidence_projects.project_rows(world),
        "achievement": evidence_projects.achievement_rows(world),
        "consortium_membership": evidence_projects.consortium_rows(world),
        "technology_contract": evidence_projects.contract_rows(world),
        "innovation_platform": evidence_platforms.platform_rows(world),
        "instrument": evidence_platforms.instrument_rows(world),
        "sharing_member": evidence_platforms.member_rows(world),
        "innovation_voucher": evidence_platforms.voucher_rows(world),
        "platform_service": evidence_platforms.service_rows(world),
        "talent_post": evidence_talent.talent_rows(world),
    }


@dataclass(frozen=True, kw_only=True)
class _Written:
    """Say what was written, and what is true of its rows."""

    file: WrittenFile
    traps: pd.DataFrame
    damage: pd.DataFrame
    names: pd.DataFrame


def _write(directory: Path, world: World, sheet: Sheet) -> _Written:
    """Spoil and write one sheet; answer with what is true of its rows, by row of the file."""
    spoilt, damaged = spoil(world.plan, sheet)
    write_sheet(directory, spoilt)
    first = header_row(spoilt) + 1
    marked = [place for place, trap in enumerate(spoilt.traps) if isinstance(trap, str)]
    found = pd.DataFrame(
        {
            "trap": spoilt.traps[marked],
            "file": spoilt.file,
            "row": [place + first for place in marked],
            "code": world.people["code"].to_numpy()[spoilt.firms[marked]],
        }
    )
    return _Written(
        file=WrittenFile(name=spoilt.file, list=spoilt.list, rows=len(spoilt.cells), damaged=_counted(damaged)),
        traps=found,
        damage=_located(damaged, first),
        names=_named(world, spoilt, first),
    )


def _named(world: World, sheet: Sheet, first: int) -> pd.DataFrame:
    """Say which enterprise each row of a list without codes speaks of, none where the city has no such one."""
    by_name = LISTS[sheet.list].identity is Identity.BY_NAME
    places = np.arange(len(sheet.cells) if by_name else 0)
    codes = world.people["code"].to_numpy()[sheet.firms[places]]
    return pd.DataFrame(
        {
            "list": sheet.list,
            "file": sheet.file,
            "row": places + first,
            "said": sheet.cells["企业名称"].to_numpy(dtype=object)[places],
            "dirt": sheet.dirt[places],
            "code": np.where(sheet.dirt[places] == STRANGER, None, codes),
        }
    )


def _counted(damaged: list[Damaged]) -> Mapping[str, int]:
    return dict(Counter(row.damage for row in damaged))


def _located(damaged: list[Damaged], first: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": [row.file for row in damaged],
            "row": [row.place + first for row in damaged],
            "damage": [row.damage for row in damaged],
        }
    )
