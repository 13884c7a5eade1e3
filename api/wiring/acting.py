"""In whose name does the command line act?"""

import getpass
from datetime import datetime

from data.spec.access import Access, Purpose, bureau_access


def person() -> str:
    """Name who works at this terminal, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # A container's user may have no name.
        return "cli"


def as_bureau(at: datetime, *, purpose: Purpose) -> Access:
    """Act as the bureau under its duty, as command line, intake and training do (decision 14)."""
    return bureau_access(person(), at=at, purpose=purpose)
