// The articles: what was read, and where each comes from.

const ARTICLES_A_PAGE = 100;
const articles = { page: 1, at: null, shown: [] };

const ARTICLE_COLUMNS = [
  ["path", "Article"],
  ["language", "Language"],
  ["published", "Published"],
  ["status", "Status"],
  ["story_id", "Story"],
  ["source_url", "Source"],
];

let foldedArticles = null;

/** The articles that a search finds, in the order of the list. */
function searchArticles(query) {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  const all = Array.from({ length: ARTICLES }, (_, article) => article);
  if (!words.length) return all;
  foldedArticles ??= all.map((article) =>
    fold(
      ["path", "title", "source_url", "reason", "story_id"]
        .map((name) => articleCell(name, article) ?? "")
        .join("\n"),
    ),
  );
  return all.filter((article) => words.every((word) => foldedArticles[article].includes(word)));
}

/** What stands for a thing that could not be told; read out as a word. */
const unknown = () =>
  element(
    "span",
    { title: "unknown" },
    element("span", { "aria-hidden": "true" }, "–"),
    element("span", { class: "unseen" }, "unknown"),
  );

function articleElement(article) {
  const get = (name) => articleCell(name, article);
  const shows = {
    language: get("language") ? (LANGUAGES[get("language")] ?? get("language")) : unknown(),
    source_url: outside(get("source_url"), "open") ?? get("source_url") ?? "",
    status: [get("status"), get("reason")].filter(Boolean).join(": "),
  };
  return element(
    "tr",
    { role: "row", class: get("path") === articles.at ? "is-here" : null },
    element(
      "th",
      { scope: "row", role: "rowheader" },
      get("title")
        ? [element("bdi", { class: "title", lang: get("language") }, get("title")), element("br")]
        : null,
      element("bdi", { class: "path" }, get("path")),
    ),
    ARTICLE_COLUMNS.slice(1).map(([name, words]) =>
      element(
        "td",
        { role: "cell", "data-label": words, class: (shows[name] ?? get(name)) ? null : "empty" },
        element("bdi", {}, shows[name] ?? get(name) ?? ""),
      ),
    ),
  );
}

function keepArticles() {
  keepState("articles", {
    q: byId("article-search").value,
    at: articles.at,
    page: articles.page > 1 ? articles.page : "",
  });
}

function showArticles() {
  const last = Math.max(1, Math.ceil(articles.shown.length / ARTICLES_A_PAGE));
  articles.page = Math.min(Math.max(1, articles.page), last);
  const here = articles.shown.slice(
    (articles.page - 1) * ARTICLES_A_PAGE,
    articles.page * ARTICLES_A_PAGE,
  );
  articles.body.replaceChildren(...here.map(articleElement));
  byId("articles-count").textContent =
    `${number(articles.shown.length)} of ${counted(ARTICLES, "article")}`;
  showPages(byId("articles-pages"), "Pages of the articles", articles.page, last, (page) => {
    articles.page = page;
    showArticles();
    keepArticles();
    byId("articles-place").scrollIntoView();
  });
}

function setUpArticles() {
  articles.body = element("tbody", { role: "rowgroup" });
  byId("articles-place").replaceChildren(
    element(
      "div",
      { class: "scroll", role: "region", "aria-label": "The articles", tabindex: "0" },
      element(
        "table",
        { class: "things articles", role: "table" },
        element("caption", { class: "unseen" }, "The articles of the run"),
        element(
          "thead",
          { role: "rowgroup" },
          element(
            "tr",
            { role: "row" },
            ARTICLE_COLUMNS.map(([, words]) =>
              element("th", { scope: "col", role: "columnheader" }, words),
            ),
          ),
        ),
        articles.body,
      ),
    ),
  );
  byId("article-filters").addEventListener("submit", (event) => event.preventDefault());
  byId("article-search").addEventListener(
    "input",
    debounced(() => {
      articles.page = 1;
      articles.at = null;
      articles.shown = searchArticles(byId("article-search").value);
      showArticles();
      keepArticles();
    }, 80),
  );
}

/** Show what an address says of the articles. */
function openArticles(choices) {
  byId("article-search").value = choices.get("q") ?? "";
  articles.at = choices.get("at");
  articles.shown = searchArticles(byId("article-search").value);
  articles.page = Number.parseInt(choices.get("page"), 10) || 1;
  const place =
    articles.at === null
      ? -1
      : articles.shown.findIndex((article) => articleCell("path", article) === articles.at);
  if (place >= 0) articles.page = Math.floor(place / ARTICLES_A_PAGE) + 1;
  showArticles();
  const here = articles.body.querySelector(".is-here");
  if (!here) return false;
  here.setAttribute("tabindex", "-1");
  here.focus({ preventScroll: true });
  here.scrollIntoView({ block: "center" });
  return true;
}
