# Before BibTeX or biber runs, bibtools makes the .bib of what the paper cites.
$pdf_mode = 1;
$bibtex_use = 2;    # also when the .bib is not there yet
$bibtex = 'internal cite_and_run bibtex %B.aux %O %B';
$biber = 'internal cite_and_run biber %B.bcf %O %S';

sub cite_and_run {
    my ($program, $document, @arguments) = @_;
    my $refs = $program eq 'biber' ? 'refs-biblatex.bib' : 'refs.bib';
    my @cite = ('cite', $document, '--from', 'library.bib', '-o', $refs);
    push @cite, '--index', 'arxiv.sqlite' if -e 'arxiv.sqlite';
    # What is missing is said there, and LaTeX warns of it: the paper is made all the same. Where
    # bibtools is not installed, the .bib that is there is used.
    system('bibtools', @cite) == -1 and warn "bibtools is not here; $refs stays as it is\n";
    return system($program, @arguments);
}
