# Before BibTeX or biber runs, bibtools makes the .bib of what the paper cites.
use Cwd;
use File::Spec;

$pdf_mode = 1;
$bibtex_use = 2;    # also when the .bib is not there yet
$bibtex = 'internal cite_and_run bibtex %S %O %S';
$biber = 'internal cite_and_run biber %S %O %S';

my $here = getcwd();

sub cite_and_run {
    my ($program, $document, @arguments) = @_;
    my $refs = $program eq 'biber' ? 'refs-biblatex.bib' : 'refs.bib';
    my $noted = File::Spec->abs2rel($document, $here);
    my @cite = ('cite', $noted, '--from', 'library.bib', '-o', $refs);
    my $there = getcwd();    # with -outdir latexmk runs BibTeX elsewhere
    chdir $here;
    push @cite, '--index', 'arxiv.sqlite' if -e 'arxiv.sqlite';
    # What is missing is said there, and LaTeX warns of it: the paper is made all the same. Where
    # bibtools is not installed, the .bib that is there is used.
    system('bibtools', @cite) == -1 and warn "bibtools is not here; $refs stays as it is\n";
    chdir $there;
    return system($program, @arguments);
}
