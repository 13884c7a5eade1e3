"""For whom and in which language is an answer told?"""

from enum import StrEnum


class Audience(StrEnum):
    """Name who reads."""

    BANK = "bank"
    BUREAU = "bureau"
    ENTERPRISE = "enterprise"


class Language(StrEnum):
    """Name the language read."""

    ZH = "zh"
    EN = "en"
