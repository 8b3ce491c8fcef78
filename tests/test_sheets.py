"""Figures of one unit as a sheet by two things that are known of them."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pandas as pd
import pytest

import pipeline
from pipeline import sheets
from pipeline.explanation import open_run
from pipeline.overview import Overview, Selection
from pipeline.overview import sheet as show
from pipeline.records import table_schema
from pipeline.sheets import SeveralValues, keep, pivot

LANGUAGES = ("ms", "nl")
COUNT = {
    "kind": "statistic",
    "value_kind": "count",
    "unit_id": "party-member",
    "unit": "ahli Parti",
}


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    """A table of the rows, each with the columns that it needs."""
    names = table_schema(LANGUAGES).names
    given = [
        {"stories": 1, "mentions": 1, "score": 0.9, "canonical_id": f"row-{i}", **row}
        for i, row in enumerate(rows)
    ]
    return pd.DataFrame(given).reindex(columns=names)


def figure(value: float, body: str | None, year: int | str | None, **more: Any) -> dict[str, Any]:
    """A count of party members, of a body in a year (or from a year to another)."""
    first, _, last = str(year).partition("–")
    period = (
        {"period_start": f"{first}-01-01", "period_end": f"{last or first}-12-31"} if year else {}
    )
    return COUNT | {"value": value, "organisation_id": body} | period | more


def body(key: str, label: str | None, **more: Any) -> dict[str, Any]:
    return {
        "kind": "organisation",
        "canonical_id": key,
        "label": label,
        "body": "party-committee",
    } | more


BODIES = (
    body("committee/a", "Committee A", place="Ha Giang"),
    body("committee/b", "Committee B", place="Lai Chau"),
)


def test_by_body_and_year() -> None:
    found = pivot(
        table(
            *BODIES,
            figure(120, "committee/b", 2023),
            figure(100, "committee/a", 2022),
            figure(110, "committee/a", 2023),
        ),
        unit="party-member",
    )
    assert list(found.index) == ["Committee A", "Committee B"]
    assert list(found.columns) == [2022, 2023]
    assert found.loc["Committee A"].tolist() == [100, 110]
    assert pd.isna(found.loc["Committee B", 2022])
    assert (found.index.name, found.columns.name) == ("organisation", "year")
    assert found.dtypes.unique().tolist() == [float]


def test_levels_only_and_no_shares_unless_asked() -> None:
    rows = table(
        *BODIES,
        figure(100, "committee/a", 2022),
        figure(7, "committee/a", 2022, change="up"),
        figure(38.13, "committee/a", 2022, value_kind="percentage"),
        figure(557, "committee/b", 2022, value_kind="ratio", of=1461.0),
    )
    levels = pivot(rows, unit="party-member")
    assert levels.to_dict("index") == {"Committee A": {2022: 100}}
    part = pivot(rows, unit="party-member", value_kind="ratio")
    assert part.to_dict("index") == {"Committee B": {2022: 557}}
    assert pivot(rows, unit="party-member", change="up")[2022].tolist() == [7]
    assert pivot(rows, unit="party-member", value_kind="percentage")[2022].tolist() == [38.13]


def test_several_values_are_said_and_none_is_lost() -> None:
    rows = table(
        *BODIES,
        figure(421, "committee/a", 2024, canonical_id="x=421"),
        figure(412, "committee/a", 2024, canonical_id="x=412", stories=2),
        figure(412, "committee/b", 2024, of=1461.0),
    )
    with pytest.warns(SeveralValues, match="1 cell has several values"):
        found = pivot(rows, unit="party-member")
    assert found.loc["Committee A", 2024] == 412  # what more stories say
    assert found.attrs["cells"][0] == {
        "organisation": "Committee A",
        "year": 2024,
        "values": [412.0, 421.0],
        "canonical_ids": ["x=412", "x=421"],
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = pivot(rows, unit="party-member", several="all")
    assert whole[2024].tolist() == ["412 | 421", "412 of 1,461"]


def test_one_value_said_twice_is_one() -> None:
    rows = table(
        *BODIES,
        figure(412, "committee/a", 2024, canonical_id="day"),
        figure(412, "committee/a", 2024, canonical_id="year", qualifier="almost"),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = pivot(rows, unit="party-member")
    assert found.attrs["cells"][0]["canonical_ids"] == ["day", "year"]


def test_what_is_not_known_is_counted_or_shown() -> None:
    rows = table(
        *BODIES,
        figure(1, "committee/a", 2022),
        figure(2, "committee/a", None),
        figure(3, None, 2022),
        figure(4, None, None),
    )
    assert pivot(rows, unit="party-member").attrs["left_out"] == 3
    found = pivot(rows, unit="party-member", unknown=True)
    assert found.attrs["left_out"] == 0
    assert list(found.index) == ["Committee A", "not said"]
    assert list(found.columns) == [2022, "not said"]
    assert found.to_numpy().tolist() == [[1, 2], [3, 4]]


def test_several_years_and_part_of_one() -> None:
    rows = table(
        *BODIES,
        figure(1, "committee/a", "2020–2025"),
        figure(2, "committee/a", None, period_start="2024-12-31", period_end="2024-12-31"),
    )
    assert list(pivot(rows, unit="party-member").columns) == ["2020–2025", 2024]
    assert list(pivot(rows, unit="party-member", columns="period").columns) == [
        "2020-01-01/2025-12-31",
        "2024-12-31",
    ]


def test_bodies_of_one_name_are_told_apart() -> None:
    rows = table(
        body("school/a", "School"),
        body("school/b", "School"),
        body("school/c", None),
        *(figure(i, f"school/{key}", 2022) for i, key in enumerate("abcd")),
    )
    assert list(pivot(rows, unit="party-member").index) == [
        "School (school/a)",
        "School (school/b)",
        "school/c",
        "school/d",
    ]


def test_by_place_and_by_kind_of_body() -> None:
    rows = table(*BODIES, figure(1, "committee/a", 2022), figure(2, "committee/b", 2022))
    assert list(pivot(rows, unit="party-member", rows="place").index) == ["Ha Giang", "Lai Chau"]
    found = pivot(rows, unit="party-member", rows="body", several="all")
    assert found.to_dict("index") == {"party-committee": {2022: "1 | 2"}}


@pytest.mark.parametrize("asked", ["party-member", "party members", "ahli Parti", "AHLI PARTI"])
def test_a_unit_by_its_id_its_name_or_its_words(asked: str) -> None:
    other = figure(9, "committee/a", 2022, unit_id="household", unit="isi rumah")
    rows = table(*BODIES, figure(1, "committee/a", 2022), other)
    assert pivot(rows, unit=asked).to_numpy().tolist() == [[1]]


def test_money_by_its_currency() -> None:
    money = {"unit_id": None, "unit": None, "value_kind": "money", "currency": "VND"}
    rows = table(*BODIES, figure(5e9, "committee/a", 2022, **money))
    for asked in ("VND", "vnd"):
        assert pivot(rows, unit=asked).to_numpy().tolist() == [[5e9]]
    assert sheets.units(rows).to_dict("records") == [{"unit": "VND", "label": None, "rows": 1}]


def test_a_unit_that_no_figure_has() -> None:
    rows = table(*BODIES, figure(1, "committee/a", 2022))
    with pytest.raises(ValueError, match="'member'; the nearest: party-member, party members"):
        pivot(rows, unit="member")
    with pytest.raises(ValueError, match=r"'xyz'$"):
        pivot(rows, unit="xyz")
    with pytest.raises(ValueError, match="'month' is none of organisation"):
        pivot(rows, unit="party-member", columns="month")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"value_kind": "percent"}, "value_kind 'percent' is none of None, count, percentage"),
        ({"change": "rise"}, "change 'rise' is none of None, up, down"),
        ({"several": "first"}, "several 'first' is none of most, all"),
        ({"rows": "year"}, "rows and columns are both 'year'"),
    ],
)
def test_a_choice_that_there_is_not(choice: dict[str, Any], said: str) -> None:
    rows = table(*BODIES, figure(1, "committee/a", 2022))
    with pytest.raises(ValueError, match=said):
        pivot(rows, unit="party-member", **choice)


@pytest.mark.parametrize("several", ["most", "all"])
def test_sorted_by_a_year_as_numbers(several: Literal["most", "all"]) -> None:
    rows = table(
        *BODIES,
        body("committee/c", "Committee C"),
        figure(900, "committee/a", 2022),
        figure(5000, "committee/b", 2022),
        figure(1, "committee/c", 2021),
    )
    found = pivot(rows, unit="party-member", sort=2022, several=several)
    assert list(found.index) == ["Committee B", "Committee A", "Committee C"]
    if several == "all":
        assert found.loc["Committee C", 2022] == ""
    with pytest.raises(ValueError, match="no column 1999 to sort by; there are: 2021, 2022"):
        pivot(rows, unit="party-member", sort=1999)


def test_the_order_of_the_table_does_not_matter() -> None:
    rows = table(
        *BODIES,
        figure(421, "committee/a", 2024),
        figure(412, "committee/a", 2024),
        figure(3, "committee/b", 2023),
    )
    one = pivot(rows, unit="party-member", several="all")
    other = pivot(rows.iloc[::-1], unit="party-member", several="all")
    pd.testing.assert_frame_equal(one, other)
    assert one.attrs == other.attrs


def test_a_sheet_can_be_kept(tmp_path: Any) -> None:
    found = pivot(table(*BODIES, figure(1, "committee/a", 2022)), unit="party-member")
    assert json.loads(json.dumps(found.attrs)) == found.attrs
    for name in ("sheet.csv", "sheet.xlsx"):
        keep(found, tmp_path / name)
    assert (tmp_path / "sheet.csv").read_text() == "organisation,2022\nCommittee A,1\n"
    cells = openpyxl.load_workbook(tmp_path / "sheet.xlsx").active.iter_rows(values_only=True)
    assert list(cells) == [("organisation", "2022"), ("Committee A", 1)]
    with pytest.raises(ValueError, match=r"kept as \.csv or \.xlsx"):
        keep(found, tmp_path / "sheet.ods")


def test_a_sheet_that_is_kept_has_no_formula_and_is_the_same_again(tmp_path: Path) -> None:
    bad = "=HYPERLINK(1)"
    found = pivot(table(body("a", bad), figure(1, "a", 2022)), unit="party-member")
    keep(found, tmp_path / "sheet.csv")
    assert f"\n'{bad},1\n" in (tmp_path / "sheet.csv").read_text()
    keep(found, tmp_path / "sheet.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "sheet.xlsx").active["A2"]
    assert (cell.value, cell.data_type) == (bad, "s")
    across = pivot(
        table(body("a", bad), figure(1, "a", 2022)),
        unit="party-member",
        rows="year",
        columns="organisation",
    )
    keep(across, tmp_path / "across.csv")
    assert (tmp_path / "across.csv").read_text() == f"year,'{bad}\n2022,1\n"
    keep(found, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "sheet.xlsx").read_bytes()


def test_a_sheet_in_a_terminal_has_the_same_figures(sample_run: Path) -> None:
    result = pipeline.read_run(sample_run)
    compared = 0
    with open_run(sample_run) as reader:
        for unit in result.units.unit:
            said = show.sheet(Overview(reader, Selection(unit=unit)), 1000)
            shown = {
                (body.label, year): sorted(f["canonical_id"] for f in figures)
                for body in said.bodies
                for year, figures in body.cells.items()
            }
            found = result.pivot(unit=unit, several="all", unknown=True).attrs["cells"]
            cells = {(c["organisation"], str(c["year"])): sorted(c["canonical_ids"]) for c in found}
            nobodys = [cells.pop(cell) for cell in list(cells) if cell[0] == sheets.NOT_SAID]
            assert cells == shown, unit
            assert sum(map(len, nobodys)) == said.left_out["no_body"]
            compared += len(cells)
    assert compared > 30


def test_nothing_fits() -> None:
    found = pivot(table(*BODIES, figure(1, None, 2022)), unit="party-member")
    assert found.shape == (0, 0)
    assert found.attrs == {"cells": [], "left_out": 1}
