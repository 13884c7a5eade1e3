"""Who does what the doors ask for? The composition root: the only place that sees every room.

Importing it is light; each function imports the rooms that it puts together.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from api.application_desk import ApplicationDesk
    from api.audit_desk import AuditDesk
    from api.catalogue_desk import CatalogueDesk
    from api.desks import Desks, HealthDesk, OpeningDesk, SourceDesk
    from api.evaluation_desk import EvaluationDesk
    from api.list_desks import BatchDesk, TemplateDesk
    from api.policy_desk import PolicyDesk
    from api.pool_desk import PoolDesk
    from api.reports.desk import ValidationDesk
    from api.settings import Settings
    from api.watch_desk import WatchDesk


def open_desks(settings: "Settings") -> "Desks":
    """Open the store and hand out every desk on it; raise a Refusal where no sound store stands."""
    from api.wiring.desks import desks_on

    return desks_on(settings)


def opening_desk(settings: "Settings") -> "OpeningDesk":
    """Hand out the desk that makes stores."""
    from api.wiring.opening import Opening

    return Opening(settings)


def source_desk(settings: "Settings") -> "SourceDesk":
    """Hand out the desk that loads real sources, each into its own store."""
    from api.wiring.intake import Sources

    return Sources(settings)


def open_catalogue(settings: "Settings") -> "CatalogueDesk":
    """Hand out the catalogue, which needs no store."""
    from api.wiring.catalogue import DeclaredCatalogue

    return DeclaredCatalogue(settings.shelf)


def health_desk(settings: "Settings") -> "HealthDesk":
    """Hand out the desk that examines, whatever state the store is in."""
    from api.wiring.health import Doctor

    return Doctor(settings)


def evaluation_desk() -> "EvaluationDesk":
    """Hand out the desk that tries the method on real sources."""
    from api.wiring.evaluation import OutsideEvaluation

    return OutsideEvaluation()


def policy_desk() -> "PolicyDesk":
    """Hand out the desk that tries policy products, which needs no store."""
    from api.wiring.policies import Policies

    return Policies()


def pool_desk(settings: "Settings") -> "PoolDesk":
    """Open the store and hand out the desk that looks at its pool; raise a Refusal where no sound store stands."""
    from api.wiring.champions import ShelvedChampions
    from api.wiring.pool import PoolOffice
    from api.wiring.stores import open_store

    return PoolOffice(open_store(settings), ShelvedChampions(settings.shelf))


def watch_desk(settings: "Settings") -> "WatchDesk":
    """Open the store and hand out the desk of warnings; raise a Refusal where no sound store stands."""
    from api.wiring.stores import open_store
    from api.wiring.watching import WatchOffice

    return WatchOffice(open_store(settings))


def validation_desk(settings: "Settings") -> "ValidationDesk":
    """Hand out the desk that validates models; raise a Refusal where no sound store stands."""
    from api.wiring.validation import validating_on

    return validating_on(settings)


def template_desk() -> "TemplateDesk":
    """Hand out the desk that writes templates, which needs no store."""
    from api.wiring.batches import Templates

    return Templates()


def batch_desk(settings: "Settings") -> "BatchDesk":
    """Open the store and hand out the desk that works on its batches; raise a Refusal where no sound store stands."""
    from api.wiring.batches import Batches
    from api.wiring.stores import open_store

    return Batches(open_store(settings))


def application_desk(settings: "Settings") -> "ApplicationDesk":
    """Open the store and hand out the desk of applications on it; raise a Refusal where no sound store stands."""
    from api.wiring.applications import Applications
    from api.wiring.champions import ShelvedChampions
    from api.wiring.stores import open_store

    champions = ShelvedChampions(settings.shelf)
    return Applications(open_store(settings), champions, fonts=settings.report_fonts)


def audit_desk(settings: "Settings") -> "AuditDesk":
    """Open the store and hand out the desk of its audit log; raise a Refusal where no sound store stands."""
    from api.wiring.auditing import Auditing
    from api.wiring.stores import open_store

    return Auditing(open_store(settings), settings)


def store_today(settings: "Settings") -> "date | None":
    """Open the store for a moment and return its own today; raise a Refusal where no sound store stands."""
    from api.wiring.stores import open_store

    store = open_store(settings)
    try:
        return store.today
    finally:
        store.close()
