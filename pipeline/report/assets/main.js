// The page as a whole: its theme, its views, and its address.

const dark = matchMedia("(prefers-color-scheme: dark)");

function remembered(theme) {
  try {
    if (theme !== undefined) localStorage.setItem("selaras-theme", theme);
    return localStorage.getItem("selaras-theme");
  } catch {
    return theme ?? null; // a browser that remembers nothing for files
  }
}

function setTheme(theme) {
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  const isDark =
    (document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  byId("theme").setAttribute("aria-pressed", String(isDark));
}

const OPENS = { overview: () => false, table: openTable, sheet: openSheet, articles: openArticles };

/** Show what the address says; `arrived` is whether the reader came here by a link of the page. */
function show(arrived) {
  const { view, choices } = readState();
  for (const name of VIEWS) {
    byId(`view-${name}`).hidden = name !== view;
    const link = document.querySelector(`nav [data-view="${name}"]`);
    if (name === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const focused = OPENS[view](choices);
  if (arrived && !focused) {
    scrollTo(0, 0);
    byId(`title-${view}`).focus({ preventScroll: true });
  }
}

setTheme(remembered());
byId("theme").addEventListener("click", () => {
  const isDark = byId("theme").getAttribute("aria-pressed") === "true";
  const theme = isDark ? "light" : "dark";
  remembered(theme);
  setTheme(theme);
});
dark.addEventListener("change", () => setTheme());
byId("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address says what is shown
  byId("main").focus();
});
setUpTable();
setUpSheet();
setUpArticles();
addEventListener("hashchange", () => show(true));
show(false);
document.documentElement.dataset.ready = "yes";
foldWhileIdle();
