#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare the calendars that are shipped with the package `holidays`.

    check_holidays.py PACKAGE FILE

PACKAGE is the folder that the package lies in, FILE has a line `CALENDAR YYYY-MM-DD` a holiday.
Prints each day of 2000 to 2035 that only one of the two knows, and exits 1 if there is any.
"""
import pathlib
import sys

sys.path.insert(0, sys.argv[1])
import holidays  # noqa: E402

YEARS = range(2000, 2036)
COUNTRIES = {"jp-business": holidays.Japan, "us-business": holidays.UnitedStates}

ours = set(pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines())
# A new year's day may be observed in the year before it.
theirs = {f"{name} {day}" for name, country in COUNTRIES.items()
          for day in country(years=[*YEARS, YEARS[-1] + 1]) if day.year in YEARS}
for line in sorted(ours - theirs):
    print(f"only here: {line}")
for line in sorted(theirs - ours):
    print(f"only in holidays {holidays.__version__}: {line}")
sys.exit(ours != theirs)
