"""What a .bib becomes when it is to hold exactly what documents cite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bibtools.adapters.files import read_if_there, standard_stream
from bibtools.checks.commands import is_ours
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.gathering import Gathered, Piece, gather
from bibtools.formats.bibtex.needed import Needed, needed
from bibtools.formats.bibtex.updating import living_entries
from bibtools.formats.bibtex.writing import write_preamble
from bibtools.formats.provenance import SUFFIX, write_provenance
from bibtools.formats.venue_names.restyling import VenueStyle
from bibtools.model import Notice
from bibtools.workflows.adding import evidence_rows
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.cite.beside import doubles, read_beside
from bibtools.workflows.cite.documents import Citing, same_file
from bibtools.workflows.cite.pieces import Made, Setting, macro_notice, make_pieces
from bibtools.workflows.cite.plan import CitePlan, Missing, Options, Row, nearest
from bibtools.workflows.cite.remembered import read_there, remembered
from bibtools.workflows.cite.resolving import (
    Asking,
    Resolved,
    identifiers_in,
    resolve,
    unfit,
)
from bibtools.workflows.cite.sources import (
    INDEX,
    ONLINE,
    SERVICES,
    ZOTERO,
    Selected,
    Source,
    document_of,
    order_of,
    read_named,
    read_source,
    zotero_entries,
)
from bibtools.workflows.lookup import LookupOptions


def plan_cite(citing: Citing, output: str, options: Options) -> CitePlan:
    """What `output` becomes (`-`: what is printed). Raises `InputError`, `WriteError`."""
    return _Planner(citing, output, options).plan()


class _Planner:
    def __init__(self, citing: Citing, output: str, options: Options) -> None:
        self._citing = citing
        self._output = output
        self._options = options
        self._notices: list[Notice] = list(citing.cited.notices)
        self._there = read_there(output)
        # Until it is closed, BibTeX takes all that follows for a part of it.
        self._notices += [
            one for one in self._there.document.notices if one.rule.startswith("bibtex.unclosed")
        ]
        self._dialect: Dialect = self._which_dialect()
        self._biber = citing.cited.biber
        cited = citing.cited
        keys = cited.keys()
        self._keys = tuple(key for key in keys if key not in cited.declared)
        self._unsure = cited.unsure_keys()
        if self._biber is False:
            self._notices += _case_clashes(citing, self._keys)
        self._identifiers = identifiers_in(self._keys)
        for old, new in options.renamed.items():
            what = identifiers_in([old]).get(old)
            if what is not None and new in self._keys:
                self._identifiers.setdefault(new, what)
        order = order_of(
            options.sources,
            [one for one in citing.bibliographies if not same_file(one, output)],
        )
        self._order = [one for one in order if not same_file(one, output)]
        self._services = tuple(one for one in self._order if one in SERVICES)
        self._sources = self._read_sources()
        self._beside, notices = read_beside(citing, self._order, self._dialect)
        self._notices += notices

    def _which_dialect(self) -> Dialect:
        if self._options.dialect is not None:
            return self._options.dialect
        if living_entries(self._there.document):
            return dialect_of(self._there.document)
        return "biblatex" if self._citing.dialect == "biblatex" else "bibtex"

    # --- sources ------------------------------------------------------------------------------

    def _read_sources(self) -> list[Source]:
        told = set(self._options.sources)
        found = []
        for name in self._order:
            if name in SERVICES:
                continue
            if name in told:
                found.append(read_source(name, self._dialect))
            else:
                some, notices = read_named([name], self._dialect)
                found += some
                self._notices += notices
        if not told - set(SERVICES):
            for one in self._citing.absent:
                self._notices.append(
                    Notice(
                        f'The bibliography "{one.name}" is not here.',
                        one.file,
                        one.line,
                        one.column,
                        "cite.source",
                        "Name the file that has the entries with --from.",
                    )
                )
        return found

    def _with_zotero(self, first: Needed) -> list[Source]:
        """The files, with the copy of the Zotero library at its place among them."""
        if ZOTERO not in self._services:
            return self._sources
        place = self._order.index(ZOTERO)
        before = [one for one in self._order[:place] if one not in SERVICES]
        asked = set(first.missing)
        for taken in first.taken:
            key, entry = taken.entry.key, taken.entry
            if self._source_of(entry) == "":
                row = self._there.state.get(key)
                if row is not None and row.cited == ZOTERO and key in self._there.ours:
                    asked.add(key)
            elif self._source_of(entry) not in before:
                asked.add(key)
        asked -= set(self._identifiers)
        if not asked:
            return self._sources
        entries, _ = zotero_entries(
            asked,
            (),
            library=self._options.library,
            required=ZOTERO in self._options.sources,
        )
        if not entries:
            return self._sources
        one = Source(ZOTERO, document_of(entries, ZOTERO, self._dialect))
        files = [source for source in self._sources if source.name in before]
        return [*files, one, *self._sources[len(files) :]]

    def _source_of(self, entry: BibEntry) -> str:
        """The name of the source of an entry; empty for the output."""
        return next((one.name for one in self._sources if one.document is entry.document), "")

    # --- the plan -----------------------------------------------------------------------------

    def plan(self) -> CitePlan:
        there = self._there
        mine = Selected(
            there.document.source.data, self._output, lambda entry: entry.key not in there.ours
        )
        ours = Selected(
            there.document.source.data, self._output, lambda entry: entry.key in there.ours
        )
        found = self._needed(mine, ours, self._keys)
        sources = self._with_zotero(found)
        if sources is not self._sources:
            self._sources = sources
            found = self._needed(mine, ours, self._keys)
        resolved = self._resolve(found, mine, ours)
        blocks = [one.block for one in resolved if one.block is not None]
        if blocks:
            # What they lean on is needed as well.
            found = self._needed(mine, ours, (*self._keys, *(one.key for one in blocks)))
        made = make_pieces(
            found,
            [one for one in resolved if not unfit(one.key, biber=self._biber is True)],
            self._sources,
            Setting(
                mine,
                ours,
                self._beside,
                {key: row.cited for key, row in self._there.state.items()},
                frozenset((*self._keys, *self._unsure)),
                self._dialect,
                biber=self._biber,
                print_links=self._options.print_links,
                trust_tex=self._options.trust_tex,
            ),
        )
        self._notices += [*found.notices, *made.notices]
        self._notices += [told for _, looked in made.looked for told in looked.notices]
        if self._options.journals is not None:
            self._name_venues(made, self._options.journals)
        return self._planned(found, resolved, made)

    def _name_venues(self, made: Made, style: VenueStyle) -> None:
        """Bring the names of journals and meetings in what is written into one style."""
        from bibtools.workflows.cite.venues import in_style
        from bibtools.workflows.venue_names import names_of_the_user

        table, notices = names_of_the_user()
        styled = in_style(made.pieces, made.macros, self._there.document, style, table)
        made.pieces, made.macros = list(styled.pieces), dict(styled.macros)
        self._notices += [*notices, *styled.notices]

    def _needed(self, mine: Document, ours: Document, keys: Sequence[str]) -> Needed:
        documents = [mine, *self._beside, *(one.document for one in self._sources), ours]
        return needed(
            documents,
            (*keys, *self._unsure),
            biber=self._biber,
            everything=self._citing.cited.everything,
        )

    def _resolve(self, found: Needed, mine: Document, ours: Document) -> list[Resolved]:
        """What the identifiers stand for that the file does not have yet."""
        open_ = {}
        again = {}
        for key, what in self._identifiers.items():
            entry = found.found.get(key)
            if entry is None:
                open_[key] = what
            elif entry.document is ours:
                row = self._there.state.get(entry.key)
                # What was copied from a file is copied anew when that changed.
                if row is not None and row.cited not in (ONLINE, INDEX, ZOTERO):
                    again[key] = what
        files = [Source("", mine), *self._sources]
        options = self._options
        asking = Asking(
            self._services,
            frozenset(options.sources) & frozenset(SERVICES),
            offline=options.offline,
            index=options.index,
            library=options.library,
            options=LookupOptions(published=options.published),
            progress=options.progress,
        )
        biber = self._biber is True
        done = []
        for key, what in list(open_.items()):
            why = unfit(key, biber=biber)
            if why and not what.why_not and not options.rewriting:
                why += "; --rewrite-keys puts another into the document"
                done.append(Resolved(key, open_.pop(key), why_not=why))
        nobody = replace(asking, services=())
        renewed = [one for one in resolve(again, files, nobody) if one.found]
        files.append(Source("", ours))
        return [*done, *resolve(open_, files, asking), *renewed]

    def _planned(self, found: Needed, resolved: Sequence[Resolved], made: Made) -> CitePlan:
        there, pieces = self._there, made.pieces
        cited = {
            one.entry.key
            for one in found.taken
            if one.entry not in made.replaced and not self._is_beside(one.entry)
        }
        cited |= {one.key for one in pieces}
        folded = {key.lower() for key in cited} if self._biber is not True else cited
        nothing = not (self._keys or self._citing.cited.everything) and living_entries(
            there.document
        )
        remove: list[str] = []
        uncited: list[str] = []
        for entry in living_entries(there.document):
            if entry.key in cited or entry.key.lower() in folded or not entry.key:
                continue
            if nothing:
                uncited.append(entry.key)
            elif entry.key in there.ours or self._options.prune:
                remove.append(entry.key)
            else:
                uncited.append(entry.key)
        if nothing:
            self._notices.append(
                Notice(
                    "Nothing is cited, so every entry stays.",
                    self._citing.documents[0],
                    rule="cite.nothing",
                )
            )
        copied = Counter(source for source, _ in made.origins.values())
        self._notices += doubles(self._citing, self._output, copied)
        done = gather(
            there.data,
            self._output,
            pieces,
            remove=remove,
            macros=made.macros,
            heads=self._heads(made),
            newline=self._newline(pieces, found),
        )
        self._notices += [
            macro_notice(key, name, self._output)
            for key, names in done.expanded.items()
            for name in names
        ]
        rows = self._rows(found, made, done)
        missing = (*self._missing(found, resolved), *self._broken(made))
        files = self._files(done, made)
        return CitePlan(
            self._output,
            done.data,
            rows,
            missing,
            tuple(uncited),
            files,
            tuple(dict.fromkeys(self._notices)),
            tuple(self._sources),
            (Source(self._output, there.document),) if there.data else (),
            tuple(one for one in resolved if one.found),
            self._identifiers,
        )

    def _is_beside(self, entry: BibEntry) -> bool:
        return any(entry.document is one for one in self._beside)

    def _heads(self, made: Made) -> list[str]:
        heads = []
        own = write_preamble(made.rendered, self._dialect)
        if own:
            heads.append(own)
        names = {source for source, _ in made.origins.values()}
        for source in self._sources:
            if source.name not in names:
                continue
            foreign = [one for one in source.document.preambles if not is_ours(one)]
            if self._options.preamble:
                heads += [one.text for one in foreign]
            elif foreign and any(
                made.origins[one.key][0] == source.name and not self._has(one.key)
                for one in made.pieces
            ):
                self._notices.append(
                    Notice(
                        "This @preamble was left out.",
                        source.name,
                        foreign[0].line,
                        rule="tex.preamble",
                        hint="--preamble takes it over.",
                    )
                )
        return heads

    def _has(self, key: str) -> bool:
        return key in self._there.ours or key in self._there.edited

    def _newline(self, pieces: Sequence[Piece], found: Needed) -> str:
        """The line end of a new file: that of the first entry's source."""
        keys = {one.key for one in pieces}
        for one in found.taken:
            if one.entry.key in keys:
                return one.entry.document.style.newline.decode()
        return "\n"

    def _rows(self, found: Needed, made: Made, done: Gathered) -> tuple[Row, ...]:
        added, renewed = set(done.added), set(done.renewed)
        state = self._there.state
        why = {one.entry.key: (one.why, one.by) for one in reversed(found.taken)}
        rows = []
        elsewhere = {*made.replaced, *made.broken}
        for one in found.taken:
            key = one.entry.key
            if self._is_beside(one.entry):
                rows.append(
                    Row(
                        key,
                        "beside",
                        one.entry.document.file or "",
                        one.entry.line,
                        one.why,
                        one.by,
                    )
                )
            elif key not in made.origins and one.entry not in elsewhere:
                edited = key in self._there.edited
                source = state[key].cited if edited else ""
                action = "edited" if edited else "kept"
                rows.append(Row(key, action, source, 0, one.why, one.by))
        for piece in made.pieces:
            key = piece.key
            action = "added" if key in added else "renewed" if key in renewed else "kept"
            rows.append(Row(key, action, *made.origins[key], *why.get(key, ("cited", key))))
        rows += [
            Row(key, "removed", state[key].cited if key in state else "") for key in done.removed
        ]
        return tuple(rows)

    def _missing(self, found: Needed, resolved: Sequence[Resolved]) -> tuple[Missing, ...]:
        known = {one.key: one for one in resolved}
        places = self._citing.places()
        unsure = set(self._unsure)
        names: list[str] | None = None
        missing = []
        for key in found.missing:
            one = known.get(key)
            if key in unsure or (one is not None and one.found):
                continue
            if one is not None:
                missing.append(
                    Missing(key, tuple(places.get(key, ())), one.why_not, unknown=one.unknown)
                )
                continue
            if names is None:
                documents = [self._there.document, *(one.document for one in self._sources)]
                names = list(dict.fromkeys(e.key for d in documents for e in d.entries if e.key))
            missing.append(
                Missing(key, tuple(places.get(key, ())), "no source has it", nearest(key, names))
            )
        return tuple(missing)

    def _broken(self, made: Made) -> Iterable[Missing]:
        places = self._citing.places()
        for entry in made.broken:
            where = f"{entry.document.file}, line {entry.line}"
            why = f"its entry in {where}, is never closed, so it was not copied"
            yield Missing(entry.key, tuple(places.get(entry.key, ())), why)

    def _files(self, done: Gathered, made: Made) -> tuple[ChangedFile, ...]:
        if self._output == standard_stream:
            return ()
        there = self._there
        files = remembered(there, done, made.origins, self._output)
        rows = [
            row
            for entry, looked in made.looked
            for row in evidence_rows(
                entry, looked.evidence, self._dialect, self._options.print_links
            )
        ]
        if rows:
            told = self._output + SUFFIX
            old, _ = read_if_there(told)
            end = b"\n" if old and not old.endswith(b"\n") else b""
            files.append(
                ChangedFile(told, old, (old or b"") + end + write_provenance(rows).encode())
            )
        # Last: a run that is killed before leaves a file that the next one brings up to date.
        files.append(ChangedFile(self._output, there.data, done.data))
        return tuple(files)


def _case_clashes(citing: Citing, keys: Iterable[str]) -> Iterable[Notice]:
    """Keys that BibTeX takes for one and LaTeX for two."""
    first: dict[str, str] = {}
    places = citing.places()
    for key in keys:
        other = first.setdefault(key.lower(), key)
        if other != key:
            place = places[key][0]
            yield Notice(
                f'"{key}" is cited as "{other}" elsewhere: BibTeX refuses two spellings of a key.',
                place.file,
                place.line,
                place.column,
                "cite.case",
            )
