"use strict";
(() => {
  const EARLY = 30;
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("data").textContent);
  const PAGE = data.page;
  const packed = data.papers === undefined;
  const total = packed ? data.count : data.papers.length;
  let papers = packed ? [] : data.papers;
  const list = find("list");
  const controls = ["q", "from", "to", "venue", "type", "category", "sort"];
  const wanted = Object.keys(data.has);
  let ready = false;
  let complete = !packed;
  let shown = [];
  let drawn = 0;
  let timer = 0;
  let rest = 0;
  let last = null;

  // Many papers are packed: `index` for searching and for the list, the rest part by part.

  async function unpack(id) {
    const binary = atob(find(id).textContent);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  }

  let held = { number: -1, rows: null };
  function pack(number) {
    if (held.number !== number) held = { number, rows: unpack("pack" + number) };
    return held.rows;
  }

  async function whole(paper) {
    if (!packed) return paper;
    return (await pack(Math.floor(paper.at / data.pack)))[paper.at % data.pack];
  }

  const pause = () => new Promise((done) => { setTimeout(done); });

  // Elements: text is text; nothing here reads markup.

  function make(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
      if (value !== null && value !== false) made.setAttribute(attribute, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function draw(name, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.append(...children);
    return made;
  }

  const bdi = (text) => make("bdi", {}, text);
  const anchor = (url, child) => make("a", { href: url, rel: "noopener noreferrer" }, child);

  // One paper: the same as `_paper` in page.py makes.

  function between(parts, mark) {
    return parts.flatMap((part, at) => (at ? [mark, part] : [part]));
  }

  function authors(paper) {
    const names = (paper.a || []).map(bdi);
    if (!names.length) return null;
    const rest = paper.m ? [" and others"] : [];
    if (names.length <= data.most) return make("div", { class: "who" }, ...between(names, ", "), ...rest);
    const folded = names.slice(data.first);
    return make("div", { class: "who" }, ...between(names.slice(0, data.first), ", "), " ",
      make("details", {}, make("summary", {}, `and ${folded.length} more`), " ",
        ...between(folded, ", "), ...rest));
  }

  function where(paper) {
    const parts = [];
    if (paper.y !== undefined) parts.push(String(paper.y));
    if (paper.v) parts.push(bdi(paper.v));
    if (paper.T) parts.push(paper.T);
    if (paper.c) parts.push(paper.c.join(", "));
    if (paper.h && paper.h.includes("unsure")) parts.push(make("span", { class: "unsure" }, "unsure"));
    return parts.length ? make("p", { class: "where" }, ...between(parts, " \u00b7 ")) : null;
  }

  // What is folded is made when it is opened: most never is.

  const unfilled = new WeakMap();
  const INSIDE = {
    abstract: (paper) => make("p", {}, bdi(paper.s)),
    bibtex: (paper) => make("pre", { tabindex: "0" }, bdi(paper.b)),
    evidence: (paper) => make("dl", {}, ...paper.e.flatMap(([name, lines]) =>
      [make("dt", {}, bdi(name)), ...lines.map((line) => make("dd", {}, bdi(line)))])),
  };

  function fold(kind, name, paper) {
    const made = make("details", { class: kind }, make("summary", {}, name));
    unfilled.set(made, paper);
    return made;
  }

  function fill(one, paper) {
    unfilled.delete(one);
    one.append(INSIDE[one.className](paper));
  }

  list.addEventListener("toggle", async (event) => {
    const one = event.target;
    const paper = one.open ? unfilled.get(one) : undefined;
    if (paper === undefined) return;
    const found = await whole(paper);
    if (unfilled.has(one)) fill(one, found);
  }, true);

  function button(text) {
    const made = make("button", { type: "button", "aria-label": `Copy the key ${text}` }, "Copy");
    made.addEventListener("click", () => copy(text, made));
    return made;
  }

  const key = (paper) => make("div", { class: "key" }, make("code", {}, bdi(paper.k)), button(paper.k));
  const many = (evidence) => (typeof evidence === "number" ? evidence : evidence.length);

  function card(paper) {
    const title = bdi(paper.t);
    const links = (paper.l || []).map(([label, url]) => anchor(url, bdi(label)));
    return make("li", { class: "paper" },
      make("article", { tabindex: "-1" },
        make("h3", {}, paper.l ? anchor(paper.l[0][1], title) : title),
        authors(paper),
        where(paper),
        links.length ? make("p", { class: "links" }, ...links) : null,
        paper.x ? make("p", { class: "addresses" }, "Not linked: ", ...between(paper.x.map(bdi), ", ")) : null,
        make("div", { class: "folds" },
          paper.s ? fold("abstract", "Abstract", paper) : null,
          paper.b ? fold("bibtex", "BibTeX", paper) : null,
          paper.e ? fold("evidence", `Evidence (${many(paper.e)})`, paper) : null,
          paper.k ? key(paper) : null)));
  }

  async function copy(text, button) {
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      const area = make("textarea", { class: "unseen", "aria-hidden": "true" });
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Not copied";
    find("told").textContent = done ? `Copied ${text}` : "The key could not be copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  // Filtering

  const plain = /^[\x00-\x7f]*$/;
  function folded(text) {
    if (plain.test(text)) return text.toLowerCase();
    return text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase()
      .replace(/\u00df/g, "ss").replace(/\u00f8/g, "o").replace(/\u0142/g, "l").replace(/\u0131/g, "i");
  }

  const searched = [];
  function textOf(p) {
    let text = searched[p.at];
    if (text === undefined) {
      const abstract = typeof p.s === "string" ? p.s : "";
      text = folded([p.t, (p.a || []).join("\n"), p.y, p.v, p.k, (p.c || []).join(" "), abstract].join("\n"));
      searched[p.at] = text;
    }
    return text;
  }

  const venues = new Map();
  function venueOf(p) {
    let text = venues.get(p.v);
    if (text === undefined) venues.set(p.v, text = folded(p.v));
    return text;
  }

  function parts(query) {
    const found = [];
    for (const match of folded(query).matchAll(/"([^"]*)"?|(\S+)/g)) {
      const part = (match[1] ?? match[2]).trim();
      if (part) found.push(part);
    }
    return found;
  }

  function state() {
    const now = {};
    for (const id of controls) now[id] = find(id).value.trim();
    now.has = wanted.filter((name) => find("has-" + name).checked);
    return now;
  }

  const year = (text) => (/^-?\d{1,4}$/.test(text) ? Number(text) : null);

  // Who types on asks for less: only what was found before is looked through again.
  function among(now, words) {
    const { q, ...others } = now;
    const asked = JSON.stringify(others);
    const narrower = last !== null && last.asked === asked &&
      last.words.every((old) => words.some((word) => word.includes(old)));
    const found = narrower ? last.found : ordered(now.sort);
    last = { asked, words, found: [] };
    return found;
  }

  function matching(now) {
    const words = parts(now.q);
    const from = year(now.from);
    const to = year(now.to);
    const venue = folded(now.venue);
    const found = among(now, words).filter((p) =>
      (from === null || (p.y !== undefined && p.y >= from)) &&
      (to === null || (p.y !== undefined && p.y <= to)) &&
      (!now.type || p.T === now.type) &&
      (!now.category || (p.c || []).includes(now.category)) &&
      now.has.every((name) => p.h !== undefined && p.h.includes(name)) &&
      (!venue || (p.v !== undefined && venueOf(p).includes(venue))) &&
      words.every((word) => textOf(p).includes(word)));
    last.found = found;
    return found;
  }

  const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });
  const bare = (text) => folded(text).replace(/^[^\p{L}\p{N}]+/u, "");
  const ORDERS = {
    newest: [(p) => (p.y === undefined ? Infinity : -p.y), false],
    oldest: [(p) => (p.y === undefined ? Infinity : p.y), false],
    title: [(p) => bare(p.t), true],
    author: [(p) => (p.f ? bare(p.f) : "\uffff"), true],
  };

  const orders = new Map();
  function ordered(order) {
    if (!Object.hasOwn(ORDERS, order)) return papers;
    if (!orders.has(order)) orders.set(order, sorted(...ORDERS[order]));
    return orders.get(order);
  }

  function sorted(value, words) {
    const keyed = papers.map((paper) => [value(paper), paper]);
    // Numbers may be infinite, whose difference is none.
    const compare = words ? (a, b) => collator.compare(a[0], b[0])
      : (a, b) => (a[0] === b[0] ? 0 : a[0] < b[0] ? -1 : 1);
    return keyed.sort(compare).map((pair) => pair[1]);
  }

  // Drawing

  function more(count) {
    const upto = Math.min(shown.length, drawn + count);
    list.append(...shown.slice(drawn, upto).map(card));
    drawn = upto;
    const left = shown.length - drawn;
    find("more").hidden = left === 0;
    find("more").textContent = `Show ${Math.min(PAGE, left)} more of ${left}`;
  }

  function say() {
    const all = total;
    const word = all === 1 ? "paper" : "papers";
    find("count").textContent = shown.length === all ? `${all} ${word}` : `${shown.length} of ${all} ${word}`;
    find("none").hidden = shown.length > 0;
  }

  const asks = (now) => Object.values(now).some((value) => value.length > 0);

  // The first papers at once, what is further down and the plots when those are seen.
  function apply() {
    clearTimeout(timer);
    if (!ready) return;
    const now = state();
    shown = matching(now);
    list.replaceChildren();
    drawn = 0;
    more(EARLY);
    say();
    find("reset").hidden = !asks(now);
    list.setAttribute("aria-busy", "true");
    clearTimeout(rest);
    rest = setTimeout(finish, 30, now);
  }

  function finish(now) {
    if (drawn < PAGE) more(PAGE - drawn);
    plots();
    remember(now);
    list.removeAttribute("aria-busy");
  }

  function soon() {
    if (!ready) return;
    list.setAttribute("aria-busy", "true");
    clearTimeout(timer);
    clearTimeout(rest);
    timer = setTimeout(apply);
  }

  // What stands in the list from the start is what the first drawing would make.
  function adopt() {
    shown = papers;
    while (list.children.length > PAGE) list.lastElementChild.remove();
    drawn = list.children.length;
    more(0);
    say();
  }

  // Plots: the same as plots.py makes.

  const height = (count, most) => (count ? Math.max(2, Math.floor((count * 100) / most)) : 0);

  function row(name, count, share) {
    const head = make("th", { scope: "row" }, bdi(name));
    if (share !== undefined) {
      head.append(draw("svg", { "aria-hidden": "true", focusable: "false" },
        draw("rect", { width: `${share}%`, height: "100%" })));
    }
    return make("tr", {}, head, make("td", {}, String(count)));
  }

  function years() {
    const figure = find("years");
    if (!figure) return;
    const counts = new Map();
    for (const p of shown) if (p.y !== undefined) counts.set(p.y, (counts.get(p.y) || 0) + 1);
    figure.hidden = counts.size === 0;
    if (figure.hidden) return;
    const sorted = [...counts.keys()].sort((a, b) => a - b);
    let first = sorted[0];
    const last = sorted[sorted.length - 1];
    const bars = [];
    let start = String(first);
    if (last - first + 1 > data.bars) {
      const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const allowed = Math.floor((all * data.early) / 100);
      let early = 0;
      for (const one of sorted) {
        first = one;
        if (early + counts.get(one) > allowed) break;
        early += counts.get(one);
      }
      if (early) {
        start = `before ${first}`;
        bars.push({ name: start, count: early });
      } else {
        first = sorted[0];
      }
    }
    const step = Math.ceil((last - first + 1) / (data.bars - bars.length));
    for (let from = first; from <= last; from += step) {
      const end = Math.min(from + step - 1, last);
      let count = 0;
      for (let one = from; one <= end; one += 1) count += counts.get(one) || 0;
      bars.push({ name: from === end ? String(from) : `${from} to ${end}`, count });
    }
    const most = bars.reduce((best, bar) => (bar.count > best.count ? bar : best));
    const svg = figure.querySelector("svg");
    svg.setAttribute("viewBox", `0 0 ${bars.length} 100`);
    svg.setAttribute("aria-label",
      `Papers by year, ${start} to ${last}; most in ${most.name}: ${most.count}`);
    svg.replaceChildren(...bars.map((bar, at) => {
      const tall = height(bar.count, most.count);
      return draw("rect", { x: (at + 0.1).toFixed(1), y: 100 - tall, width: "0.8", height: tall });
    }));
    const [left, middle, right] = figure.querySelectorAll(".axis span");
    left.textContent = start;
    middle.textContent = `most: ${most.name} (${most.count})`;
    right.textContent = last;
    figure.querySelector("tbody")
      .replaceChildren(...bars.filter((bar) => bar.count).map((bar) => row(bar.name, bar.count)));
  }

  function common(values) {
    const counts = new Map();
    for (const value of values) if (value) counts.set(value, (counts.get(value) || 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  function bars(id, values) {
    const figure = find(id);
    if (!figure) return;
    const rows = common(values).slice(0, data.rows);
    figure.hidden = rows.length === 0;
    const most = rows.length ? rows[0][1] : 1;
    figure.querySelector("tbody")
      .replaceChildren(...rows.map(([name, count]) => row(name, count, height(count, most))));
  }

  function plots() {
    years();
    bars("categories", shown.flatMap((p) => p.c || []));
    bars("venues", shown.map((p) => p.v));
  }

  // The address keeps the filters.

  function remember(now) {
    const kept = new URLSearchParams();
    for (const [name, value] of Object.entries(now)) if (value.length) kept.set(name, String(value));
    const hash = kept.toString();
    if (hash !== location.hash.slice(1)) {
      history.replaceState(null, "", hash ? "#" + hash : location.pathname + location.search);
    }
  }

  function recall(ids) {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const id of ids) {
      find(id).value = kept.get(id) || "";
      if (find(id).selectedIndex === -1) find(id).value = "";
    }
    const has = (kept.get("has") || "").split(",");
    for (const name of wanted) find("has-" + name).checked = has.includes(name);
  }

  // Keys

  function focused() {
    return document.activeElement ? document.activeElement.closest("article") : null;
  }

  function go(step) {
    const here = focused();
    let next;
    if (here) {
      const item = here.parentElement;
      if (step > 0 && !item.nextElementSibling && drawn < shown.length) more(PAGE);
      next = step > 0 ? item.nextElementSibling : item.previousElementSibling;
    } else {
      next = list.firstElementChild;
    }
    if (!next) return;
    next.firstElementChild.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function open(article) {
    const link = article.querySelector("h3 a");
    if (link) return link.click();
    const abstract = article.querySelector(".abstract");
    if (abstract) abstract.open = !abstract.open;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    const search = find("q");
    if (target === search && (event.key === "ArrowDown" || event.key === "Enter")) {
      clearTimeout(timer);
      apply();
      go(1);
    } else if (target === search && event.key === "Escape") {
      search.value = "";
      apply();
    } else if (target.closest("input, select, textarea, pre")) {
      return;
    } else if (event.key === "/") {
      search.focus();
      search.select();
    } else if (event.key === "j" || event.key === "ArrowDown") {
      go(1);
    } else if (event.key === "k" || event.key === "ArrowUp") {
      go(-1);
    } else if (event.key === "Enter" && target.matches("article")) {
      open(target);
    } else if (event.key === "c" && focused() && !event.shiftKey) {
      const button = focused().querySelector(".key button");
      if (button) button.click();
    } else {
      return;
    }
    event.preventDefault();
  });

  // Printing shows every paper that is left, abstracts open.

  let closed = [];
  addEventListener("beforeprint", () => {
    if (ready && !complete) find("count").textContent += ", not all abstracts (the page was still being read)";
    if (drawn < shown.length) more(shown.length);
    closed = [...list.querySelectorAll(".abstract:not([open]), .who details:not([open])")];
    for (const one of closed) {
      const paper = unfilled.get(one);
      if (paper !== undefined && typeof paper.s === "string") fill(one, paper);
      one.open = true;
    }
  });
  addEventListener("afterprint", () => {
    if (ready) say();
    for (const one of closed) one.open = false;
    closed = [];
  });

  // Start

  function offer(id, values) {
    find(id).append(...values.map(([value, count]) =>
      make("option", { value }, id === "names" ? "" : `${value} (${count})`)));
  }
  for (const id of controls) find(id).addEventListener("input", soon);
  for (const name of wanted) find("has-" + name).addEventListener("change", apply);
  find("more").addEventListener("click", () => {
    const next = drawn;
    more(PAGE);
    list.children[next].firstElementChild.focus();
  });
  find("reset").addEventListener("click", () => {
    for (const id of controls) find(id).value = "";
    for (const name of wanted) find("has-" + name).checked = false;
    apply();
    find("q").focus();
  });
  find("skip").addEventListener("click", (event) => {
    event.preventDefault();
    find("papers").focus();
  });
  addEventListener("hashchange", () => {
    recall(controls);
    apply();
  });
  for (const one of list.querySelectorAll(".key")) one.append(button(one.textContent));
  for (const one of document.querySelectorAll(".scripted")) one.hidden = false;
  find("aside").open = matchMedia("(min-width: 56rem)").matches;
  matchMedia("(min-width: 56rem)").addEventListener("change", (event) => {
    find("aside").open = event.matches;
  });

  function begin() {
    papers.forEach((paper, at) => { paper.at = at; });
    offer("type", common(papers.map((p) => p.T)));
    offer("category", common(papers.flatMap((p) => p.c || [])));
    offer("names", common(papers.map((p) => p.v)).slice(0, 100));
    recall(["type", "category"]);
    ready = true;
    if (asks(state())) apply();
    else adopt();
  }

  // Abstracts are searched and printed too; they are read while somebody looks at the page.
  async function abstracts() {
    for (let start = 0; start < papers.length; start += 2000) {
      papers.slice(start, start + 2000).forEach(textOf);
      await pause();
    }
    for (let start = 0; start < papers.length; start += data.pack) {
      const part = papers.slice(start, start + data.pack);
      if (part.some((paper) => paper.s)) {
        const rows = await unpack("pack" + start / data.pack);
        part.forEach((paper, at) => {
          if (!paper.s) return;
          paper.s = rows[at].s;
          searched[paper.at] += "\n" + folded(paper.s);
        });
        await pause();
      }
    }
    complete = true;
    document.documentElement.dataset.whole = "";
    last = null;
    if (find("q").value.trim()) apply();
  }

  async function read() {
    list.setAttribute("aria-busy", "true");
    find("count").textContent = `The first ${list.children.length} of ${total} papers; the others are being read.`;
    try {
      papers = await unpack("index");
    } catch {
      find("count").textContent =
        `The first ${list.children.length} of ${total} papers. This browser cannot unpack the others: a newer one can.`;
      for (const one of document.querySelectorAll(".search, .sort, .filters")) one.hidden = true;
      return;
    } finally {
      list.removeAttribute("aria-busy");
    }
    begin();
    await abstracts();
  }

  recall(controls);
  if (packed) read();
  else begin();
})();
