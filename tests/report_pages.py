"""Reading lists for the tests of the report page: a usual one, a hostile one, a long one."""

from __future__ import annotations

import json
from pathlib import Path

USUAL = r"""@article{gao2021,
  author = {Gao, Tianyu and Yao, Xingcheng and Chen, Danqi},
  title = {{SimCSE}: Simple Contrastive Learning},
  year = {2021}, journal = {Journal of Sentences}, doi = {10.1000/simcse},
  eprint = {2104.08821}, archivePrefix = {arXiv}, primaryClass = {cs.CL},
  code = {https://github.com/princeton-nlp/SimCSE},
  abstract = {We pass one sentence twice through an encoder, and $x^2$ is small.},
}
@inproceedings{vaswani2017,
  author = {Vaswani, Ashish and Shazeer, Noam},
  title = {Attention Is All You Need}, year = {2017}, booktitle = {Proceedings of NIPS},
  eprint = {1706.03762}, archivePrefix = {arXiv}, primaryClass = {cs.LG},
}
@book{knuth1984,
  author = {Knuth, Donald E.}, title = {The {\TeX}book}, year = {1984},
  publisher = {Addison-Wesley}, url = {https://www.ctan.org/pkg/texbook.pdf},
}
@misc{gottlob2003,
  author = {M{\"u}ller, J{\"o}rg}, title = {Über die Größe}, howpublished = {Handwritten},
}
"""
EVIDENCE = [
    {"key": "gao2021", "field": "doi", "value": "10.1000/simcse", "source": "Crossref",
     "question": "crossref:doi:10.1000/simcse", "asked": "2026-11-21",
     "rule": "exact title; authors and year agree", "score": 100.0, "confirmed": ["DBLP"],
     "lost": [{"value": "10.1000/other", "source": "OpenAlex", "why": "another title"}]},
]  # fmt: skip


def usual(folder: Path) -> Path:
    """A .bib with evidence beside it."""
    file = folder / "refs.bib"
    file.write_text(USUAL, "utf-8")
    rows = "".join(json.dumps(row) + "\n" for row in EVIDENCE)
    Path(f"{file}.provenance.jsonl").write_text(rows, "utf-8")
    return file


SCRIPTS = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "'><svg onload=alert(4)>",
    "</title></style></textarea></noscript><script>alert(5)</script>",
    "<!--<script>",
    "--> ]]> {{7*7}} ${7*7} <%= 7 %>",
    "\u2028\u2029 \u202egnol\u202c \x00\x07\x1b[31m \ufffe \u0600",
    "&lt;b&gt; &#60;script&#62;",
    "javascript:alert(6)",
    "__proto__",
    "🎉 \U0001d4d0 \u0301 ́a",
)
ADDRESSES = (
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example.org/a",
    "https://arxiv.org@evil.example.org/",
    "https://evil.example.org\\@arxiv.org/",
    "https:evil.example.org",
    "http://localhost:631/",
    "http://192.168.1.1/reboot",
    "file:///etc/passwd",
    "https://\u0430rxiv.org/abs/1",
    'https://ok.example.org/"onmouseover="alert(1)',
    "https://ok.example.org/\u202eexe.fdp",
    "blob:https://a.example.org/1",
    "ftp://a.example.org/x",
)


def hostile(folder: Path) -> Path:
    """Entry JSON in which every text is an attack."""
    rows = [
        {
            "key": f"k{number}{text}",
            "type": text if number % 2 else "book",
            "title": f"{text} title",
            "authors": [{"literal": text}] * 12,
            "date": "2020",
            "venue": text,
            "abstract": text,
            "categories": [text],
            "doubts": [{"field": text, "reason": text, "alternatives": [text]}],
            "remarks": [text],
            "from": [{"file": text, "line": 1}],
            "ids": {"doi": '10.1000/"><script>alert(9)</script>'},
            "links": [{"url": url, "evidence": text, "kind": text} for url in ADDRESSES],
            "code": [{"url": url, "evidence": text, "kind": text} for url in ADDRESSES],
        }
        for number, text in enumerate(SCRIPTS)
    ]
    file = folder / "hostile.json"
    file.write_text(json.dumps(rows), "utf-8")
    return file


def long(folder: Path, count: int) -> Path:
    """Entry JSON with many entries, from 1971 on."""
    words = "graph neural tree sparse robust causal deep fast slow exact".split()
    rows = [
        {
            "key": f"key{number}",
            "type": "article-journal",
            "title": f"{words[number % 10]} {words[number // 10 % 10]} methods {number}",
            "authors": [{"family": f"Author{number % 97}", "given": "A."}],
            "date": str(1971 + number % 50),
            "venue": f"Journal {number % 40}",
            "ids": {"doi": f"10.1000/{number}"},
            "abstract": f"A sentence about number {number}.",
            "remarks": [f"Seen {number} times."],
            "from": [{"file": "page.txt", "line": number}],
        }
        for number in range(count)
    ]
    file = folder / "long.json"
    file.write_text(json.dumps(rows), "utf-8")
    return file
