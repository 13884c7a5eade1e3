"""What does a city look like that the whole service can be shown on?

Writes the official lists of an invented city as real files, which then go through the intake like any other. Nothing
in it is real: every enterprise's name carries the mark （演示）, every file says 演示数据 in its first
row, and every code is valid in form only.
"""

from data.zibo.city import CityReport, WrittenFile, write_city
from data.zibo.names import MARK

__all__ = ["MARK", "CityReport", "WrittenFile", "write_city"]
