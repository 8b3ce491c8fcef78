// How values are said to a reader (as in display/normal_form.py), and how texts are compared.

const KIND_WORDS = { organisation: "Body", reference: "Document", statistic: "Figure" };
const QUALIFIERS = {
  almost: "almost",
  about: "about",
  over: "over",
  at_least: "at least",
  at_most: "at most",
};
const NOT_SAID = "not said";

const numbers = new Intl.NumberFormat("en", {
  maximumFractionDigits: 20,
  maximumSignificantDigits: 15,
});
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** A text as it is searched: small letters without diacritics. */
function fold(text) {
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replaceAll("đ", "d");
}

/** A number as people write it; one of more digits than it can be sure of in powers of ten. */
const number = (value) => (Math.abs(value) < 1e15 ? numbers.format(value) : String(value));

/** The value of a figure with all that belongs to it: "almost 1,200", "557 of 1,461", "down 22%". */
function valueWords(cell) {
  const value = cell("value");
  if (value === null) return "";
  const kind = cell("value_kind");
  const words = [];
  if (cell("change")) words.push(cell("change"));
  if (cell("qualifier")) words.push(QUALIFIERS[cell("qualifier")] ?? cell("qualifier"));
  const sign = kind === "percentage" ? "%" : "";
  let said = number(value);
  if (cell("to") !== null) said += `–${number(cell("to"))}`;
  said += sign;
  if (cell("of") !== null)
    said += kind === "fraction" ? `/${number(cell("of"))}` : ` of ${number(cell("of"))}`;
  words.push(said);
  if (cell("currency")) words.push(cell("currency"));
  return words.join(" ");
}

/** The value of a figure for a spreadsheet: digits without commas, no more than Python's sheet says
 * of it; a rise or fall is told from a level. */
function plainValue(cell) {
  const value = cell("value");
  if (value === null) return "";
  const end = cell("to") === null ? "" : `–${cell("to")}`;
  const sign = cell("value_kind") === "percentage" ? "%" : "";
  const between = cell("value_kind") === "fraction" ? "/" : " of ";
  const whole = cell("of") === null ? "" : `${between}${cell("of")}`;
  return `${cell("change") ? `${cell("change")} ` : ""}${value}${end}${sign}${whole}`;
}

/** A period as short as it is exact: a year, a month, a day, or from when to when. */
function periodWords(start, end) {
  if (!start) return end ? `until ${end}` : "";
  if (!end) return `from ${start}`;
  if (start === end) return start;
  const [firstYear, lastYear] = [start.slice(0, 4), end.slice(0, 4)];
  if (start.endsWith("-01-01") && end.endsWith("-12-31")) {
    return firstYear === lastYear ? firstYear : `${firstYear}–${lastYear}`;
  }
  if (start.endsWith("-01") && isLastDay(end)) {
    const [first, last] = [start.slice(0, 7), end.slice(0, 7)];
    return first === last ? first : `${first} to ${last}`;
  }
  return `${start} to ${end}`;
}

function isLastDay(day) {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.getUTCDate() === 1;
}

/** The year of a period, or the years that it spans; nothing when it is not said. */
function yearsOf(start, end) {
  if (!start || !end) return "";
  const [first, last] = [start.slice(0, 4), end.slice(0, 4)];
  return first === last ? first : `${first}–${last}`;
}

/** "1 row", "2 rows". */
const counted = (count, one, many) => `${number(count)} ${count === 1 ? one : (many ?? `${one}s`)}`;
