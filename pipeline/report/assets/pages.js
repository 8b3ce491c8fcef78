// Long lists a page at a time: what is not seen is not made.

/** The page numbers that are offered: the first, the last and those around `page`, 0 for a gap. */
function offered(page, last) {
  const near = [1, page - 1, page, page + 1, last].filter((one) => one >= 1 && one <= last);
  const shown = [...new Set(near)].sort((a, b) => a - b);
  return shown.flatMap((one, at) => (at && one - shown[at - 1] > 1 ? [0, one] : [one]));
}

/** Buttons for the pages of a list into `place`; `go` gets the number that was chosen. */
function showPages(place, name, page, last, go) {
  if (last < 2) {
    place.replaceChildren();
    return;
  }
  const button = (to, words, attributes = {}) =>
    element(
      "button",
      { type: "button", class: "page", "data-page": to, click: () => go(to), ...attributes },
      words,
    );
  place.replaceChildren(
    element(
      "nav",
      { class: "pages", "aria-label": name },
      button(page - 1, "Previous", { disabled: page === 1 }),
      offered(page, last).map((one) =>
        one === 0
          ? element("span", { class: "gap", "aria-hidden": "true" }, "…")
          : button(one, number(one), {
              "aria-label": `Page ${one}`,
              "aria-current": one === page ? "page" : null,
            }),
      ),
      button(page + 1, "Next", { disabled: page === last }),
    ),
  );
}
