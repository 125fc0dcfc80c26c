#!/bin/sh
# A reading list in Zotero and in the files of two authors, and all of it taken back at the end.
#
#   bibtools zotero login          # once; or set ZOTERO_API_KEY
#   sh examples/zotero_sync.sh
#
# In between, your library holds a collection "bibtools example" with 15 papers.
set -eu
examples=$(cd "$(dirname "$0")" && pwd)
cd "$(mktemp -d)"
collection="bibtools example"

# Saved pages become a .bib with arXiv IDs and links to code.
bibtools build "$examples"/*.txt \
  --arxiv "$examples/arxiv.jsonl" --code "$examples/code_links.jsonl" -o refs.bib

# A plan that can be looked through, and is carried out later if nothing has moved.
bibtools zotero push refs.bib --collection "$collection" --plan plan.json
bibtools zotero apply plan.json --yes

# Another author starts from the collection, and marks a paper.
bibtools zotero pull theirs.bib --collection "$collection" --yes
awk '{ print } /{gao2021simcse,/ { print "  keywords = {to read}," }' theirs.bib > marked
mv marked theirs.bib

# The mark goes to Zotero as a tag, and from there into the first file.
bibtools zotero sync theirs.bib --collection "$collection" --yes
bibtools zotero sync refs.bib --collection "$collection" --yes
grep 'keywords *= {to read}' refs.bib

# With --strict the exit code says whether anything differs.
bibtools zotero status refs.bib --collection "$collection" --strict

# Take it back, the last run first. --file leaves the runs of your other files alone.
for file in refs.bib theirs.bib refs.bib; do
  bibtools zotero undo --file "$file" --yes
done
