// What is shown, kept in the address: #table?kind=statistic&q=party. Whoever gets it sees the same.

const VIEWS = ["overview", "table", "sheet", "articles"];

/** The view and its choices that the address says. */
function readState() {
  const [view, rest = ""] = splitOnce(location.hash.slice(1), "?");
  return { view: VIEWS.includes(view) ? view : "overview", choices: new URLSearchParams(rest) };
}

function splitOnce(text, sign) {
  const at = text.indexOf(sign);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** An address within the page; choices that say nothing are left out. */
function address(view, choices = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(choices)) {
    for (const one of [value].flat()) {
      if (one !== "" && one !== null && one !== undefined) parameters.append(name, one);
    }
  }
  const text = parameters.toString();
  return `#${view}${text ? `?${text}` : ""}`;
}

/** Let the address say what is shown now, without going anywhere. */
function keepState(view, choices) {
  const next = address(view, choices);
  if (next === location.hash) return;
  try {
    history.replaceState(null, "", next);
  } catch {
    // Some browsers refuse this too often, or for files; what is shown is right all the same.
  }
}
