"""The overview of a run as HTML: counts, plots that are tables too, and what was not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from pipeline.report.contents import UNREAD, Contents, Overview, language_names
from pipeline.report.markup import Child, Markup, element, joined

KINDS = {"organisation": "Bodies", "reference": "Documents", "statistic": "Figures"}
# In the order of what they say of a row, with what they mean.
AGREEMENT = {
    "agree": "several stories agree",
    "single": "one story alone",
    "conflict": "stories give different values",
    "translation": "translations of one story differ",
}
# What stands for a language that was not told; read out as a word.
_UNKNOWN = element(
    "span",
    element("span", "–", aria_hidden="true"),
    element("span", "unknown", class_="unseen"),
    title="unknown",
)
_CHART = 160  # pixels of the highest column
_EARLY = 0.05  # of the figures may lie before the first year that is drawn
_FEWEST = 10  # columns of a chart
_BY_YEAR = 60  # years that are drawn one by one, more of them by decade
_LABELS = 6  # years written under a chart, as many as a phone has room for


def overview(contents: Contents) -> Markup:
    """The whole section, without its heading."""
    counts = contents.overview
    return joined(
        _tiles(contents),
        _left_out(contents),
        element(
            "div",
            _worded(contents),
            _years(contents),
            _agreement(contents),
            _bodies(contents),
            class_="plots",
        ),
        _conflicts(contents) if counts.conflicts else None,
        _articles(contents),
        _unread(contents) if counts.unread else None,
        _words(contents),
    )


def _tiles(contents: Contents) -> Markup:
    counts = contents.overview
    status = dict.fromkeys(("ok", "skipped", "failed"), 0)
    for (_, said), count in counts.articles.items():
        status[said] = status.get(said, 0) + count
    rest = [f"{count:,} {said}" for said, count in status.items() if said != "ok" and count]
    tiles: list[tuple[str, str, str, str | None]] = [
        (
            f"{status['ok']:,}",
            _counted(status["ok"], "article", "articles") + " read",
            ", ".join(rest) or "none left unread",
            "#articles",
        ),
        (
            f"{counts.stories:,}",
            _counted(counts.stories, "story", "stories"),
            "translations of one article are one",
            None,
        ),
    ]
    for kind, name in KINDS.items():
        both = counts.agreement.get((kind, "agree"), 0)
        link = _table(kind=kind)
        tiles.append((f"{counts.rows.get(kind, 0):,}", name, f"{both:,} in several stories", link))
    differing = sum(counts.conflicting)
    tiles.append(
        (
            f"{differing:,}",
            _counted(differing, "figure", "figures") + " with several values",
            _differences(counts),
            _table(kind="statistic", agreement="differs") if differing else None,
        )
    )
    return element(
        "ul",
        *(
            element(
                "li",
                element("strong", number),
                element("a", name, href=link) if link else element("span", name),
                element("small", said),
            )
            for number, name, said, link in tiles
        ),
        class_="tiles",
    )


def _differences(counts: Overview) -> str:
    """Between what the figures of several values differ, and how many rows they are."""
    stories, translations = counts.conflicting
    said = []
    if stories:
        said.append(f"between stories in {stories:,}")
    if translations:
        said.append(f"between translations in {translations:,}")
    if not said:
        return "no two sources differ"
    rows = f"{counts.differing:,} {_counted(counts.differing, 'row', 'rows')}, a value each"
    return f"{', '.join(said)}; {rows}"


def _counted(count: int, one: str, many: str) -> str:
    """The word for so many."""
    return one if count == 1 else many


def _left_out(contents: Contents) -> Markup | None:
    said = list(contents.left_out())
    if not said:
        return None
    return element(
        "div",
        element("p", element("strong", "This page does not hold everything.")),
        element("ul", *(element("li", f"{line}.") for line in said)),
        element("p", "The counts and plots here are of the whole run."),
        class_="note",
    )


def _table(**state: str) -> str:
    """A link into the table."""
    return f"#table?{urlencode(state)}"


def _figure(title: str, said: Child, *body: Child) -> Markup:
    return element(
        "section", element("h3", title), element("p", said, class_="quiet"), *body, class_="plot"
    )


def _bar(share: float, style: str) -> Markup:
    """A bar as long as a share of its place."""
    return element(
        "svg",
        element("rect", width=f"{100 * share:.2f}%", height="100%", rx=2, class_=f"fill-{style}"),
        class_="bar",
        aria_hidden="true",
        focusable="false",
    )


def _bars(
    caption: str, columns: Sequence[str], rows: Iterable[tuple[Child, int, str, Sequence[str]]]
) -> Markup:
    """A table of names and numbers, each with a bar: label, number, style and further cells."""
    listed = list(rows)
    most = max((number for _, number, _, _ in listed), default=0) or 1
    # The bar says what the number beside it does; its column has no name of its own.
    head = (
        element("th", name, scope="col", class_="number" if at > 1 else None)
        if name
        else element("td")
        for at, name in enumerate(columns)
    )
    body = (
        element(
            "tr",
            element("th", label, scope="row"),
            element("td", _bar(number / most, style)),
            element("td", f"{number:,}", class_="number"),
            *(element("td", cell, class_="number") for cell in more),
        )
        for label, number, style, more in listed
    )
    return element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", element("tr", *head)),
        element("tbody", *body),
        class_="bars headed" if len(columns) > 3 else "bars",
    )


def _worded(contents: Contents) -> Markup:
    counts, names = contents.overview, language_names(contents)
    rows: list[tuple[Child, int, str, Sequence[str]]] = []
    for kind, name in KINDS.items():
        rows.append((name, counts.rows.get(kind, 0), kind, ()))
        for code in contents.languages:
            link = element("a", f"in {names[code]}", href=_table(kind=kind, language=code))
            rows.append(
                (
                    element("span", link, class_="indented"),
                    counts.worded.get((kind, code), 0),
                    f"{kind}-light",
                    (),
                )
            )
    return _figure(
        "Rows by kind and language",
        "A thing that several languages name is one row, counted in each of them.",
        _bars("Rows by kind and language", ("Kind", "", "Rows"), rows),
    )


def _agreement(contents: Contents) -> Markup:
    counts = contents.overview
    rows = []
    for word, meaning in AGREEMENT.items():
        number = sum(counts.agreement.get((kind, word), 0) for kind in KINDS)
        label = joined(
            element("a", word, href=_table(agreement=word)), element("small", f" {meaning}")
        )
        rows.append((label, number, f"agreement-{word}", ()))
    for word, number in sorted(counts.check.items()):
        label = joined(
            element("a", word, href=_table(check=word)),
            element("small", " with the article's own figures"),
        )
        rows.append((label, number, f"check-{word}", ()))
    return _figure(
        "Agreement and checks",
        "Whether several stories say the same, and whether an article's own figures fit together.",
        _bars("Agreement and checks", ("What", "", "Rows"), rows),
    )


def _bodies(contents: Contents) -> Markup:
    rows = [
        (
            element("a", label, href=_table(kind="organisation", open=f"organisation {identity}")),
            mentions,
            "organisation",
            (f"{stories:,}",),
        )
        for identity, label, mentions, stories in contents.overview.bodies
    ]
    return _figure(
        "Most mentioned bodies",
        "How often they are named, in how many stories.",
        _bars("Most mentioned bodies", ("Body", "", "Mentions", "Stories"), rows),
    )


def _years(contents: Contents) -> Markup:
    counts = contents.overview
    rest = {"of several years": counts.long_periods, "of no known period": counts.no_period}
    first = last = 0
    if counts.years:
        last = max(counts.years)
        first = min(_first_drawn(counts.years), last - _FEWEST + 1)
        earlier = sum(count for year, count in counts.years.items() if year < first)
        rest = {f"of years before {first}": earlier, **rest}
    undrawn = ", ".join(f"{count:,} {words}" for words, count in rest.items() if count)
    said = "By the period that they are about." + (f" Not drawn: {undrawn}." if undrawn else "")
    if not counts.years:
        return _figure("Figures by year", said)
    step = 1 if last - first < _BY_YEAR else 10
    bins = dict.fromkeys(range(first // step * step, last + 1, step), 0)
    for year, count in counts.years.items():
        if year >= first:
            bins[year // step * step] += count
    name = "year" if step == 1 else "decade"
    cells = (
        element(
            "tr",
            element("th", f"{year}", scope="row"),
            element("td", f"{count:,}", class_="number"),
        )
        for year, count in sorted(counts.years.items())
    )
    return _figure(
        f"Figures by {name}",
        said,
        _columns(bins, f"Figures by {name}"),
        element(
            "details",
            element("summary", "The numbers"),
            element(
                "table",
                element("caption", "Figures by year", class_="unseen"),
                element(
                    "thead",
                    element(
                        "tr",
                        element("th", "Year", scope="col"),
                        element("th", "Figures", scope="col", class_="number"),
                    ),
                ),
                element("tbody", *cells),
                class_="plain",
            ),
        ),
    )


def _first_drawn(years: dict[int, int]) -> int:
    """The first year of a chart that a few figures of long ago shall not make wide."""
    before, allowed = 0, _EARLY * sum(years.values())
    for year in sorted(years):
        before += years[year]
        if before > allowed:
            return year
    return min(years)


def _columns(bins: dict[int, int], title: str) -> Markup:
    """A chart of columns as wide as its place, its words as large as the page's."""
    most = max(bins.values())
    width = 100 / len(bins)
    every = -(-len(bins) // _LABELS)
    best = max(bins, key=lambda year: (bins[year], year))
    marks: list[Markup] = []
    for at, (year, count) in enumerate(bins.items()):
        height = _CHART * count / most
        middle = f"{(at + 0.5) * width:.2f}%"
        if count:
            marks.append(
                element(
                    "rect",
                    x=f"{(at + 0.1) * width:.2f}%",
                    y=f"{_CHART + 20 - height:.1f}",
                    width=f"{0.8 * width:.2f}%",
                    height=f"{height:.1f}",
                    class_="fill-statistic",
                )
            )
        if year == best:
            marks.append(
                element(
                    "text",
                    f"{count:,}",
                    x=middle,
                    y=f"{_CHART + 14 - height:.1f}",
                    text_anchor="middle",
                )
            )
        if at % every == 0:
            marks.append(element("text", f"{year}", x=middle, y=_CHART + 38, text_anchor="middle"))
    said = f"{title}: {min(bins)} to {max(bins)}, most in {best} with {bins[best]:,}"
    return element(
        "svg",
        element("title", said),
        *marks,
        element("line", x1=0, x2="100%", y1=_CHART + 20.5, y2=_CHART + 20.5, class_="axis"),
        class_="chart",
        height=_CHART + 46,
        width="100%",
        role="img",
        aria_label=said,
    )


def _conflicts(contents: Contents) -> Markup:
    counts = contents.overview
    more = sum(counts.conflicting) - len(counts.conflicts)
    items = (
        element(
            "li",
            element("a", label or indicator, href=_table(q=indicator, kind="statistic")),
            f": {values} values",
            " (translations of one story differ)" if agreement == "translation" else None,
        )
        for indicator, label, values, agreement in counts.conflicts
    )
    return element(
        "section",
        element("h3", "Figures with several values"),
        element("ul", *items),
        element("p", f"and {more:,} more: filter the table by agreement.") if more else None,
        class_="plain-section",
    )


def _articles(contents: Contents) -> Markup:
    """Articles by status and language, and what the run was."""
    counts, names = contents.overview, language_names(contents)
    states = sorted({status for _, status in counts.articles}, key=_state)
    codes = list(dict.fromkeys(code for code, _ in counts.articles))
    head = (element("th", status, scope="col", class_="number") for status in states)
    body = (
        element(
            "tr",
            element("th", names.get(code) or _UNKNOWN, scope="row"),
            *(
                element("td", f"{counts.articles.get((code, status), 0):,}", class_="number")
                for status in states
            ),
        )
        for code in codes
    )
    versions = contents.run.get("versions", {})
    shown = [f"selaras {versions['selaras']}"] if "selaras" in versions else []
    shown += [f"{names.get(c, c)}: {versions[c]}" for c in contents.languages if c in versions]
    return element(
        "section",
        element("h3", "Articles by language and status"),
        element(
            "table",
            element("caption", "Articles by language and status", class_="unseen"),
            element("thead", element("tr", element("th", "Language", scope="col"), *head)),
            element("tbody", *body),
            class_="plain",
        ),
        element("p", f"Read by {'; '.join(shown)}.", class_="quiet") if shown else None,
        class_="plain-section",
    )


def _state(status: str) -> tuple[bool, str]:
    return status != "ok", status


def _unread(contents: Contents) -> Markup:
    counts = contents.overview
    there = sum(count for (_, status), count in counts.articles.items() if status != "ok")
    body = (
        element(
            "tr",
            element("th", path, scope="row", dir="auto"),
            element("td", status),
            element("td", reason, dir="auto"),
        )
        for path, status, reason in counts.unread
    )
    more = there - len(counts.unread)
    return element(
        "section",
        element("h3", "Articles that were not read"),
        element(
            "div",
            element(
                "table",
                element("caption", "Articles that were not read", class_="unseen"),
                element(
                    "thead",
                    element(
                        "tr",
                        *(element("th", n, scope="col") for n in ("Article", "Status", "Reason")),
                    ),
                ),
                element("tbody", *body),
                class_="plain",
            ),
            class_="scroll",
            role="region",
            aria_label="Articles that were not read",
            tabindex=0,
        ),
        element("p", f"The first {UNREAD}; {more:,} more stand in articles.parquet.")
        if more
        else None,
        class_="plain-section",
    )


def _words(contents: Contents) -> Markup:
    """What the columns mean."""
    meanings = contents.meanings
    pairs = (
        joined(element("dt", element("code", name)), element("dd", meanings[name]))
        for name in contents.columns
        if meanings.get(name)
    )
    return element(
        "details",
        element("summary", "What the columns of the table mean"),
        element("dl", *pairs, class_="meanings"),
        class_="plain-section",
    )
