"""The core of a review: what is drawn, what is judged, what comes of it. It shows nothing."""

from __future__ import annotations

import contextlib
import dataclasses
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from pipeline.explanation import Reader, Row, open_run
from pipeline.records import KINDS
from pipeline.reviewing import drawing, forms, precision, tagged, words
from pipeline.reviewing.drawing import Among, Worded
from pipeline.reviewing.forms import CorrectionError
from pipeline.reviewing.judgements import Judgement, Judgements, Key, digest, folder_of, put
from pipeline.reviewing.words import LeftOut
from pipeline.run.outputs import OutputError

SAMPLE = 50
SENTENCES = 10
_ARTICLES = "articles"


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One thing to judge. ``row`` is a row of the table, a mention, or an article, by ``unit``.

    ``article`` is the article of a mention, with its text.
    """

    unit: str
    kind: str
    canonical_id: str
    row: Row
    digest: str
    stratum: str
    article: Row = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """That of its judgement."""
        return self.judgement("").key

    def judgement(self, verdict: str, **more: Any) -> Judgement:
        """A judgement of this."""
        of: dict[str, Any] = {}
        if self.article:
            of = {"path": self.article["path"], "article_id": self.article["article_id"]}
        if self.unit == forms.MENTION:
            of |= {name: self.row[name] for name in ("start", "end", "text")}
        of |= {"strata": (self.stratum,)} | more
        return Judgement(
            unit=self.unit,
            kind=self.kind,
            canonical_id=self.canonical_id,
            digest=self.digest,
            verdict=verdict,
            **of,
        )


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the ``lexicon`` with its number of ``lines`` (no file when there are none),
    the ``gold`` articles, and what is in neither, each with its reason."""

    lexicon: Path | None
    lines: int
    gold: list[Path]
    left_out: list[LeftOut]
    not_gold: list[LeftOut]

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "lexicon": str(self.lexicon) if self.lexicon else None,
            "lines": self.lines,
            "gold": [str(path) for path in self.gold],
            "left_out": [dataclasses.asdict(left) for left in self.left_out],
            "not_gold": [dataclasses.asdict(left) for left in self.not_gold],
        }


class Review:
    """A drawn sample of the run in ``out``, its judgements, and what they say of the whole.

    ``items`` are in the order in which they are to be judged. Close it, or use it in a ``with``.
    """

    def __init__(
        self,
        out: Path,
        *,
        sample: int = SAMPLE,
        articles: int | None = None,
        kind: str | None = None,
        language: str | None = None,
        agreement: str | None = None,
        seed: int = 0,
        sentences: int = SENTENCES,
    ) -> None:
        """Draw ``sample`` rows of the table, or else ``articles`` whole articles.

        Rows are drawn from those of ``kind``, ``language`` (a code of the run) and ``agreement``
        alone where given; of each the ``sentences`` shown are drawn too. Raises ``OutputError``
        when ``out`` holds no run, its judgements are damaged, or there is nothing to draw from, and
        ``ValueError`` for a choice that there is not.
        """
        for name, value, known in (
            ("kind", kind, KINDS),
            ("agreement", agreement, drawing.AGREEMENTS),
        ):
            if value is not None and value not in known:
                raise ValueError(f"{name} {value!r} is none of {', '.join(known)}")
        if min(sample, sentences) < 1 or (articles is not None and articles < 1):
            raise ValueError("a sample has at least one")
        if articles is not None and (kind or agreement):
            raise ValueError(
                "articles are judged with all that is in them, of no kind or agreement"
            )
        self.out, self.seed, self.sentences = out, seed, sentences
        self.folder = folder_of(out)
        opened = contextlib.ExitStack()
        self._close = weakref.finalize(self, opened.close)
        self._reader: Reader = opened.enter_context(open_run(out))
        try:
            self.judgements = Judgements(self.folder)
            self._check_language(language)
            self._sizes: dict[Among, dict[str, int]] = {}
            self._among = Among(language, agreement, kind)
            self.items = (
                list(self._rows(sample)) if articles is None else self._mentions(articles, language)
            )
            self._current, self._gone = self._compared()
        except BaseException:
            self._close()
            raise

    def __enter__(self) -> Review:
        """Itself."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self._close()

    def close(self) -> None:
        """Let go of the files of the run; what is judged is saved already."""
        self._close()

    # What is drawn.

    def _check_language(self, language: str | None) -> None:
        if language is None:
            return
        known = sorted({row["language"] for row in drawing.story_names(self._reader)})
        if language not in known:
            raise OutputError(
                f"{self.out}: no article in language {language!r}; there are {', '.join(known)}"
            )

    def _rows(self, sample: int) -> Iterator[Item]:
        for stratum, row in self._among.draw(self._reader, sample, self.seed):
            yield Item(forms.ROW, row["kind"], row["canonical_id"], row, digest(row), stratum)

    def _mentions(self, sample: int, language: str | None) -> list[Item]:
        articles = drawing.draw_articles(self._reader, sample, language, self.seed)
        found: dict[str, list[Row]] = defaultdict(list)
        for row in drawing.mentions_of(self._reader, [a["article_id"] for a in articles]):
            found[row["article_id"]].append(row)
        name = f"{_ARTICLES}: {self._among.name}"
        return [
            item for a in articles for item in self._of_article(a, found[a["article_id"]], name)
        ]

    def _of_article(self, article: Row, rows: list[Row], stratum: str) -> list[Item]:
        items = [
            Item(
                forms.MENTION,
                row["kind"],
                row["canonical_id"] or "",
                row,
                digest(row),
                stratum,
                article,
            )
            for row in rows
        ]
        whole = digest({"article": article["article_id"], "mentions": [i.digest for i in items]})
        return [*items, Item(forms.ARTICLE, "", "", article, whole, stratum, article)]

    def _compared(self) -> tuple[set[Key], set[Key]]:
        """The keys of the judgements that are of things as this run has them, and of those that
        this run has not at all."""
        rows = {
            (row["kind"], row["canonical_id"]): digest(row)
            for row in drawing.rows_of(
                self._reader,
                sorted({j.canonical_id for j in self.judgements if j.unit == forms.ROW}),
            )
        }
        items = {item.key for item in self._judged_articles()}
        marks = {(key[3], key[-1]) for key in items if key[0] == forms.ARTICLE}
        current, gone = set(), set()
        for judgement in self.judgements:
            if judgement.unit == forms.ROW:
                now = rows.get((judgement.kind, judgement.canonical_id))
                is_current, is_gone = now == judgement.digest, now is None
            elif judgement.unit == forms.MISSED:
                is_current = (judgement.article_id, judgement.digest) in marks
                is_gone = False
            else:
                is_current, is_gone = judgement.key in items, False
            if is_current:
                current.add(judgement.key)
            elif is_gone:
                gone.add(judgement.key)
        return current, gone

    def _judged_articles(self) -> list[Item]:
        """The things to judge in every article of which something was judged."""
        ids = sorted({j.article_id for j in self.judgements if j.article_id})
        found: dict[str, list[Row]] = defaultdict(list)
        for row in drawing.mentions_of(self._reader, ids):
            found[row["article_id"]].append(row)
        return [
            item
            for article in drawing.articles_of(self._reader, ids)
            for item in self._of_article(article, found[article["article_id"]], "")
        ]

    # What is shown.

    def mentions(self, item: Item, every: bool = False) -> list[Row]:
        """The sentences that an item is judged on: of a row those drawn, or ``every`` one."""
        if item.unit == forms.ROW:
            return list(
                self._reader.mentions(item.row, None if every else self.sentences, seed=self.seed)
            )
        if item.unit == forms.ARTICLE:
            return []
        said = {name: item.article[name] for name in ("title", "story_id") if item.article[name]}
        return [{k: v for k, v in item.row.items() if v is not None} | said]

    def wordings(self, item: Item) -> list[Worded]:
        """How a row is worded, the commonest first; of a mention its own wording."""
        found = drawing.wordings(self._reader, item.row)
        if item.unit == forms.ROW:
            return found
        own = (item.row["language"], item.row["text"])
        return [w for w in found if (w.language, w.text) == own]

    def judgement(self, item: Item) -> Judgement | None:
        """What was answered for an item, if anything was."""
        return self.judgements.get(item.key)

    def missed(self, item: Item) -> list[Judgement]:
        """What was said to be missed in the article of an item."""
        article = item.article.get("article_id")
        return [
            j
            for j in self.judgements
            if j.unit == forms.MISSED and j.article_id == article and j.key in self._current
        ]

    def is_done(self, item: Item) -> bool:
        """Whether an item has an answer other than skipped."""
        judgement = self.judgement(item)
        return judgement is not None and judgement.verdict != forms.SKIPPED

    def next(self, position: int) -> int | None:
        """The place of the first item from ``position`` on that is to be judged.

        An item that another draw had judged already counts in this one too when it is passed.
        """
        carried = []
        found = None
        for i in range(position, len(self.items)):
            item, judgement = self.items[i], self.judgement(self.items[i])
            if judgement is None or judgement.verdict == forms.SKIPPED:
                found = i
                break
            if item.stratum not in judgement.strata:
                strata = (*judgement.strata, item.stratum)
                carried.append(dataclasses.replace(judgement, strata=strata))
        if carried:
            self.judgements.save(*carried)
        return found

    # What is answered.

    def judge(
        self,
        item: Item,
        verdict: str,
        *,
        sort: str | None = None,
        way: str | None = None,
        right: Mapping[str, str | None] | None = None,
        wordings: Iterable[tuple[str, str]] | None = None,
        every: bool = False,
    ) -> Judgement:
        """Save an answer at once, in place of an earlier one of the same item.

        ``sort`` is what is wrong, by ``forms.sorts``. For ``corrected``, ``right`` are the answers
        to a ``way`` of ``forms.ways``, and ``wordings`` the words (language, words) that it is
        about: by default those that stand for nothing else in the run. Of a row that is no body at
        all (``wrong``, sort ``nothing``) they are those of the sentences that were shown, ``every``
        one or those drawn. Of an article the verdict is ``right`` when all that was missed is said,
        else ``skipped``.

        Raises ``CorrectionError`` for an answer that cannot be, ``OutputError`` when it cannot be
        written; nothing is saved then.
        """
        before = self.judgement(item)
        strata = (*(before.strata if before else ()), item.stratum)
        more: dict[str, Any] = {"strata": tuple(dict.fromkeys(strata))}
        if verdict not in forms.VERDICTS:
            raise CorrectionError(f"verdict {verdict!r} is none of {', '.join(forms.VERDICTS)}")
        if item.unit == forms.ARTICLE and verdict not in (forms.RIGHT, forms.SKIPPED):
            raise CorrectionError("of an article say what was missed, and then that it is right")
        if verdict == forms.WRONG:
            known = [name for name, _ in forms.sorts(item.kind)]
            if sort not in known:
                raise CorrectionError(f"what is wrong is one of {', '.join(known)}")
            more["sort"] = sort
        if verdict == forms.CORRECTED:
            more |= self._correction(item, way, right or {}, wordings)
        judgement = item.judgement(verdict, **more)
        if words.is_no_body(judgement):
            shown = {(m["language"], m["text"]) for m in self.mentions(item, every)}
            judgement = dataclasses.replace(judgement, wordings=tuple(sorted(shown)))
        if verdict == forms.CORRECTED and (reason := words.refusal(judgement, self.judgements)):
            raise CorrectionError(reason)
        self._save(judgement)
        return judgement

    def _save(self, *judgements: Judgement, without: tuple[Key, ...] = ()) -> None:
        self.judgements.save(*judgements, without=without)
        self._current |= {j.key for j in judgements}
        self._current -= set(without) - {j.key for j in judgements}

    def _correction(
        self,
        item: Item,
        name: str | None,
        answers: Mapping[str, str | None],
        wordings: Iterable[tuple[str, str]] | None,
    ) -> dict[str, Any]:
        ways = forms.ways(item.unit, item.kind)
        way = next((w for w in ways if w.name == (name or ways[0].name)), None)
        if way is None:
            raise CorrectionError(
                f"a {item.kind} is corrected by {', '.join(w.name for w in ways)}"
            )
        right = forms.checked(way, answers)
        more: dict[str, Any] = {"way": way.name, "right": right}
        if way.name == "same":
            if right["id"] == item.canonical_id:
                raise CorrectionError(f"{right['id']} is the id of this row itself")
            if not self._of_kind(item.kind, [right["id"]]):
                near = self._of_kind(item.kind, self._reader.nearest(right["id"]))
                near = [identity for identity in near if identity != item.canonical_id]
                raise CorrectionError(
                    f"the table has no body {right['id']!r}"
                    + (f"; the nearest: {', '.join(near)}" if near else "")
                    + "; check it, or give its names the id"
                )
        if item.unit == forms.MENTION and "text" in right:
            more |= self._borders(item, right["text"])
        if way.wordings or way.name in ("same", "figure", "mention"):
            more["wordings"] = self._chosen(item, way, wordings)
        return more

    def _of_kind(self, kind: str, ids: list[str]) -> list[str]:
        """Those of ``ids`` that rows of this kind have, in their order."""
        if not ids:
            return []
        rows = drawing.rows_of(self._reader, ids)
        known = {row["canonical_id"] for row in rows if row["kind"] == kind}
        return [identity for identity in ids if identity in known]

    def _chosen(
        self, item: Item, way: forms.Way, wordings: Iterable[tuple[str, str]] | None
    ) -> tuple[tuple[str, str], ...]:
        """The wordings that a correction is about."""
        known = self.wordings(item) if item.kind != "reference" else []
        if wordings is None:
            if way.wordings == "one" and len(known) > 1:
                raise CorrectionError("say which wording is another body")
            alone = tuple((w.language, w.text) for w in known if not w.others)
            if way.wordings and not alone:
                raise CorrectionError(
                    "each of its wordings stands for other bodies too; choose those that mean it"
                )
            return alone
        chosen = tuple(dict.fromkeys(wordings))
        if not chosen or (way.wordings == "one" and len(chosen) != 1):
            raise CorrectionError(f"choose {way.wordings or 'some'} of its wordings")
        strange = next((c for c in chosen if c not in {(w.language, w.text) for w in known}), None)
        if strange is not None:
            raise CorrectionError(f"no wording {strange[1]!r} stands for this row")
        return chosen

    def _not_shown(self) -> Iterator[LeftOut]:
        """The rows that are no body of which some wordings were not shown, as they are now."""
        for judgement in words.no_bodies(self.judgements):
            if judgement.key not in self._current:
                continue
            shown = set(map(words.compared, judgement.wordings))
            row = {"kind": judgement.kind, "canonical_id": judgement.canonical_id}
            left = [
                w.text
                for w in drawing.wordings(self._reader, row)
                if words.compared((w.language, w.text)) not in shown
            ]
            for text in left:
                yield LeftOut(
                    f"{words.shown(judgement)}: {text!r}", "stood in no sentence that was shown"
                )

    def _borders(self, item: Item, said: str) -> dict[str, int]:
        """Where the right words of a mention stand: nearest to it, and sharing a character."""
        start, end = item.row["start"], item.row["end"]
        found = [
            (a, b) for a, b in tagged.places(item.article["text"], said) if a < end and b > start
        ]
        if not found:
            raise CorrectionError(
                f"{said!r} does not stand in the article where {item.row['text']!r} does; "
                "copy the words from the sentence"
            )
        first, last = min(found, key=lambda place: (abs(place[0] - start), place))
        return {"right_start": first, "right_end": last}

    def miss(self, item: Item, way: str, right: Mapping[str, str | None]) -> list[Judgement]:
        """Save that something was missed in the article of ``item``: its words, and what they are.

        ``way`` and ``right`` are by ``forms.ways`` of an article. Words that stand several times
        were missed each time, but where something is found already, or ``which`` says which one.
        Raises ``CorrectionError`` when they stand nowhere, or only where something is found.
        """
        chosen = next((w for w in forms.ways(forms.ARTICLE, "") if w.name == way), None)
        if chosen is None:
            raise CorrectionError(f"what was missed is one of {', '.join(KINDS)}")
        said = forms.checked(chosen, right)
        which = said.pop("which", None)
        text = item.article["text"]
        places = tagged.places(text, said["text"])
        if which is not None:
            places = places[int(which) - 1 : int(which)]
        if not places:
            raise CorrectionError(
                f"{said['text']!r} does not stand in the article"
                + (f" {which} times" if which else "; copy the words from it")
            )
        taken = list(self.taken(item))
        free = [(a, b) for a, b in places if not any(a < y and b > x for x, y in taken)]
        if not free:
            raise CorrectionError(
                f"{said['text']!r} is found there already, or something that shares words with it; "
                "go back and correct that"
            )
        whole = self._whole(item)
        made = [
            Judgement(
                unit=forms.MISSED,
                kind=way,
                canonical_id=said.get("id", ""),
                digest=whole.digest,
                strata=(item.stratum,),
                verdict=forms.CORRECTED,
                path=item.article["path"],
                article_id=item.article["article_id"],
                start=start,
                end=end,
                text=text[start:end],
                way=way,
                right=said,
                wordings=((item.article["language"], said["text"]),),
            )
            for start, end in free
        ]
        if reason := words.refusal(made[0], self.judgements):
            raise CorrectionError(reason)
        self._save(*made)
        return made

    def take_back(self, item: Item) -> Judgement | None:
        """Drop what was last said to be missed in the article of ``item``, and give it."""
        said = self.missed(item)
        if not said:
            return None
        self._save(without=(said[-1].key,))
        return said[-1]

    def _whole(self, item: Item) -> Item:
        """The item that stands for all of the article of ``item``."""
        return next(
            i
            for i in self.items
            if i.unit == forms.ARTICLE and i.article["article_id"] == item.article["article_id"]
        )

    def taken(self, item: Item) -> Iterator[tuple[int, int]]:
        """Where something stands in the article of ``item``, found and not judged to be nothing."""
        for other in self.items:
            if other.unit != forms.MENTION or other.article is not item.article:
                continue
            judgement = self.judgement(other)
            if judgement and judgement.verdict == forms.WRONG and judgement.sort == forms.NOTHING:
                continue
            if judgement and judgement.right_start is not None:
                yield judgement.right_start, judgement.right_end or 0
            else:
                yield other.row["start"], other.row["end"]
        for judgement in self.missed(item):
            yield judgement.start or 0, judgement.end or 0

    # What comes of it.

    def summary(self) -> dict[str, Any]:
        """What the judgements say, as plain values.

        ``rows`` is a list, for each choice of rows that was drawn from: per kind how many are right
        of how many judged and ``of`` how many there are, ``precision`` with the bounds of its 95 %
        interval (``low``, ``high``), and all kinds together, each weighing as many rows as it has.
        ``articles`` is the same of mentions in the articles that were wholly reviewed, with
        ``recall``; ``sorts`` counts what was wrong. Judgements of other runs are not in it:
        ``changed`` of things that this run has otherwise, ``gone`` of rows that it has not.
        """
        now = [j for j in self.judgements if j.key in self._current]
        stale = [j for j in self.judgements if j.key not in self._current]
        sorts = Counter(j.sort for j in now if j.sort)
        return {
            "out": str(self.out),
            "confidence": precision.CONFIDENCE,
            "rows": self._of_rows([j for j in now if j.unit == forms.ROW]),
            "articles": self._of_articles([j for j in now if j.unit != forms.ROW]),
            "sorts": dict(sorted(sorts.items())),
            "corrected": sum(j.verdict == forms.CORRECTED and j.unit != forms.MISSED for j in now),
            "changed": sum(j.key not in self._gone for j in stale),
            "gone": sum(j.key in self._gone for j in stale),
        }

    def _of_rows(self, judgements: list[Judgement]) -> list[dict[str, Any]]:
        by_choice: dict[Among, dict[str, list[Judgement]]] = defaultdict(lambda: defaultdict(list))
        for judgement in judgements:
            for name in judgement.strata:
                kind, among = Among.of(name)
                by_choice[among][kind].append(judgement)
        said: list[dict[str, Any]] = []
        for among in sorted(by_choice, key=lambda a: (a != Among(), a.name)):
            if among not in self._sizes:
                self._sizes[among] = among.sizes(self._reader)
            sizes = self._sizes[among]
            kinds: list[dict[str, Any]] = []
            strata: list[precision.Stratum] = []
            for kind in (k for k in KINDS if k in sizes):
                judged = by_choice[among][kind]
                counted = [j for j in judged if j.verdict != forms.SKIPPED]
                right = sum(j.verdict == forms.RIGHT for j in counted)
                stratum = precision.Stratum(right, len(counted), sizes[kind])
                strata.append(stratum)
                kinds.append(
                    {
                        "kind": kind,
                        "right": right,
                        "judged": len(counted),
                        "of": sizes[kind],
                        "skipped": len(judged) - len(counted),
                        **_share("precision", precision.of_stratum(stratum)),
                    }
                )
            known = [s for s in strata if s.judged]
            together: dict[str, Any] = {
                "right": sum(s.right for s in known),
                "judged": sum(s.judged for s in known),
                "of": sum(s.size for s in known),
                **_share("precision", precision.together(strata)),
            }
            said.append({"among": among.name, "kinds": kinds, "together": together})
        return said

    def _of_articles(self, judgements: list[Judgement]) -> dict[str, Any]:
        by_article: dict[str, list[Judgement]] = defaultdict(list)
        for judgement in judgements:
            by_article[judgement.article_id].append(judgement)
        whole = [
            of
            for of in by_article.values()
            if any(j.unit == forms.ARTICLE and j.verdict == forms.RIGHT for j in of)
        ]
        kinds: list[dict[str, Any]] = []
        for kind in KINDS:
            found: list[tuple[int, int]] = []
            there: list[tuple[int, int]] = []
            for of in whole:
                counted = [j for j in of if j.kind == kind and j.verdict != forms.SKIPPED]
                mentions = [j for j in counted if j.unit == forms.MENTION]
                right = sum(j.verdict == forms.RIGHT for j in mentions)
                found.append((right, len(mentions)))
                there.append((right, sum(j.sort != forms.NOTHING for j in counted)))
            kinds.append(
                {
                    "kind": kind,
                    "right": sum(right for right, _ in found),
                    "judged": sum(number for _, number in found),
                    "there": sum(number for _, number in there),
                    **_share("precision", precision.of_clusters(found)),
                    **_share("recall", precision.of_clusters(there)),
                }
            )
        return {"reviewed": len(whole), "begun": len(by_article) - len(whole), "kinds": kinds}

    def write(self) -> Written:
        """Write what the judgements make: the lexicon, and the gold articles.

        Corrections of rows that another run has changed stay in the lexicon, and so do rows that
        are no body; its gold articles stay in their folder. Raises ``OutputError`` when they cannot
        be written.
        """
        nones = {words.compared(w) for j in words.no_bodies(self.judgements) for w in j.wordings}
        kept, left_out = words.lexicon(self.judgements, drawing.called(self._reader, nones))
        left_out += self._not_shown()
        gold, not_gold = self._gold()
        names = tagged.names(drawing.story_names(self._reader)) if gold or not_gold else {}
        lexicon = self.folder / words.NAME
        refused = [LeftOut(item.article["path"], reason) for item, reason in not_gold]
        written = []
        try:
            if kept:
                self.folder.mkdir(parents=True, exist_ok=True)
                put(lexicon, words.as_text(kept))
            else:
                lexicon.unlink(missing_ok=True)
            for article, text in gold:
                path = tagged.lies_in(self.folder, names[article])
                path.parent.mkdir(parents=True, exist_ok=True)
                put(path, text)
                written.append(path)
            for item, _ in not_gold:  # it was gold before an answer was changed
                name = names[item.article["article_id"]]
                tagged.lies_in(self.folder, name).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.folder}: cannot be written to ({error.strerror}); make it writable"
            ) from error
        return Written(lexicon if kept else None, len(kept), sorted(written), left_out, refused)

    def _gold(self) -> tuple[list[tuple[str, str]], list[tuple[Item, str]]]:
        """The gold articles by ``article_id``, and those that are none, each with its reason."""
        by_article: dict[str, list[Item]] = defaultdict(list)
        for item in self._judged_articles():
            by_article[item.article["article_id"]].append(item)
        gold, not_gold = [], []
        for identity, items in by_article.items():
            *mentions, whole = items
            if not any(self.judgement(item) for item in items):
                continue  # judged in another run alone
            try:
                gold.append((identity, self._marked(mentions, whole)))
            except tagged.NotGold as error:
                not_gold.append((whole, str(error)))
        return gold, not_gold

    def _marked(self, mentions: list[Item], whole: Item) -> str:
        spans = []
        waiting = sum(self.judgement(item) is None for item in mentions)
        if waiting:
            raise tagged.NotGold(f"{waiting} of its {len(mentions)} mentions are not judged yet")
        for item in mentions:
            judgement = self.judgement(item)
            assert judgement is not None
            spans.append(tagged.span_of(judgement, item.row))
        if not self.is_done(whole):
            raise tagged.NotGold("it is not said yet that nothing more was missed in it")
        for missed in self.missed(whole):
            spans.append(tagged.span_of(missed, {}))
        text: str = whole.article["text"]
        return tagged.marked(text, [span for span in spans if span is not None])


def _share(name: str, found: tuple[float, precision.Interval] | None) -> dict[str, Any]:
    share, (low, high) = found or (None, (None, None))
    prefix = "" if name == "precision" else f"{name}_"
    return {name: share, f"{prefix}low": low, f"{prefix}high": high}


def run_folder(out: Any) -> Path:
    """The folder of a run: a path, or what a run from Python gave that was written to one.

    Raises ``OutputError`` for a run that was kept in memory.
    """
    folder = getattr(out, "out", out)
    if folder is None:
        raise OutputError("the run was not written; give run(...) a folder with out=")
    return Path(folder)
