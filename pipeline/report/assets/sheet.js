// The sheet: figures of one unit by body and year.

const BODIES_A_PAGE = 100;
const SHARES = ["percentage", "fraction", "ratio"];
const SHOWN_KINDS = [
  ["numbers", "numbers"],
  ["shares", "shares (%, parts of a whole)"],
  ["all", "numbers and shares"],
];

const sheet = { sort: "", page: 1, open: new Set(), lines: [], years: [] };

/** What a figure counts, or its currency. */
const measured = (row) => cell("unit_id", row) ?? cell("currency", row);

const figures = []; // row numbers of figures with a unit
let unitless = 0;
for (let row = 0; row < ROWS; row++) {
  if (cell("kind", row) !== "statistic") continue;
  if (measured(row) === null) unitless += 1;
  else figures.push(row);
}

const yearOf = (row) => yearsOf(cell("period_start", row), cell("period_end", row));

/** Whether body and year of a figure are known: those that a sheet in Python has too. */
const hasPlace = (row) => cell("organisation_id", row) !== null && yearOf(row) !== "";
const isPlaced = (line) => line.id !== "" && [...line.years.keys()].some((year) => year !== "");

/** Whether a figure is of the sort that the reader chose to see. */
function isShown(row, shows, changes) {
  if (!changes && cell("change", row) !== null) return false;
  const share = SHARES.includes(cell("value_kind", row));
  return shows === "all" || share === (shows === "shares");
}

/** The units with how many of their figures have a body and a year, those with most first. */
function unitsByUse() {
  const used = new Map();
  for (const row of figures) {
    const id = measured(row);
    const placed = isShown(row, "numbers", false) && hasPlace(row);
    const [known, all] = used.get(id) ?? [0, 0];
    used.set(id, [known + Number(placed), all + 1]);
  }
  return [...used]
    .map(([id, [known, all]]) => ({ id, known, all }))
    .sort(
      (a, b) =>
        b.known - a.known || b.all - a.all || collator.compare(unitWords(a.id), unitWords(b.id)),
    );
}

/** Put the figures of the chosen unit into lines, one a body, each with its figures by year. */
function layOut() {
  const [unit, shows, changes] = [
    byId("sheet-unit").value,
    byId("sheet-shows").value,
    byId("sheet-changes").checked,
  ];
  const ofUnit = figures.filter((row) => measured(row) === unit);
  const wanted = ofUnit.filter((row) => isShown(row, shows, changes));
  const placed = wanted.filter(hasPlace);
  const chosen = byId("sheet-unknown").checked ? wanted : placed;
  const lines = new Map();
  for (const row of chosen) {
    const id = cell("organisation_id", row) ?? "";
    if (!lines.has(id))
      lines.set(id, { id, label: id ? bodyLabel(id) : NOT_SAID, years: new Map() });
    const { years } = lines.get(id);
    if (!years.has(yearOf(row))) years.set(yearOf(row), []);
    years.get(yearOf(row)).push(row);
  }
  for (const line of lines.values()) {
    for (const rows of line.years.values()) {
      rows.sort(
        (a, b) =>
          collator.compare(cell("period_start", a) ?? "", cell("period_start", b) ?? "") ||
          cell("value", a) - cell("value", b) ||
          a - b,
      );
    }
  }
  sheet.years = [...new Set(chosen.map(yearOf))].sort(
    (a, b) => (a === "") - (b === "") || collator.compare(a, b),
  );
  sheet.lines = sortedLines([...lines.values()]);
  sheet.known = placed.length;
  sheet.notSaid = wanted.length - placed.length;
  sheet.others = ofUnit.length - wanted.length;
}

/** Lines in the order that was asked for; the one without a body comes last. */
function sortedLines(lines) {
  const [name, direction] = splitSort(sheet.sort);
  const sign = direction === "desc" ? -1 : 1;
  const most = (line) =>
    Math.max(...(line.years.get(name) ?? []).map((row) => cell("value", row) ?? -Infinity));
  const byName = (a, b) => collator.compare(a.label, b.label) || collator.compare(a.id, b.id);
  return lines.sort((a, b) => {
    if ((a.id === "") !== (b.id === "")) return a.id === "" ? 1 : -1;
    if (name === "body" || name === null) return sign * byName(a, b);
    const [first, second] = [most(a), most(b)];
    if (first === second) return byName(a, b);
    if (!Number.isFinite(first) || !Number.isFinite(second)) return Number.isFinite(first) ? -1 : 1;
    return sign * (first - second);
  });
}

function splitSort(sort) {
  if (!sort) return [null, "asc"];
  const at = sort.lastIndexOf(".");
  const name = sort.slice(0, at);
  return [name === NOT_SAID ? "" : name, sort.slice(at + 1)];
}

/** The value of a figure as a button that opens its panel. */
function figureButton(line, row, alone) {
  const differs = DIFFERS.includes(cell("agreement", row));
  const when = !alone && periodOf(row) !== yearOf(row) ? element("small", {}, periodOf(row)) : null;
  const made = element(
    "div",
    { class: "figure" },
    element(
      "button",
      {
        type: "button",
        class: "figure-value",
        "aria-expanded": String(isOpenFigure(line, row)),
        "data-row": row,
        "aria-label": `${valueWords(cellsOf(row))}, ${line.label}, ${periodOf(row) || `year ${NOT_SAID}`}${differs ? `, ${cell("agreement", row)}` : ""}`,
        click: () => toggleFigure(line, row),
      },
      valueWords(cellsOf(row)),
    ),
    when,
    differs
      ? element("span", { class: `tag ${cell("agreement", row)}` }, cell("agreement", row))
      : null,
  );
  closesOnEscape(made, () => {
    if (isOpenFigure(line, row)) toggleFigure(line, row);
  });
  return made;
}

const rowsOfLine = (line) => sheet.years.flatMap((year) => line.years.get(year) ?? []);

/** What opens with a figure: it, and in its cell the other values of what it measures. */
function openedWith(line, row) {
  if (!DIFFERS.includes(cell("agreement", row))) return [row];
  return line.years
    .get(yearOf(row))
    .filter((other) => other === row || siblingsOf(row).includes(other));
}

const isOpenFigure = (line, row) =>
  openedWith(line, row).some((one) => sheet.open.has(keyOf(one)));

/** The panels under a line: one of each of its figures that is open, with its other values. */
function linePanel(line) {
  const opened = new Set();
  const panels = [];
  for (const row of rowsOfLine(line)) {
    if (opened.has(row) || !isOpenFigure(line, row)) continue;
    const rows = openedWith(line, row);
    for (const one of rows) opened.add(one);
    const made = rows.length > 1 ? panelOfValues(rows) : panel(row, true);
    // Escape closes it, and goes back to the value that opened it.
    const opener = rows.find((one) => sheet.open.has(keyOf(one)));
    closesOnEscape(made, () => {
      toggleFigure(line, opener);
      line.element.querySelector(`[data-row="${opener}"]`).focus();
    });
    panels.push(made);
  }
  if (!panels.length) return null;
  return element(
    "tr",
    { class: "opened" },
    element(
      "td",
      { colspan: sheet.years.length + 1 },
      panels,
    ),
  );
}

function toggleFigure(line, row) {
  const together = openedWith(line, row);
  const opens = !isOpenFigure(line, row);
  for (const one of together) sheet.open.delete(keyOf(one));
  if (opens) sheet.open.add(keyOf(row));
  for (const one of together) {
    line.element
      .querySelector(`[data-row="${one}"]`)
      .setAttribute("aria-expanded", String(opens));
  }
  if (line.element.nextElementSibling?.classList.contains("opened"))
    line.element.nextElementSibling.remove();
  const opened = linePanel(line);
  if (opened) line.element.after(opened);
  keepSheet();
}

function lineElements(line) {
  const named = sheet.lines.filter(({ label }) => label === line.label).length > 1;
  line.element = element(
    "tr",
    {},
    element(
      "th",
      { scope: "row" },
      element("bdi", {}, line.label),
      named ? element("small", {}, line.id) : null,
    ),
    sheet.years.map((year) => {
      const rows = line.years.get(year) ?? [];
      return element(
        "td",
        { class: "number" },
        rows.map((row) => figureButton(line, row, rows.length === 1)),
      );
    }),
  );
  const opened = linePanel(line);
  return opened ? [line.element, opened] : [line.element];
}

function keepSheet() {
  keepState("sheet", {
    unit: byId("sheet-unit").value,
    show: byId("sheet-shows").value === "numbers" ? "" : byId("sheet-shows").value,
    changes: byId("sheet-changes").checked ? "yes" : "",
    unknown: byId("sheet-unknown").checked ? "yes" : "",
    sort: sheet.sort,
    page: sheet.page > 1 ? sheet.page : "",
    open: [...sheet.open],
  });
}

function sheetHead(name, words, right) {
  const [sorted, direction] = splitSort(sheet.sort);
  const mine = sheet.sort !== "" && sorted === (name === NOT_SAID ? "" : name);
  return element(
    "th",
    {
      scope: "col",
      class: right ? "number" : null,
      "aria-sort": mine ? (direction === "desc" ? "descending" : "ascending") : "none",
    },
    element(
      "button",
      { type: "button", class: "sorter", "data-sort": name, click: () => sortSheet(name) },
      words,
    ),
  );
}

/** Sort by a column: of numbers the largest come first, and then the smallest. */
function sortSheet(name) {
  const [first, second] = name === "body" ? ["asc", "desc"] : ["desc", "asc"];
  const next = { [`${name}.${first}`]: `${name}.${second}`, [`${name}.${second}`]: "" };
  sheet.sort = next[sheet.sort] ?? `${name}.${first}`;
  sheet.page = 1;
  showSheet();
  keepSheet();
  [...byId("sheet-place").querySelectorAll("[data-sort]")]
    .find((button) => button.dataset.sort === name)
    ?.focus();
}

function showSheet() {
  layOut();
  const last = Math.max(1, Math.ceil(sheet.lines.length / BODIES_A_PAGE));
  sheet.page = Math.min(Math.max(1, sheet.page), last);
  const here = sheet.lines.slice((sheet.page - 1) * BODIES_A_PAGE, sheet.page * BODIES_A_PAGE);
  const unit = unitWords(byId("sheet-unit").value);
  const placed = new Set(sheet.lines.filter(isPlaced).map((line) => line.id)).size;
  const parts = [
    `${counted(sheet.known, "figure")} of ${unit} with known body and year`,
    counted(placed, "body", "bodies"),
  ];
  if (sheet.notSaid)
    parts.push(
      byId("sheet-unknown").checked
        ? `${number(sheet.notSaid)} more under “${NOT_SAID}”`
        : `${number(sheet.notSaid)} more without a body or a year`,
    );
  if (sheet.others) parts.push(`${number(sheet.others)} of another kind (shares, changes)`);
  const notes = [];
  if (unitless) notes.push(`${counted(unitless, "figure")} without a known unit are in no sheet`);
  if (said.size < said.whole) notes.push("this page leaves out rows, see Overview");
  byId("sheet-count").textContent = `${[...parts, ...notes].join("; ")}.`;
  byId("sheet-place").replaceChildren(
    sheet.lines.length
      ? element(
          "div",
          {
            class: "scroll",
            role: "region",
            "aria-label": `${unit} by body and year`,
            tabindex: "0",
          },
          element(
            "table",
            { class: "sheet" },
            element("caption", { class: "unseen" }, `${unit} by body and year`),
            element(
              "thead",
              {},
              element(
                "tr",
                {},
                sheetHead("body", "Body"),
                sheet.years.map((year) => sheetHead(year || NOT_SAID, year || NOT_SAID, true)),
              ),
            ),
            element("tbody", {}, here.flatMap(lineElements)),
          ),
        )
      : element(
          "p",
          { class: "note" },
          `There are no such figures of ${unit}; show other ones too, or choose another unit.`,
        ),
  );
  showPages(byId("sheet-pages"), "Pages of the sheet", sheet.page, last, (page) => {
    sheet.page = page;
    showSheet();
    keepSheet();
    byId("sheet-place").scrollIntoView();
  });
}

/** The figure that is believed first, as in sheets.py. */
function byBelief(a, b) {
  for (const name of ["stories", "mentions", "score"]) {
    const more = (cell(name, b) ?? 0) - (cell(name, a) ?? 0);
    if (more) return more;
  }
  return cell("value", a) - cell("value", b) || a - b;
}

/**
 * The sheet as a file: a line a body, a column a year. Cells are as `pivot(several="all")` has them
 * (sheets.py), but without commas, so that a spreadsheet reads a value alone as a number.
 */
function downloadSheet() {
  const unit = byId("sheet-unit").value;
  const value = (rows = []) => {
    const values = [...rows].sort(byBelief).map((row) => plainValue(cellsOf(row)));
    return [...new Set(values)].join(" | ");
  };
  download(`selaras-sheet-${unit.replace(/[^\p{L}\p{N}]+/gu, "-")}.csv`, [
    ["body", "body_id", "unit", ...sheet.years.map((year) => year || NOT_SAID)],
    ...sheet.lines.map((line) => [
      line.label,
      line.id,
      unitWords(unit),
      ...sheet.years.map((year) => value(line.years.get(year))),
    ]),
  ]);
}

function setUpSheet() {
  sheet.units = unitsByUse();
  fill(
    byId("sheet-unit"),
    sheet.units.map(({ id, known, all }) => [
      id,
      `${unitWords(id)}: ${counted(all, "figure")}, ${number(known)} with body and year`,
    ]),
  );
  fill(byId("sheet-shows"), SHOWN_KINDS);
  byId("sheet-choices").addEventListener("submit", (event) => event.preventDefault());
  byId("sheet-choices").addEventListener("change", () => {
    sheet.page = 1;
    sheet.sort = "";
    sheet.open.clear();
    showSheet();
    keepSheet();
  });
  byId("sheet-csv").addEventListener("click", downloadSheet);
}

/** Show what an address says of the sheet. */
function openSheet(choices) {
  if (!sheet.units.length) {
    byId("sheet-choices").hidden = true;
    byId("sheet-count").textContent = "There are no figures of a known unit.";
    return false;
  }
  const unit = choices.get("unit");
  byId("sheet-unit").value = sheet.units.some(({ id }) => id === unit) ? unit : sheet.units[0].id;
  byId("sheet-shows").value = SHOWN_KINDS.some(([name]) => name === choices.get("show"))
    ? choices.get("show")
    : "numbers";
  byId("sheet-changes").checked = choices.get("changes") === "yes";
  byId("sheet-unknown").checked = choices.get("unknown") === "yes";
  sheet.sort = choices.get("sort") ?? "";
  sheet.page = Number.parseInt(choices.get("page"), 10) || 1;
  sheet.open = new Set(choices.getAll("open"));
  showSheet();
  return false;
}
