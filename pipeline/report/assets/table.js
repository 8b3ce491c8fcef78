// The cross-lingual table: searched, filtered, sorted, a page at a time.

const ROWS_A_PAGE = 50;
const DIFFERS = ["conflict", "translation"];

const periodOf = (row) => periodWords(cell("period_start", row), cell("period_end", row));

// Each column: how it is called, what it shows, and what it is sorted by where that is another.
const TABLE_COLUMNS = [
  { name: "label", words: "Name", shows: labelOf },
  ...CODES.map((code) => ({
    name: code,
    words: LANGUAGES[code],
    language: code,
    shows: (row) => cell(code, row) ?? "",
  })),
  {
    name: "value",
    whole: true,
    words: "Value",
    number: true,
    shows: (row) => valueWords(cellsOf(row)),
    key: (row) => cell("value", row),
  },
  { name: "unit", words: "Unit", shows: unitOf },
  {
    name: "body",
    words: "Of body",
    shows: (row) => (bodyOf(row) === null ? "" : bodyLabel(bodyOf(row))),
  },
  {
    name: "period",
    whole: true,
    words: "Period",
    shows: (row) => periodOf(row) || (cell("reference_date", row) ?? ""),
    key: (row) => cell("period_start", row) ?? cell("reference_date", row),
  },
  {
    name: "stories",
    words: "Stories",
    number: true,
    shows: (row) => number(cell("stories", row) ?? 0),
    key: (row) => cell("stories", row),
  },
  { name: "agreement", words: "Agreement", shows: (row) => cell("agreement", row) ?? "" },
  {
    name: "score",
    words: "Score",
    number: true,
    shows: (row) => cell("score", row)?.toFixed(2) ?? "",
    key: (row) => cell("score", row),
  },
];

/** Words that are broken between them alone: no number and no day stands in two lines. */
const wholeWords = (words) =>
  words
    .split(" ")
    .flatMap((word, at) => [at ? " " : null, element("span", { class: "whole" }, word)]);

const orders = new Map(); // of all rows, by column and direction: made when first asked for

/** Row numbers sorted by a column; those that say nothing come last, equals as in the table. */
function orderBy(sort) {
  if (orders.has(sort)) return orders.get(sort);
  const all = Array.from({ length: ROWS }, (_, row) => row);
  const [name, direction] = sort.split(".");
  const column = TABLE_COLUMNS.find((one) => one.name === name);
  if (column) {
    const keys = all.map(column.key ?? column.shows);
    const empty = (row) => keys[row] === null || keys[row] === undefined || keys[row] === "";
    const sign = direction === "desc" ? -1 : 1;
    const compare = (a, b) => (typeof a === "number" ? a - b : collator.compare(a, b));
    const [there, rest] = [all.filter((row) => !empty(row)), all.filter(empty)];
    there.sort((a, b) => sign * compare(keys[a], keys[b]) || a - b);
    orders.set(sort, there.concat(rest));
  } else orders.set(sort, all);
  return orders.get(sort);
}

const table = {
  sort: "", // "score.desc"; none is the order of the table
  page: 1,
  open: new Set(), // keys of rows
  shown: [], // row numbers that pass the filters, in order
  fields: {
    q: "search",
    kind: "filter-kind",
    language: "filter-language",
    agreement: "filter-agreement",
    check: "filter-check",
    body: "filter-body",
  },
};

/** Which rows a body filter lets through: those of a body called so, else of those whose name or id
 * contains it. */
function bodyFilter(asked) {
  const word = fold(asked.trim());
  const names = [...bodies].map(([id, [label]]) => ({ id, names: [fold(id), fold(label ?? id)] }));
  const exact = names.filter((body) => body.names.includes(word));
  const meant = exact.length
    ? exact
    : names.filter((body) => body.names.some((name) => name.includes(word)));
  const ids = new Set(meant.map((body) => body.id));
  return (row) => bodiesOf(row).some((id) => ids.has(id));
}

const worded = (row) => CODES.filter((code) => cell(code, row)).length;

/** The tests that a row must pass by what the reader chose. */
function filters(choices) {
  const tests = [];
  if (choices.kind) tests.push((row) => cell("kind", row) === choices.kind);
  if (choices.language === "several") tests.push((row) => worded(row) > 1);
  else if (choices.language?.startsWith("only-")) {
    const code = choices.language.slice(5);
    tests.push((row) => worded(row) === 1 && Boolean(cell(code, row)));
  } else if (choices.language) tests.push((row) => Boolean(cell(choices.language, row)));
  if (choices.agreement === "differs")
    tests.push((row) => DIFFERS.includes(cell("agreement", row)));
  else if (choices.agreement) tests.push((row) => cell("agreement", row) === choices.agreement);
  if (choices.check) tests.push((row) => (cell("check", row) ?? "none") === choices.check);
  if (choices.body?.trim()) tests.push(bodyFilter(choices.body));
  if (choices.q?.trim()) tests.push(matcher(choices.q));
  return tests;
}

/** What the reader chose, by the names it has in the address. */
function tableChoices() {
  return Object.fromEntries(
    Object.entries(table.fields).map(([name, id]) => [name, byId(id).value]),
  );
}

function keepTable() {
  keepState("table", {
    ...tableChoices(),
    sort: table.sort,
    page: table.page > 1 ? table.page : "",
    open: [...table.open],
  });
}

/** Filter anew, and show the page. */
function refreshTable() {
  const tests = filters(tableChoices());
  table.shown = orderBy(table.sort).filter((row) => tests.every((test) => test(row)));
  showTable();
}

function showTable() {
  const last = Math.max(1, Math.ceil(table.shown.length / ROWS_A_PAGE));
  table.page = Math.min(Math.max(1, table.page), last);
  const first = (table.page - 1) * ROWS_A_PAGE;
  const here = table.shown.slice(first, first + ROWS_A_PAGE);
  table.body.replaceChildren(...here.flatMap(rowElements));
  for (const [name, head] of table.heads) {
    const [sorted, direction] = table.sort.split(".");
    const way = sorted === name ? (direction === "desc" ? "descending" : "ascending") : "none";
    head.setAttribute("aria-sort", way);
  }
  byId("sort-by").value = table.sort;
  const cut = said.size < said.whole ? ` (${number(said.whole)} in the whole table)` : "";
  const range = last > 1 ? `, ${number(first + 1)} to ${number(first + here.length)} shown` : "";
  byId("table-count").textContent = table.shown.length
    ? `${number(table.shown.length)} of ${counted(ROWS, "row")}${cut}${range}`
    : `No row of ${number(ROWS)}${cut} fits; clear a filter or search for less`;
  showPages(byId("table-pages"), "Pages of the table", table.page, last, (page) => {
    table.page = page;
    showTable();
    keepTable();
    byId("table-place").scrollIntoView();
    table.body.querySelector("button")?.focus({ preventScroll: true });
  });
}

/** The row of the table, and its panel where it is open. */
function rowElements(row) {
  const key = keyOf(row);
  const isOpen = table.open.has(key);
  const kind = cell("kind", row);
  const made = element("tr", { role: "row", class: `row ${isOpen ? "is-open" : ""}` });
  TABLE_COLUMNS.forEach((column, at) => {
    if (at === 0) {
      made.append(
        element(
          "th",
          { scope: "row", role: "rowheader" },
          element(
            "button",
            {
              type: "button",
              class: "opener",
              "aria-expanded": String(isOpen),
              "aria-controls": isOpen ? `row-${row}` : null,
              click: (event) => toggle(row, made, event.currentTarget),
            },
            element("bdi", {}, labelOf(row)),
          ),
          element("span", { class: `kind kind-${kind}` }, KIND_WORDS[kind] ?? kind),
          cell("check", row)
            ? element("span", { class: `tag ${cell("check", row)}` }, cell("check", row))
            : null,
        ),
      );
      return;
    }
    const words = column.shows(row);
    const agreement = column.name === "agreement" && words;
    made.append(
      element(
        "td",
        {
          role: "cell",
          class: [
            column.number ? "number" : "",
            `of-${column.language ? "language" : column.name}`,
            words ? "" : "empty",
          ].join(" "),
          "data-label": column.words,
          lang: column.language,
        },
        agreement
          ? element("span", { class: `tag ${words}` }, words)
          : element("bdi", {}, column.whole ? wholeWords(words) : words),
      ),
    );
  });
  closesOnEscape(made, () => closeRow(row, made));
  return isOpen ? [made, panelRow(row, made)] : [made];
}

function panelRow(row, above) {
  const made = element(
    "tr",
    { role: "row", class: "opened", id: `row-${row}` },
    element("td", { role: "cell", colspan: TABLE_COLUMNS.length }, panel(row)),
  );
  closesOnEscape(made, () => closeRow(row, above));
  return made;
}

/** Close what is open under a row; the reader is then at what opened it. */
function closeRow(row, above) {
  if (!table.open.has(keyOf(row))) return;
  const opener = above.querySelector(".opener");
  toggle(row, above, opener);
  opener.focus();
}

function toggle(row, above, button) {
  const key = keyOf(row);
  if (table.open.delete(key)) byId(`row-${row}`)?.remove();
  else {
    table.open.add(key);
    above.after(panelRow(row, above));
  }
  const isOpen = table.open.has(key);
  above.classList.toggle("is-open", isOpen);
  button.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) button.setAttribute("aria-controls", `row-${row}`);
  else button.removeAttribute("aria-controls");
  keepTable();
}

/** Sort by a column: upwards, downwards, and as the table is again. */
function sortBy(name) {
  const next = { [`${name}.asc`]: `${name}.desc`, [`${name}.desc`]: "" };
  table.sort = next[table.sort] ?? `${name}.asc`;
  table.page = 1;
  refreshTable();
  keepTable();
}

/** The table as a file: the rows that are shown by filter and search, on all pages. */
function downloadTable() {
  const names = said.table;
  const plain = (value) => (typeof value === "boolean" ? (value ? "True" : "False") : value);
  download("selaras-table.csv", [
    names,
    ...table.shown.map((row) => names.map((name) => plain(cell(name, row)))),
  ]);
}

/** Choices of a filter: what the rows have of a column, `any` first. */
function choicesOf(name, any) {
  const there = [...new Set(tableColumns.get(name) ?? [])].filter(Boolean).sort(collator.compare);
  return [["", any], ...there.map((value) => [value, value])];
}

function setUpTable() {
  const kinds = said.kinds.filter((kind) => tableColumns.get("kind")?.includes(kind));
  fill(byId("filter-kind"), [["", "Any"], ...kinds.map((kind) => [kind, KIND_WORDS[kind]])]);
  fill(byId("filter-language"), [
    ["", "Any"],
    ["several", "Several together"],
    ...CODES.map((code) => [code, LANGUAGES[code]]),
    ...CODES.map((code) => [`only-${code}`, `${LANGUAGES[code]} alone`]),
  ]);
  fill(byId("filter-agreement"), [...choicesOf("agreement", "Any"), ["differs", "any difference"]]);
  fill(byId("filter-check"), [...choicesOf("check", "Any"), ["none", "not checked"]]);
  fill(byId("sort-by"), [
    ["", "the table's order"],
    ...TABLE_COLUMNS.flatMap(({ name, words }) => [
      [`${name}.asc`, `${words}, upwards`],
      [`${name}.desc`, `${words}, downwards`],
    ]),
  ]);
  table.heads = new Map(
    TABLE_COLUMNS.map(({ name, words, number: right, language }) => [
      name,
      element(
        "th",
        {
          scope: "col",
          role: "columnheader",
          "aria-sort": "none",
          class: `${right ? "number" : ""} head-${language ? "language" : name}`,
        },
        element("button", { type: "button", class: "sorter", click: () => sortBy(name) }, words),
      ),
    ]),
  );
  table.body = element("tbody", { role: "rowgroup" });
  byId("table-place").replaceChildren(
    element(
      "div",
      {
        class: CODES.length <= 2 ? "scroll fits" : "scroll",
        role: "region",
        "aria-label": "The cross-lingual table",
        tabindex: "0",
      },
      element(
        "table",
        { class: "things", role: "table" },
        element("caption", { class: "unseen" }, "Bodies, documents and figures in each language"),
        element(
          "thead",
          { role: "rowgroup" },
          element("tr", { role: "row" }, ...table.heads.values()),
        ),
        table.body,
      ),
    ),
  );
  const changed = () => {
    table.page = 1;
    refreshTable();
    keepTable();
  };
  const soon = debounced(changed, 80);
  const form = byId("filters");
  form.addEventListener("input", (event) => {
    if (event.target.id !== "sort-by") (event.target.type === "search" ? soon : changed)();
  });
  byId("sort-by").addEventListener("change", (event) => {
    table.sort = event.target.value;
    changed();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    table.sort = "";
    table.open.clear();
    setTimeout(changed); // once the fields are empty
  });
  byId("table-csv").addEventListener("click", downloadTable);
  byId("filter-body").addEventListener("focus", offerBodies, { once: true });
}

/** Names for the body filter, those with most rows first; an id where two bodies share a name. */
function offerBodies() {
  const rows = new Map();
  for (let row = 0; row < ROWS; row++) {
    for (const id of bodiesOf(row)) rows.set(id, (rows.get(id) ?? 0) + 1);
  }
  const called = new Map();
  for (const id of rows.keys()) called.set(bodyLabel(id), (called.get(bodyLabel(id)) ?? 0) + 1);
  const most = [...rows].sort((a, b) => b[1] - a[1] || collator.compare(a[0], b[0])).slice(0, 1000);
  byId("bodies").replaceChildren(
    ...most.map(([id]) =>
      element("option", { value: called.get(bodyLabel(id)) > 1 ? id : bodyLabel(id) }),
    ),
  );
}

/** Show what an address says of the table. */
function openTable(choices) {
  for (const [name, id] of Object.entries(table.fields)) {
    const field = byId(id);
    field.value = choices.get(name) ?? "";
    if (field.selectedIndex === -1) field.value = "";
  }
  table.sort = choices.get("sort") ?? "";
  if (!TABLE_COLUMNS.some(({ name }) => [`${name}.asc`, `${name}.desc`].includes(table.sort)))
    table.sort = "";
  table.open = new Set(choices.getAll("open"));
  table.page = Number.parseInt(choices.get("page"), 10) || 1;
  refreshTable();
  const wanted = [...table.open].map((key) => rowOfKey.get(key)).filter((row) => row !== undefined);
  const at = Math.min(
    ...wanted.map((row) => table.shown.indexOf(row)).filter((place) => place >= 0),
  );
  if (Number.isFinite(at) && !choices.get("page")) {
    table.page = Math.floor(at / ROWS_A_PAGE) + 1;
    showTable();
  }
  if (table.open.size && !wanted.length) {
    byId("table-count").textContent += ". The row that was asked for is not in this page";
  }
  const opened = table.body.querySelector("tr.is-open .opener");
  if (opened) {
    opened.focus({ preventScroll: true });
    opened.closest("tr").scrollIntoView({ block: "start" });
    return true;
  }
  return false;
}
