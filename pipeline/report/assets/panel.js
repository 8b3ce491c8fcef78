// What opens under a row: its normal form, its other values, and its sentences side by side.

const PLAIN = new Set(["kind", "label", "value", "of", "to", "qualifier", "change", "currency"]);
const COUNTS = ["stories", "articles", "mentions"];
const LAST = ["score", "agreement", "check", "reason"];

/** All that a row says, as pairs of a name and its words. */
function factsOf(row) {
  const get = cellsOf(row);
  const pairs = [["id", get("canonical_id")]];
  if (get("value") !== null) pairs.push(["value", valueWords(get)]);
  const others = said.table.filter(
    (name) =>
      !PLAIN.has(name) && !CODES.includes(name) && !COUNTS.includes(name) && !LAST.includes(name),
  );
  for (const name of others) {
    const value = get(name);
    if (
      name === "canonical_id" ||
      name === "languages" ||
      value === null ||
      value === false ||
      value === ""
    )
      continue;
    if (name === "period_end") continue;
    if (name === "period_start") pairs.push(["period", periodWords(value, get("period_end"))]);
    else if (name === "organisation_id" || name === "parent_id") {
      const label = bodyLabel(value);
      const words = name === "parent_id" ? "belongs to" : "body it is about";
      pairs.push([words, label === value ? value : `${label} (${value})`, value]);
    } else pairs.push([name.replaceAll("_", " "), value === true ? "yes" : value]);
  }
  pairs.push([
    "found in",
    COUNTS.map((name) =>
      counted(get(name) ?? 0, name === "stories" ? "story" : name.slice(0, -1), name),
    ).join(", "),
  ]);
  for (const name of LAST) {
    if (get(name) !== null) pairs.push([name, name === "score" ? number(get(name)) : get(name)]);
  }
  return pairs;
}

function showFacts(row) {
  return element(
    "dl",
    { class: "facts" },
    factsOf(row).map(([name, value, body]) =>
      element(
        "div",
        {},
        element("dt", {}, name),
        element(
          "dd",
          { dir: "auto", class: name === "id" ? "id" : null },
          body && rowOfKey.has(`organisation ${body}`)
            ? element(
                "a",
                { href: address("table", { kind: "organisation", open: `organisation ${body}` }) },
                String(value),
              )
            : String(value),
        ),
      ),
    ),
  );
}

/** Links to the other values of the same figure, where stories or translations differ. */
function showSiblings(row, level, beside = []) {
  if (!["conflict", "translation"].includes(cell("agreement", row))) return null;
  const others = siblingsOf(row).filter((other) => !beside.includes(other));
  const cut = said.size < said.whole;
  if (!others.length && !cut) return null;
  const indicator = cell("indicator_id", row);
  const all = [row, ...siblingsOf(row)].map(keyOf);
  return element(
    "div",
    { class: "siblings" },
    element(`h${level}`, {}, "Other values of this figure"),
    element(
      "ul",
      {},
      others.map((other) =>
        element(
          "li",
          {},
          element(
            "a",
            { href: address("table", { kind: "statistic", q: indicator, open: keyOf(other) }) },
            `${valueWords(cellsOf(other))} ${unitOf(other)}`.trim(),
          ),
          ` in ${counted(cell("stories", other), "story", "stories")}`,
        ),
      ),
    ),
    others.length
      ? element(
          "p",
          {},
          element(
            "a",
            { href: address("table", { kind: "statistic", q: indicator, open: all }) },
            "See all side by side",
          ),
        )
      : null,
    cut
      ? element(
          "p",
          { class: "quiet" },
          "Rows that this page leaves out may hold more: ",
          command(indicator),
        )
      : null,
  );
}

/** The command that shows everything behind an id. */
function command(id) {
  return element("code", {}, `selaras explain OUT '${String(id).replaceAll("'", `'\\''`)}'`);
}

/** A sentence with its mentions marked; `marks` are pairs of UTF-16 offsets in order. */
function marked(text, marks, language) {
  const sentence = element("p", { class: "sentence", lang: language, dir: "auto" });
  let at = 0;
  for (const [start, end] of marks) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    sentence.append(text.slice(at, from), element("mark", {}, text.slice(from, end)));
    at = end;
  }
  sentence.append(text.slice(at));
  return sentence;
}

/** Mentions by a key of each, in the order in which they come. */
function grouped(mentions, key) {
  const groups = new Map();
  for (const mention of mentions) {
    const name = key(mention);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(mention);
  }
  return groups;
}

function showArticle(article, mentions) {
  const [path, title] = [articleCell("path", article), articleCell("title", article)];
  const source = element(
    "div",
    { class: "source" },
    element(
      "p",
      { class: "from" },
      title ? element("bdi", { class: "title" }, title) : null,
      element(
        "a",
        { class: "path", href: address("articles", { at: path }) },
        element("bdi", {}, path),
      ),
      articleCell("published", article)
        ? element("time", {}, articleCell("published", article))
        : null,
      outside(articleCell("source_url", article), "source"),
    ),
  );
  for (const same of grouped(mentions, (mention) => mention.sentence).values()) {
    source.append(
      marked(
        same[0].text,
        same.map((mention) => [mention.start, mention.end]),
        same[0].language,
      ),
    );
    const reasons = new Set(
      same.map((m) =>
        [m.score === null ? null : `score ${number(m.score)}`, m.reason].filter(Boolean).join(": "),
      ),
    );
    source.append(element("p", { class: "why", dir: "auto" }, [...reasons].join("; ")));
  }
  return source;
}

/** The sentences of a row: a story after the other, in each of them the languages side by side. */
function showStories(row, level) {
  const mentions = mentionsOf(row);
  const codes = [
    ...new Set([
      ...CODES.filter((code) => cell(code, row)),
      ...mentions.map((mention) => mention.language),
    ]),
  ];
  const stories = grouped(
    mentions,
    (m) => articleCell("story_id", m.article) ?? articleCell("path", m.article),
  );
  let at = 0;
  const sections = [...stories.values()].map((own) => {
    const inStory = grouped(own, (mention) => mention.language);
    at += 1;
    return element(
      "section",
      { class: "story" },
      element(
        `h${level}`,
        {},
        stories.size > 1 ? `Story ${at} of ${number(cell("stories", row))}` : "Sentences",
      ),
      element(
        "div",
        { class: "languages" },
        codes.map((code) =>
          element(
            "div",
            { class: "language" },
            element(`h${level + 1}`, {}, LANGUAGES[code] ?? code),
            inStory.has(code)
              ? [...grouped(inStory.get(code), (m) => m.article)].map(([article, its]) =>
                  showArticle(article, its),
                )
              : element(
                  "p",
                  { class: "quiet" },
                  stories.size > 1 ? "Not in this language of the story" : "Not in this language",
                ),
          ),
        ),
      ),
    );
  });
  const more = cell("mentions", row) - mentions.length;
  if (more > 0) {
    sections.push(
      element(
        "p",
        { class: "more" },
        `and ${number(more)} more: `,
        command(cell("canonical_id", row)),
      ),
    );
  }
  return sections;
}

/** The panel of a row; it has a title where the row itself is not in sight. */
function panel(row, titled = false) {
  const level = titled ? 4 : 3; // of its headings
  const shares = cell("kind", row) === "organisation" ? cell("canonical_id", row) : null;
  return element(
    "div",
    { class: "panel", role: "group", "aria-label": `Behind ${labelOf(row)}` },
    titled
      ? element(
          "h3",
          { class: "panel-title" },
          `${valueWords(cellsOf(row))} – `,
          element("bdi", {}, labelOf(row)),
        )
      : null,
    element("div", { class: "panel-main" }, showStories(row, level)),
    element(
      "div",
      { class: "panel-side" },
      showSiblings(row, level),
      showFacts(row),
      shares
        ? element(
            "p",
            {},
            element(
              "a",
              { href: address("table", { kind: "statistic", body: shares }) },
              "Figures of this body",
            ),
          )
        : null,
    ),
  );
}

/** The panel of several values of one thing: their sentences side by side, the rest folded away. */
function panelOfValues(rows) {
  return element(
    "div",
    {
      class: "panel of-values",
      role: "group",
      "aria-label": `Behind the ${number(rows.length)} values of ${labelOf(rows[0])}`,
    },
    element(
      "h3",
      { class: "panel-title" },
      `${number(rows.length)} values – `,
      element("bdi", {}, labelOf(rows[0])),
    ),
    element(
      "div",
      { class: "values" },
      rows.map((row) =>
        element(
          "div",
          { class: "panel-main one-value" },
          element("h4", {}, valueWords(cellsOf(row))),
          showStories(row, 5),
          element(
            "details",
            {},
            element("summary", {}, `More on ${valueWords(cellsOf(row))}`),
            element("div", { class: "panel-side" }, showSiblings(row, 5, rows), showFacts(row)),
          ),
        ),
      ),
    ),
  );
}
