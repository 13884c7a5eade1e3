"""Which tables of evidence are there (house.md 4), and which are worked out from them?"""

from collections.abc import Mapping

from data.spec.table import Table
from data.spec.tables import (
    conduct,
    contracts,
    derived,
    lending,
    operations,
    outside,
    patents,
    platforms,
    profile,
    projects,
    qualifications,
    rnd,
    talent,
)

TABLES: Mapping[str, Table] = {
    table.name: table
    for module in (
        profile,
        qualifications,
        rnd,
        operations,
        patents,
        projects,
        platforms,
        contracts,
        talent,
        conduct,
        lending,
        outside,
        derived,
    )
    for table in module.TABLES
}
"""Every table by name, in the order of the rooms of house.md 4."""
