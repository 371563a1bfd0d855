"""A reader's own series: files in the formats that people have, and what is said of one that cannot be read."""

import os
import subprocess
import sys
from io import BytesIO, StringIO

import nbformat
import numpy as np
import pytest

from bptt_lab.data import read_series
from bptt_lab.pages.train.forecast import linear_autoregression, rms_error
from bptt_lab.published import PAGES
from bptt_lab.series import split_by_share

# The formats. Each is a table as it is found: its text, the column asked for, and its first values

QUOTES = '"Month","Riders"\n"2001-01",12\n"2001-02",15\n"2001-03",11\n'
NO_HEADER = "1700.5;  8.3; -1.0;1\n1701.5; 18.3; -1.0;1\n1702.5; 26.7;  3.1;1\n"
COMMAS = """\
Date;Time;CO(GT);AH;;
10/03/2004;18.00.00;2,6;0,7578;;
10/03/2004;19.00.00;-200;0,7255;;
10/03/2004;20.00.00;2;0,7502;;
"""
UNITS = """\
"Date Time","p (mbar)","T (degC)"
01.01.2009 00:10:00,996.52,-8.02
01.01.2009 00:20:00,996.57,-8.41
01.01.2009 00:30:00,-9999.00,-8.51
"""
EMPTY = ",tmax,tmin\n1970-01-01,60.0,35.0\n1970-01-02,,36.0\n1970-01-03,61.9,\n"
NAMED_NA = "No,year,pm2.5,cbwd\n1,2010,NA,cv\n2,2010,129,NW\n3,2010,148,cv\n4,2010,NA,cv\n"
TABS = "week\tprice\n1\t1.234,5\n2\t980,0\n3\t1.002,25\n"
SPACES = "1  5.0\n2  11.0\n3  16.0\n"
COMMENT = "# from somewhere\n# and more\n1700,5.0\n1701,11.0\n1702,16.0\n"
ALONE = "5\n11\n16\n"
TWO = "1,5\n2,7\n3,1\n"
MISSING = np.nan
FORMATS = {
    "quotes, months": (QUOTES, {}, [12, 15, 11]),
    "no header": (NO_HEADER, {"column": 1}, [8.3, 18.3, 26.7]),
    "no header, -1 for missing": (
        NO_HEADER + "1703.5;1;2;1\n",
        {"column": 2, "missing": -1},
        [MISSING, MISSING, 3.1, 2],
    ),
    "decimal commas, -200 for missing": (COMMAS, {"column": "CO(GT)", "missing": -200}, [2.6, MISSING, 2]),
    "a decimal comma after a zero": (COMMAS, {"column": "AH"}, [0.7578, 0.7255, 0.7502]),
    "units in names": (UNITS, {"column": "T (degC)"}, [-8.02, -8.41, -8.51]),
    "two marks for missing": (UNITS, {"column": 1, "missing": [-9999, -1]}, [996.52, 996.57, MISSING]),
    "empty cells": (EMPTY, {"column": "tmax"}, [60, MISSING, 61.9]),
    "NA": (NAMED_NA, {"column": "pm2.5"}, [MISSING, 129, 148, MISSING]),
    "points group the digits": (TABS, {}, [1234.5, 980, 1002.25]),
    "spaces": (SPACES, {}, [5, 11, 16]),
    "a comment at the head": (COMMENT, {}, [5, 11, 16]),
    "one column": (ALONE, {}, [5, 11, 16]),
    "the first column itself": (QUOTES.replace('"2001-0', '"'), {"column": "Month"}, [1, 2, 3]),
    "commas group, in quotes": ('day,sold\n1,"1,200"\n2,"980"\n3,"1,310,000"\n', {}, [1200, 980, 1310000]),
}
SAID = {
    "quotes, months": "a header, decimal point; the first column says when, 2001-01 to 2001-03",
    "no header": "cells apart by semicolons, no header, decimal point",
    "no header, -1 for missing": "2 missing (2 of them −1.000)",
    "decimal commas, -200 for missing": "apart by semicolons, a header, decimal comma; the first column says when",
    "a decimal comma after a zero": "decimal comma",
    "units in names": "cells apart by commas, a header",
    "two marks for missing": "1 missing (1 of them −9999, 0 of them −1.000)",
    "empty cells": "1 missing",
    "NA": "2 missing",
    "points group the digits": "cells apart by tabs, a header, decimal comma",
    "spaces": "1 (the only column of numbers that does not say when): 3 values from 5.000 to 16.00, 0 missing",
    "a comment at the head": "the first column says when, 1700 to 1702",
    "one column": "read as: no header, decimal point; the points are counted from 0",
    "the first column itself": "the points are counted from 0",
    "commas group, in quotes": "decimal point",
}


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_and_says_how(tmp_path, name, encoding):
    text, how, value = FORMATS[name]
    mine = read_series(write(tmp_path, text.replace("\n", "\r\n"), encoding), **how)
    np.testing.assert_array_equal(mine.value, value)
    assert len(mine.time) == len(value)
    assert SAID[name] in mine.understood
    assert repr(mine) == mine.understood
    np.testing.assert_array_equal(read_series(StringIO(text), **how).value, value)


def test_what_the_first_column_says_is_the_time():
    assert read_series(StringIO(COMMENT)).time.tolist() == [1700, 1701, 1702]
    assert read_series(StringIO(NO_HEADER), 1).time.tolist() == [1700.5, 1701.5, 1702.5]
    assert read_series(StringIO(QUOTES)).time.tolist() == ["2001-01", "2001-02", "2001-03"]


def test_a_word_with_an_accent_from_an_older_windows():
    assert read_series(BytesIO("Dépôt\n1,5\n2,5\n".encode("cp1252")), decimal=",").value.tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    ("text", "decimal", "value", "told"),
    [
        ("a;b\n1;1,234\n2;2,345\n", None, 1.234, '1,234 was read as 1.234; if it is not so, say decimal="."'),
        ("a;b\n1;1,234\n2;2,345\n", ".", 1234, None),
        ("a;b\n1;1.234\n2;2.345\n", None, 1.234, '1.234 was read as 1.234; if it is not so, say decimal=","'),
        ("a;b\n1;1.234\n2;2.345\n", ",", 1234, None),
        ('a,b\n1,"1,234"\n2,"2,345"\n', None, 1234, '1,234 was read as 1234; if it is not so, say decimal=","'),
        ('a,b\n1,"1,234"\n2,"2,345"\n', ",", 1.234, None),
        ("a;b\n1;1,23\n2;2,345\n", None, 1.23, None),
    ],
)
def test_what_can_be_read_in_two_ways_is_told(text, decimal, value, told):
    mine = read_series(StringIO(text), "b", decimal=decimal)
    assert mine.value[0] == value
    assert (told in mine.understood) if told else ("was read as" not in mine.understood)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ("2 3 -200 2.5 -200", "beware: -200 stands in 2 rows,"),
        ("2 3 9999 2.5", "beware: 9999 stands in 1 row,"),
        ("6.2 6.2 -1 -1", "beware: -1 stands in 2 rows,"),
        ("0 0 0.3 0", None),
        ("-8 -7 -9", None),
        ("0 5 11 16", None),
    ],
)
def test_a_number_that_may_stand_for_missing_is_told(values, said):
    column = [*values.split(), *10 * values.split()[:2]]
    understood = read_series(StringIO("\n".join(["v", *column]))).understood
    assert (said in understood) if said else ("beware" not in understood)
    if said:
        assert f"missing={said.split()[1]}" in understood


def test_a_time_that_goes_back_is_told():
    dates = "day,v\n1970-01-01,1\n1970-01-02,2\n1970-01-01,3\n1970-01-02,4\n"
    assert "which goes back 1 times: are the rows in order?" in read_series(StringIO(dates)).understood
    assert "goes back" not in read_series(StringIO(QUOTES)).understood


def test_two_columns_that_may_be_one_are_told():
    told = '1,5 was read as two cells; if it is one number, say decimal=","'
    assert told in read_series(StringIO(TWO)).understood
    assert read_series(StringIO(TWO), decimal=",").value.tolist() == [1.5, 2.7, 3.1]
    assert "two cells" not in read_series(StringIO(COMMENT)).understood


def test_a_word_may_stand_for_missing():
    mine = read_series(StringIO("v\n1\nM\n3\n-9\n"), missing=["M", -9])
    np.testing.assert_array_equal(mine.value, [1, np.nan, 3, np.nan])
    assert "2 missing (1 of them M, 1 of them −9.000)" in mine.understood


def test_a_blank_line_is_no_row_unless_the_table_has_one_column():
    assert read_series(StringIO("day,v\n1,5\n\n2,6\n"), "v").value.tolist() == [5, 6]
    np.testing.assert_array_equal(read_series(StringIO("v\n5\n\n6\n")).value, [5, np.nan, 6])
    with pytest.raises(ValueError, match="got 'x' in line 4 of the file"):
        read_series(StringIO("day,v\n1,5\n\n2,x\n"), "v")


def test_a_minus_sign_is_a_minus():
    assert read_series(StringIO("v\n\N{MINUS SIGN}5\n6\n")).value.tolist() == [-5, 6]


@pytest.mark.parametrize(
    ("text", "how", "said"),
    [
        (COMMAS, {}, r"column must be one of 'CO\(GT\)', 'AH': several hold numbers, and they are not mixed; got None"),
        (
            NAMED_NA,
            {},
            r"column must be one of 'year', 'pm2.5': several hold numbers, and they are not mixed; got None",
        ),
        (NAMED_NA, {"column": "pm10"}, r"one of 'No', 'year', 'pm2.5', 'cbwd', or a place from 0 to 3; got 'pm10'$"),
        (NAMED_NA, {"column": 4}, r"a place from 0 to 3; got 4$"),
        (NAMED_NA, {"column": True}, r"a place from 0 to 3; got True$"),
        ("a,a\n1,2\n2,3\n", {"column": "a"}, r"a place from 0 to 1; got 'a'; two have that name"),
        (NAMED_NA, {"column": "cbwd"}, r"column 'cbwd' must hold finite numbers.*got 'cv' in line 2 of the file"),
        (COMMENT + "1703,x\n", {"column": 1}, r"column 1 must hold finite numbers.*got 'x' in line 6 of the file"),
        ("v\n1\ninf\n2\n", {"column": "v"}, r"column 'v' must hold finite numbers.*got 'inf' in line 3 of the file"),
        (COMMAS, {"column": "CO(GT)", "decimal": "."}, r"must hold finite numbers.*got '2,6' in line 2 of the file"),
        ("a;b\nx;y\nz;w\n", {}, r"path must name a table with a column of numbers; there is text in 'a', 'b'"),
        (NAMED_NA, {"column": "year"}, r"column 'year' must hold different values, to learn from; all 4 are 2010"),
        ("v,w\n1,NA\n2,\n", {"column": "w"}, r"column 'w' must hold numbers; all of its 2 values are missing"),
        ("v\n3\n-1\n3\n", {"missing": -1}, r"column 'v' must hold different values, to learn from; all 2 are 3"),
        ("", {}, r"path must name a table with rows; this file has none"),
        ("# only a head\n\n", {}, r"path must name a table with rows; this file has none"),
        ("day,v\n", {}, r"path must name a table with rows; this file has a header alone"),
        (
            "1,2\n3,4,5\n",
            {},
            r"path must name a table whose rows have one number of cells; Expected 2 fields in line 2",
        ),
        (QUOTES, {"decimal": ";"}, r'decimal must be "\." or ","; got \';\''),
    ],
)
def test_what_cannot_be_read_gets_one_sentence(text, how, said):
    with pytest.raises(ValueError, match=said) as refused:
        read_series(StringIO(text), **how)
    assert "\n" not in str(refused.value)


def test_a_spreadsheet_is_named():
    with pytest.raises(ValueError, match="this one is a spreadsheet: save it as CSV"):
        read_series(BytesIO(b"PK\x03\x04 and so on"))


@pytest.mark.parametrize(
    ("platform", "how"), [("linux", "%pip install pandas"), ("emscripten", "in an installed copy")]
)
def test_without_pandas_it_says_how_to_go_on(monkeypatch, platform, how):
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setattr(sys, "platform", platform)
    with pytest.raises(ModuleNotFoundError, match=f"read_series needs pandas; .*{how}"):
        read_series(StringIO(QUOTES))


FIRST_CELL = """
import json, sys
sys.modules["pandas"] = None
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec("".join(cell["source"]))
        break
"""


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_page_needs_pandas(path):
    """Nor does a cell of it say the name: where Python runs in the browser, that alone would fetch a package."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert not [cell for cell in cells if "pandas" in cell.source]
    subprocess.run([sys.executable, "-c", FIRST_CELL, str(path)], check=True, env=os.environ | {"MPLBACKEND": "agg"})


# From the file to the comparison


def test_a_file_with_a_gap_goes_through_the_comparison(tmp_path):
    value = 100 + 5 * np.sin(np.arange(60) / 3)
    rows = [f"{1900 + n};{v:.6f}".replace(".", ",") for n, v in enumerate(value)]
    rows[20] = "1920;-200"
    split = split_by_share(read_series(write(tmp_path, "\n".join(["year;level", *rows])), missing=-200), T=3)
    assert split.left_out == 5  # four windows read the gap, and one has it for its target
    assert split.x.shape[2] + split.x_test.shape[2] == 60 - 4 - 5
    assert split.time_test[-1] == 1959
    says = linear_autoregression(split.x, split.Y)
    assert rms_error(says(split.x_test), split.Y_test, split.unit) < 1e-3  # a sine is two lags; six decimals are kept


def daily(days):
    """A table of days in 2001, by their numbers in that year."""
    dates = [np.datetime64("2001-01-01") + day for day in days]
    return StringIO("day,value\n" + "".join(f"{date},{n % 7}\n" for n, date in enumerate(dates)))


AT_WORK = [day for day in range(400) if day % 7 < 5]


@pytest.mark.parametrize(
    ("days", "jumps", "told"),
    [
        (range(100), 0, ""),
        ([day for day in range(100) if day not in (40, 41, 70)], 2, "2 times, first from 2001-02-09 to 2001-02-12"),
        (AT_WORK, 0, ""),
        ([day for day in AT_WORK if not 100 < day < 130], 1, "1 times, first from"),
    ],
    ids=["each day", "three lost", "days at work", "a month lost"],
)
def test_rows_that_are_not_there_are_a_gap(days, jumps, told):
    series = read_series(daily(days))
    assert f"jumps {told}" in series.understood if jumps else "jumps" not in series.understood
    gaps = np.flatnonzero(np.isnan(series.value))
    assert len(gaps) == jumps
    assert (series.time[gaps] == series.time[gaps - 1]).all()
    assert split_by_share(series, T=3).left_out == 5 * jumps


def test_years_that_are_not_there_are_a_gap():
    years = [*range(1900, 1960), *range(1990, 2050)]
    series = read_series(StringIO("year,value\n" + "".join(f"{year},{year % 11}\n" for year in years)))
    assert "jumps 1 times, first from 1959 to 1990" in series.understood
    assert np.isnan(series.value).sum() == 1
