// Tables as CSV files that a spreadsheet shows and does not run.

const FORMULA = /^[=+\-@\t\r]/; // as in run/outputs.py

/** A cell: numbers as they are, texts so that none is a formula. */
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = (FORMULA.test(value) ? `'${value}` : value)
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "\n");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows of cells as CSV. */
const csvText = (rows) => rows.map((row) => `${row.map(csvCell).join(",")}\n`).join("");

/** Give the reader a file. The mark in front tells spreadsheets that it is UTF-8. */
function download(name, rows) {
  const url = URL.createObjectURL(
    new Blob(["\ufeff", csvText(rows)], { type: "text/csv;charset=utf-8" }),
  );
  const link = element("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
