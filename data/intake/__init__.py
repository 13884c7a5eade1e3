"""How do official files become evidence: one declaration per list, one way to read them."""

from data.intake.batch import BatchReport, Reason, SetAside, Source, load_frame
from data.intake.files import load_file, load_folder

__all__ = ["BatchReport", "Reason", "SetAside", "Source", "load_file", "load_folder", "load_frame"]
