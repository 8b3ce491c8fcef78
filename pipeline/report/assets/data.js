// What is in the page: read once, then asked by row number. `null` is a cell that says nothing.

const said = JSON.parse(byId("data").textContent);
const LANGUAGES = said.languages; // names by code
const CODES = said.codes; // of the languages that the table has a column for
const ROWS = said.size;

/** A column as it was packed (see packed in contents.py) to one entry a row. */
function unpacked(column) {
  if (column === undefined) return null;
  if (Array.isArray(column)) return column;
  return column.at.map((at) => (at < 0 ? null : column.of[at]));
}

function unpackedAll(columns) {
  return new Map(Object.entries(columns).map(([name, column]) => [name, unpacked(column)]));
}

const tableColumns = unpackedAll(said.rows);
const mentionColumns = unpackedAll(said.mentions);
const articleColumns = unpackedAll(said.articles);
const ARTICLES = articleColumns.get("path")?.length ?? 0;

const cell = (name, row) => tableColumns.get(name)?.[row] ?? null;
const articleCell = (name, article) => articleColumns.get(name)?.[article] ?? null;
const cellsOf = (row) => (name) => cell(name, row);

// Where the mentions of each row begin among all.
const firstMention = new Array(ROWS + 1).fill(0);
for (let row = 0; row < ROWS; row++)
  firstMention[row + 1] = firstMention[row] + said.mentions.of[row];

/** The mentions of a row: article, language, sentence, start and end in it (UTF-16), score, reason. */
function mentionsOf(row) {
  const found = [];
  for (let at = firstMention[row]; at < firstMention[row + 1]; at++) {
    const mention = {};
    for (const name of ["article", "language", "sentence", "start", "end", "score", "reason"]) {
      mention[name] = mentionColumns.get(name)?.[at] ?? null;
    }
    mention.text = said.sentences[mention.sentence];
    found.push(mention);
  }
  return found;
}

/** What stands for a row in an address: the same in every report of the same things. */
const keyOf = (row) => `${cell("kind", row)} ${cell("canonical_id", row)}`;

const rowOfKey = new Map();
const rowsOfIndicator = new Map();
for (let row = 0; row < ROWS; row++) {
  rowOfKey.set(keyOf(row), row);
  const indicator = cell("indicator_id", row);
  if (indicator === null) continue;
  if (!rowsOfIndicator.has(indicator)) rowsOfIndicator.set(indicator, []);
  rowsOfIndicator.get(indicator).push(row);
}

/** The other values of what a figure measures, as rows. */
function siblingsOf(row) {
  return (rowsOfIndicator.get(cell("indicator_id", row)) ?? []).filter((other) => other !== row);
}

const bodies = new Map(Object.entries(said.bodies)); // id to [label, parent]
const bodyLabel = (id) => bodies.get(id)?.[0] ?? id;

/** The body that a figure is about; of a body itself, then those that it belongs to. */
function bodiesOf(row) {
  if (cell("kind", row) !== "organisation") {
    const id = cell("organisation_id", row);
    return id === null ? [] : [id];
  }
  const found = [cell("canonical_id", row)];
  let parent = cell("parent_id", row);
  while (parent !== null && parent !== undefined && !found.includes(parent)) {
    found.push(parent);
    parent = bodies.get(parent)?.[1];
  }
  return found;
}

/** The English name of a row; where none is known its first wording, else its id. */
function labelOf(row) {
  const label = cell("label", row);
  if (label) return label;
  for (const code of CODES) {
    if (cell(code, row)) return cell(code, row);
  }
  return cell("canonical_id", row) ?? NOT_SAID;
}

/** The unit of a figure in words: English where it is known. */
function unitOf(row) {
  const id = cell("unit_id", row);
  if (id === null) return cell("unit", row) ?? "";
  return unitWords(id);
}
const units = new Map(Object.entries(said.units));
const unitWords = (id) => units.get(id) ?? id.replaceAll("-", " ");

const bodyOf = (row) => {
  if (cell("kind", row) === "organisation") return cell("parent_id", row);
  return cell("organisation_id", row);
};

// The texts that are searched, folded once: a little at a time while nobody waits, all of the rest
// when somebody does.
const folded = [];
const SEARCHED = ["label", ...CODES, "name_vi", "canonical_id", "indicator_id"];

function foldUntil(row) {
  for (let next = folded.length; next < row; next++) {
    folded.push(
      fold(
        SEARCHED.map((name) => cell(name, next))
          .filter(Boolean)
          .join("\n"),
      ),
    );
  }
}

function foldWhileIdle() {
  foldUntil(Math.min(ROWS, folded.length + 500));
  if (folded.length < ROWS) (window.requestIdleCallback ?? setTimeout)(foldWhileIdle);
}

/** Where the words of a query all stand, in any order. */
function matcher(query) {
  foldUntil(ROWS);
  const words = fold(query).split(/\s+/u).filter(Boolean);
  return (row) => words.every((word) => folded[row].includes(word));
}
