"""Makes pages of each kind from random papers, the same for the same seed.

Run it to get a page: `python tests/page_generator.py author-page 1000 --seed 7 > page.txt`.
Titles and abstracts are put together from word lists, names from name lists of many cultures;
all papers are invented. The difficult cases are in at their natural rate or above: titles that
end in an acronym, a digit, a bracket or a question mark, titles with commas or with people's
names, camel-case surnames, initials, particles, teams, names in other scripts.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass

# fmt: off
GIVEN = (
    "Ada Boris Carmen Dmitri Esther Fatima Giulia Hiroshi Ingrid Joaquín Katarzyna Lars Mei Nikhil "
    "Olumide Priya Quentin Rania Søren Tomás Ursula Viktor Wanjiru Xiaoming Yuki Zoltán Émilie "
    "Łukasz Öykü Bowen Jiawei Haruto Minjun Seung-Hyun JiWoo Thi Nguyên Aarav Tendai Anneke Bjørn "
    "Chiara Declan Eilidh Goran Heikki Ioana Jean-Luc Kofi Leïla Marit Noor Oleksandr Paweł Rafał "
    "Siobhán Tuan Umut Vasiliki Wietse Yaël Zeynep Tereza Ruth Peter Omar Nadia Miguel Laura Kwame "
    "Jonas Ines Henrik Grace Felix Elena Daniel Clara Bruno Anna Arjun Chen Dong-Hyun Fei Guillermo"
).split()
FAMILY = (
    "Okafor Lindqvist McCallum DeYoung LeCun O'Neill Østergaard Nguyen Ivanova Papadopoulos Kim "
    "Garcia-Moreno Şahin Wójcik Müller Rossi Tanaka Wang Zhao Subramanian Haddad Cohen Mbeki "
    "Fernández Novák Horváth Petrov Jansen Silva Dubois Andersson Virtanen Kowalczyk Popescu "
    "Al-Rashid FitzGerald MacDonald D'Angelo Ng Li Wu Xu Oyelaran Bianchi Smith-Jones Keller "
    "Thompson Yamamoto Park Choi Tran Das Iyer Rahimi Ben-David Sørensen Ångström Žižka Ó'Briain"
).split()
PARTICLES = (
    "van|van der|von|de|de la|di|del|dos|ten|al-|Van|De|Le".split("|")
)
OTHER_SCRIPTS = (
    "李明|王小红|张伟|김철수|박지민|山田太郎|Сергей Лебедев|Ольга Морозова|Γιώργος Νικολάου|"
    "محمد الحسن|"
    "דוד כהן|Բագրատ Սարգսյան"
).split("|")
BODIES = "OpenKite Team|Lumen Collaboration|Harbor Research|The Juniper Consortium".split("|")

ADJECTIVES = (
    "Sparse Robust Neural Adaptive Multilingual Causal Latent Efficient Hierarchical Zero-Shot "
    "Low-Resource Bayesian Quantum Topological Interpretable Federated Self-Supervised Noisy"
).split()
NOUNS = (
    "Retrieval Translation Parsing Alignment Diffusion Pruning Reasoning Segmentation Lattices "
    "Manifolds Galaxies Auctions Grammars Proteins Embeddings Tokens Rewards Planning Memory "
    "Summaries Dialogue Graphs Spectra Turbulence Networks Models Transformers Benchmarks"
).split()
ENDINGS = (
    "in RAG|on GLUE|with GPT-4|for 3D|(Large)|at 13 TeV|of the mRNA|in C++|2.0|Part II|by 02.AI|"
    "with PyTorch|of SU(3)|for UAVs|in QCD|via LoRA|in LaTeX|[Extended]|at 99%|for IoT|with $k=2$|"
    "on ImageNet|for LLMs|in the Wild!|\"Revisited\"|of Type A|for Vitamin D|of p-Groups"
).split("|")
PEOPLE = (
    "Kalman Filters|Monte Carlo Methods|Alan Turing's Machines|the Markov Property|Ada Lovelace|"
    "Fourier Features|Gaussian Processes|the Games of John Nash"
).split("|")
VERBS = "improve explain measure reduce extend replace compare predict".split()
SUBJECTS = "CL LG CV AI IR RO IV COMP-PH HEP-TH QUANT-PH ST CO GR-QC SOC-PH NA SP".split()
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
SLUGS = "northfield uw harbor-labs kite-ai eastbridge".split()
# fmt: on


@dataclass(frozen=True)
class Paper:
    """An invented paper with all that the pages print."""

    title: str
    authors: tuple[str, ...]
    abstract: str
    url: str | None
    category: str
    month: int
    day: int
    year: int
    code_flag: bool
    affiliations: tuple[str, ...]
    comments: int | None

    @property
    def shown(self) -> tuple[str, ...]:
        """The authors that an author page names."""
        return self.authors[:3]


def random_name(rng: random.Random) -> str:
    """A name of any culture and style."""
    kind = rng.random()
    given, family = rng.choice(GIVEN), rng.choice(FAMILY)
    if kind < 0.015:
        return rng.choice(OTHER_SCRIPTS)
    if kind < 0.02:
        return rng.choice(BODIES)
    if kind < 0.10:
        initial = rng.choice("ABCDEFGHJKLMNPRSTVWYZ")
        return f"{initial}. {family}" if kind < 0.06 else f"{given} {initial} {family}"
    if kind < 0.14:
        return f"{rng.choice('ABCDEJKM')}. {rng.choice('ABCDEJKM')}. {family}"
    if kind < 0.18:
        particle = rng.choice(PARTICLES)
        return f"{given} {particle}{'' if particle.endswith('-') else ' '}{family}"
    if kind < 0.22:
        return f"{given} {rng.choice(GIVEN)} {family}"
    if kind < 0.225:
        return f"{given} {family} Jr."
    return f"{given} {family}"


def random_title(rng: random.Random) -> str:
    """A title; about one in six ends in something other than a plain word."""
    core = f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"
    form = rng.randrange(7)
    if form == 0:
        title = f"{core} for {rng.choice(ADJECTIVES)} {rng.choice(NOUNS)}"
    elif form == 1:
        title = f"Kit{rng.choice(NOUNS)[:4]}: {core} via {rng.choice(NOUNS)}"
    elif form == 2:
        title = f"{rng.choice(NOUNS)}, {rng.choice(NOUNS)}, and {core}"
    elif form == 3:
        title = f"Does {core} {rng.choice(VERBS).title()} {rng.choice(NOUNS)}?"
    elif form == 4:
        title = f"On {rng.choice(PEOPLE)} and {core}"
    elif form == 5:
        title = f"Towards {core.lower()} with {rng.choice(NOUNS).lower()}"
    else:
        title = f"{core}: A {rng.choice(ADJECTIVES)} Study of {rng.choice(NOUNS)}"
    return f"{title.rstrip('?')} {rng.choice(ENDINGS)}" if rng.random() < 0.16 else title


def random_abstract(rng: random.Random, title: str, url: str | None) -> str:
    """Some sentences that speak of the title, of abstract's length, in one line."""
    sentences = [
        f"We ask whether {rng.choice(ADJECTIVES).lower()} {rng.choice(NOUNS).lower()} can "
        f"{rng.choice(VERBS)} {rng.choice(NOUNS).lower()} when little is known about "
        f"{rng.choice(NOUNS).lower()}."
        for _ in range(rng.randint(3, 7))
    ]
    if rng.random() < 0.7:
        words = title.split()
        sentences.insert(1, f"This paper is about {' '.join(words[-3:])}.")
    sentences.append(f"Our results on {rng.randint(2, 40)} tasks are {rng.randint(1, 30)}% better.")
    if url:
        sentences.append(f"Code is available at {url}.")
    return " ".join(sentences)


def random_paper(rng: random.Random, owner: str | None = None) -> Paper:
    """One invented paper, by `owner` among others if given."""
    title = random_title(rng)
    authors = [random_name(rng) for _ in range(rng.choice([1, 2, 2, 3, 3, 4, 5, 6, 8, 12]))]
    if owner:
        authors[min(rng.randrange(3), len(authors) - 1)] = owner
    url = None
    if rng.random() < 0.3:
        url = f"https://github.com/{rng.choice(SLUGS)}/{rng.choice(NOUNS)}-{rng.randrange(99)}"
    return Paper(
        title=title,
        authors=tuple(dict.fromkeys(authors)),
        abstract=random_abstract(rng, title, url),
        url=url,
        category=rng.choice(SUBJECTS),
        month=rng.randint(1, 12),
        day=rng.randint(1, 28),
        year=rng.randint(2015, 2024),
        code_flag=url is not None and rng.random() < 0.8,
        affiliations=tuple(sorted(rng.sample(SLUGS, 2))) if rng.random() < 0.2 else (),
        comments=rng.randint(1, 20) if rng.random() < 0.3 else None,
    )


def random_papers(seed: int, count: int, owner: str | None = None) -> list[Paper]:
    """So many invented papers."""
    rng = random.Random(seed)
    return [random_paper(rng, owner) for _ in range(count)]


def _date(paper: Paper, current: int) -> str:
    year = "" if paper.year == current else f", {paper.year}"
    return f"{MONTHS[paper.month - 1]} {paper.day}{year}"


def author_page(papers: Iterable[Paper], current: int = 2025) -> str:
    """The papers as an author page; `current` is the year that is left out."""
    records = []
    for paper in papers:
        names = ", ".join(paper.shown) + (" et al." if len(paper.authors) > 3 else "")
        tail = f" · {', '.join(paper.affiliations)}" if paper.affiliations else ""
        flag = "Code" if paper.code_flag else ""
        records.append(
            f"{paper.category}{_date(paper, current)}{flag}\n"
            f"{paper.title}{names}{tail}\n{paper.abstract}"
        )
    return "\n".join(records)


def bare_abstracts(papers: Iterable[Paper]) -> str:
    """The papers as bare abstracts."""
    return "\n".join(f"Abstract:{paper.abstract}" for paper in papers)


def papers_list(papers: Iterable[Paper], blocks: bool = True, current: int = 2025) -> str:
    """The papers as a papers list, with or without the block of authors and date."""
    parts = [
        "new",
        "Get trending papers in your email inbox!",
        "Subscribe",
        "Daily Papers",
        "by AK and the research community",
        "Nov 7",
    ]
    for paper in papers:
        parts += [paper.title, paper.abstract]
        if blocks:
            comments = f" {paper.comments}" if paper.comments else ""
            count = len(paper.authors)
            parts.append(f"  • {count} authors\n·\n{_date(paper, current)}{comments}")
    return "\n\n".join(parts)


def html_author_page(papers: Iterable[Paper]) -> str:
    """The papers as the author page's markup, as far as it matters."""
    import html

    rows = []
    for paper in papers:
        names = ", ".join(paper.shown) + (" et al." if len(paper.authors) > 3 else "")
        flag = "<span>Code</span>" if paper.code_flag else ""
        rows.append(
            f"<li><div><span>{paper.category}</span><span>{_date(paper, 2025)}</span>{flag}</div>"
            f"<h3>{html.escape(paper.title)}</h3><p class=authors>{html.escape(names)}</p>"
            f"<p>{html.escape(paper.abstract)}</p><script>if (a < b) run();</script></li>"
        )
    return f"<!doctype html><html><body><ul>{''.join(rows)}</ul></body></html>"


def main() -> None:
    """Print a page."""
    makers = {
        "author-page": author_page,
        "bare-abstracts": bare_abstracts,
        "papers-list": papers_list,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=makers)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    papers = random_papers(options.seed, options.count)
    sys.stdout.write(makers[options.kind](papers))


if __name__ == "__main__":
    main()
