# ruff: noqa: E501 -- a row of a table is a line
"""Journals and meetings that are known in several forms.

Full names as the publishers print them, abbreviations after ISO 4 as the ISSN register and the
journals themselves give them; macros are those that have come into use in .bib files. It is meant
to be short: a user's own table (`journals.csv` in the settings folder) adds to it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from bibtools.formats.venue_names.table import VenueName, VenueTable

# full | ISO 4 | macro | other names, divided by ";"; `\apj` and the like are the commands of AASTeX,
# in which ADS exports names of journals.
_JOURNALS: Final = r"""
Journal of Machine Learning Research|J. Mach. Learn. Res.|jmlr|JMLR
Transactions on Machine Learning Research|Trans. Mach. Learn. Res.|tmlr|TMLR
Machine Learning|Mach. Learn.|ml
Neural Computation|Neural Comput.|neco
Neural Networks|Neural Netw.|nn
Artificial Intelligence|Artif. Intell.|aij
Journal of Artificial Intelligence Research|J. Artif. Intell. Res.|jair|JAIR
Computational Linguistics|Comput. Linguist.|cl
Transactions of the Association for Computational Linguistics|Trans. Assoc. Comput. Linguist.|tacl|TACL
Natural Language Engineering|Nat. Lang. Eng.|nle
Language Resources and Evaluation|Lang. Resour. Eval.|lre
Computer Speech & Language|Comput. Speech Lang.|csl
Speech Communication|Speech Commun.|specom
IEEE Transactions on Pattern Analysis and Machine Intelligence|IEEE Trans. Pattern Anal. Mach. Intell.|tpami|TPAMI;PAMI;IEEE TPAMI;IEEE T-PAMI
International Journal of Computer Vision|Int. J. Comput. Vis.|ijcv|IJCV
IEEE Transactions on Image Processing|IEEE Trans. Image Process.|tip|IEEE TIP
IEEE Transactions on Medical Imaging|IEEE Trans. Med. Imaging|tmi|IEEE TMI
Medical Image Analysis|Med. Image Anal.|media
Pattern Recognition|Pattern Recognit.|pr
Pattern Recognition Letters|Pattern Recognit. Lett.|prl-pattern
Computer Vision and Image Understanding|Comput. Vis. Image Underst.|cviu|CVIU
IEEE Transactions on Neural Networks and Learning Systems|IEEE Trans. Neural Netw. Learn. Syst.|tnnls|TNNLS
IEEE Transactions on Information Theory|IEEE Trans. Inf. Theory|tit
IEEE Transactions on Signal Processing|IEEE Trans. Signal Process.|tsp
IEEE Transactions on Knowledge and Data Engineering|IEEE Trans. Knowl. Data Eng.|tkde|TKDE
IEEE Transactions on Robotics|IEEE Trans. Robot.|tro|T-RO
IEEE Robotics and Automation Letters|IEEE Robot. Autom. Lett.|ral|RA-L
The International Journal of Robotics Research|Int. J. Robot. Res.|ijrr|IJRR
IEEE Transactions on Software Engineering|IEEE Trans. Softw. Eng.|tse|IEEE TSE
IEEE Transactions on Visualization and Computer Graphics|IEEE Trans. Vis. Comput. Graph.|tvcg|TVCG
IEEE Transactions on Computers|IEEE Trans. Comput.|tc
IEEE Transactions on Automatic Control|IEEE Trans. Autom. Control|tac
IEEE Access|IEEE Access|ieeeaccess
Proceedings of the IEEE|Proc. IEEE|procieee
IEEE/ACM Transactions on Audio, Speech, and Language Processing|IEEE/ACM Trans. Audio Speech Lang. Process.|taslp|TASLP
Communications of the ACM|Commun. ACM|cacm|CACM
Journal of the ACM|J. ACM|jacm|JACM
ACM Computing Surveys|ACM Comput. Surv.|csur
ACM Transactions on Graphics|ACM Trans. Graph.|tog|ACM TOG
ACM Transactions on Information Systems|ACM Trans. Inf. Syst.|tois|TOIS
ACM Transactions on Programming Languages and Systems|ACM Trans. Program. Lang. Syst.|toplas|TOPLAS
ACM Transactions on Computer Systems|ACM Trans. Comput. Syst.|tocs
ACM Transactions on Mathematical Software|ACM Trans. Math. Softw.|toms
SIAM Journal on Computing|SIAM J. Comput.|sicomp
SIAM Journal on Optimization|SIAM J. Optim.|siopt
SIAM Journal on Numerical Analysis|SIAM J. Numer. Anal.|sinum
SIAM Journal on Scientific Computing|SIAM J. Sci. Comput.|sisc
SIAM Review|SIAM Rev.|sirev
Mathematical Programming|Math. Program.|mathprog
Theoretical Computer Science|Theor. Comput. Sci.|tcs
Information Processing Letters|Inf. Process. Lett.|ipl
Information and Computation|Inf. Comput.|iandc
Journal of Computer and System Sciences|J. Comput. Syst. Sci.|jcss
Journal of Cryptology|J. Cryptol.|jcryptol
Annals of Mathematics|Ann. Math.|annmath
The Annals of Statistics|Ann. Stat.|annstat
Journal of the American Statistical Association|J. Am. Stat. Assoc.|jasa|JASA
Biometrika|Biometrika|biometrika
Bioinformatics|Bioinformatics|bioinformatics
BMC Bioinformatics|BMC Bioinform.|bmcbioinf
Nucleic Acids Research|Nucleic Acids Res.|nar
Nature|Nature|nature
Nature Communications|Nat. Commun.|natcommun
Nature Machine Intelligence|Nat. Mach. Intell.|natmachintell
Nature Methods|Nat. Methods|natmethods
Nature Physics|Nat. Phys.|natphys
Nature Medicine|Nat. Med.|natmed
Nature Biotechnology|Nat. Biotechnol.|natbiotechnol
Scientific Reports|Sci. Rep.|scirep
Science|Science|science
Science Advances|Sci. Adv.|sciadv
Proceedings of the National Academy of Sciences of the United States of America|Proc. Natl. Acad. Sci. U. S. A.|pnas|PNAS;Proceedings of the National Academy of Sciences;Proc. Natl. Acad. Sci. USA;Proc. Natl. Acad. Sci.
Cell|Cell|cell
The Lancet|Lancet|lancet
New England Journal of Medicine|N. Engl. J. Med.|nejm|NEJM
PLOS ONE|PLoS One|plosone
PLOS Computational Biology|PLoS Comput. Biol.|ploscompbiol
Physical Review Letters|Phys. Rev. Lett.|prl|PRL;\prl
Physical Review A|Phys. Rev. A|pra|\pra
Physical Review B|Phys. Rev. B|prb|\prb
Physical Review C|Phys. Rev. C|prc|\prc
Physical Review D|Phys. Rev. D|prd|\prd
Physical Review E|Phys. Rev. E|pre|\pre
Physical Review X|Phys. Rev. X|prx
Reviews of Modern Physics|Rev. Mod. Phys.|rmp
Journal of High Energy Physics|J. High Energy Phys.|jhep|JHEP
Journal of Cosmology and Astroparticle Physics|J. Cosmol. Astropart. Phys.|jcap|JCAP;\jcap
Physics Letters B|Phys. Lett. B|plb
Nuclear Physics B|Nucl. Phys. B|npb
The Astrophysical Journal|Astrophys. J.|apj|ApJ;\apj
The Astrophysical Journal Letters|Astrophys. J. Lett.|apjl|ApJL;\apjl;\apjlett
The Astronomical Journal|Astron. J.|aj|\aj
Astronomy & Astrophysics|Astron. Astrophys.|aap|A&A;\aap
Monthly Notices of the Royal Astronomical Society|Mon. Not. R. Astron. Soc.|mnras|MNRAS;\mnras
The Astrophysical Journal Supplement Series|Astrophys. J. Suppl. Ser.|apjs|ApJS;\apjs;\apjsupp
Publications of the Astronomical Society of the Pacific|Publ. Astron. Soc. Pac.|pasp|PASP;\pasp
Publications of the Astronomical Society of Japan|Publ. Astron. Soc. Jpn.|pasj|PASJ;\pasj
Annual Review of Astronomy and Astrophysics|Annu. Rev. Astron. Astrophys.|araa|ARA&A;\araa
Astrophysics and Space Science|Astrophys. Space Sci.|apss|\apss
Space Science Reviews|Space Sci. Rev.|ssr|\ssr
Solar Physics|Sol. Phys.|solphys|\solphys
Geophysical Research Letters|Geophys. Res. Lett.|grl|GRL;\grl
Geochimica et Cosmochimica Acta|Geochim. Cosmochim. Acta|gca|\gca
Physics Reports|Phys. Rep.|physrep|\physrep
Applied Optics|Appl. Opt.|ao|\ao
Journal of Quantitative Spectroscopy and Radiative Transfer|J. Quant. Spectrosc. Radiat. Transf.|jqsrt|JQSRT;\jqsrt
Journal of the American Chemical Society|J. Am. Chem. Soc.|jacs|JACS
The Journal of Chemical Physics|J. Chem. Phys.|jcp|\jcp
Journal of Computational Physics|J. Comput. Phys.|jcompphys
Journal of Open Source Software|J. Open Source Softw.|joss|JOSS
"""

# acronym | full name of the series
_MEETINGS: Final = """
AAAI|AAAI Conference on Artificial Intelligence
AAMAS|International Conference on Autonomous Agents and Multiagent Systems
AISTATS|International Conference on Artificial Intelligence and Statistics
ASE|IEEE/ACM International Conference on Automated Software Engineering
ASPLOS|International Conference on Architectural Support for Programming Languages and Operating Systems
BMVC|British Machine Vision Conference
CAV|International Conference on Computer Aided Verification
CCS|ACM Conference on Computer and Communications Security
CHI|CHI Conference on Human Factors in Computing Systems
CIKM|ACM International Conference on Information and Knowledge Management
COLING|International Conference on Computational Linguistics
COLT|Conference on Learning Theory
CoNLL|Conference on Computational Natural Language Learning
CoRL|Conference on Robot Learning
CRYPTO|Annual International Cryptology Conference
EACL|Conference of the European Chapter of the Association for Computational Linguistics
ECCV|European Conference on Computer Vision
EMNLP|Conference on Empirical Methods in Natural Language Processing
FAccT|ACM Conference on Fairness, Accountability, and Transparency
FOCS|IEEE Symposium on Foundations of Computer Science
ICALP|International Colloquium on Automata, Languages, and Programming
ICASSP|IEEE International Conference on Acoustics, Speech and Signal Processing
ICCV|IEEE/CVF International Conference on Computer Vision
ICDE|IEEE International Conference on Data Engineering
ICDM|IEEE International Conference on Data Mining
ICLR|International Conference on Learning Representations
ICML|International Conference on Machine Learning
ICRA|IEEE International Conference on Robotics and Automation
ICSE|IEEE/ACM International Conference on Software Engineering
IJCAI|International Joint Conference on Artificial Intelligence
INFOCOM|IEEE Conference on Computer Communications
INTERSPEECH|Annual Conference of the International Speech Communication Association
IROS|IEEE/RSJ International Conference on Intelligent Robots and Systems
ISCA|International Symposium on Computer Architecture
KDD|ACM SIGKDD Conference on Knowledge Discovery and Data Mining
LICS|ACM/IEEE Symposium on Logic in Computer Science
LREC|International Conference on Language Resources and Evaluation
MICCAI|International Conference on Medical Image Computing and Computer-Assisted Intervention
MICRO|IEEE/ACM International Symposium on Microarchitecture
NAACL|Conference of the North American Chapter of the Association for Computational Linguistics
NDSS|Network and Distributed System Security Symposium
NeurIPS|Conference on Neural Information Processing Systems
NSDI|USENIX Symposium on Networked Systems Design and Implementation
OSDI|USENIX Symposium on Operating Systems Design and Implementation
PLDI|ACM SIGPLAN Conference on Programming Language Design and Implementation
PODC|ACM Symposium on Principles of Distributed Computing
POPL|ACM SIGPLAN Symposium on Principles of Programming Languages
RecSys|ACM Conference on Recommender Systems
SIGCOMM|ACM SIGCOMM Conference
SIGIR|International ACM SIGIR Conference on Research and Development in Information Retrieval
SIGMOD|ACM SIGMOD International Conference on Management of Data
SODA|ACM-SIAM Symposium on Discrete Algorithms
SOSP|ACM Symposium on Operating Systems Principles
STOC|ACM Symposium on Theory of Computing
UAI|Conference on Uncertainty in Artificial Intelligence
UIST|ACM Symposium on User Interface Software and Technology
WACV|IEEE/CVF Winter Conference on Applications of Computer Vision
WSDM|ACM International Conference on Web Search and Data Mining
ACL|Annual Meeting of the Association for Computational Linguistics
CVPR|IEEE/CVF Conference on Computer Vision and Pattern Recognition
"""


@cache
def known_names() -> VenueTable:
    """The names that come with the package."""
    return VenueTable.of((*_journals(), *_meetings()))


def _journals() -> list[VenueName]:
    found = []
    for line in _JOURNALS.strip().splitlines():
        full, short, macro, names = (*line.split("|"), "")[:4]
        found.append(VenueName(full, short, macro, tuple(filter(None, names.split(";")))))
    return found


def _meetings() -> list[VenueName]:
    rows = (line.split("|") for line in _MEETINGS.strip().splitlines())
    return [VenueName(full, "", acronym.lower(), (), acronym) for acronym, full in rows]
