"""What every test may rely on: no network, deterministic Hypothesis, figures of long runs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.figures import record
from tests.postgresql import postgres as postgres

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("quick", derandomize=True, max_examples=60, deadline=None, database=None)
settings.register_profile(
    "deep", max_examples=300, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
)
settings.load_profile("deep" if os.environ.get("LUKEPING_DEEP") else "quick")


@pytest.fixture
def figure() -> Callable[..., None]:
    """Record a figure that `make test-deep` prints in its closing JSON object."""
    return record


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real files beside the project, or skip where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is absent: the real files are not part of the project")
    return folder
