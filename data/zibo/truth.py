"""What is true of the city and stands in no list (decisions.md 26)?"""

from pathlib import Path

import pandas as pd

from data.zibo import true_pd
from data.zibo.world import World


def write_truth(
    directory: Path, world: World, *, traps: pd.DataFrame, damage: pd.DataFrame, names: pd.DataFrame
) -> None:
    """Write identities, true PDs, applications, trap rows, damaged rows and who bare names mean, as csv.

    For tests and benchmarks alone.
    """
    for name, frame in (
        ("identities", _identities(world)),
        ("pd", _quarterly(world)),
        ("applications", _applications(world)),
        ("traps", traps),
        ("damage", damage),
        ("names", names),
    ):
        frame.to_csv(directory / f"{name}.csv", index=False, lineterminator="\n", float_format="%.6f")


def _identities(world: World) -> pd.DataFrame:
    people = world.people
    failed = pd.Series(world.latent.failed_on.astype("M8[s]"))
    default = pd.Series(world.default_on.astype("M8[s]"))
    ahead = pd.Timestamp("2026-01-01")
    return pd.DataFrame(
        {
            "code": people["code"],
            "name": people["name"],
            "former_names": people["former_name"],
            "name_taken_from": _taken_from(people),
            "latent_quality": world.latent.visible.mean(axis=1),
            "hidden_quality": world.latent.private,
            "guarantee_ring": world.latent.ring,
            "failed_on": failed.mask(failed >= ahead),
            "first_default_on": default.mask(default >= ahead),
        }
    )


def _taken_from(people: pd.DataFrame) -> pd.Series:
    """Name the enterprise, gone before, whose name an enterprise bears."""
    places = people["name_taken_from"]
    return pd.Series(people["code"].to_numpy()[places], index=people.index).where(places >= 0)


def _quarterly(world: World) -> pd.DataFrame:
    rows = true_pd.quarter_end_pds(world.town, world.applications, world.loans)
    return pd.DataFrame(
        {
            "code": world.people["code"].to_numpy()[rows["firm"]],
            "quarter_end": rows["quarter_end"],
            "pd_12m": rows["pd"],
        }
    )


def _applications(world: World) -> pd.DataFrame:
    rows = true_pd.application_pds(world.town, world.applications, world.loans)
    rows = rows[(world.applications["applied_on"] < pd.Timestamp("2026-01-01")).to_numpy()]
    return pd.DataFrame(
        {
            "application_no": rows["application_no"],
            "code": world.people["code"].to_numpy()[rows["firm"]],
            "pd_18m": rows["pd"],
            "would_default": rows["would_default"].astype(int),
            "decision": rows["decision"],
        }
    )
